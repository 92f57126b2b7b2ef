"""The text of a new entry of the registry. What the paper says of itself is filled in; the rest is placeholders. Pure.

Placeholders are refused by `claims check` one by one, so that nothing of a scaffold is ever taken for a claim.
"""

import re
import textwrap

from claims.domain.paper import Paper
from claims.registry.characters import FORBIDDEN
from claims.registry.placeholders import MARK, placeholder

_WIDTH = 100
_MOST_AUTHORS = 8
_SMALL = re.compile("a|an|and|are|as|at|by|can|do|does|for|from|how|in|into|is|of|on|or|the|to|via|what|when|why|with")

_ENTRY = """\
# yaml-language-server: $schema=../site/assets/claims.schema.json
{about}
#
# Write what stands behind each {mark}, then run: claims check
# Lines that the claim does not need may go. Other claims show what more there can be.
schema_version: 1
claims:
  - id: {id}
    question: {question}
    statement: {statement}
    scope:
      models: {models}
      method: {method}
    topics: [{topic}]
    asserted: {asserted}
    sources:
      - arxiv: {versioned}
        stance: asserts            # or supports, contradicts, qualifies, supersedes, mentions
        locator: {locator}
        says: {says}
        # quote: at most 25 words of the paper, word for word; `claims sources sync` looks it up
        # reported:
        #   - {{metric: accuracy, value: 0.5, unit: fraction, locator: Table 1}}
    # circulated:                  # how the claim is told elsewhere, and how far that is from the source
    #   - {{text: as it is told, where: where, label: overstated, because: why}}
    # relations:
    #   - {{to: another-claim, kind: refines, because: why}}
{check}    watch: {watch}
    grounding:
      label: {label}
      because: {because}
    status: untested
"""
_PLANNED = """\
    planned:                       # a prediction whose experiment is still to be written; then it is called check
      experiment: {experiment}
      predictions:
        - id: {prediction}
          metric: {metric}
          condition: {condition}
          expect: {{above: {number}}}
          rival: {rival}
"""
_CHECK = """\
    check:
      experiment: {experiment}
      gates:                       # a replicate that fails one is invalid, and says nothing about the claim
        - {{metric: error_removed, condition: plain, expect: {{above: 0.3}}}}
        - {{metric: error_removed, condition: treated, expect: {{above: 0.3}}}}
      predictions:
        - id: {prediction}
          metric: explained
          contrast: {{of: treated, minus: plain}}
          expect: {{above: {number}}}
          rival: {rival}
"""


def slug_of(paper: Paper) -> str:
    """A file name from a paper's title: its first five telling words; its id where there are none."""
    words = re.findall(r"[a-z0-9]+", paper.title.lower())
    telling = [word for word in words if not _SMALL.fullmatch(word)][:5]
    return "-".join(telling)[:60].strip("-") or re.sub(r"[^a-z0-9]+", "-", paper.id.lower())


def entry_text(paper: Paper, version: int, claim_id: str | None, experiment: str | None) -> str:
    """The file for a claim on one version of a paper, with a check where there is an experiment for it."""
    hints = {
        "id": "the claim in a few words joined by hyphens, never changed later",
        "question": "the question that it answers, understood by itself",
        "statement": "one sentence that a run could show to be wrong",
        "models": "which models, such as decoder-only, 1M parameters",
        "method": "how they are trained or run; add and rename keys as needed",
        "topic": "a topic, such as post-training; `claims list --json` shows those in use",
        "locator": "where in the paper, such as abstract, section 3.2, Table 1; or unverified, and unverified: why",
        "says": "what the paper says there, in your words",
        "watch": "which newer result would change this, and how",
        "label": "faithful, overstated, misattributed, inverted or unsupported",
        "because": "why the statement deserves that label",
        "experiment": "a name for the experiment, such as update_sparsity",
        "prediction": "the prediction in a few words joined by hyphens",
        "metric": "what is measured, such as unchanged_share",
        "condition": "where, such as grpo-bf16; or contrast, as other claims have it",
        "rival": "the value that somebody expects who does not believe it, outside of what is expected",
        "number": "a number without quotes; or write below, between or equals for above",
    }
    fields = {name: placeholder(hint) for name, hint in hints.items()}
    known = {"versioned": f"{paper.id}v{version}", "asserted": paper.published.isoformat(), "mark": MARK}
    chosen = {"id": claim_id, "experiment": experiment}
    fields |= known | {name: word for name, word in chosen.items() if word is not None}
    check = (_CHECK if experiment is not None else _PLANNED).format(**fields)
    return _ENTRY.format(**fields, about=_about(paper, version), check=check)


def one_line(text: str) -> str:
    """A text without line ends and without characters that cannot be seen."""
    return " ".join(FORBIDDEN.sub(" ", text).split())


def _about(paper: Paper, version: int) -> str:
    """Title, authors and versions as comments."""
    more = len(paper.authors) - _MOST_AUTHORS
    authors = ", ".join(paper.authors[:_MOST_AUTHORS]) + (f" and {more} more" if more > 0 else "")
    newest = paper.newest.version
    versions = f"arXiv:{paper.id}v{version}, first published {paper.published.isoformat()}" + (
        f"; the newest version known here is v{newest}" if newest != version else ""
    )
    wrapped = (
        textwrap.wrap(one_line(text), _WIDTH, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False)
        for text in (paper.title, authors, versions)
    )
    return "\n".join(line for lines in wrapped for line in lines)

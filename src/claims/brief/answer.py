"""The tasks of a brief, and the form in which an answer can be put into the registry."""

import json
from collections.abc import Iterator, Mapping, Sequence

from claims.brief.quoting import block, line
from claims.domain.claim import Claim
from claims.domain.digest import as_json

_STANCES = "asserts, supports, contradicts, qualifies, supersedes, mentions"
_SAMPLE: dict[str, object] = {
    "arxiv": "2505.11711v2",
    "stance": "qualifies",
    "locator": "Table 1",
    "says": "One sentence in your own words.",
}


def tasks(kind: str, newest: str | None) -> Iterator[str]:
    """What is asked for; `newest` is the date of the newest source."""
    since = (
        f"first published after {newest}, the newest source named here" if newest else "the newest that you can find"
    )
    yield (
        "**1. Re-test each constraint.** A constraint is one numbered source (S1, S2, …) or one prediction. For "
        "each, say whether later work leaves it standing, narrows it, or overturns it: other models, more training, "
        "better controls, finer measurements. Keep what would last apart from what belongs to one setup, and name "
        "the work that shows it. Finding nothing is an answer; say where you looked."
    )
    yield (
        f"**2. Find the newest work against it.** Look for work {since}, that contradicts or supersedes what stands "
        "here, and begin with the strongest. A newer version of a paper named here counts. Then the same for work "
        "that supports it, so that the answer does not depend on what was asked."
    )
    yield (
        f"**3. Pose two research questions** that would change the standing of this {kind}, in the light of what you "
        "found. For each: what to measure, in which two conditions, the interval that each side expects, and which "
        "result would refute whom. At least one should be within reach of small models on a CPU."
    )
    yield (
        "Name papers by arXiv id with version, and only papers that you have had before you. What you could not "
        "open, or know from a summary only, say so. Do not fill gaps: `unverified` with a reason is welcome, a guess "
        "is not."
    )


def form(claims: Sequence[Claim]) -> Iterator[str]:
    """The table and the block that an answer consists of."""
    yield "**First, a table**, one row for each constraint:"
    head = ["constraint", "still standing?", "by which work (arXiv id with version)", "where in it", "what it says"]
    yield "\n".join(
        [
            f"| {' | '.join(head)} |",
            "|" + " --- |" * len(head),
            "| S1 | yes / narrowed / overturned / nothing found | | | |",
        ]
    )
    yield (
        "**Then, for each claim, a YAML block** of the sources to add, in the registry's form, under a comment line "
        "with the claim's id. This is what such a block looks like, with a source that stands in the registry "
        "already:"
    )
    stand = [(claim.id, source) for claim in claims for source in claim.sources]
    name, shown = max(
        stand, key=lambda pair: (bool(pair[1].reported), pair[1].quote is not None), default=("an-id", None)
    )
    fields = dict(as_json(shown)) if shown else _SAMPLE
    yield block([f"# for {name}", "sources:", *_lines(fields)], "yaml")
    yield (
        f"- `arxiv`: id with version, in quotes. `stance` to the claim: one of {_STANCES}.\n"
        "- `locator`: a place such as `abstract`, `section 3.2`, `Table 2`, `Figure 5`, `appendix B`; or "
        "`unverified`, and then `unverified: why`.\n"
        "- `says`: one sentence of your own. `quote` (may be left out): at most 25 words, word for word.\n"
        "- `reported` (may be left out): numbers that the paper prints, each with `metric`, `value` (a number or "
        "`[low, high]`), `unit`, `locator`, and `conditions` where it needs them.\n"
        "- Text that holds a colon and a space, or ` #`, stands in quotes."
    )
    yield (
        "The block goes under `sources:` of the claim in `claims.yaml`. `claims sources sync` then fetches the "
        "papers and looks the quotes up, and `claims check` says what is wrong with it, line by line."
    )
    yield "**Last**, the two research questions, and a list of what you could not ground."


def _lines(fields: Mapping[str, object]) -> list[str]:
    """A list item in YAML; JSON's way of writing values is YAML too, and keeps every text on its line."""
    written = []
    for key, value in fields.items():
        if value == []:
            continue
        if isinstance(value, list):
            written += [f"{key}:", *(f"  - {_json(item)}" for item in value)]
        else:
            written.append(f"{key}: {_json(value)}")
    return [f"  {'- ' if i == 0 else '  '}{text}" for i, text in enumerate(written)]


def _json(value: object) -> str:
    return line(json.dumps(value, ensure_ascii=False))

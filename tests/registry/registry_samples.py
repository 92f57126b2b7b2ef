"""A small sound registry, the experiment that it names, and its papers."""

from datetime import date

from claims.declaration import parse
from claims.domain.paper import Paper, QuoteCheck, Reading, Version
from claims.registry.lint import lint
from claims.registry.load import read_registry

REGISTRY = """\
# yaml-language-server: $schema=./site/assets/claims.schema.json
schema_version: 1
claims:
  - id: bf16-is-sparse            # an id is never reused
    question: Is the sparsity of RL updates a matter of storage?
    statement: >-
      Most weights are unchanged in bf16 storage,
      and almost none in fp32.
    scope: {models: decoder-only, precision: [bf16, fp32]}
    topics: [post-training]
    asserted: 2025-05-16
    sources:
      - arxiv: 2505.11711v2
        stance: asserts
        locator: Table 1
        says: Most bf16 weights stay where they were.
        quote: comprising just 5%-30% of the parameters
        reported:
          - {metric: unchanged_share, value: [0.685, 0.960], unit: fraction, locator: Table 1}
    relations:
      - {to: rl-is-sparser, kind: refines, because: it names the storage}
    check:
      experiment: tiny
      params: {steps: 200, rate: 1}
      gates:
        - {metric: reward_gain, condition: grpo-fp32, expect: {above: 0.05}}
      predictions:
        - id: bf16-is-sparser
          metric: unchanged_share
          contrast: {of: grpo-bf16, minus: grpo-fp32}
          expect: {above: 0.20}
          rival: 0.0
        - {id: masks-differ, metric: mask_overlap, expect: {below: 0.5}}
    watch: A run in fp32 that is as sparse.
    grounding: {label: faithful, because: Table 1 says this.}
    status: untested   # the tool's

  - id: rl-is-sparser
    question: Does RL change fewer weights than SFT?
    statement: RL leaves more weights unchanged than SFT does.
    scope: {models: decoder-only}
    topics: [post-training]
    asserted: 2025-05-16
    sources:
      - {arxiv: 2505.11711v1, stance: asserts, locator: abstract, says: It does.}
    watch: >-
      A larger model.

    grounding: {label: faithful, because: The abstract says this.}
inquiries:
  - id: is-it-about-rl
    question: Is the sparsity of RL about RL?
    answer: >-
      Partly: see [[bf16-is-sparse]].
    cites: [bf16-is-sparse, rl-is-sparser]
"""

EXPERIMENT = '''\
"""A made-up experiment."""
class Params(Settings):
    """What a claim may set."""
    steps: int = 10
    rate: float = 0.1

EXPERIMENT = Experiment(
    title="Tiny", papers=("2505.11711v2",), differs="Nothing is trained.",
    conditions={"grpo-bf16": "a", "grpo-fp32": "b"},
    control_conditions={"planted": "every other weight is moved"},
    metrics=(
        Metric("unchanged_share", "fraction", 0, 1, "bit-identical weights"),
        Metric("reward_gain", "fraction", -1, 1, "after minus before"),
        Metric("mask_overlap", "fraction", 0, 1, "of the masks of both conditions", combined=True),
    ),
    controls=(
        Control("planted-sparse", "positive", "unchanged_share", {"equals": 0.5, "within": 0.01}, "planted"),
        Control("no-reward", "negative", "reward_gain", {"below": 0.05}, "grpo-fp32", params={"steps": 1}, trains=True),
    ),
    scales={"smoke": {"steps": 1}, "cpu": {}, "gpu": {"steps": 20}},
)
def measure(run): ...
def combine(arms, params): ...
'''

PAPER = Paper(
    id="2505.11711",
    title="Subnetworks",
    authors=("A. Writer",),
    published=date(2025, 5, 16),
    versions=(Version(version=1), Version(version=2)),
    origin="dossier",
    readings=(
        Reading(version=1, what="abstract", how="a listing", on=date(2026, 1, 2)),
        Reading(version=2, what="full text", how="a copy", on=date(2026, 1, 2)),
    ),
    quotes=(
        QuoteCheck(
            quote="comprising just 5%-30% of the parameters",
            found=True,
            text="abstract of v2",
            checked=date(2026, 1, 2),
        ),
        QuoteCheck(quote="nobody wrote this", found=False, text="abstract of v2", checked=date(2026, 1, 2)),
    ),
)


def changed(*edits, text=REGISTRY):
    """The text with each (old, new) replaced once; an edit that changes nothing is a mistake of the test."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def findings(text):
    """Findings of the loader as lines of text, the file's name left out."""
    return [str(f).removeprefix("claims.yaml:") for f in read_registry({"claims.yaml": text.encode()}).findings]


def declared(*edits, path="experiments/tiny.py"):
    return parse(changed(*edits, text=EXPERIMENT), path)


def linted(text, *edits, paper=PAPER):
    """Findings of lint as lines of text; `edits` change the experiment."""
    loaded = read_registry({"claims.yaml": text.encode()})
    found = lint(loaded, {"tiny": declared(*edits)}, {paper.id: paper})
    return [str(f).removeprefix("claims.yaml:") for f in found]


def line_of(text, words, nth=1):
    """The number of the nth line that holds `words`."""
    return [n for n, line in enumerate(text.splitlines(), 1) if words in line][nth - 1]

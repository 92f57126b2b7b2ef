"""A sound registry of any size, made up: every rule of `claims check` has something to look at."""

import json
from pathlib import Path
from typing import Any

CLAIMS_A_FILE = 500
CLAIMS_A_PAPER = 5

_EXPERIMENT = '''\
"""Made up for this benchmark; nothing runs it."""
from claims.experiment import Control, Experiment, Metric, Settings

class Params(Settings):
    """What a claim may set."""
    steps: int = 10

EXPERIMENT = Experiment(
    title="Scale", papers=("2001.00000v1",), differs="Nothing is measured.", deterministic=DETERMINISTIC,
    conditions={"one": "a", "two": "b"},
    metrics=(Metric("share", "fraction", 0, 1, "of nothing"), Metric("gain", "fraction", 0, 1, "of nothing")),
    controls=(
        Control("full", "positive", "share", {"above": 0.5}, "one", trains=True),
        Control("empty", "negative", "share", {"below": 0.5}, "two", trains=True),
    ),
    scales={"smoke": {}, "cpu": {}, "gpu": {}},
)
def measure(run): ...
'''

_CLAIM = """\
  - id: claim-{i:05d}
    question: Does the effect number {i} show up in small models as well?
    statement: >-
      In models of the family {family}, the effect number {i} leaves more than a fifth of the weights where they were,
      whatever the optimiser.
    scope: {{models: family-{family}, precision: [bf16, fp32], size: {size}}}
    topics: [topic-{topic}, scale]
    asserted: 2020-01-{day:02d}
    sources:
      - arxiv: {paper}v2
        stance: asserts
        locator: section {section} and Table 2
        says: The effect shows up in all models that the paper trains.
        quote: the effect of {paper} shows up in all models
        reported:
          - {{metric: share, value: [0.2, 0.6], unit: fraction, locator: Table 2, conditions: three seeds}}
      - {{arxiv: {paper}v1, stance: mentions, locator: abstract, says: The effect may show up.}}
    circulated:
      - text: the effect always shows up
        label: overstated
        because: Table 2 holds three models of one family.
    relations:
      - {{to: claim-{before:05d}, kind: {rests}, because: The same effect in a smaller model.}}
      - {{to: claim-{after:05d}, kind: refines, because: The other one names the optimiser.}}
    {kind}:
      experiment: {experiment}
      gates: [{gates}]
      predictions:
        - id: shows-up
          metric: share
          contrast: {{of: one, minus: two}}
          expect: {{{expect}: 0.2}}
        - {{id: not-all, metric: share, condition: one, expect: {{below: 0.9}}}}
    watch: A larger model in which the effect is gone.
    grounding: {{label: faithful, because: Table 2 says this.}}
    status: untested
"""


def write_registry(root: Path, claims: int, *, tested: bool = False) -> None:
    """A project with so many claims. Each depends on the one before; half of the checks are planned, and of every
    twenty claims one expects what nine others exclude, four of those in a scope that overlaps. With `tested`, every
    check can be run, and its experiment has seeds.
    """
    for folder in ("experiments", "literature", "claims.d"):
        (root / folder).mkdir(parents=True)
    experiment = _EXPERIMENT.replace("DETERMINISTIC", str(not tested))
    (root / "experiments" / "scale.py").write_text(experiment, encoding="utf-8")
    (root / "claims.yaml").write_text("schema_version: 1\ninquiries:\n" + _inquiries(claims), encoding="utf-8")
    for part, start in enumerate(range(0, claims, CLAIMS_A_FILE)):
        chosen = range(start, min(start + CLAIMS_A_FILE, claims))
        text = "".join(_claim(i, claims, planned=i % 2 == 1 and not tested) for i in chosen)
        (root / "claims.d" / f"part-{part:03d}.yaml").write_text(
            f"schema_version: 1\nclaims:\n{text}", encoding="utf-8"
        )
    for i in range(0, claims, CLAIMS_A_PAPER):
        (root / "literature" / f"{_paper_id(i)}.json").write_text(json.dumps(_paper(_paper_id(i))), encoding="utf-8")


def _claim(i: int, claims: int, *, planned: bool) -> str:
    return _CLAIM.format(
        i=i, family=i // 50, size=10 ** (i % 4), topic=i // 100, day=i % 28 + 1, section=i % 7 + 1, paper=_paper_id(i),
        before=(i - 1) % claims, rests="depends-on" if i else "supports", after=(i + 7) % claims,
        gates="" if planned else "{metric: gain, condition: one, expect: {above: 0.1}}",
        kind="planned" if planned else "check", experiment=f"planned_{i // 20}" if planned else "scale",
        expect="below" if i % 20 == 19 else "above",
    )  # fmt: skip


def _paper_id(i: int) -> str:
    return f"2001.{i // CLAIMS_A_PAPER:05d}"


def _paper(paper_id: str) -> dict[str, Any]:
    day = "2020-01-01"
    quote = f"the effect of {paper_id} shows up in all models"
    return {
        "id": paper_id,
        "title": f"The Effect of {paper_id}",
        "authors": ["A. Writer", "B. Writer"],
        "published": day,
        "versions": [{"version": 1, "submitted": day}, {"version": 2, "submitted": day}],
        "origin": "dossier",
        "readings": [
            {"version": 1, "what": "abstract", "how": "made up", "on": day},
            {"version": 2, "what": "full text", "how": "made up", "on": day},
        ],
        "quotes": [{"quote": quote, "found": True, "text": "full text of v2", "checked": day}],
    }


def _inquiries(claims: int) -> str:
    return "".join(
        f"  - id: inquiry-{i:05d}\n    question: What of the effect?\n"
        f"    answer: It shows up, see [[claim-{i:05d}]].\n    cites: [claim-{i:05d}]\n"
        for i in range(0, claims, 50)
    )

"""A project that was made up for these tests: claims of every status, records decided by the rule itself."""

import random
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from claims.declaration import parse
from claims.domain.claim import (
    Check,
    Circulated,
    Claim,
    Grounding,
    Inquiry,
    Label,
    Registry,
    Relation,
    Source,
    Status,
    Withdrawal,
)
from claims.domain.digest import canonical, claim_digest
from claims.domain.dispute import Dispute, Filed, Reply, Resolution
from claims.domain.paper import Paper
from claims.domain.record import Closure, FileDigest, Judged, JudgedReplicate, Record
from claims.domain.run import Environment, Outcome, Replicate, Trace, gate_results, is_valid
from claims.domain.status import disputed, standing_of
from claims.domain.verdict import ControlResult
from claims.ledger.document import render
from claims.ledger.evidence import Erratum, StoredRecord
from claims.project import Project
from claims.stats.decide import decide_v1

EXPERIMENT = '''"""Does storage precision decide how many weights stay put?

Made up for tests. Both arms start from one model.

Differs from the paper: there is no paper.
"""

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings


class Params(Settings):
    steps: int = 200
    rate: float = 3e-4


EXPERIMENT = Experiment(
    title="Weights that stay put, by storage precision",
    papers=("0001.00001v2", "0003.00003v1"),
    differs="decoders of a tenth of a million weights on one task, where the paper has public checkpoints",
    conditions={"coarse": "trained with weights stored in sixteen bits", "fine": "the same run in thirty-two bits"},
    control_conditions={"shuffled": "trained on a reward that is shuffled over the answers"},
    metrics=(
        Metric("unchanged_share", "fraction", 0, 1, "weights that are bit-identical to the start"),
        Metric("reward_gain", "fraction", -1, 1, "accuracy after `steps` minus before"),
        Metric("rank_agreement", "correlation", -1, 1, "rank correlation over the arms", combined=True),
    ),
    controls=(
        Control("planted-sparse", "positive", "unchanged_share", {"above": 0.9}, condition="coarse", doc="none moves"),
        Control("shuffled-reward", "negative", "reward_gain", {"below": 0.05}, condition="shuffled", trains=True),
    ),
    scales={"smoke": {"steps": 2}, "cpu": {}, "gpu": {"steps": 2000}},
)


def measure(run: Run[Params]) -> dict[str, float]:
    return {"unchanged_share": 1.0, "reward_gain": 0.2} if "<b>" < "a" & True else {}


def combine(arms: dict[str, Arm], params: Params) -> dict[str, float]:
    return {"rank_agreement": 0.5}
'''
AUDIT = '''"""Does the headline follow from the table? Made up for tests."""

from claims.experiment import Control, Experiment, Metric, Run, Settings


class Params(Settings):
    rounding: float = 0.5


EXPERIMENT = Experiment(
    title="Recomputing a headline",
    papers=("0001.00001v2",),
    differs="arithmetic on printed digits",
    conditions={"table": "from the rows of the table"},
    metrics=(Metric("gap", "percentage points", 0, 200, "told minus recomputed"),),
    controls=(Control("planted-off", "negative", "gap", {"above": 1.0}, condition="table"),),
    scales={"smoke": {}, "cpu": {}},
    deterministic=True,
)


def measure(run: Run[Params]) -> dict[str, float]:
    return {"gap": 2.0}
'''
CLOSURE = Closure(digest="c" * 64, files=(FileDigest(path="experiments/storage.py", sha256="d" * 64),))
MACHINE = Environment(
    python="3.11.7",
    torch="2.13.0",
    transformers="5.23.0",
    numpy="2.4.0",
    device="cpu",
    device_name="a processor",
    dtype="float32",
    threads=1,
    isa="avx512",
    platform="linux",
)
GATE = {"metric": "reward_gain", "condition": "fine", "expect": {"above": 0.05}}


@dataclass
class Sample:
    """What the site reads of a project, without git."""

    root: Path
    registry: Registry
    declared: dict = field(default_factory=dict)
    papers: dict = field(default_factory=dict)
    records: dict = field(default_factory=dict)
    closures: dict = field(default_factory=dict)
    rests_on_fallen: dict = field(default_factory=dict)
    disputes: dict = field(default_factory=dict)

    by_id, backlinks, contradictions = (vars(Project)[name] for name in ("by_id", "backlinks", "contradictions"))
    stored, tier = Project.stored, Project.tier

    def standing(self, claim):
        kept = [s.record for s in self.records.get(claim.id, ()) if s.erratum is None]
        return disputed(standing_of(claim, kept, CLOSURE.digest), self.disputes.get(claim.id, ()))


def claim(id, question, *, predictions=None, experiment="storage", gates=(GATE,), looks=(8,), **other):
    check = None
    if predictions is not None:
        check = Check.model_validate_json(
            canonical({"experiment": experiment, "gates": gates, "predictions": predictions, "looks": looks})
        )
    given = {
        "statement": f"{question.rstrip('?')}: yes.",
        "scope": {"models": "decoders below 1 M weights", "precision": ("bf16", "fp32")},
        "topics": ("post-training",),
        "asserted": date(2025, 5, 16),
        "watch": "A run at a hundred times the size that comes out otherwise.",
        "grounding": Label(label=Grounding.FAITHFUL, because="Table 1 says this in as many words."),
    }
    return Claim(id=id, question=question, check=check, **{**given, **other})


def replicate(index, rng, *, coarse, fine=0.0003, spread=0.02, gain=0.3, rank=0.5, outcome="ok", message=""):
    if outcome != "ok":
        return Replicate(index=index, seed=index + 1000, outcome=Outcome(outcome), message=message, seconds=3.0)
    noise = rng.gauss(0, spread)
    steps = tuple(float(20 * i) for i in range(11))

    def course(end):
        return Trace(x=steps, y=tuple(end * (1 - 0.7**i) + rng.gauss(0, 0.01) for i in range(11)))

    return Replicate(
        index=index,
        seed=index + 1000,
        outcome=Outcome.OK,
        measured={
            "coarse": {"unchanged_share": coarse + noise, "reward_gain": gain, "gap": 2.0},
            "fine": {"unchanged_share": abs(fine + fine * noise), "reward_gain": gain + noise},
            "table": {"gap": 2.25},
        },
        combined={"rank_agreement": rank + noise},
        traces={"coarse": {"reward by step": course(0.35)}, "fine": {"reward by step": course(0.31)}},
        seconds=19.8 + noise,
        cpu_seconds=19.1,
        peak_mib=412.0,
        commit="0" * 40,
        utc="2026-01-02T03:04:05Z",
    )


def control(held=True):
    runs = [{"seed": i, "outcome": "ok", "value": 0.97 if held else 0.41} for i in range(3)]
    given = {"name": "planted-sparse", "kind": "positive", "metric": "unchanged_share", "condition": "coarse"}
    return ControlResult.model_validate_json(
        canonical({**given, "expect": {"above": 0.9}, "trains": False, "runs": runs})
    )


def record(claim, replicates, *, asked=8, held=True, day="02", deterministic=False, **other):
    check = claim.check
    given = {
        "schema_version": 1,
        "rule": 1,
        "claim": Judged(
            id=claim.id, statement=claim.statement, scope=claim.scope, check=check, digest=claim_digest(claim)
        ),
        "experiment": check.experiment,
        "deterministic": deterministic,
        "closure": CLOSURE,
        "params": {"steps": 200, "rate": 3e-4},
        "scale": "cpu",
        "batch": 0,
        "asked": asked,
        "replicates": tuple(
            JudgedReplicate(replicate=r, gates=gate_results(check.gates, r), valid=is_valid(check.gates, r))
            for r in replicates
        ),
        "controls": (control(held),),
        "verdict": decide_v1(check, replicates, (control(held),), deterministic=deterministic, asked=asked),
        "commit": "0" * 40,
        "dirty": False,
        "confirmatory": True,
        "environment": MACHINE,
        "isolation": "none",
        "tier": "self-reported",
        "contributor": "a tester",
        "started": f"2026-01-{day}T03:04:05Z",
        "finished": f"2026-01-{day}T03:08:05Z",
    }
    made = Record(**{**given, **other})
    return made.model_copy(update={"digest": made.computed_digest()})


SHARE = {"metric": "unchanged_share", "condition": "coarse"}
ABOVE_HALF = {"id": "most-stay", **SHARE, "expect": {"above": 0.5}}
FINE = {"id": "fine-moves", "metric": "unchanged_share", "condition": "fine", "expect": {"below": 0.01}}
CONTRAST = {
    "id": "coarse-stays-more",
    "metric": "unchanged_share",
    "contrast": {"of": "coarse", "minus": "fine"},
    "expect": {"above": 0.2},
    "rival": 0.0,
}
RANKS = {"id": "ranks-agree", "metric": "rank_agreement", "expect": {"between": [0.3, 0.9]}}
GAP = {"id": "headline-follows", "metric": "gap", "condition": "table", "expect": {"equals": 0.0, "within": 0.5}}
SOURCE = Source.model_validate_json(
    canonical(
        {
            "arxiv": "0001.00001v2",
            "stance": "asserts",
            "locator": "Table 1",
            "says": "Ten checkpoints leave most weights where they were.",
            "quote": "most weights stay where they were",
            "reported": [
                {
                    "metric": "unchanged_share",
                    "value": [0.685, 0.96],
                    "unit": "fraction",
                    "locator": "Table 1",
                    "conditions": "coarse",
                }
            ],
        }
    )
)
PAPER = Paper.model_validate_json(
    canonical(
        {
            "id": "0001.00001",
            "title": "A paper that was made up for tests",
            "authors": ["A. Nobody", "Somebody Else"],
            "published": "2025-05-16",
            "versions": [{"version": 1, "submitted": "2025-05-16"}, {"version": 2}],
            "origin": "dossier",
            "note": "The abstract and the tables were read; the appendix was not.",
            "quotes": [
                {
                    "quote": "most weights stay where they were",
                    "found": True,
                    "text": "abstract of v2",
                    "checked": "2026-01-01",
                }
            ],
        }
    )
)


def claims_and_records():
    """Every status once, with the records that give it."""
    rng = random.Random(7)

    def runs(n, **how):
        return [replicate(i, rng, **how) for i in range(n)]

    supported = claim(
        "storage-keeps-weights",
        "Is it the storage that keeps weights where they were?",
        predictions=[FINE, CONTRAST, ABOVE_HALF],
        sources=(SOURCE, Source(arxiv="0002.00002v1", stance="contradicts", locator="section 6", says="It is not so.")),
        circulated=(
            Circulated(
                text="no weight ever moves", where="a note", label=Grounding.OVERSTATED, because="Most, not all."
            ),
        ),
        relations=(Relation(to="ranks-hold", kind="refines", because="it names the storage"),),
        topics=("post-training", "update-sparsity"),
    )
    seven = runs(7, coarse=0.61)
    dead = replicate(7, rng, coarse=0.99, gain=0.0, spread=0.001)
    crashed = replicate(8, rng, coarse=0, outcome="crash", message="RuntimeError: no space left")
    refuted = claim("most-weights-stay", "Do most weights stay put?", predictions=[ABOVE_HALF], sources=(SOURCE,))
    undecided = claim("ranks-hold", "Do the ranks of the arms agree?", predictions=[RANKS])
    void = claim("blind-test", "Would a blind test notice?", predictions=[ABOVE_HALF])
    leaning = claim("early-look", "Is an early look enough?", predictions=[CONTRAST], looks=(8, 16))
    audit = claim(
        "headline-follows",
        "Does the headline follow from the table?",
        predictions=[GAP],
        experiment="headline",
        gates=(),
    )
    open_ = claim("not-run-yet", "What has nobody run yet?", predictions=[CONTRAST], topics=("agents",))
    bare = claim(
        "no-check-yet",
        "What has nobody written a check for?",
        grounding=Label(label=Grounding.UNSUPPORTED, because="—"),
    )
    gone = claim(
        "taken-back",
        "What was taken back?",
        status=Status.WITHDRAWN,
        withdrawn=Withdrawal(on=date(2026, 1, 9), because="It was two claims in one sentence."),
    )
    made = (
        (supported, [(record(supported, [*seven, dead, crashed, replicate(9, rng, coarse=0.63)]), None)]),
        (
            refuted,
            [
                (record(refuted, runs(8, coarse=0.31), day="03"), None),
                (
                    record(
                        refuted,
                        runs(5, coarse=0.9),
                        asked=5,
                        day="01",
                        confirmatory=False,
                        exploratory_because="it ran outside a git commit",
                        commit=None,
                    ),
                    Erratum(person="a tester", date=date(2026, 1, 2), what="the learning rate was not used"),
                ),
            ],
        ),
        (undecided, [(record(undecided, runs(8, coarse=0.5, rank=0.33, spread=0.2), day="04"), None)]),
        (void, [(record(void, runs(8, coarse=0.7), held=False, day="05"), None)]),
        (leaning, [(record(leaning, runs(5, coarse=0.6), asked=5, day="06"), None)]),
        (audit, [(record(audit, runs(1, coarse=0.5), asked=1, day="07", deterministic=True), None)]),
    )
    return (*(c for c, _ in made), open_, bare, gone), {c.id: rows for c, rows in made}


def sample(root: Path) -> Sample:
    """The project, with its experiments and records written under `root`; `root/site` is not there yet."""
    claims, records = claims_and_records()
    inquiry = Inquiry(
        id="is-it-storage",
        question="Is it about storage at all?",
        answer="Mostly **yes**: [[storage-keeps-weights]] held, and [[most-weights-stay]] fell.\n\n"
        "| arm | what |\n|---|---|\n| coarse | stays |\n",
        cites=("storage-keeps-weights", "most-weights-stay"),
    )
    return assemble(root, claims, records, (inquiry,), {PAPER.id: PAPER})


def filed(said, slug, claim="storage-keeps-weights"):
    name = f"{said.on.isoformat()}-{slug}"
    return Filed(claim, name, f"disputes/{claim}/{name}.yaml", said)


def disputed_sample(root: Path) -> Sample:
    """The sample, with disputes and replies on one claim."""
    made = sample(root)
    made.disputes["storage-keeps-weights"] = said_of_storage(made.records["storage-keeps-weights"][0].record.digest)
    return made


def said_of_storage(digest):
    """An open dispute with two replies, one that was resolved, and an author's reply to the claim itself."""
    common = {"schema_version": 1, "kind": "dispute"}
    open_ = Dispute(
        **common,
        by="A. Reader",
        on=date(2026, 1, 10),
        about="grounding",
        reason="Table 1 has ten checkpoints, and all of them are of one family.\n\nThe sentence speaks of all.",
        evidence=("0001.00001v2", "0009.00009v1", digest),
    )
    resolved = Resolution(by="A. Maintainer", on=date(2026, 1, 15), outcome="rejected", because="The gate covers it.")
    ended = Dispute(
        **common, by="B. Reader", on=date(2026, 1, 11), about="experiment", reason="The rate is low.", resolved=resolved
    )
    answer = {"schema_version": 1, "kind": "reply"}
    author = Reply(
        **answer,
        by="A. Nobody",
        on=date(2026, 1, 12),
        **{"as": "author"},
        paper="0001.00001v1",
        to="2026-01-10-one-family",
        text="We had three families; the other two are in the appendix.",
    )
    other = Reply(
        **answer,
        by="C. Reader",
        on=date(2026, 1, 13),
        **{"as": "contributor"},
        to="2026-01-10-one-family",
        text="I counted two.",
    )
    general = Reply(
        **answer, by="Somebody Else", on=date(2026, 1, 14), **{"as": "author"}, paper="0001.00001v2", text="Thank you."
    )
    return (
        filed(open_, "one-family"),
        filed(ended, "low-rate"),
        filed(author, "three-families"),
        filed(other, "two-families"),
        filed(general, "thanks"),
    )


def assemble(root, claims, records, inquiries, papers, experiments=None):
    """Write what the site reads from files, and hand over the rest."""
    sources = experiments or {"storage": EXPERIMENT, "headline": AUDIT}
    (root / "experiments").mkdir(parents=True)
    declared = {}
    for name, text in sources.items():
        (root / "experiments" / f"{name}.py").write_text(text)
        declared[name] = parse(text, f"experiments/{name}.py")
    stored = {}
    for claim_id, rows in records.items():
        folder = root / "evidence" / claim_id
        folder.mkdir(parents=True)
        for made, erratum in rows:
            (folder / made.name).write_bytes(render(made))
            stored[claim_id] = (
                *stored.get(claim_id, ()),
                StoredRecord(f"evidence/{claim_id}/{made.name}", made, erratum),
            )
    registry = Registry(schema_version=1, claims=tuple(claims), inquiries=inquiries)
    return Sample(root, registry, declared, papers, stored, dict.fromkeys(sources, CLOSURE))

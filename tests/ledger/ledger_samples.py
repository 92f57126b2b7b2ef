"""Values that the ledger's tests store."""

from claims.domain.claim import Check, Prediction
from claims.domain.digest import digest_of
from claims.domain.interval import Expect
from claims.domain.record import Closure, FileDigest, Judged, JudgedReplicate, Record
from claims.domain.run import Environment, GateResult, Outcome, Replicate, Trace
from claims.domain.verdict import ClaimVerdict, ControlResult, ControlRun, PredictionVerdict, Verdict
from claims.ledger.store import Meta

ENVIRONMENT = Environment(
    python="3.11.9",
    torch=None,
    transformers=None,
    numpy="2.1.0",
    device="cpu",
    device_name="a processor",
    dtype="float32",
    threads=1,
    isa="AVX2",
    platform="Linux",
)
META = Meta("toy", "c" * 64, "d" * 64, "cpu", 1, "replicate", "cpu", "float32", "2.6.0", ENVIRONMENT)
EXPECT = Expect(above=0.2)


def replicate(index: int = 0, value: float = 0.25) -> Replicate:
    return Replicate(
        index=index,
        seed=1_000_003 + index,
        outcome=Outcome.OK,
        measured={"arm-a": {"share": value}, "arm-b": {"share": value / 3}},
        combined={"overlap": 0.1 + index},
        traces={"arm-a": {"loss": Trace(x=(0.0, 1.0, 2.0), y=(2.5, 1.75, value))}},
        seconds=1.5,
        commit="a" * 40,
        utc="2026-11-21T10:00:00Z",
    )


def record(replicates: tuple[Replicate, ...] | None = None, claim: str = "a-claim") -> Record:
    chosen = tuple(replicate(i) for i in range(8)) if replicates is None else replicates
    gate = GateResult(metric="gain", condition=None, value=0.5, passed=True)
    check = Check(experiment="toy", predictions=(Prediction(id="p", metric="share", condition="arm-a", expect=EXPECT),))
    return Record(
        schema_version=1,
        rule=1,
        claim=Judged(id=claim, statement="More is ≥ less.", scope={"models": ("toy",)}, check=check, digest="e" * 64),
        experiment="toy",
        deterministic=False,
        closure=Closure(digest="c" * 64, files=(FileDigest(path="experiments/toy.py", sha256="f" * 64),)),
        params={"steps": 200, "rate": 1.0},
        scale="cpu",
        batch=1,
        asked=8,
        replicates=tuple(JudgedReplicate(replicate=r, gates=(gate,), valid=True) for r in chosen),
        controls=(
            ControlResult(
                name="planted",
                kind="positive",
                metric="share",
                condition="arm-a",
                expect=EXPECT,
                trains=True,
                runs=(ControlRun(seed=1, outcome="ok", value=0.75), ControlRun(seed=2, outcome="crash", value=None)),
            ),
        ),
        verdict=ClaimVerdict(
            verdict=Verdict.SUPPORTED,
            grade="standard",
            n=8,
            reason="the interval lies inside",
            predictions=(
                PredictionVerdict(
                    id="p", estimate=0.25, low=0.24, high=0.26, level=0.99, n=8, outside=0, verdict=Verdict.SUPPORTED
                ),
            ),
        ),
        commit=None,
        dirty=False,
        confirmatory=True,
        environment=ENVIRONMENT,
        isolation="none",
        tier="self-reported",
        contributor="someone",
        started="2026-11-21T10:00:00Z",
        finished="2026-11-21T10:05:00Z",
        previous=(digest_of("an older record"),),
    )

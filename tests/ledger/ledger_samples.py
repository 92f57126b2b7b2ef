"""Values that the ledger's tests store, and how they start other processes."""

import subprocess
import sys
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

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


names = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True)
numbers = st.floats(allow_nan=False, allow_infinity=False)
traces = st.lists(st.tuples(numbers, numbers), max_size=4).map(
    lambda points: Trace(x=tuple(x for x, _ in points), y=tuple(y for _, y in points))
)
replicates = st.builds(
    Replicate,
    index=st.integers(0, 40),
    seed=st.integers(0, 2**53 - 1),
    outcome=st.sampled_from(Outcome),
    message=st.text(max_size=40),
    measured=st.dictionaries(names, st.dictionaries(names, numbers, max_size=3), max_size=3),
    combined=st.dictionaries(names, numbers, max_size=3),
    traces=st.dictionaries(names, st.dictionaries(st.text(max_size=8), traces, max_size=2), max_size=2),
    seconds=numbers,
    commit=st.none() | st.just("b" * 40),
)
records = st.builds(
    lambda found, params, reason: record(tuple(found)).model_copy(
        update={"params": params, "exploratory_because": reason}
    ),
    st.lists(replicates, max_size=4, unique_by=(lambda r: r.index, lambda r: r.seed)).map(
        lambda found: sorted(found, key=lambda r: r.index)
    ),
    st.dictionaries(
        st.text(max_size=8), st.text(max_size=8) | st.integers(-(2**53) + 1, 2**53 - 1) | numbers | st.booleans()
    ),
    st.none() | st.text(max_size=20),
)


def wait_for(path: str) -> None:
    """Return when the file is there: what lets several children begin together."""
    deadline = time.monotonic() + 30
    while not Path(path).exists():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def start(code: str, *arguments: object, within: Sequence[str] = ()) -> "subprocess.Popen[str]":
    """A child that runs `code` with these values importable, below the command `within`; its output is a pipe."""
    prelude = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from ledger_samples import *\n"
    return subprocess.Popen(
        [*within, sys.executable, "-c", prelude + textwrap.dedent(code), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(child: "subprocess.Popen[str]") -> str:
    """The child's output. Fails when the child did."""
    output, errors = child.communicate(timeout=60)
    assert child.returncode == 0, errors
    return output

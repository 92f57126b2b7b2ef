"""Replicate: what one seed returned, valid or not."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from claims.domain.claim import Gate, Model, Name, Number

Spent = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
"""Seconds or MiB. They are the child's word or a contributor's, and larger ones have sums that are not finite."""


class Outcome(StrEnum):
    """How a replicate's process ended. Everything but `ok` makes it invalid, never negative."""

    OK = "ok"
    CRASH = "crash"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    NOT_FINITE = "not-finite"


class Trace(Model):
    """A series for a plot, downsampled."""

    x: tuple[Number, ...]
    y: tuple[Number, ...]

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if len(self.x) != len(self.y):
            raise ValueError("x and y differ in length")
        return self


class Replicate(Model):
    """All conditions at one seed. `measured` is condition → metric → value."""

    index: Annotated[int, Field(ge=0)]
    seed: Annotated[int, Field(ge=0, lt=2**53)]
    outcome: Outcome
    message: str = ""
    """The last words of a run that did not end well."""
    measured: dict[Name, dict[Name, Number]] = Field(default_factory=dict)
    combined: dict[Name, Number] = Field(default_factory=dict)
    traces: dict[Name, dict[str, Trace]] = Field(default_factory=dict)
    seconds: Spent = 0.0
    cpu_seconds: Spent = 0.0
    peak_mib: Spent = 0.0
    commit: str | None = None
    """HEAD when it ran; None outside git."""
    utc: str = ""

    def value(self, metric: str, condition: str | None) -> float | None:
        """A measurement, combined when no condition is named; None when there is none."""
        if condition is None:
            return self.combined.get(metric)
        return self.measured.get(condition, {}).get(metric)


class GateResult(Model):
    """A gate at one replicate."""

    metric: Name
    condition: Name | None
    value: Number | None
    passed: bool


class Environment(Model):
    """What a replicate ran on."""

    python: str
    torch: str | None
    transformers: str | None
    numpy: str | None
    device: str
    device_name: str
    dtype: str
    threads: int
    isa: str
    platform: str


def gate_results(gates: tuple[Gate, ...], replicate: Replicate) -> tuple[GateResult, ...]:
    """Every gate at one replicate; a missing measurement does not pass."""
    results = []
    for gate in gates:
        value = replicate.value(gate.metric, gate.condition)
        passed = value is not None and value in gate.expect.interval
        results.append(GateResult(metric=gate.metric, condition=gate.condition, value=value, passed=passed))
    return tuple(results)


def is_valid(gates: tuple[Gate, ...], replicate: Replicate) -> bool:
    """Whether a replicate counts: it ended well and passed every gate."""
    return replicate.outcome is Outcome.OK and all(g.passed for g in gate_results(gates, replicate))

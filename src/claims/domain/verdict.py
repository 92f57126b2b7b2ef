"""What the rule says, and of what."""

from enum import StrEnum
from typing import Literal

from claims.domain.claim import Model, Name, Number, Slug
from claims.domain.interval import Expect


class Verdict(StrEnum):
    """The word of the rule for a prediction or a claim."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    VOID = "void"
    LEANING_SUPPORTED = "leaning-supported"
    LEANING_REFUTED = "leaning-refuted"


LEANINGS = {Verdict.LEANING_SUPPORTED: Verdict.SUPPORTED, Verdict.LEANING_REFUTED: Verdict.REFUTED}
"""What a leaning leans to."""

Grade = Literal["smoke", "preliminary", "standard", "exact"]
"""`replicated` is not a grade of one record: it is derived from several."""


class PredictionVerdict(Model):
    """One prediction at the deciding look. An audit has no interval: `low` and `high` equal the estimate."""

    id: Slug
    estimate: Number | None
    low: Number | None
    high: Number | None
    level: Number | None
    n: int
    outside: int
    """Replicates (paired differences) outside the expected interval."""
    verdict: Verdict


class ClaimVerdict(Model):
    """The rule's answer to a claim. `verdict` is None below five replicates: no verdict."""

    verdict: Verdict | None
    grade: Grade
    n: int
    """Valid replicates that the decision used."""
    reason: str
    predictions: tuple[PredictionVerdict, ...]


class ControlRun(Model):
    """A control at one seed."""

    seed: int
    outcome: str
    value: Number | None


class ControlResult(Model):
    """A planted case and whether it came out as it must, at every seed."""

    name: Slug
    kind: Literal["positive", "negative"]
    metric: Name
    condition: Name
    expect: Expect
    trains: bool
    runs: tuple[ControlRun, ...]

    @property
    def held(self) -> bool:
        """All seeds in the expected interval; a run without a value does not hold."""
        interval = self.expect.interval
        return bool(self.runs) and all(r.value is not None and r.value in interval for r in self.runs)

"""Claim: one falsifiable sentence with its scope, its sources and its check (DESIGN §4)."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from claims.domain.interval import Expect

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
# Year, month and number: of four digits from 2007 to 2014, of five since (arXiv's help, "arXiv identifier scheme").
ARXIV = (
    r"(?:(?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\.[0-9]{4}|(?:0[0-6]|1[5-9]|[2-9][0-9])(?:0[1-9]|1[0-2])\.[0-9]{5}"
    r"|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})"
)
"""The form of an arXiv id without its version."""
PINNED = rf"{ARXIV}v[1-9][0-9]*"
"""The form of an arXiv id with its version."""
ArxivId = Annotated[str, StringConstraints(pattern=rf"^{PINNED}$")]
Scalar = str | int | float | bool
Number = Annotated[float, Field(allow_inf_nan=False)]


class Model(BaseModel):
    """A frozen value that refuses unknown keys and silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Grounding(StrEnum):
    """Whether a sentence is what its source says."""

    FAITHFUL = "faithful"
    OVERSTATED = "overstated"
    MISATTRIBUTED = "misattributed"
    INVERTED = "inverted"
    UNSUPPORTED = "unsupported"


class Status(StrEnum):
    """The word that `claims.yaml` shows for a claim; derived from the records, but for `withdrawn`."""

    UNTESTED = "untested"
    LEANING_SUPPORTED = "leaning-supported"
    LEANING_REFUTED = "leaning-refuted"
    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    VOID = "void"
    WITHDRAWN = "withdrawn"


class Reported(Model):
    """A number that a source prints; `value` is one number or the two ends of a range."""

    metric: Text
    value: Number | tuple[Number, Number]
    unit: Text
    locator: Text
    conditions: Text | None = None


class Source(Model):
    """A paper at a pinned version, and its stance to the claim."""

    arxiv: ArxivId
    stance: Literal["asserts", "supports", "contradicts", "qualifies", "supersedes", "mentions"]
    locator: Text
    says: Text
    unverified: Text | None = None
    """Why the locator could not be checked; required when `locator` is `unverified`."""
    quote: Text | None = None
    reported: tuple[Reported, ...] = ()

    @model_validator(mode="after")
    def _quote_is_short(self) -> Self:
        if self.quote is not None and len(self.quote.split()) > 25:
            raise ValueError("quote has more than 25 words: shorten it")
        if (self.locator == "unverified") != (self.unverified is not None):
            raise ValueError("locator: unverified needs unverified: <why>, and only then")
        return self


class Label(Model):
    """A grounding label with its reason."""

    label: Grounding
    because: Text


class Circulated(Label):
    """How the claim is told elsewhere."""

    text: Text
    where: Text | None = None


class Relation(Model):
    """A typed link to another claim."""

    to: Slug
    kind: Literal["supports", "contradicts", "refines", "depends-on", "supersedes"]
    because: Text


class Gate(Model):
    """A manipulation check: a replicate that fails it is invalid, not negative."""

    metric: Name
    condition: Name | None = None
    expect: Expect


class Contrast(Model):
    """A difference of two conditions, paired by seed."""

    of: Name
    minus: Name


class Prediction(Model):
    """A metric and the interval it must lie in, written before the run."""

    id: Slug
    metric: Name
    condition: Name | None = None
    contrast: Contrast | None = None
    expect: Expect
    rival: Number | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.condition is not None and self.contrast is not None:
            raise ValueError("give condition or contrast, not both")
        if self.rival is not None and self.rival in self.expect.interval:
            raise ValueError(f"rival {self.rival:g} lies inside the expected interval: nothing would be excluded")
        return self


Looks = tuple[Literal[8]] | tuple[Literal[8], Literal[16]] | tuple[Literal[8], Literal[16], Literal[24]]


class Check(Model):
    """How a claim is tested: an experiment, its parameters, gates and predictions."""

    experiment: Name
    params: dict[str, Scalar | tuple[Scalar, ...]] = {}
    gates: tuple[Gate, ...] = ()
    predictions: Annotated[tuple[Prediction, ...], Field(min_length=1)]
    scale: Literal["cpu", "gpu"] = "cpu"
    looks: Looks = (8, 16, 24)
    note: Text | None = None
    """Why this prediction, where it is not the literature's primary one."""

    @property
    def conditions(self) -> frozenset[str]:
        """The conditions that its gates and predictions name; none where all numbers are combined."""
        named = {gate.condition for gate in self.gates} | {p.condition for p in self.predictions}
        for prediction in self.predictions:
            if prediction.contrast is not None:
                named |= {prediction.contrast.of, prediction.contrast.minus}
        return frozenset(name for name in named if name is not None)

    @model_validator(mode="after")
    def _gates_are_not_predicted(self) -> Self:
        predicted = {p.metric for p in self.predictions}
        clash = sorted(predicted & {g.metric for g in self.gates})
        if clash:
            raise ValueError(f"gate on the predicted metric {', '.join(clash)}: a gate may not select the answer")
        ids = [p.id for p in self.predictions]
        if len(set(ids)) != len(ids):
            raise ValueError("two predictions have the same id")
        return self


class Withdrawal(Model):
    """Who took a claim back is in the history; when and why stands here."""

    on: date
    because: Text


class Forecast(Model):
    """What a person thought of a verdict before it was there."""

    by: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    on: date
    supported: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    """Probability that the verdict will be `supported`."""


SECONDHAND = "From notes: nobody here saw the place in the paper."
"""Of a claim that is `secondhand`."""


class Claim(Model):
    """One falsifiable sentence."""

    id: Slug
    question: Text
    statement: Text
    scope: dict[str, Scalar | tuple[Scalar, ...]]
    topics: Annotated[tuple[Slug, ...], Field(min_length=1)]
    asserted: date
    sources: tuple[Source, ...] = ()
    circulated: tuple[Circulated, ...] = ()
    relations: tuple[Relation, ...] = ()
    check: Check | None = None
    planned: Check | None = None
    """A check whose experiment is still to be written: its predictions stand, nothing can be run."""
    forecasts: tuple[Forecast, ...] = ()
    watch: Text
    grounding: Label
    withdrawn: Withdrawal | None = None
    status: Status = Status.UNTESTED

    @model_validator(mode="after")
    def _withdrawn_has_a_reason(self) -> Self:
        if (self.status is Status.WITHDRAWN) != (self.withdrawn is not None):
            raise ValueError("status withdrawn needs withdrawn: {on, because}, and only then")
        if self.check is not None and self.planned is not None:
            raise ValueError(
                "check and planned exclude each other: rename planned to check when the experiment is there"
            )
        return self

    @property
    def secondhand(self) -> bool:
        """Whether nobody here saw the place where a paper asserts this, so that its grounding rests on notes."""
        asserting = [source for source in self.sources if source.stance == "asserts"]
        return bool(asserting) and all(source.unverified for source in asserting)


class Inquiry(Model):
    """A question that several claims bear on; `answer` is Markdown with [[claim-id]] chips."""

    id: Slug
    question: Text
    answer: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    cites: tuple[Slug, ...] = ()


class Registry(Model):
    """Everything that people wrote, read as one."""

    schema_version: Literal[1]
    claims: tuple[Claim, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()

    def claim(self, claim_id: str) -> Claim:
        """The claim with this id; KeyError when there is none."""
        for claim in self.claims:
            if claim.id == claim_id:
                return claim
        raise KeyError(claim_id)

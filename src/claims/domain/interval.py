"""Interval: where a number is expected to lie."""

from math import inf, isfinite, isnan
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator


class Interval(BaseModel):
    """A range of the real line. An end that comes from `above` or `below` is open, one from `between` closed."""

    model_config = ConfigDict(frozen=True)

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def holds(self, low: float, high: float) -> bool:
        """Whether [low, high] lies wholly inside."""
        return low in self and high in self

    def excludes(self, low: float, high: float) -> bool:
        """Whether [low, high] lies wholly outside."""
        beyond = low > self.high or (self.high_open and low == self.high)
        before = high < self.low or (self.low_open and high == self.low)
        return beyond or before


class Expect(BaseModel):
    """An expected interval as people write it: `above`, `below`, `between`, or `equals` with `within`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    above: float | None = None
    below: float | None = None
    between: tuple[float, float] | None = None
    equals: float | None = None
    within: float | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = [name for name in ("above", "below", "between", "equals") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of above, below, between, equals")
        numbers = [self.above, self.below, self.equals, self.within, *(self.between or ())]
        if any(n is not None and (isnan(n) or not isfinite(n)) for n in numbers):
            raise ValueError("must be finite numbers")
        if self.between is not None and not self.between[0] < self.between[1]:
            raise ValueError(f"between {list(self.between)} is upside down: the lower end comes first")
        if self.within is not None and (self.equals is None or self.within < 0):
            raise ValueError("within goes with equals and is not negative")
        return self

    @property
    def interval(self) -> Interval:
        """The interval that this says."""
        if self.above is not None:
            return Interval(low=self.above, low_open=True)
        if self.below is not None:
            return Interval(high=self.below, high_open=True)
        if self.between is not None:
            return Interval(low=self.between[0], high=self.between[1])
        assert self.equals is not None
        margin = self.within or 0.0
        return Interval(low=self.equals - margin, high=self.equals + margin)

    def __str__(self) -> str:
        if self.above is not None:
            return f"above {self.above:g}"
        if self.below is not None:
            return f"below {self.below:g}"
        if self.between is not None:
            return f"between {self.between[0]:g} and {self.between[1]:g}"
        return f"equals {self.equals:g}" + (f" within {self.within:g}" if self.within is not None else "")

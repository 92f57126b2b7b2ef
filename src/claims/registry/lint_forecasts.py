"""What forecasts must keep to: one a person and claim, of something that can be decided, and not yet is. Pure."""

from collections.abc import Iterator
from datetime import date

from claims.domain.claim import Claim
from claims.domain.finding import Finding
from claims.registry.entry import Entry


def lint_forecasts(claim: Claim, entry: Entry) -> Iterator[Finding]:
    """What is wrong with the forecasts of a claim, whatever its records say."""
    seen: set[str] = set()
    for index, forecast in enumerate(claim.forecasts):
        if forecast.by.casefold() in seen:
            message = f"{forecast.by} has a forecast of this claim already; one a person: change that one"
            yield entry.finding(("forecasts", index, "by"), message)
        seen.add(forecast.by.casefold())
    if claim.forecasts and claim.check is None and claim.planned is None:
        yield entry.key_finding(("forecasts",), "there is no check, and no planned one: no verdict to forecast")


def late_forecasts(claim: Claim, entry: Entry, decided: date) -> Iterator[Finding]:
    """Forecasts that were made when the verdict of the day `decided` was there."""
    for index, forecast in enumerate(claim.forecasts):
        if forecast.on > decided:
            message = f"is after the verdict of {decided.isoformat()}: it forecasts what is known; delete it"
            yield entry.finding(("forecasts", index, "on"), message)

"""Forecasts are part of a claim, not of what is judged; a wrong one is named with its place."""

from datetime import date

import pytest
from registry_samples import REGISTRY, changed, findings, linted

from claims.domain.digest import claim_digest
from claims.registry.lint_forecasts import late_forecasts
from claims.registry.load import read_registry

BEFORE = "    status: untested   # the tool's"


def forecast(*rows):
    return changed((BEFORE, "    forecasts:\n" + "".join(f"      - {{{row}}}\n" for row in rows) + BEFORE))


GOOD = "by: Ann, on: 2026-01-01, supported: 0.7"


def first(text):
    return read_registry({"claims.yaml": text.encode()}).registry.claims[0]


def test_a_forecast_is_read_and_changes_nothing_that_is_judged():
    text = forecast(GOOD, "by: Bob, on: 2026-01-02, supported: 1")
    assert findings(text) == linted(text) == []
    assert [(f.by, f.supported) for f in first(text).forecasts] == [("Ann", 0.7), ("Bob", 1)]
    assert claim_digest(first(text)) == claim_digest(first(REGISTRY))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("by: Ann, on: 2026-01-01, supported: 1.2", "supported: 1.2 is above 1"),
        ("by: Ann, on: 2026-01-01, supported: -0.1", "supported: -0.1 is below 0"),
        ("by: Ann, on: 2026-01-01, supported: 70%", "supported: 70% is text here; a number is expected"),
        ("by: Ann, on: 2026-1-1, supported: 0.7", "on: 2026-1-1 is not a date"),
        ('by: Ann, on: "0", supported: 0.7', "on: 0 is not a date"),
        ("by: Ann, supported: 0.7", "on: is missing"),
        ("on: 2026-01-01, supported: 0.7", "by: is missing"),
        ('by: " ", on: 2026-01-01, supported: 0.7', "by: is empty"),
        ("by: Ann, on: 2026-01-01, suported: 0.7", "suported: unknown key; did you mean supported?"),
    ],
)
def test_a_wrong_field_is_named_with_its_place(row, says):
    found = findings(forecast(row))
    assert len(found) == 1
    assert f"bf16-is-sparse.forecasts[0].{says}" in found[0]
    assert found[0].startswith("37:")


def test_one_a_person_and_claim():
    found = linted(forecast("by: ann, on: 2026-01-02, supported: 0.9", GOOD))
    assert len(found) == 1
    assert "forecasts[1].by: Ann has a forecast of this claim already" in found[0]


def test_a_claim_without_a_check_has_no_verdict_to_forecast():
    label = "grounding: {label: faithful, because: The"
    text = changed((label, f"forecasts: [{{{GOOD}}}]\n    {label}"))
    assert ["no verdict to forecast" in line for line in linted(text)] == [True]


def test_a_forecast_after_the_verdict_is_late_and_one_on_its_day_is_not():
    text = forecast(GOOD, "by: Bob, on: 2026-01-05, supported: 0.9")
    loaded = read_registry({"claims.yaml": text.encode()})
    entry = loaded.places.claims["bf16-is-sparse"]
    late = list(late_forecasts(loaded.registry.claims[0], entry, date(2026, 1, 4)))
    assert [f.field for f in late] == ["bf16-is-sparse.forecasts[1].on"]
    assert "is after the verdict of 2026-01-04" in late[0].message
    assert not list(late_forecasts(loaded.registry.claims[0], entry, date(2026, 1, 5)))

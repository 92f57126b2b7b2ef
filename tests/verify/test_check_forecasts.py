"""`claims check` refuses a forecast of what is known, and takes one of what a newer run will say."""

from collections.abc import Callable
from pathlib import Path

from claims.check import check
from tests.conftest import commit
from tests.verify.test_verify import run

Edit = Callable[[str, str, str], None]
DIFFER = "    question: Do the coins differ?\n"


def test_a_forecast_after_the_verdict_is_a_problem_until_the_code_changes(toy: Path, edit: Edit) -> None:
    run(toy)
    edit("claims.yaml", DIFFER, DIFFER + "    forecasts: [{by: Ann, on: 2099-01-01, supported: 1}]\n")
    found = check(toy)
    assert [f.field for f in found] == ["coins-differ.forecasts[0].on"]
    assert "it forecasts what is known; delete it" in found[0].message
    commit(toy)
    code = (toy / "experiments" / "toy.py").read_text()
    (toy / "experiments" / "toy.py").write_text(f"{code}\nLATER = 1\n")
    assert check(toy) == []


def test_a_forecast_before_the_verdict_stays_with_it(toy: Path, edit: Edit) -> None:
    edit("claims.yaml", DIFFER, DIFFER + "    forecasts: [{by: Ann, on: 2025-01-02, supported: 0.8}]\n")
    commit(toy)
    result = run(toy)
    assert result.record is not None and result.record.confirmatory
    assert check(toy) == []

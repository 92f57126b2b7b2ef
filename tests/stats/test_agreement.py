"""Agreement of a rerun with its record, on numbers whose truth is known."""

import random

import pytest

from claims.domain.record import Record
from claims.domain.rerun import Comparison
from claims.domain.run import Environment, Outcome, Replicate
from claims.domain.verdict import ControlResult
from claims.stats.agreement import _of_means, compare, differing
from claims.stats.intervals import mean_interval
from tests.ledger.ledger_samples import ENVIRONMENT, record, replicate

ELSEWHERE = ENVIRONMENT.model_copy(update={"isa": "AVX512", "device_name": "another processor"})
ON_GPU = ENVIRONMENT.model_copy(update={"device": "cuda", "device_name": "a GPU"})


def at(index: int, value: float) -> Replicate:
    return replicate(index, value).model_copy(update={"combined": {}})


def said(
    own: list[float],
    here: list[float],
    environment: Environment = ENVIRONMENT,
    fresh: list[float] | None = None,
    second: list[float] | None = None,
) -> Comparison:
    made = record(tuple(at(i, v) for i, v in enumerate(own)))
    runs = [at(i, v) for i, v in enumerate(here)]
    odd = differing(made, runs)
    repeated = [at(r.index, (second or here)[r.index]) for r in odd]
    return compare(made, runs, repeated, made.controls, [at(i, v) for i, v in enumerate(fresh or [])], environment)


OWN = [0.50, 0.52, 0.48, 0.51, 0.49, 0.53, 0.47, 0.50]


def test_the_same_numbers_agree_exactly_wherever_they_come_from() -> None:
    assert {said(OWN, OWN, e).recorded for e in (ENVIRONMENT, ELSEWHERE, ON_GPU)} == {"agrees-exactly"}


@pytest.mark.parametrize("by", [1e-9, 1e-3, 0.3])
def test_in_the_same_setting_any_other_number_disagrees(by: float) -> None:
    other = [OWN[0] + by, *OWN[1:]]
    found = said(OWN, other)
    assert found.recorded == "disagrees"
    assert "replicate 0" in found.because and "share" in found.because


def test_a_seed_that_differs_from_itself_is_nondeterministic_not_a_lie() -> None:
    assert said(OWN, [v + 0.01 for v in OWN], second=[v + 0.02 for v in OWN]).recorded == "nondeterministic"


def test_on_another_processor_a_small_part_of_the_spread_is_allowed_and_more_is_not() -> None:
    assert said(OWN, [v + 0.001 for v in OWN], ELSEWHERE).recorded == "agrees"
    assert said(OWN, [v + 0.2 for v in OWN], ELSEWHERE).recorded == "disagrees"


def test_on_another_device_the_means_are_compared() -> None:
    shuffled = OWN[3:] + OWN[:3]
    assert said(OWN, shuffled, ON_GPU).recorded == "agrees", "the room to .2 is many times the spread"
    assert said(OWN, [v - 0.4 for v in shuffled], ON_GPU).recorded == "disagrees"


def test_a_control_that_comes_out_otherwise_disagrees() -> None:
    made = record(tuple(at(i, v) for i, v in enumerate(OWN)))
    control = made.controls[0]
    moved = control.model_copy(
        update={"runs": tuple(r.model_copy(update={"value": (r.value or 0) + 1}) for r in control.runs)}
    )
    found = compare(made, [at(i, v) for i, v in enumerate(OWN)], [], [moved], [], ENVIRONMENT)
    assert found.recorded == "disagrees" and control.name in found.because


def test_a_replicate_that_ended_otherwise_disagrees() -> None:
    made = record(tuple(at(i, v) for i, v in enumerate(OWN)))
    crashed = at(0, OWN[0]).model_copy(update={"outcome": Outcome.CRASH, "measured": {}})
    assert compare(made, [crashed], [crashed], made.controls, [], ENVIRONMENT).recorded == "disagrees"


@pytest.mark.parametrize("noise", ["normal", "lognormal", "collapsing"])
def test_fresh_seeds_of_an_honest_record_are_rarely_called_others(noise: str) -> None:
    """2,000 honest records, at a level of .1 %; 8 false alarms would be 6 sd too many."""
    alarms = sum(said(*_two(noise, i)).fresh == "disagrees" for i in range(2000))
    assert alarms < 8


@pytest.mark.parametrize("few", [3, 4, 8])
def test_few_fresh_seeds_do_not_raise_the_rate_of_false_alarms(few: int) -> None:
    """20,000 honest pairs at a level of .1 %: 20 alarms, where two spreads instead of one would give 52 for three."""
    generator = random.Random(few)
    prediction = record().claim.check.predictions[0]
    alarms = 0
    for _ in range(20_000):
        one, other = ([generator.gauss(0, 1) for _ in range(n)] for n in (8, few))
        alarms += _of_means(prediction, mean_interval(one, 0.99), mean_interval(other, 0.99), 1) == "disagrees"
    assert alarms < 36


def test_fresh_seeds_show_numbers_that_were_moved_by_three_spreads() -> None:
    found = [said(*_two("normal", i, shift=3.0)).fresh for i in range(400)]
    assert found.count("disagrees") / 400 > 0.9
    assert "agrees" not in found or found.count("agrees") < 4


def _two(noise: str, seed: int, shift: float = 0.0) -> tuple[list[float], list[float], Environment, list[float]]:
    generator = random.Random(seed)

    def one() -> float:
        if noise == "lognormal":
            return generator.lognormvariate(0, 0.8)
        if noise == "collapsing" and generator.random() < 0.1:
            return -5.0
        return generator.gauss(0, 1)

    own = [one() + shift for _ in range(8)]
    return own, own, ENVIRONMENT, [one() for _ in range(8)]


def held(record_: Record, value: float | None) -> tuple[ControlResult, ...]:
    runs = tuple(r.model_copy(update={"outcome": "ok", "value": value}) for r in record_.controls[0].runs)
    return (record_.controls[0].model_copy(update={"runs": runs}),)


def test_elsewhere_a_control_that_no_longer_holds_is_no_agreement() -> None:
    made = record(tuple(at(i, v) for i, v in enumerate(OWN)))
    made = made.model_copy(update={"controls": held(made, 0.75)})
    runs = [at(i, v + 0.001) for i, v in enumerate(OWN)]
    assert compare(made, runs, [], held(made, 0.74), [], ELSEWHERE).recorded == "agrees"
    for value in (None, -5.0):
        for some in (runs, runs[:3]):
            found = compare(made, some, [], held(made, value), [], ELSEWHERE)
            assert found.recorded == "inconclusive"
            assert f"controls that held do not: {made.controls[0].name}" in found.because


def test_elsewhere_numbers_that_are_near_but_come_to_another_verdict_are_no_agreement() -> None:
    edge = 0.2
    own = [edge + 0.001 + 0.01 * i for i in range(8)]
    made = record(tuple(at(i, v) for i, v in enumerate(own)))
    made = made.model_copy(update={"controls": held(made, 0.75)})
    there = compare(made, [at(i, v - 0.0015) for i, v in enumerate(own)], [], made.controls, [], ELSEWHERE)
    assert there.recorded == "inconclusive"
    assert "the verdict here is inconclusive, of the record's numbers supported" in there.because


def test_fresh_seeds_that_nearly_all_fail_the_gates_disagree() -> None:
    """A batch in which every seed passes by luck is as good as one whose numbers are made up."""
    made = record(tuple(at(i, v) for i, v in enumerate(OWN)))
    crashed = [at(i, 0.5).model_copy(update={"outcome": Outcome.CRASH, "measured": {}}) for i in range(8)]
    found = compare(made, [at(0, OWN[0])], [], made.controls, crashed, ENVIRONMENT)
    assert found.fresh == "disagrees" and "far fewer" in found.because
    some = [*(at(i, v) for i, v in enumerate(OWN[:5])), *crashed[5:]]
    assert compare(made, [at(0, OWN[0])], [], made.controls, some, ENVIRONMENT).fresh in ("agrees", "inconclusive")


def test_what_was_compared_and_what_would_settle_it_is_said_where_too_few_seeds_tell() -> None:
    made = record(tuple(at(i, v) for i, v in enumerate(OWN)))
    apart = [at(i, v) for i, v in enumerate((0.3, 0.5, 0.7))]
    found = compare(made, [at(0, OWN[0])], [], made.controls, apart, ENVIRONMENT)
    assert found.fresh == "inconclusive"
    assert f"their means over 3 and the record's over {len(OWN)} do not differ by more than chance" in found.because
    assert found.because.endswith("that takes more seeds")

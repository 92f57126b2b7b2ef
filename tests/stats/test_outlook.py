from math import inf

import pytest
from stats_samples import a_check, decide, prediction

from claims.domain.interval import Interval
from claims.stats.intervals import Estimate
from claims.stats.looks import LOOKS_V1
from claims.stats.outlook import Seen, chance_settled, outlook

EIGHT, SIXTEEN, LAST = LOOKS_V1.values()


def seen(mean, sd=1.0, outside=0, n=8, low=0.0, high=inf, name="p"):
    estimate = Estimate(mean=mean, low=mean, high=mean, level=0.99, n=n, sd=sd)
    return Seen(name, Interval(low=low, high=high), estimate, outside)


def test_names_the_first_look_that_would_probably_settle_it():
    later = (SIXTEEN, LAST)
    assert outlook([seen(1.5, outside=1)], EIGHT, later).startswith("8 more replicates (16 in all)")
    assert outlook([seen(1.8, outside=2)], EIGHT, later).startswith("16 more replicates (24 in all)")


def test_more_will_not_help_once_the_guard_is_used_up():
    said = outlook([seen(0.8, outside=3)], EIGHT, (SIXTEEN, LAST))
    assert said == (
        "More will probably not settle it: of p, 3 of 8 replicates lie outside the expected interval and 5 inside,"
        " and at most 2 may be on the wrong side."
    )


def test_a_mean_close_to_the_edge_needs_more_than_the_rule_has():
    said = outlook([seen(0.1, outside=2)], EIGHT, (SIXTEEN, LAST))
    # (t(.9875, 23) / .1)² = (2.398 / .1)² = 575
    assert "lies 0.1 run-sd from the edge" in said
    assert "about 575 replicates" in said


def test_a_mean_on_the_edge_is_said_to_be_there():
    assert "lies on the edge" in outlook([seen(0.0, outside=2)], EIGHT, (SIXTEEN, LAST))


def test_the_guard_is_named_when_it_is_what_stands_in_the_way():
    said = outlook([seen(1.0, outside=1)], EIGHT, (SIXTEEN, LAST))
    assert "about 16% of replicates fall on the other side" in said


def test_the_last_look_is_the_end():
    said = outlook([seen(0.2, n=24, outside=2)], LAST, ())
    assert said.startswith("More will not settle it, 24 being the last look")


def test_refuting_one_of_two_settles_the_claim():
    hopeless = seen(0.3, outside=3, name="stuck")
    falling = seen(-1.9, outside=7, name="falling")
    assert outlook([hopeless], EIGHT, (SIXTEEN,)).startswith("More will probably not")
    assert outlook([hopeless, falling], EIGHT, (SIXTEEN,)).startswith("8 more replicates")


def test_refuting_one_of_several_takes_a_stricter_interval_here_too():
    falling = seen(-0.7, outside=8)
    assert chance_settled([falling, seen(0.3, outside=3)], SIXTEEN) < chance_settled([falling], SIXTEEN)


def test_the_prediction_furthest_from_a_decision_is_named():
    said = outlook([seen(5.0, name="sure"), seen(0.1, outside=2, name="doubtful")], EIGHT, (SIXTEEN, LAST))
    assert "doubtful" in said
    assert "sure" not in said


@pytest.mark.parametrize("look", [SIXTEEN, LAST])
def test_further_inside_is_never_less_likely_to_settle(look):
    chances = [chance_settled([seen(mean)], look) for mean in (0.5, 1.0, 1.5, 2.0, 3.0)]
    assert chances == sorted(chances)
    assert chances[-1] > 0.95


def test_no_spread_at_all_is_certain():
    assert chance_settled([seen(1.0, sd=0.0)], SIXTEEN) == 1.0
    assert chance_settled([seen(-1.0, sd=0.0, outside=8)], SIXTEEN) == 1.0


def test_both_ends_of_an_interval_are_in_the_way():
    near_low, near_high = (chance_settled([seen(mean, high=20.0)], SIXTEEN) for mean in (0.6, 19.4))
    assert near_low == pytest.approx(near_high)
    assert chance_settled([seen(2.0, high=4.0)], SIXTEEN) < chance_settled([seen(2.0)], SIXTEEN)
    narrow = decide([0.8, 1.9, 1.2, 0.9, 1.5, 0.7, 1.4, 1.6], a_check(prediction(between=(1.15, 1.35))))
    assert "More will probably not settle it" in narrow.reason

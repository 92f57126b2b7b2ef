from math import inf

import numpy as np
import pytest
from scipy import stats

from claims.domain.interval import Expect, Interval
from claims.stats.looks import Look
from claims.stats.power import Assumed, half_width_for, margin_for, power, replicates_needed
from claims.stats.simulation import decide_many

ABOVE = Expect(above=0.0).interval
LOOKS = (8, 16, 24)


def rng():
    return np.random.default_rng(5)


def chances(*assumed, **settings):
    return power(assumed, rng=rng(), **settings).supported


def test_same_generator_gives_same_power():
    assert power([Assumed(ABOVE, 1.0, 1.0)], rng=rng()) == power([Assumed(ABOVE, 1.0, 1.0)], rng=rng())


def test_power_grows_with_distance_and_with_looks():
    table = [chances(Assumed(ABOVE, mean, 1.0)) for mean in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)]
    assert table == sorted(table)
    assert all(list(row) == sorted(row) for row in table)
    assert table[0][-1] < 0.005
    assert table[-1][0] > 0.97


def test_unit_does_not_matter():
    assert chances(Assumed(ABOVE, 1.5, 1.0)) == chances(Assumed(ABOVE, 6.0, 4.0))


def test_both_sides_are_alike():
    below = chances(Assumed(Expect(below=0.0).interval, -1.5, 1.0))
    assert below == pytest.approx(chances(Assumed(ABOVE, 1.5, 1.0)), abs=0.02)


@pytest.mark.parametrize(("half_width", "low", "high"), [(2.0, 0.66, 0.72), (3.0, 0.96, 0.99), (4.0, 0.99, 1.0)])
def test_eight_replicates_mid_range(half_width, low, high):
    # An independent simulation of ours, before this code, had .50-.72, .86-.98 and .93-1.0 over four noises.
    (chance,) = chances(Assumed(Interval(low=-half_width, high=half_width), 0.0, 1.0), looks=(8,))
    assert low <= chance <= high


def test_interval_alone_has_the_power_of_the_noncentral_t():
    # Mean and sd alone: t = mean √n / sd is noncentral t, so the chance has a closed form; the guard takes the rest.
    drawn_RKN = 1.5 + rng().standard_normal((20_000, 1, 8))
    unguarded = decide_many(drawn_RKN, [ABOVE], [Look(8, 0.01, 8)]).supported_by(0)
    closed_form = stats.nct.sf(stats.t.ppf(0.995, 7), df=7, nc=1.5 * 8**0.5)
    assert unguarded == pytest.approx(closed_form, abs=0.015)
    (guarded,) = chances(Assumed(ABOVE, 1.5, 1.0), looks=(8,))
    assert guarded < unguarded
    assert guarded <= stats.norm.cdf(1.5) ** 8 + 0.015


def test_independent_predictions_multiply_at_one_look():
    one, other = Assumed(ABOVE, 1.5, 1.0), Assumed(ABOVE, 1.8, 1.0)
    (together,) = chances(one, other, looks=(8,))
    assert together == pytest.approx(chances(one, looks=(8,))[0] * chances(other, looks=(8,))[0], abs=0.02)


def test_no_spread_is_certain():
    found = power([Assumed(ABOVE, 0.1, 0.0)], rng=rng(), repetitions=100)
    assert found.supported == (1.0, 1.0, 1.0)
    assert power([Assumed(ABOVE, -0.1, 0.0)], rng=rng(), repetitions=100).refuted == (1.0, 1.0, 1.0)


def test_error_is_that_of_a_share():
    found = power([Assumed(ABOVE, 1.5, 1.0)], rng=rng(), repetitions=400)
    share = found.supported[0]
    assert found.error(0) == pytest.approx((share * (1 - share) / 400) ** 0.5)


@pytest.mark.parametrize("bad", [[], [Assumed(ABOVE, 0.0, -1.0)]])
def test_nonsense_is_refused(bad):
    with pytest.raises(ValueError, match="power needs"):
        power(bad, rng=rng())


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("target", [0.5, 0.8, 0.95])
def test_margin_has_the_power_that_it_was_made_for(look, target):
    margin = margin_for(look, rng=rng(), power=target)
    found = power([Assumed(ABOVE, margin, 1.0)], rng=np.random.default_rng(6), looks=[n for n in LOOKS if n <= look])
    assert found.supported[-1] == pytest.approx(target, abs=0.015)


@pytest.mark.parametrize("look", LOOKS)
def test_half_width_has_the_power_that_it_was_made_for(look):
    half = half_width_for(look, rng=rng())
    around = Assumed(Interval(low=-half, high=half), 0.0, 1.0)
    found = power([around], rng=np.random.default_rng(6), looks=[n for n in LOOKS if n <= look])
    assert found.supported[-1] == pytest.approx(0.8, abs=0.015)


def test_two_sides_need_more_room_than_one():
    for look in LOOKS:
        assert half_width_for(look, rng=rng()) > margin_for(look, rng=rng())


def test_replicates_needed_is_the_first_look_that_is_enough():
    def needed(margin):
        return replicates_needed([Assumed(Interval(low=-margin, high=inf), 0.0, 1.0)], rng=rng())

    margins = [margin_for(look, rng=rng()) for look in LOOKS]
    assert [needed(m + 0.05) for m in margins] == [8, 16, 24]
    assert needed(margins[-1] - 0.05) is None

from math import ceil

import pytest
from stats_samples import crashed, replicates

from claims.stats.looks import LOOKS_V1, PRELIMINARY, preliminary, take


def test_rule_one_is_what_the_design_says():
    said = [(look.n, round(100 * look.level, 6), look.guard, look.reach) for look in LOOKS_V1.values()]
    assert said == [(8, 99.0, 0, 10), (16, 98.5, 1, 20), (24, 97.5, 2, 30)]


@pytest.mark.parametrize("n", [*PRELIMINARY, 8, 16, 24])
def test_reach_is_a_quarter_more_rounded_up(n):
    assert preliminary(n).reach == ceil(1.25 * n)


def test_takes_the_first_valid_ones_and_no_more():
    runs = replicates([0.0] * 10)
    runs[2] = crashed(2)
    taken = take(LOOKS_V1[8], (), runs)
    assert taken.state == "ready"
    assert [r.index for r in taken.used] == [0, 1, 3, 4, 5, 6, 7, 8]
    assert [r.index for r in taken.invalid] == [2]


def test_waits_at_a_gap():
    runs = [r for r in replicates([0.0] * 10) if r.index != 3]
    taken = take(LOOKS_V1[8], (), runs)
    assert taken.state == "open"
    assert [r.index for r in taken.used] == [0, 1, 2]


def test_a_gap_behind_the_last_one_taken_does_not_matter():
    runs = [r for r in replicates([0.0] * 10) if r.index != 8]
    assert take(LOOKS_V1[8], (), runs).state == "ready"


def test_short_only_when_every_seed_in_reach_has_run():
    runs = [*replicates([0.0] * 7), crashed(7), crashed(8), crashed(9)]
    assert take(LOOKS_V1[8], (), runs[:9]).state == "open"
    assert take(LOOKS_V1[8], (), runs).state == "short"


def test_seeds_beyond_reach_do_not_fill_up():
    runs = replicates([0.0] * 12)
    for index in (0, 1, 2):
        runs[index] = crashed(index)
    assert take(LOOKS_V1[8], (), runs).state == "short"

"""Other analyses of a record: what they say is right, and they decide nothing."""

import math
import random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from stats_samples import a_check, decide, prediction, replicates

from claims.domain.verdict import Verdict
from claims.stats.multiverse import ANALYSES, _cut, _middle, _signed_ranks, multiverse


@pytest.mark.parametrize(("n", "alpha"), [(8, 0.05), (8, 0.01), (16, 0.05), (24, 0.05), (10, 0.1)])
def test_signed_ranks_cover_as_they_say(n, alpha):
    rng = np.random.default_rng(0)
    draws = rng.standard_t(3, size=(4000, n))
    inside = np.mean([low <= 0 <= high for low, high in (_signed_ranks(list(d), alpha) for d in draws)])
    assert 1 - alpha - 3 * (alpha / 4000) ** 0.5 <= inside


@pytest.mark.parametrize("n", [6, 8, 12])
def test_the_interval_by_signed_ranks_is_that_of_the_test(n):
    """A value is inside exactly if Wilcoxon's exact test does not reject it."""
    rng = random.Random(n)
    values = [rng.gauss(0.3, 1) for _ in range(n)]
    low, high = _signed_ranks(values, 0.05)
    for centre in np.linspace(min(values) - 0.5, max(values) + 0.5, 61):
        rejected = stats.wilcoxon([v - centre for v in values], method="exact").pvalue <= 0.05
        assert (low < centre < high) == (not rejected)


def test_the_cut_is_that_of_the_tables():
    """The largest sum of ranks that a two-sided test at 5 % rejects: 3 for eight values, 29 for sixteen."""
    assert [_cut(n, 0.05) for n in (8, 16)] == [3, 29]


def test_without_its_ends_a_mean_ignores_one_wild_value():
    tame = [1.0, 1.1, 0.9, 1.05, 0.95, 1.02, 0.98, 1.01]
    low, high = _middle([*tame[:-1], 1e6], 0.01)
    assert 0.8 < low < 1.0 < high < 1.3


def test_the_trimmed_interval_covers_as_it_says():
    rng = np.random.default_rng(1)
    inside = np.mean([low <= 0 <= high for low, high in (_middle(list(d), 0.05) for d in rng.normal(size=(4000, 8)))])
    assert 0.93 < inside < 0.975


def judged(values, invalid=(), deterministic=False):
    """As much of a record as the analyses read, decided by rule 1, with one prediction: above a half."""
    check = a_check(prediction(above=0.5), looks=(8,))
    runs = replicates([*values, *invalid])
    rows = [SimpleNamespace(replicate=r, valid=i < len(values)) for i, r in enumerate(runs)]
    verdict = decide(runs[: len(values)], check)
    claim = SimpleNamespace(check=check)
    return SimpleNamespace(replicates=rows, verdict=verdict, deterministic=deterministic, claim=claim)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([0.8] * 7 + [0.81], Verdict.SUPPORTED),
        ([0.2] * 7 + [0.21], Verdict.REFUTED),
        ([0.2, 0.8] * 4, Verdict.INCONCLUSIVE),
    ],
)
def test_all_analyses_agree_where_there_is_no_doubt(values, word):
    found = multiverse(judged(values))
    assert [u.replicates for u in found] == ["the valid replicates", "any one left out"]
    assert found[0].registered is word
    assert {v for u in found for v in u.verdicts} == {word}


def test_only_the_registered_choice_has_a_registered_verdict():
    found = multiverse(judged([0.8] * 7 + [0.81], invalid=[0.1]))
    assert [u.registered is not None for u in found] == [True, False, False]


def test_one_stray_value_is_seen_by_every_replicate_and_not_by_the_trimmed_mean():
    first = multiverse(judged([0.8, 0.81, 0.82, 0.8, 0.79, 0.8, 0.81, 0.3]))[0]
    words = dict(zip((a.name for a in ANALYSES), first.verdicts, strict=True))
    assert words["mean without the two ends, 99 %"] is Verdict.SUPPORTED
    assert words["every replicate"] is Verdict.INCONCLUSIVE


@given(st.lists(st.floats(0, 1), min_size=8, max_size=8, unique=True))
def test_an_interval_never_says_both(values):
    """No analysis may call a claim supported whose values all lie outside, nor refuted where all lie inside."""
    for verdict in multiverse(judged(values))[0].verdicts:
        if all(v > 0.5 for v in values):
            assert verdict is not Verdict.REFUTED
        if all(v < 0.5 for v in values):
            assert verdict is not Verdict.SUPPORTED


def test_too_few_values_for_a_level_give_no_interval():
    assert _signed_ranks([1.0, 1.1, 1.2, 1.3, 1.4], 0.05) == (-math.inf, math.inf)
    assert _cut(6, 0.05) == 0


def test_an_audit_and_a_void_record_have_no_tile():
    assert multiverse(judged([0.8] * 7 + [0.81], deterministic=True)) == ()
    assert multiverse(judged([0.8] * 8)) == (), "the seed made no difference"

"""The vectorised rule is the rule."""

import numpy as np
import pytest
from stats_samples import a_check, decide, prediction, replicate

from claims.domain.verdict import Verdict
from claims.stats.calibration import NOISE
from claims.stats.looks import LOOKS_V1
from claims.stats.simulation import decide_many

EXPECTS = (
    ({"above": 0.0}, {"below": 2.0}, {"between": (-1.0, 3.0)}),
    ({"between": (0.0, 8.0)}, {"above": -1.0}, {"equals": 1.0, "within": 1.5}),
    ({"below": 0.5}, {"between": (0.5, 3.0)}, {"above": -3.0}),
)


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("predictions", [1, 2, 3])
def test_many_samples_at_once_are_decided_as_one_by_one(noise, predictions):
    rng = np.random.default_rng(20 + predictions)
    shift_R11 = rng.uniform(-3, 4, (60, 1, 1))
    # Quarters, so that some values lie exactly on the edges, where open and closed ends differ.
    values_RKN = np.round(4 * (shift_R11 + NOISE[noise](rng, (60, predictions, 24)))) / 4
    seen = set()
    for expects in EXPECTS:
        asserted = [prediction(f"p{k}", f"m{k}", **expects[k]) for k in range(predictions)]
        found = decide_many(values_RKN, [p.expect.interval for p in asserted], list(LOOKS_V1.values()))
        for r, values_KN in enumerate(values_RKN):
            runs = [replicate(n, **{f"m{k}": float(values_KN[k, n]) for k in range(predictions)}) for n in range(24)]
            one = decide(runs, a_check(*asserted), asked=24)
            many = Verdict.INCONCLUSIVE, 24
            if found.supported_R[r] >= 0:
                many = Verdict.SUPPORTED, list(LOOKS_V1)[found.supported_R[r]]
            if found.refuted_R[r] >= 0:
                many = Verdict.REFUTED, list(LOOKS_V1)[found.refuted_R[r]]
            assert (one.verdict, one.n) == many
            seen.add(many)
    assert {word for word, _ in seen} == {Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE}
    assert {n for _, n in seen} == {8, 16, 24}


@pytest.mark.parametrize("value", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("expect", [{"above": 0.5}, {"below": 0.5}, {"between": (0.5, 2.0)}, {"between": (0.0, 0.5)}])
def test_an_interval_that_touches_an_edge_is_judged_alike(value, expect):
    # Without spread the interval is a point, and on an edge it matters whether that end is open.
    predicted = prediction("p", "same", **expect)
    runs = [replicate(n, same=value, varies=float(n)) for n in range(24)]
    one = decide(runs, a_check(predicted), asked=24)
    found = decide_many(np.full((1, 1, 24), value), [predicted.expect.interval], list(LOOKS_V1.values()))
    assert one.n == 8
    assert (found.supported_R[0] == 0) == (one.verdict is Verdict.SUPPORTED)
    assert (found.refuted_R[0] == 0) == (one.verdict is Verdict.REFUTED)


@pytest.mark.parametrize("noise", NOISE)
def test_noise_has_mean_zero_and_sd_one(noise):
    drawn = NOISE[noise](np.random.default_rng(3), (400_000,))
    assert drawn.mean() == pytest.approx(0, abs=0.01)
    # The variance of a squared t3 is infinite: its sample sd settles slowly.
    assert drawn.std() == pytest.approx(1, abs=0.1 if noise == "t3" else 0.01)

"""Explained variance by hand."""

import numpy as np
import pytest

from claims.lab.metrics.fit import r_squared


def test_a_parabola_is_explained_by_degree_two_and_not_by_one():
    x = [-2.0, -1.0, 0.0, 1.0, 2.0]
    y = [4.0, 1.0, 0.0, 1.0, 4.0]
    assert r_squared(x, y, 2) == pytest.approx(1.0)
    assert r_squared(x, y, 1) == pytest.approx(0.0, abs=1e-12)


def test_a_line_by_hand():
    # Slope 1, intercept 0 leaves residuals 0 1 -1 0 ... of y = 0 2 1 3: sum of squares 5, left 5 - 16 / 5.
    assert r_squared([0.0, 1.0, 2.0, 3.0], [0.0, 2.0, 1.0, 3.0], 1) == pytest.approx(0.64)


def test_units_do_not_matter():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=12), rng.normal(size=12)
    assert r_squared((x * 1e-5 + 3e-4).tolist(), (y * 50).tolist(), 2) == pytest.approx(
        r_squared(x.tolist(), y.tolist(), 2)
    )


def test_noise_is_explained_by_two_over_n_less_one():
    rng = np.random.default_rng(3)
    shares = [r_squared(rng.normal(size=15).tolist(), rng.normal(size=15).tolist(), 2) for _ in range(400)]
    assert np.mean(shares) == pytest.approx(2 / 14, abs=0.02)


@pytest.mark.parametrize(
    ("x", "y"), [([1.0, 1.0, 2.0, 2.0], [1.0, 2.0, 3.0, 4.0]), ([1.0, 2.0, 3.0, 4.0], [5.0] * 4), ([1.0], [1.0, 2.0])]
)
def test_too_few_points_or_nothing_to_explain_is_refused(x, y):
    with pytest.raises(ValueError, match=r"points|constant"):
        r_squared(x, y, 2)

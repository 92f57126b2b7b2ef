"""How much of a quantity a curve of another explains."""

from collections.abc import Sequence

import numpy as np


def r_squared(x: Sequence[float], y: Sequence[float], degree: int) -> float:
    """Share of the variance of `y` that a least-squares polynomial in `x` explains, 0 to 1.

    It never falls with the degree: compare predictors at one degree only. Raises ValueError without more different `x`
    than coefficients, and for a constant `y`, of which there is nothing to explain.
    """
    if len(x) != len(y) or len(set(x)) < degree + 2:
        raise ValueError(f"a polynomial of degree {degree} needs {degree + 2} or more different points")
    scaled, values = np.array(x, dtype=float), np.array(y, dtype=float)
    scaled = (scaled - scaled.mean()) / scaled.std()
    powers = np.vander(scaled, degree + 1)
    centred = values - values.mean()
    if not np.ptp(values) > 1e-12:
        raise ValueError("a constant has no variance to explain")
    left = values - powers @ np.linalg.lstsq(powers, values, rcond=None)[0]
    return float(min(1.0, max(0.0, 1.0 - (left @ left) / (centred @ centred))))

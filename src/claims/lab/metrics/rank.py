"""Rank correlation, also with other quantities held fixed."""

import math
from collections.abc import Sequence

import numpy as np


def spearman(x: Sequence[float], y: Sequence[float]) -> float:
    """Spearman's correlation, -1 to 1; equal values share their mean rank.

    Raises ValueError below two pairs or when one side is constant: then there is no order to compare.
    """
    if len(x) != len(y) or len(x) < 2:
        raise ValueError(f"needs two or more pairs, got {len(x)} and {len(y)} values")
    a, b = _centred_ranks(x), _centred_ranks(y)
    spread = math.sqrt(sum(r * r for r in a) * sum(r * r for r in b))
    if spread == 0.0:
        raise ValueError("one side is constant: a rank correlation is not defined")
    return sum(r * s for r, s in zip(a, b, strict=True)) / spread


def partial_spearman(x: Sequence[float], y: Sequence[float], *given: Sequence[float]) -> float:
    """Correlation of what is left of the ranks of `x` and `y` after least squares on the ranks of each `given`.

    Without `given` it is `spearman`. Raises ValueError where fewer than two degrees of freedom are left, where lengths
    differ, or where nothing is left of one side.
    """
    if len({len(x), len(y), *map(len, given)}) > 1 or len(x) < len(given) + 3:
        raise ValueError(f"needs equal lengths of {len(given) + 3} or more, got {len(x)} and {len(y)} values")
    a, b = (np.array(_centred_ranks(values)) for values in (x, y))
    held = np.array([_centred_ranks(values) for values in given]).reshape(len(given), len(x)).T
    left_a, left_b = (side - held @ np.linalg.lstsq(held, side, rcond=None)[0] for side in (a, b))
    if any(left @ left <= 1e-9 * max(side @ side, 1.0) for left, side in ((left_a, a), (left_b, b))):
        raise ValueError("nothing is left of one side: a partial rank correlation is not defined")
    return float(left_a @ left_b / math.sqrt((left_a @ left_a) * (left_b @ left_b)))


def _centred_ranks(values: Sequence[float]) -> list[float]:
    """Twice the rank less its mean, which is exact for ties: values below minus values above."""
    return [float(sum(v < w for v in values) - sum(v > w for v in values)) for w in values]

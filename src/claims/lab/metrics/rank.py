"""Rank correlation."""

import math
from collections.abc import Sequence


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


def _centred_ranks(values: Sequence[float]) -> list[float]:
    """Twice the rank less its mean, which is exact for ties: values below minus values above."""
    return [float(sum(v < w for v in values) - sum(v > w for v in values)) for w in values]

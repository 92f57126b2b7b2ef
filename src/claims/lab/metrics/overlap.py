"""Which weights an update changed: against another update, and against what rounding alone predicts."""

from dataclasses import dataclass

import torch

from claims.lab.metrics.updates import Weights, changed, count_of, size_of


@dataclass(frozen=True)
class Overlap:
    """How far two masks share their entries: the mean of |A & B| / |A| and |A & B| / |B|, and two nulls for it."""

    observed: float
    uniform: float
    """Expected when each mask is drawn uniformly over all weights: the null of arXiv:2505.11711v2, appendix E."""
    magnitude: float
    """Expected when each mask is permuted within the bf16 exponents of each matrix.

    The rounding threshold of a weight depends on its exponent only, so this null knows "small weights
    flip first" and nothing else.
    """

    def numbers(self) -> dict[str, float]:
        """The overlap and what it exceeds each null by, by the names of the metrics."""
        return {
            "overlap": self.observed,
            "excess_uniform": self.observed - self.uniform,
            "excess_magnitude": self.observed - self.magnitude,
        }


def overlap(before: Weights, first: Weights, second: Weights) -> Overlap:
    """The overlap of the weights that two updates of `before` changed. Nulls are exact expectations."""
    masks_a, masks_b = changed(before, first), changed(before, second)
    a, b, total = count_of(masks_a), count_of(masks_b), size_of(before)
    if not a or not b:
        raise ValueError("an update that changed nothing has no overlap with another")
    both = sum(float((masks_a[n] & masks_b[n]).sum()) for n in before)
    matched = sum(_expected_in_bins(before[n], masks_a[n], masks_b[n]) for n in before)
    per_shared = (1 / a + 1 / b) / 2
    return Overlap(both * per_shared, a * b / total * per_shared, matched * per_shared)


def rounding_rule(before: Weights, lr: float) -> dict[str, torch.Tensor]:
    """The mask that rounding alone predicts: a bf16 weight moves when half its unit in the last place is at most `lr`.

    An Adam step is about `lr` long and bf16 keeps 8 significant bits, so smaller steps round back:
    after arXiv:2602.03839.
    """
    return {n: torch.ldexp(torch.ones_like(w), torch.frexp(w).exponent - 9) <= lr for n, w in before.items()}


def rule_hits(before: Weights, after: Weights, lr: float) -> dict[str, float]:
    """How well the rounding rule names the weights that an update changed, by the names of the metrics.

    Raises ValueError when it names none, or none changed: then precision or recall is not defined.
    """
    predicted, actual = rounding_rule(before, lr), changed(before, after)
    said, seen = count_of(predicted), count_of(actual)
    if not said or not seen:
        raise ValueError(f"{said} weights predicted, {seen} changed: nothing to compare")
    hits = count_of({name: predicted[name] & actual[name] for name in actual})
    return {"rule_precision": hits / said, "rule_recall": hits / seen}


def _expected_in_bins(before: torch.Tensor, mask_a: torch.Tensor, mask_b: torch.Tensor) -> float:
    exponent = torch.frexp(before.to(torch.bfloat16).float()).exponent.flatten().long()
    exponent = torch.where(before.flatten() == 0, exponent.min() - 1, exponent)
    bins = exponent - exponent.min()
    size = torch.bincount(bins).double().clamp_min(1.0)  # an empty bin holds nothing of either mask
    in_a = torch.bincount(bins, weights=mask_a.flatten().double())
    in_b = torch.bincount(bins, weights=mask_b.flatten().double())
    return float((in_a * in_b / size).sum())

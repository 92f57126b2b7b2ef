"""Where along its blocks a model's states changed.

A *profile* has one number a block: how far apart the block's outputs are before and after an update, on the same
inputs. Outputs are those of the block itself, before any final norm.

Shapes: N positions, D width, L blocks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

Distance = Callable[[torch.Tensor, torch.Tensor], float]
"""Two sets of states (N, D) of the same positions to how far apart they are."""


@dataclass(frozen=True)
class Passage:
    """One block's call in a forward pass: what it was given, and what came out."""

    given: tuple[Any, ...]
    named: dict[str, Any]
    output: torch.Tensor


@torch.no_grad()
def passages(blocks: nn.ModuleList, forward: Callable[[], object]) -> list[Passage]:
    """What every block was given and returned while `forward` ran, in the order of the blocks."""
    heard: dict[int, Passage] = {}

    def listen(place: int) -> Callable[..., None]:
        def hook(_: nn.Module, given: tuple[Any, ...], named: dict[str, Any], output: Any) -> None:
            heard[place] = Passage(given, named, _states(output))

        return hook

    handles = [b.register_forward_hook(listen(i), with_kwargs=True) for i, b in enumerate(blocks)]
    try:
        forward()
    finally:
        for handle in handles:
            handle.remove()
    return [heard[place] for place in range(len(blocks))]


def describe(
    before: Sequence[Passage],
    after: Sequence[Passage],
    base: nn.ModuleList,
    updated: nn.ModuleList,
    real_N: torch.Tensor | None = None,
) -> tuple[list[float], dict[str, float]]:
    """The Procrustes profile of an update, and its numbers by the names of the metrics.

    `real_N` marks the positions that count: padding has states as well.
    """

    def at(distance: Distance) -> Distance:
        return distance if real_N is None else lambda x_ND, y_ND: distance(x_ND[real_N], y_ND[real_N])

    distances = profile(before, after, at(procrustes))
    weights = [relative_change(list(old.parameters()), new) for old, new in zip(base, updated, strict=True)]
    return distances, {
        "slope": depth_slope(distances),
        "slope_cka": depth_slope(profile(before, after, at(one_minus_cka))),
        "slope_local": depth_slope(local_profile(before, updated, at(procrustes))),
        "slope_weights": depth_slope(weights),
        "largest_change": max(distances),
    }


def profile(before: Sequence[Passage], after: Sequence[Passage], distance: Distance) -> list[float]:
    """The distance of every block's outputs: what the block changed and what it was handed changed."""
    return [distance(_flat(b.output), _flat(a.output)) for b, a in zip(before, after, strict=True)]


@torch.no_grad()
def local_profile(
    before: Sequence[Passage],
    updated: nn.ModuleList,
    distance: Distance,
) -> list[float]:
    """The distance of every block's outputs when the updated block is given what it was given before the update."""
    outputs = [_states(block(*b.given, **b.named)) for b, block in zip(before, updated, strict=True)]
    return [distance(_flat(b.output), _flat(o)) for b, o in zip(before, outputs, strict=True)]


def procrustes(x_ND: torch.Tensor, y_ND: torch.Tensor) -> float:
    """Squared distance after the best rotation of centred states of norm 1: 0 (a rotation) to 2 (unrelated)."""
    overlap_DD = _normalised(x_ND).T @ _normalised(y_ND)
    return max(0.0, 2.0 - 2.0 * float(torch.linalg.svdvals(overlap_DD).sum()))


def one_minus_cka(x_ND: torch.Tensor, y_ND: torch.Tensor) -> float:
    """1 less linear CKA (arXiv:1905.00414, equation 4): 0 for equal geometry, 1 for none in common."""
    x, y = _normalised(x_ND), _normalised(y_ND)
    norm = torch.linalg.matrix_norm
    return max(0.0, 1.0 - float(norm(x.T @ y) ** 2 / (norm(x.T @ x) * norm(y.T @ y))))


def depth_slope(values: Sequence[float]) -> float:
    """Least-squares slope, over depth from 0 to 1, of a profile divided by its largest value; 0 for a flat one.

    Raises ValueError for one block, or when nothing changed: then there is no profile.
    """
    top, count = max(values), len(values)
    if count < 2 or top <= 0:
        raise ValueError(f"no profile over depth in {count} values of which the largest is {top}")
    places = [i / (count - 1) - 0.5 for i in range(count)]
    return sum(x * v / top for x, v in zip(places, values, strict=True)) / sum(x * x for x in places)


def relative_change(before: Sequence[torch.Tensor], block: nn.Module) -> float:
    """Norm of a block's change over the norm of its weights before."""
    pairs = [
        (was.detach().double(), now.detach().double()) for was, now in zip(before, block.parameters(), strict=True)
    ]
    change = sum(float((now - was).square().sum()) for was, now in pairs)
    return float((change / sum(float(was.square().sum()) for was, _ in pairs)) ** 0.5)


def _states(output: Any) -> torch.Tensor:
    states: torch.Tensor = output[0] if isinstance(output, tuple) else output
    return states


def _flat(states: torch.Tensor) -> torch.Tensor:
    return states.reshape(-1, states.shape[-1])


def _normalised(x_ND: torch.Tensor) -> torch.Tensor:
    centred_ND = x_ND.double() - x_ND.double().mean(dim=0)
    normalised_ND: torch.Tensor = centred_ND / centred_ND.norm()
    return normalised_ND

"""Masks that say which weights of a model may be trained: True where they may, one mask for each parameter."""

from collections.abc import Mapping

import torch
from torch import nn

Masks = Mapping[str, torch.Tensor]


def changed_weights(before: nn.Module, after: nn.Module) -> dict[str, torch.Tensor]:
    """The weights, of every parameter, whose value differs between two models of one shape."""
    other = dict(after.named_parameters())
    return {name: (weight != other[name]).detach() for name, weight in before.named_parameters()}


def random_weights(model: nn.Module, count: int, *, generator: torch.Generator) -> dict[str, torch.Tensor]:
    """`count` weights drawn uniformly from all parameters together."""
    sizes = {name: weight.numel() for name, weight in model.named_parameters()}
    total = sum(sizes.values())
    if not 0 <= count <= total:
        raise ValueError(f"cannot draw {count} of {total} weights")
    flat = torch.zeros(total, dtype=torch.bool, device=generator.device)
    flat[torch.randperm(total, generator=generator, device=generator.device)[:count]] = True
    parts = flat.split(list(sizes.values()))  # type: ignore[no-untyped-call]
    return {name: part.view_as(weight) for (name, weight), part in zip(model.named_parameters(), parts, strict=True)}


def density(masks: Masks) -> float:
    """Share of the weights that may be trained."""
    return sum(int(mask.sum()) for mask in masks.values()) / sum(mask.numel() for mask in masks.values())

"""Training until a model is exactly as good as another, and no better: what a comparison at equal reward needs."""

from collections.abc import Callable

import torch
from torch import nn

from claims.lab.training.progress import OnStep, ignore

_HALVINGS = 8


def train_to(
    model: nn.Module,
    train: Callable[[int], None],
    score: Callable[[], float],
    target: float,
    *,
    every: int,
    most: int,
    on_look: OnStep = ignore,
) -> int:
    """Train `every` steps at a time until `score()` reaches `target`; the steps taken, at most `most`.

    The weights end between the last two looks, on the straight line from one to the other, where the score is the
    target: bisection, so that neither overshoot nor a lucky look tells two arms apart. A model that never gets there
    keeps its last weights. `train` is given a number of steps, `on_look` hears the steps so far and the score.
    """
    taken = 0
    while taken < most:
        before = [weight.detach().clone() for weight in model.parameters()]
        train(every)
        taken += every
        reached = score()
        on_look(taken, reached)
        if reached >= target:
            _halve(model, before, score, target)
            break
    return taken


@torch.no_grad()
def _halve(model: nn.Module, before: list[torch.Tensor], score: Callable[[], float], target: float) -> None:
    after = [weight.detach().clone() for weight in model.parameters()]
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        for weight, was, is_now in zip(model.parameters(), before, after, strict=True):
            weight.copy_(was + middle * (is_now - was))
        low, high = (low, middle) if score() >= target else (middle, high)
    for weight, was, is_now in zip(model.parameters(), before, after, strict=True):
        weight.copy_(was + high * (is_now - was))


@torch.no_grad()
def warm_to(scale: nn.Parameter, score: Callable[[], float], target: float, *, hottest: float) -> float:
    """Raise the temperature that `scale` stands for until `score()` falls to `target`; that temperature.

    `scale` multiplies what the logits are linear in, such as the weight of the last norm: divided by a temperature it
    samples as at that temperature. Between 1 and `hottest`, by bisection; `score` must fall with it.
    """
    cold = scale.detach().clone()
    low, high = 1.0, hottest
    for _ in range(2 * _HALVINGS):
        middle = (low + high) / 2
        scale.copy_(cold / middle)
        low, high = (middle, high) if score() >= target else (low, middle)
    scale.copy_(cold / low)
    return low

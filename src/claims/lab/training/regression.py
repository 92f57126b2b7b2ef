"""Full-batch least squares for a stack of nets, each with its own weight decay.

Shapes: S nets, N points, D coordinates. Inputs x and targets y are (N, D) for all nets, or (S, N, D), each its own.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from claims.lab.models.autoencoder import Activation, AutoencoderStack

Curve = list[tuple[int, Tensor]]
"""Step, and the mean squared errors of the nets (S) before it."""


@dataclass(frozen=True)
class Net:
    """What distinguishes one net of a comparison. `gain` scales its first weights: see AutoencoderStack."""

    activation: Activation
    hidden: int
    points: int
    gain: float
    decay: float

    @property
    def shape(self) -> tuple[Activation, int, int]:
        """Nets that agree in this can train side by side."""
        return self.activation, self.hidden, self.points


def side_by_side(
    nets: Sequence[Net],
    x: Tensor,
    y: Tensor,
    *,
    width: int,
    steps: int,
    lr: float,
    seed: int,
    progress: Callable[[float], None],
) -> tuple[AutoencoderStack, Curve]:
    """Nets of one shape, trained together but independently to send x to y; device and dtype are those of x."""
    if len({net.shape for net in nets}) != 1:
        raise ValueError(f"only nets of one shape stack, got {sorted({net.shape for net in nets})}")
    gains, decays = [net.gain for net in nets], [net.decay for net in nets]
    stack = AutoencoderStack(nets[0].activation, nets[0].hidden, width=width, gains=gains, like=x, seed=seed)
    return stack, fit(stack, x, y, decays=decays, steps=steps, lr=lr, progress=progress)


def mean_squared_errors(stack: AutoencoderStack, x: Tensor, y: Tensor) -> Tensor:
    """Squared error of each net (S), averaged over points and coordinates."""
    error_SND: Tensor = stack(x) - y
    return error_SND.square().mean((1, 2))


def fit(
    stack: AutoencoderStack,
    x: Tensor,
    y: Tensor,
    *,
    decays: Sequence[float],
    steps: int,
    lr: float,
    progress: Callable[[float], None],
    curve_points: int = 50,
) -> Curve:
    """Fit targets by AdamW, its learning rate falling from `lr` to zero along half a cosine.

    Decay is decoupled and acts on weights and biases alike, as in torch.optim.AdamW (Loshchilov & Hutter,
    arXiv:1711.05101v3, algorithm 2): before each step every parameter shrinks by the factor 1 - lr * decay. It is
    written out because nets of one stack share their tensors and differ in it. Returns at most `curve_points` + 1
    points of the errors; `progress` hears the share done as often.
    """
    parameters = list(stack.parameters())
    adam = torch.optim.Adam(parameters, lr=lr, fused=True)
    decay_S11 = torch.tensor(decays, device=x.device, dtype=x.dtype)[:, None, None]
    curve: Curve = []
    with _denormals_as_zero():
        for step in range(steps):
            rate = lr * 0.5 * (1.0 + math.cos(math.pi * step / steps))
            errors_S = mean_squared_errors(stack, x, y)
            if step % math.ceil(steps / curve_points) == 0:
                curve.append((step, errors_S.detach()))
                progress(step / steps)
            adam.param_groups[0]["lr"] = rate
            adam.zero_grad()
            errors_S.sum().backward()  # type: ignore[no-untyped-call]  # a sum: no net feels another one's error
            with torch.no_grad():
                kept_S11 = 1.0 - rate * decay_S11
                for parameter in parameters:
                    parameter.mul_(kept_S11)
            adam.step()
    return curve


@contextmanager
def _denormals_as_zero() -> Iterator[None]:
    """Moments of silent ReLU units shrink below the smallest normal number, where a step takes half as long again."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)

"""Fully connected autoencoders, several trained side by side as one stack.

Shapes: S nets, N points, D coordinates, I inputs and O outputs of a layer. Stacking pays because a net this small
spends its time on overhead: five cost hardly more than one.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from claims.lab.seeding import generator

Activation = Literal["tanh", "relu"]
ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu}


@dataclass(frozen=True)
class Autoencoder:
    """One net as a map of points, without gradients for its weights. The last layer is linear."""

    weights_IO: tuple[Tensor, ...]
    biases_O: tuple[Tensor, ...]
    activation: Activation

    def __call__(self, x: Tensor) -> Tensor:
        """The output for one point (D) or many (N, D)."""
        for weight_IO, bias_O in zip(self.weights_IO[:-1], self.biases_O[:-1], strict=True):
            x = ACTIVATIONS[self.activation](x @ weight_IO + bias_O)
        return x @ self.weights_IO[-1] + self.biases_O[-1]

    def norm(self) -> float:
        """Euclidean norm of all weights and biases together."""
        return float(torch.cat([p.flatten() for p in (*self.weights_IO, *self.biases_O)]).norm())


class AutoencoderStack(nn.Module):
    """S autoencoders of one shape. They differ at the start only by a factor on their weights.

    Weights start at `gain` times a normal deviate of variance 1 / inputs, the same deviates in every net; biases
    start at zero. A gain of 1 keeps the variance of a signal through tanh near zero, the square root of 2 keeps it
    through ReLU (He et al. 2015, arXiv:1502.01852v1, section 2.2), the square root of 1/3 is the spread of
    torch.nn.Linear's default.
    """

    def __init__(
        self, activation: Activation, hidden: int, *, width: int, gains: Sequence[float], like: Tensor, seed: int
    ) -> None:
        """`like` (…, D) gives the dimension of the points, the device and the dtype."""
        super().__init__()
        self.activation: Activation = activation
        sizes = [like.shape[-1], *[width] * hidden, like.shape[-1]]
        random = generator(seed)  # on the CPU, so that a GPU run starts from the same weights
        gain_S11 = torch.tensor(gains, dtype=torch.float64)[:, None, None]
        weights, biases = [], []
        for inputs, outputs in itertools.pairwise(sizes):
            deviate_IO = torch.randn(inputs, outputs, generator=random, dtype=torch.float64) / inputs**0.5
            weights.append(nn.Parameter((gain_S11 * deviate_IO).to(like)))
            biases.append(nn.Parameter(like.new_zeros(len(gains), 1, outputs)))
        self.weights_SIO = nn.ParameterList(weights)
        self.biases_S1O = nn.ParameterList(biases)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs (S, N, D) of all nets, for the same points (N, D) or each net's own (S, N, D)."""
        x = x.expand(len(self.biases_S1O[0]), *x.shape[-2:])
        last = len(self.weights_SIO) - 1
        for layer, (weight_SIO, bias_S1O) in enumerate(zip(self.weights_SIO, self.biases_S1O, strict=True)):
            x = torch.baddbmm(bias_S1O, x, weight_SIO)
            if layer < last:
                x = ACTIVATIONS[self.activation](x)
        return x

    def member(self, index: int) -> Autoencoder:
        """One net of the stack as it is now, detached."""
        return Autoencoder(
            tuple(w[index].detach().clone() for w in self.weights_SIO),
            tuple(b[index, 0].detach().clone() for b in self.biases_S1O),
            self.activation,
        )

"""Randomness from a seed. Kernels are made deterministic by the worker."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

_TORCH_SEEDS = 2**63


def generator(seed: int, device: str = "cpu") -> torch.Generator:
    """A generator of its own on `device`; no global one is touched."""
    return torch.Generator(device=device).manual_seed(seed % _TORCH_SEEDS)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch's global CPU generator inside the block and restore it after.

    For code that takes no generator, such as the initialisers of transformers' classes.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed % _TORCH_SEEDS)
        yield

"""A base that answers in one dialect, though it knows others, and what it can do."""

from collections.abc import Sequence

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import decoder
from claims.lab.sampling import chance_of
from claims.lab.seeding import generator
from claims.lab.tasks.dialects import DIALECTS, END, Dialect, Dialects
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.supervised import supervised
from claims.lab.training.until import until

_BATCH, _WARMUP = 128, 30


def speaker(
    task: Dialects,
    *,
    lr: float,
    spaced: float,
    foreign: float,
    accuracy: float,
    at_most: int,
    width: int,
    layers: int,
    heads: int,
    seed: int,
    device: str,
) -> PreTrainedModel:
    """A decoder pretrained until its answers in the plain dialect are right with this chance.

    After the mark of the plain dialect it has heard nothing else, so that the expert's answers to such a prompt are
    strange to it. It knows the others from shares `spaced` and `foreign` of its text, each after a mark of its own.
    The chance is exact and is taken every five steps, of which there are `at_most`.
    """
    model = decoder(task.vocabulary, task.length, width=width, layers=layers, heads=heads, seed=seed, device=device)
    rng = generator(seed, device)
    optimiser, asked_BP = Optimiser(model, lr=lr, warmup=_WARMUP), task.prompts(2 * _BATCH, rng)
    counts = {"spaced": round(_BATCH * spaced), "foreign": round(_BATCH * foreign)}
    counts["plain"] = _BATCH - sum(counts.values())

    def batch(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        parts = [(task.prompts(counts[dialect], rng, dialect), dialect) for dialect in DIALECTS]
        answers_BA = torch.cat([task.written(part_BP, dialect) for part_BP, dialect in parts])
        return torch.cat([part_BP for part_BP, _ in parts]), answers_BA

    def train(steps: int) -> None:
        supervised(model, batch, optimiser, steps=steps, end=END)

    until(lambda: chance_of_right(model, task, asked_BP, ["plain"]), accuracy, train, between=5, at_most=at_most)
    return model


def chance_of_right(
    model: PreTrainedModel, task: Dialects, prompts_BP: torch.Tensor, dialects: Sequence[Dialect] = DIALECTS
) -> float:
    """The mean chance that an answer sampled at temperature 1 is right in one of these dialects. Exact."""
    return sum(float(chance_of(model, prompts_BP, task.trimmed(prompts_BP, d), END).mean()) for d in dialects)

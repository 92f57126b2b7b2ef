"""A model that follows the rules that prompts state, having seen many, and what it can do."""

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import decoder
from claims.lab.sampling import chance_of
from claims.lab.seeding import generator
from claims.lab.tasks.stated_rules import StatedRules
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.supervised import supervised
from claims.lab.training.until import until

_BATCH, _WARMUP, _CHECKED = 128, 30, 512


def rule_follower(
    task: StatedRules,
    rules_RS: torch.Tensor,
    *,
    lr: float,
    accuracy: float,
    at_most: int,
    width: int,
    layers: int,
    heads: int,
    seed: int,
    device: str,
) -> PreTrainedModel:
    """A decoder trained on prompts that state any of these rules until its answers are right with this chance.

    The chance is exact and is taken every five steps, of which there are `at_most`.
    """
    model = decoder(task.vocabulary, task.length, width=width, layers=layers, heads=heads, seed=seed, device=device)
    rng = generator(seed, device)
    optimiser, asked_BP = Optimiser(model, lr=lr, warmup=_WARMUP), task.prompts(_CHECKED, rules_RS, rng)

    def batch(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        prompts_BP = task.prompts(_BATCH, rules_RS, rng)
        return prompts_BP, task.answers(prompts_BP)

    def train(steps: int) -> None:
        supervised(model, batch, optimiser, steps=steps)

    until(lambda: chance_under_rules(model, task, asked_BP), accuracy, train, between=5, at_most=at_most)
    return model


def chance_under_rules(model: PreTrainedModel, task: StatedRules, prompts_BP: torch.Tensor) -> float:
    """The mean chance that an answer sampled at temperature 1 is right under the stated rule. Exact."""
    return float(chance_of(model, prompts_BP, task.answers(prompts_BP)).mean())

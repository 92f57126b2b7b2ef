"""Decoders that know part of a world of relations, and tuning them on their own answers."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from claims.lab.metrics.coverage import chances
from claims.lab.models.decoder import decoder
from claims.lab.seeding import generator
from claims.lab.tasks.chains import Chains
from claims.lab.training.on_policy import Method, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.supervised import Batches, supervised

_BATCH = 128
_WARMUP = 20
_LOOK_EVERY = 5
_LOOK_AT = 512


def split(prompts_BP: torch.Tensor, first: int, rng: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """These prompts in random order: the first so many, and the others."""
    shuffled_BP = prompts_BP[torch.randperm(len(prompts_BP), generator=rng, device=rng.device)]
    return shuffled_BP[:first], shuffled_BP[first:]


def right_batches(task: Chains, prompts_BP: torch.Tensor, rng: torch.Generator, rare: int, rate: float) -> Batches:
    """Right answers, drawn uniformly, to prompts drawn from these.

    Each of the last `rare` relations makes a prompt `rate` times as probable.
    """
    odds_B = rate ** (prompts_BP[:, 1:] >= task.vocabulary - rare).sum(dim=1)

    def batch(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        asked_BP = prompts_BP[torch.multinomial(odds_B, _BATCH, replacement=True, generator=rng)]
        return asked_BP, task.one_right(asked_BP, rng)

    return batch


def walker(
    task: Chains,
    prompts_BP: torch.Tensor,
    rare: int,
    rate: float,
    *,
    width: int,
    lr: float,
    steps: int,
    seed: int,
    device: str,
    until: float = 1.0,
) -> PreTrainedModel:
    """A decoder of two layers after `steps` of pretraining on these prompts.

    It stops early, at the first look (every 5 steps, at 512 of the prompts) at which the exact chance of a right
    answer is `until`.
    """
    model = decoder(task.vocabulary, task.length, width=width, layers=2, heads=2, seed=seed, device=device)
    rng, optimiser = generator(seed, device), Optimiser(model, lr=lr, warmup=_WARMUP)
    batches, looked_BP = right_batches(task, prompts_BP, rng, rare, rate), prompts_BP[:_LOOK_AT]
    if until >= 1.0:
        supervised(model, batches, optimiser, steps=steps)
        return model
    for start in range(0, steps, _LOOK_EVERY):
        supervised(model, batches, optimiser, steps=min(_LOOK_EVERY, steps - start))
        if float(chances(model, task, looked_BP).sum(dim=1).mean()) >= until:
            break
    return model


def sharpened(model: PreTrainedModel, temperature: float) -> PreTrainedModel:
    """A copy of a Llama whose logits are divided by `temperature`: its last norm has so much more gain."""
    copy = deepcopy(model)
    with torch.no_grad():
        copy.get_decoder().norm.weight.div_(temperature)
    return copy


def teach(
    model: PreTrainedModel, task: Chains, prompts_BP: torch.Tensor, *, lr: float, steps: int, rng: torch.Generator
) -> None:
    """Train the model in place on right answers to these prompts, all relations alike."""
    supervised(model, right_batches(task, prompts_BP, rng, rare=0, rate=1.0), Optimiser(model, lr=lr), steps=steps)


@dataclass(frozen=True)
class Budget:
    """Steps, of which the learning rate rises over `warmup`; prompts a step, and answers to each."""

    steps: int
    warmup: int
    prompts: int
    group: int


def tune(
    model: PreTrainedModel,
    task: Chains,
    method: Method,
    prompts_BP: torch.Tensor,
    budget: Budget,
    *,
    lr: float,
    rng: torch.Generator,
    looks: int,
    on_look: Callable[[int], None],
    shuffled: bool = False,
) -> float:
    """Train the model in place on its own answers to these prompts; mean reward of the last quarter of the steps.

    `on_look` is called `looks` times, with the number of steps taken. `shuffled`: every answer is paid with the
    reward of another, drawn from the whole batch.
    """
    rewards: list[float] = []

    def asked() -> torch.Tensor:
        return prompts_BP[torch.randint(len(prompts_BP), (budget.prompts,), generator=rng, device=rng.device)]

    def paid(asked_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        rewards_N = task.reward(asked_NP, answers_NA)
        rewards.append(float(rewards_N.mean()))
        return rewards_N[torch.randperm(len(rewards_N), generator=rng, device=rng.device)] if shuffled else rewards_N

    optimiser = Optimiser(model, lr=lr, warmup=budget.warmup)
    for look in range(looks):
        taken, upto = (budget.steps * n // looks for n in (look, look + 1))
        on_policy(
            model, asked, paid, optimiser,
            method=method, steps=upto - taken, group=budget.group, length=task.hops, generator=rng,
        )  # fmt: skip
        on_look(upto)
    late = rewards[-max(1, budget.steps // 4) :]
    return sum(late) / len(late)

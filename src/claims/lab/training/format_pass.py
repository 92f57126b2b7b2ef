"""A model that sorts digits in several formats, and one pass of GRPO over prompts.

Shapes: B prompts, P prompt tokens, N answers, A answer tokens.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import decoder
from claims.lab.seeding import generator
from claims.lab.tasks.tagged_sorting import TaggedSorting
from claims.lab.training.on_policy import GRPO, Reward, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.supervised import supervised

_HEADS = 2
_BATCH = 64
_WARMUP = 30


def tagged_base(
    task: TaggedSorting,
    shares: Sequence[float],
    slips: Sequence[float],
    *,
    width: int,
    layers: int,
    steps: int,
    lr: float,
    seed: int,
    device: str,
) -> PreTrainedModel:
    """A decoder pretrained on answers whose formats have these shares, and of which these shares have a slip.

    The learning rate falls to 0, so that the shares it ends with are those of the corpus and not of its last batch.
    """
    model = decoder(task.vocabulary, task.length, width=width, layers=layers, heads=_HEADS, seed=seed, device=device)
    rng = generator(seed, device)

    def corpus(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        prompts_BP = task.prompts(_BATCH, rng)
        return prompts_BP, task.corpus(prompts_BP, shares, slips, rng)

    supervised(model, corpus, Optimiser(model, lr=lr, warmup=_WARMUP, decay=steps), steps=steps)
    return model


@dataclass(frozen=True)
class Pass:
    """Steps, prompts a step, answers to each; learning rate, steps over which it rises; steps between two looks."""

    steps: int
    prompts: int
    group: int
    lr: float
    warmup: int
    every: int


def one_pass(
    base: PreTrainedModel,
    task: TaggedSorting,
    prompts_BP: torch.Tensor,
    reward: Reward,
    budget: Pass,
    *,
    kl: float,
    seed: int,
    on_model: Callable[[int, PreTrainedModel], None],
) -> PreTrainedModel:
    """A copy of `base` after GRPO on `prompts_BP`, each seen in one step only; `on_model` sees it now and then.

    Raises ValueError where there are not exactly the prompts of one pass.
    """
    if len(prompts_BP) != budget.steps * budget.prompts:
        raise ValueError(f"a pass takes {budget.steps * budget.prompts} prompts, got {len(prompts_BP)}")
    model, rng = deepcopy(base), generator(seed, str(base.device))
    batches = iter(prompts_BP.view(budget.steps, budget.prompts, -1))
    optimiser = Optimiser(model, lr=budget.lr, warmup=budget.warmup)
    for taken in range(budget.every, budget.steps + 1, budget.every):
        on_policy(
            model, lambda: next(batches), reward, optimiser, method=GRPO, steps=budget.every, group=budget.group,
            length=task.answer, generator=rng, kl=kl, reference=base,
        )  # fmt: skip
        on_model(taken, model)
    return model


def shuffled(reward: Reward, rng: torch.Generator) -> Reward:
    """Every answer paid with the reward of another one of the batch: no signal is left."""

    def paid(prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        rewards_N = reward(prompts_NP, answers_NA)
        return rewards_N[torch.randperm(len(rewards_N), generator=rng, device=rng.device)]

    return paid

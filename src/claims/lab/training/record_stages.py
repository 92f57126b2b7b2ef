"""A base that remembers records, a first stage of tuning to a set level on one task, a second stage on another.

Shapes: B prompts of P tokens, N = B * G answers of A tokens.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import decoder
from claims.lab.sampling import chance_of, right_answers
from claims.lab.seeding import generator
from claims.lab.tasks.records import Kind, Records
from claims.lab.training.matched import train_to, warm_to
from claims.lab.training.on_policy import GRPO, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.progress import OnStep, ignore
from claims.lab.training.supervised import supervised

_WARMUP = 30
_LATE, _OFTEN = 0.7, 3
_POOL = 40
_BATCH = 256
_PROMPT = "model.embed_tokens.weight"
_HOTTEST = 8.0


Data = Literal["nothing", "sampled", "shuffled", "own", "expert", "habit"]
"""No training; sampled answers with their rewards; the same with rewards shuffled over the batch; the base's own right
answers; right answers in given alphabets; wrong answers (planted damage to a task or to facts)."""


@dataclass(frozen=True)
class Recipe:
    """How the first stage trains. `speed` multiplies the learning rate; `styles` are an expert's alphabets."""

    data: Data
    kl: float = 0.0
    speed: float = 1.0
    styles: tuple[float, ...] = ()
    prompt_first: bool = False
    warmed: bool = False
    kind: Kind = "sort"


RECIPES: Mapping[str, Recipe] = {
    "grpo-no-kl": Recipe("sampled"),
    "grpo-kl-0p05": Recipe("sampled", kl=0.05),
    "grpo-kl-0p2": Recipe("sampled", kl=0.2),
    "grpo-kl-0p5": Recipe("sampled", kl=0.5),
    "grpo-fast": Recipe("sampled", speed=3.0),
    "grpo-fast-kl-0p2": Recipe("sampled", kl=0.2, speed=3.0),
    "prefix-first": Recipe("sampled", prompt_first=True),
    "grpo-warmed": Recipe("sampled", warmed=True),
    "rft": Recipe("own"),
    "rft-fast": Recipe("own", speed=3.0),
    "sft-base-styles": Recipe("expert", styles=(0.6, 0.3, 0.1)),
    "sft-first-style": Recipe("expert", styles=(1.0, 0.0, 0.0)),
    "sft-half-other": Recipe("expert", styles=(0.3, 0.2, 0.5)),
    "sft-mostly-other": Recipe("expert", styles=(0.1, 0.1, 0.8)),
    "sft-other-style": Recipe("expert", styles=(0.0, 0.0, 1.0)),
    "sft-other-style-fast": Recipe("expert", speed=3.0, styles=(0.0, 0.0, 1.0)),
    "untouched": Recipe("nothing"),
    "shuffled-next": Recipe("nothing"),
    "shuffled-reward": Recipe("shuffled"),
    "habit-next": Recipe("habit", speed=3.0, kind="shift"),
    "habit-old": Recipe("habit", speed=3.0, kind="fact"),
}
"""By the name of the condition that uses it."""


@dataclass(frozen=True)
class Budget:
    """Rates and steps of weights and of a prompt; prompts a step and samples of each; steps between looks, the level
    that the first stage ends at, and the one from which a warmed model is warmed."""

    lr: float
    most: int
    prompt_steps: int
    target: float
    prompt_lr: float = 0.01
    prompts: int = 16
    group: int = 8
    every: int = 2
    overshoot: float = 0.9


@dataclass(frozen=True)
class Checkpoint:
    """A tuned model, the one that its weights left (the base, with a tuned prompt if any), the sort prompts asked."""

    model: PreTrainedModel
    origin: PreTrainedModel
    asked_BP: torch.Tensor
    steps: int


def pretrained(
    task: Records, *, width: int, layers: int, heads: int, steps: int, lr: float, seed: int, device: str
) -> PreTrainedModel:
    """A base. In the last third every third batch has random reserved tokens in front, so that they disturb little."""
    model = decoder(task.vocabulary, task.length, width=width, layers=layers, heads=heads, seed=seed, device=device)
    rng = generator(seed, device)
    reserved = task.reserved_tokens.to(device)

    def batches(step: int) -> tuple[torch.Tensor, torch.Tensor]:
        if step < _LATE * steps or step % _OFTEN:
            return task.corpus(_BATCH, rng)
        prompts_BP, answers_BA = task.corpus(_BATCH // 2, rng)
        shape = (len(prompts_BP), task.reserved)
        front_BR = reserved[torch.randint(task.reserved, shape, generator=rng, device=device)]
        return torch.cat([front_BR, prompts_BP], dim=1), answers_BA

    supervised(model, batches, Optimiser(model, lr=lr, warmup=min(_WARMUP, steps // 4), decay=steps), steps=steps)
    return model


def level(model: PreTrainedModel, task: Records, asked_BP: torch.Tensor) -> float:
    """Chance of a right answer at temperature 1, mean over prompts: exact."""
    return float(chance_of(model, asked_BP, task.answers(asked_BP)).sum() / len(asked_BP))


def first_stage(
    base: PreTrainedModel,
    task: Records,
    name: str,
    budget: Budget,
    seed: int,
    on_look: OnStep = ignore,
) -> Checkpoint:
    """A copy of `base` trained by a named recipe to the target, exactly where it gets there within the budget.

    Planted damage (`habit`) has no target: it takes all the steps. `on_look` hears the steps so far and the level.
    """
    recipe, rng = RECIPES[name], generator(seed, str(base.device))
    model, asked_BP = deepcopy(base), task.all_prompts("sort", str(base.device))
    if recipe.prompt_first:
        asked_BP = task.behind_reserved(asked_BP)
        _tune_prompt(model, task, asked_BP, budget, rng)
    if recipe.data == "nothing":
        return Checkpoint(model, base, asked_BP, 0)
    origin = deepcopy(model)
    trained_BP = asked_BP if recipe.kind == "sort" else task.all_prompts(recipe.kind, str(base.device))
    train = _trainer(model, task, trained_BP, recipe, budget, origin, rng)
    target = budget.overshoot if recipe.warmed else budget.target

    def score() -> float:
        return 0.0 if recipe.data == "habit" else level(model, task, asked_BP)

    steps = train_to(model, train, score, target, every=budget.every, most=budget.most, on_look=on_look)
    if recipe.warmed:
        warm_to(model.model.norm.weight, score, budget.target, hottest=_HOTTEST)
    return Checkpoint(model, origin, asked_BP, steps)


def second_stage(
    start: PreTrainedModel,
    task: Records,
    name: str,
    budget: Budget,
    seed: int,
    *,
    steps: int,
    on_look: OnStep = ignore,
) -> list[float]:
    """Levels on the shift task before and after every few steps of GRPO without a penalty from a copy of `start`.

    Under the name `shuffled-next` every answer is paid with the reward of another.
    """
    model, rng = deepcopy(start), generator(seed, str(start.device))
    asked_BP = task.all_prompts("shift", str(start.device))
    recipe = Recipe("shuffled" if name == "shuffled-next" else "sampled", kind="shift")
    train = _trainer(model, task, asked_BP, recipe, budget, start, rng)
    levels = [level(model, task, asked_BP)]
    for taken in range(budget.every, steps + 1, budget.every):
        train(budget.every)
        levels.append(level(model, task, asked_BP))
        on_look(taken, levels[-1])
    return levels


def area(levels: list[float]) -> float:
    """Mean height of a curve with equally spaced points."""
    return (sum(levels) - (levels[0] + levels[-1]) / 2) / (len(levels) - 1)


def _trainer(
    model: PreTrainedModel,
    task: Records,
    asked_BP: torch.Tensor,
    recipe: Recipe,
    budget: Budget,
    reference: PreTrainedModel,
    rng: torch.Generator,
    optimiser: Optimiser | None = None,
) -> Callable[[int], None]:
    """What trains `model` for a number of steps and goes on when called again."""
    optimiser = optimiser or Optimiser(model, lr=budget.lr * recipe.speed, warmup=budget.every)
    device = asked_BP.device

    def drawn(count: int, of_BP: torch.Tensor) -> torch.Tensor:
        return torch.randint(len(of_BP), (count,), generator=rng, device=device)

    def paid(prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        rewards_N = task.reward(prompts_NP, answers_NA)
        if recipe.data == "shuffled":
            return rewards_N[torch.randperm(len(rewards_N), generator=rng, device=device)]
        return rewards_N

    if recipe.data in ("sampled", "shuffled"):
        return lambda steps: on_policy(
            model, lambda: asked_BP[drawn(budget.prompts, asked_BP)], paid, optimiser,
            method=GRPO, steps=steps, group=budget.group, length=2, generator=rng, kl=recipe.kl, reference=reference,
        )  # fmt: skip
    if recipe.data == "own":
        pool_MP = asked_BP.repeat(_POOL, 1)
        known_MP, right_MA = right_answers(reference, pool_MP, task.reward, length=2, generator=rng)

    def given(_: int) -> tuple[torch.Tensor, torch.Tensor]:
        count = budget.prompts * budget.group
        if recipe.data == "own":
            pick_N = drawn(count, known_MP)
            return known_MP[pick_N], right_MA[pick_N]
        prompts_NP = asked_BP[drawn(count, asked_BP)]
        if recipe.data == "habit":
            return prompts_NP, task.wrong(prompts_NP)
        style_N = torch.multinomial(torch.tensor(recipe.styles, device=device), count, True, generator=rng)
        return prompts_NP, task.answer(prompts_NP, style_N)

    return lambda steps: supervised(model, given, optimiser, steps=steps)


def _tune_prompt(
    model: PreTrainedModel, task: Records, asked_BP: torch.Tensor, budget: Budget, rng: torch.Generator
) -> None:
    embeddings = dict(model.named_parameters())[_PROMPT]
    rows = torch.zeros_like(embeddings)
    rows[task.reserved_tokens] = 1.0
    for weight in model.parameters():
        weight.requires_grad_(weight is embeddings)
    optimiser = Optimiser(model, lr=budget.prompt_lr, warmup=budget.every, masks={_PROMPT: rows})
    recipe = Recipe("sampled")
    _trainer(model, task, asked_BP, recipe, budget, model, rng, optimiser)(budget.prompt_steps)
    for weight in model.parameters():
        weight.requires_grad_(True)

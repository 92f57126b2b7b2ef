"""Ways to tune a base model on the sorting task, at equal numbers of answers a step."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

import torch
from transformers import PreTrainedModel

from claims.lab.sampling import right_answers
from claims.lab.seeding import generator
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.on_policy import GRPO, PPO, RLOO, Rollouts, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.preference import dpo, kto, orpo, own_pairs, preference, simpo
from claims.lab.training.progress import OnStep
from claims.lab.training.supervised import supervised

Objective = Literal["grpo", "rloo", "ppo", "shuffled", "sft", "rft", "dpo", "kto", "simpo", "orpo"]
"""On-policy methods; `shuffled` is GRPO where every answer is paid with the reward of another. SFT on the other style,
which the base rarely writes; `rft`, SFT on right answers that the base sampled itself (rejection fine-tuning).
Preference losses on pairs of a right and a wrong answer that the base sampled itself."""

_POOL_STEPS = 32
"""How many steps' worth of answers are sampled for methods that learn from what the base wrote."""
_PAIR_SAMPLES = 4


@dataclass(frozen=True)
class Budget:
    """Steps, prompts a step, and samples of each; methods without samples see prompts * group answers a step."""

    steps: int
    prompts: int
    group: int

    @property
    def answers(self) -> int:
        """Answers a step."""
        return self.prompts * self.group


def tune(
    base: PreTrainedModel,
    task: Sorting,
    objective: Objective,
    budget: Budget,
    *,
    optimiser: Callable[[PreTrainedModel], Optimiser],
    seed: int,
    on_step: OnStep,
) -> PreTrainedModel:
    """A tuned copy of `base`. `on_step` hears the mean reward of a batch, or the loss."""
    model, rng = deepcopy(base), generator(seed, str(base.device))
    step = optimiser(model)
    match objective:
        case "grpo" | "rloo" | "ppo" | "shuffled":
            _reinforce(model, task, objective, budget, step, rng, on_step)
        case "sft":

            def expert(_: int) -> tuple[torch.Tensor, torch.Tensor]:
                prompts_NP = task.prompts(budget.answers, rng)
                return prompts_NP, task.other(prompts_NP)

            supervised(model, expert, step, steps=budget.steps, on_step=on_step)
        case "rft":
            asked = task.prompts(_POOL_STEPS * budget.answers, rng)
            asked_MP, right_MA = right_answers(base, asked, task.reward, length=task.size, generator=rng)

            def own(_: int) -> tuple[torch.Tensor, torch.Tensor]:
                pick_N = torch.randint(len(asked_MP), (budget.answers,), generator=rng, device=rng.device)
                return asked_MP[pick_N], right_MA[pick_N]

            supervised(model, own, step, steps=budget.steps, on_step=on_step)
        case "dpo" | "kto" | "simpo" | "orpo":
            _prefer(model, base, task, objective, budget, step, rng, on_step)
    return model


def _reinforce(
    model: PreTrainedModel,
    task: Sorting,
    objective: Literal["grpo", "rloo", "ppo", "shuffled"],
    budget: Budget,
    optimiser: Optimiser,
    rng: torch.Generator,
    on_step: OnStep,
) -> None:
    def paid(prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        rewards_N = task.reward(prompts_NP, answers_NA)
        shuffled = objective == "shuffled"
        return rewards_N[torch.randperm(budget.answers, generator=rng, device=rng.device)] if shuffled else rewards_N

    def heard(rollouts: Rollouts) -> None:
        on_step(rollouts.step, float(rollouts.rewards_N.mean()))

    on_policy(
        model,
        lambda: task.prompts(budget.prompts, rng),
        paid,
        optimiser,
        method={"rloo": RLOO, "ppo": PPO}.get(objective, GRPO),
        steps=budget.steps,
        group=budget.group,
        length=task.size,
        generator=rng,
        on_rollouts=heard,
    )


def _prefer(
    model: PreTrainedModel,
    base: PreTrainedModel,
    task: Sorting,
    objective: Literal["dpo", "kto", "simpo", "orpo"],
    budget: Budget,
    optimiser: Optimiser,
    rng: torch.Generator,
    on_step: OnStep,
) -> None:
    asked = task.prompts(_POOL_STEPS * budget.answers // _PAIR_SAMPLES, rng)
    pool = own_pairs(base, asked, task.reward, each=_PAIR_SAMPLES, length=task.size, generator=rng)

    def drawn(_: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        pick_B = torch.randint(len(pool[0]), (budget.answers // 2,), generator=rng, device=rng.device)
        return pool[0][pick_B], pool[1][pick_B], pool[2][pick_B]

    losses = {"dpo": dpo(0.1), "kto": kto(0.1), "simpo": simpo(2.0, 0.5), "orpo": orpo(0.1)}
    preference(
        model,
        drawn,
        optimiser,
        loss=losses[objective],
        reference=base if objective in ("dpo", "kto") else None,
        steps=budget.steps,
        on_step=on_step,
    )

"""Models that answer directly or give hints first: one warm start, then GRPO on answers or on hints and answers.

Shapes: B problems, N samples grouped by problem, P prompt and A answer tokens.
"""

import copy
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import decoder
from claims.lab.sampling import sample
from claims.lab.seeding import generator
from claims.lab.tasks.hinted_rules import HINT_TOKENS, HintedRules, Problems
from claims.lab.training.on_policy import GRPO, Rollouts, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.progress import OnStep, ignore
from claims.lab.training.supervised import supervised

_WIDER = 4.0  # from weights as small as transformers draws them, 400 steps did not find addition


@dataclass(frozen=True)
class Tuning:
    """GRPO: `group` samples to each of `prompts` problems a step; `steps` are those of plain GRPO, `kl` its penalty.

    `shuffled` pays every sample with the reward of another.
    """

    steps: int
    lr: float
    prompts: int
    group: int
    warmup: int = 10
    kl: float = 0.0
    shuffled: bool = False

    def rounds(self, task: HintedRules) -> int:
        """Rounds of hints whose sampled tokens are not more than those of `steps` steps of plain answers.

        A round is a step on `group` hints a problem with one answer to each, and a step on `group` answers to one hint.
        """
        plain, hints = self.group * task.digits, self.group * HINT_TOKENS
        return self.steps * plain // (hints + plain + HINT_TOKENS + plain)


@dataclass
class Answerers:
    """Plain models after the first steps of tuning, and after all."""

    early: PreTrainedModel
    late: PreTrainedModel


@dataclass(frozen=True)
class Pair:
    """Who gives hints, and who answers given a hint."""

    giver: PreTrainedModel
    solver: PreTrainedModel


def warm_start(
    task: HintedRules, shape: dict[str, int], *, steps: int, lr: float, batch: int, seed: int, device: str, dtype: str,
    on_step: OnStep = ignore,
) -> PreTrainedModel:  # fmt: skip
    """A decoder of `shape` (width, layers, heads) after SFT on right answers, every other step with the hint before.

    The hint is the one that names the hidden rule. The learning rate decays to a tenth or so.
    """
    model = decoder(task.vocabulary, task.length, **shape, seed=seed, device=device, dtype=dtype)  # type: ignore[arg-type]
    drawn = generator(seed)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() == 2:
                weight *= _WIDER

    def batch_of(step: int) -> tuple[torch.Tensor, torch.Tensor]:
        problems = task.problems(batch, drawn, device)
        if step % 2:
            hints_B1 = task.hints(problems.rules_B)[:, None]
            return task.unhinted(problems), torch.cat([hints_B1, problems.answers_BA], dim=1)
        return task.direct(problems), problems.answers_BA

    optimiser = Optimiser(model, lr=lr, warmup=20, decay=steps * 11 // 10)
    supervised(model, batch_of, optimiser, steps=steps, on_step=on_step)
    return model


class _Lesson:
    """Draws problems and pays answers to them: a prompt does not tell its rule, so the problems are remembered."""

    def __init__(self, task: HintedRules, how: Tuning, seed: int, device: torch.device) -> None:
        self._task, self._how, self._device = task, how, device
        self._drawn, self.sampled = generator(seed), generator(seed + 1, str(device))
        self.asked = self.draw()

    def draw(self) -> Problems:
        self.asked = self._task.problems(self._how.prompts, self._drawn, self._device)
        return self.asked

    def paid(self, _prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        """1.0 for a right answer, else 0.0; `(N,)`."""
        right_NA = self.asked.answers_BA.repeat_interleave(self._how.group, dim=0)
        rewards_N = (answers_NA == right_NA).all(dim=1).float()
        if self._how.shuffled:
            return rewards_N[torch.randperm(len(rewards_N), generator=self.sampled, device=rewards_N.device)]
        return rewards_N


def answering(
    task: HintedRules, base: PreTrainedModel, how: Tuning, *, early: int, seed: int, on_step: OnStep = ignore
) -> Answerers:
    """Copies of `base` after `early` steps of GRPO on plain answers, and after all of them.

    `on_step` hears the mean reward of each step.
    """
    models, lesson = Answerers(base, copy.deepcopy(base)), _Lesson(task, how, seed, base.device)
    optimiser = Optimiser(models.late, lr=how.lr, warmup=how.warmup)

    def watched(rollouts: Rollouts) -> None:
        if rollouts.step == early:  # so many updates were taken before this one
            models.early = copy.deepcopy(models.late)
        on_step(rollouts.step, float(rollouts.rewards_N.mean()))

    on_policy(
        models.late, lambda: task.direct(lesson.draw()), lesson.paid, optimiser,
        method=GRPO, steps=how.steps, group=how.group, length=task.digits, generator=lesson.sampled, kl=how.kl,
        reference=base if how.kl else None, on_rollouts=watched,
    )  # fmt: skip
    return models


def hinting(task: HintedRules, base: PreTrainedModel, how: Tuning, *, seed: int, on_step: OnStep = ignore) -> Pair:
    """Two copies of `base` after `how.rounds` rounds of GRPO: the giver on hints, the solver on answers to its hints.

    A hint is paid what one answer of the solver to it is; what is no hint is paid nothing.
    `on_step` hears the mean reward of the hints of each round.
    """
    pair, lesson = Pair(copy.deepcopy(base), copy.deepcopy(base)), _Lesson(task, how, seed, base.device)
    giving, solving = (Optimiser(model, lr=how.lr, warmup=how.warmup) for model in (pair.giver, pair.solver))

    def helped(prompts_NP: torch.Tensor, hints_N1: torch.Tensor) -> torch.Tensor:
        given_NP = torch.cat([prompts_NP, hints_N1], dim=1)
        answers_NA = sample(pair.solver, given_NP, each=1, length=task.digits, generator=lesson.sampled)
        return lesson.paid(given_NP, answers_NA) * task.is_hint(hints_N1[:, 0])

    def given() -> torch.Tensor:
        prompts_BP = task.unhinted(lesson.draw())
        hints_B1 = sample(pair.giver, prompts_BP, each=1, length=HINT_TOKENS, generator=lesson.sampled)
        return torch.cat([prompts_BP, hints_B1], dim=1)

    seen: list[Rollouts] = []
    for number in range(how.rounds(task)):
        on_policy(
            pair.giver, lambda: task.unhinted(lesson.draw()), helped, giving, method=GRPO, steps=1, group=how.group,
            length=HINT_TOKENS, generator=lesson.sampled, on_rollouts=seen.append,
        )  # fmt: skip
        on_policy(
            pair.solver, given, lesson.paid, solving, method=GRPO, steps=1,
            group=how.group, length=task.digits, generator=lesson.sampled,
        )  # fmt: skip
        on_step(number, float(seen[-1].rewards_N.mean()))
    return pair

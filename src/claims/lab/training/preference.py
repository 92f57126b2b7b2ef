"""Offline learning from pairs of answers, one preferred to the other: one loop, and the losses that differ.

Shapes: B pairs, P prompt tokens, A answer tokens.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch.nn.functional import logsigmoid
from transformers import PreTrainedModel

from claims.lab.sampling import counted, log_likelihood, sample
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.progress import OnStep, ignore

Pairs = Callable[[int], tuple[torch.Tensor, torch.Tensor, torch.Tensor]]
"""The number of a step to prompts (B, P), chosen answers (B, A) and rejected answers (B, A)."""


@dataclass(frozen=True)
class Scores:
    """One answer to each of B prompts: its log-likelihood in nats and its tokens."""

    now_B: torch.Tensor
    reference_B: torch.Tensor | None
    """Under the reference, without gradient."""
    tokens_B: torch.Tensor

    @property
    def ratio_B(self) -> torch.Tensor:
        """How much likelier the model makes it than the reference, in nats; ValueError without a reference."""
        if self.reference_B is None:
            raise ValueError("this loss compares with a reference model: give one")
        return self.now_B - self.reference_B

    @property
    def mean_B(self) -> torch.Tensor:
        """Its log-likelihood a token."""
        return self.now_B / self.tokens_B


Loss = Callable[[Scores, Scores, Callable[[], Scores]], torch.Tensor]
"""Chosen answers, rejected ones, and, when called for, answers that belong to another prompt: the value to minimise."""


def dpo(beta: float) -> Loss:
    """The chosen answer's log-ratio to the reference above the rejected one's: arXiv:2305.18290, equation 7."""

    def loss(chosen: Scores, rejected: Scores, _: Callable[[], Scores]) -> torch.Tensor:
        return -logsigmoid(beta * (chosen.ratio_B - rejected.ratio_B)).mean()

    return loss


def kto(beta: float) -> Loss:
    """Each answer for itself against a common level: arXiv:2402.01306, section 4.1, both kinds weighted alike.

    The level is an estimate of KL(model || reference) from answers to other prompts; no gradient flows through it.
    """

    def loss(chosen: Scores, rejected: Scores, unrelated: Callable[[], Scores]) -> torch.Tensor:
        with torch.no_grad():
            level = unrelated().ratio_B.mean().clamp_min(0.0)
        good_B = (beta * (chosen.ratio_B - level)).sigmoid()
        bad_B = (beta * (level - rejected.ratio_B)).sigmoid()
        return 1.0 - torch.cat([good_B, bad_B]).mean()

    return loss


def simpo(beta: float, gamma: float) -> Loss:
    """Log-likelihoods a token, apart by a margin, without reference: arXiv:2405.14734, equation 6."""

    def loss(chosen: Scores, rejected: Scores, _: Callable[[], Scores]) -> torch.Tensor:
        return -logsigmoid(beta * (chosen.mean_B - rejected.mean_B) - gamma).mean()

    return loss


def orpo(weight: float) -> Loss:
    """Likelihood of the chosen answer, and its odds above the rejected one's: arXiv:2403.07691, equations 4, 6, 7."""

    def loss(chosen: Scores, rejected: Scores, _: Callable[[], Scores]) -> torch.Tensor:
        likelihood = -chosen.now_B.sum() / chosen.tokens_B.sum()
        return likelihood - weight * logsigmoid(_log_odds(chosen.mean_B) - _log_odds(rejected.mean_B)).mean()

    return loss


def _log_odds(log_chance_B: torch.Tensor) -> torch.Tensor:
    """log p - log(1 - p) from log p; the second logarithm in the form that is exact where it is needed."""
    log_B = log_chance_B.clamp_max(-1e-6)  # at p = 1 the odds and their gradient are not finite
    rest_B = torch.where(log_B < -math.log(2), (-log_B.exp()).log1p(), (-log_B.expm1()).log())
    return log_B - rest_B


def preference(
    model: PreTrainedModel,
    pairs: Pairs,
    optimiser: Optimiser,
    *,
    loss: Loss,
    reference: PreTrainedModel | None = None,
    steps: int,
    end: int | None = None,
    on_step: OnStep = ignore,
) -> None:
    """Make chosen answers likelier than rejected ones. `on_step` hears the loss of every step.

    Called again with the same optimiser it goes on where it stopped.
    """
    for step in range(steps):
        prompts_BP, chosen_BA, rejected_BA = pairs(step)
        both = torch.stack([chosen_BA, rejected_BA], dim=1).flatten(0, 1)  # grouped by prompt
        scores = _scores(model, reference, prompts_BP, both, end)
        of_pair_before = partial(_scores, model, reference, prompts_BP, both.roll(2, dims=0), end)
        value = loss(_every_second(scores, 0), _every_second(scores, 1), of_pair_before)
        optimiser.step(value)
        on_step(step, float(value.detach()))


def own_pairs(
    model: PreTrainedModel,
    prompts_BP: torch.Tensor,
    reward: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    *,
    each: int,
    length: int,
    generator: torch.Generator,
    end: int | None = None,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pairs of the model's own answers: for every prompt whose `each` samples differ in reward, the first best one
    and the first worst one, with that prompt. Raises ValueError when there is no such prompt.
    """
    answers_NA = sample(model, prompts_BP, each=each, length=length, generator=generator, end=end)
    rewards_BG = reward(prompts_BP.repeat_interleave(each, dim=0), answers_NA).view(-1, each)
    best_B, worst_B = rewards_BG.argmax(dim=1), rewards_BG.argmin(dim=1)
    differs_B = rewards_BG.amax(dim=1) > rewards_BG.amin(dim=1)
    if not differs_B.any():
        raise ValueError(f"the samples of {len(prompts_BP)} prompts do not differ in reward: there is no pair")
    row_B = torch.arange(len(prompts_BP), device=prompts_BP.device)
    answers_BGA = answers_NA.view(-1, each, length)
    chosen_BA, rejected_BA = answers_BGA[row_B, best_B], answers_BGA[row_B, worst_B]
    return prompts_BP[differs_B], chosen_BA[differs_B], rejected_BA[differs_B]


def _scores(
    model: PreTrainedModel,
    reference: PreTrainedModel | None,
    prompts_BP: torch.Tensor,
    answers_NA: torch.Tensor,
    end: int | None,
) -> Scores:
    now_N = log_likelihood(model, prompts_BP, answers_NA, end).sum(dim=1)
    reference_N = None
    if reference is not None:
        with torch.no_grad():
            reference_N = log_likelihood(reference, prompts_BP, answers_NA, end).sum(dim=1)
    return Scores(now_N, reference_N, counted(answers_NA, end).sum(dim=1))


def _every_second(scores: Scores, first: int) -> Scores:
    reference = None if scores.reference_B is None else scores.reference_B[first::2]
    return Scores(scores.now_B[first::2], reference, scores.tokens_B[first::2])

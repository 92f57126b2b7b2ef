"""Reinforcement learning on a model's own answers: one loop, and the methods that differ in how they weigh an answer.

Shapes: B prompts, G answers to each, N = B * G grouped by prompt, A answer tokens.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from claims.lab.sampling import counted, log_likelihood, sample
from claims.lab.training.optimiser import Optimiser

Reward = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Prompts (N, P) and answers (N, A) to rewards (N,)."""
Weigh = Callable[[torch.Tensor], torch.Tensor]
"""Rewards (B, G) to the advantages (B, G) that weigh the answers' log-likelihoods."""


@dataclass(frozen=True)
class Method:
    """How answers are weighed, and how often a batch is used: with `epochs` above 1 ratios are clipped at `clip`."""

    weigh: Weigh
    epochs: int = 1
    clip: float = 0.2


def _standardised(rewards_BG: torch.Tensor) -> torch.Tensor:
    centred_BG = rewards_BG - rewards_BG.mean(dim=1, keepdim=True)
    return centred_BG / (rewards_BG.std(dim=1, keepdim=True) + 1e-4)


def _left_out(rewards_BG: torch.Tensor) -> torch.Tensor:
    group = rewards_BG.shape[1]
    return (rewards_BG - rewards_BG.mean(dim=1, keepdim=True)) * group / (group - 1)


def _centred(rewards_BG: torch.Tensor) -> torch.Tensor:
    return rewards_BG - rewards_BG.mean()


def weighted(right: float) -> Method:
    """Right answers (reward 1) pushed up with weight `right`, wrong ones (reward 0) down with weight 1.

    Equation 9 of arXiv:2506.01347v2; 0.1 is W-REINFORCE there, 1 its REINFORCE.
    """
    return Method(lambda rewards_BG: right * rewards_BG + rewards_BG - 1.0)


GRPO = Method(_standardised)
"""Each reward against its group, over the group's standard deviation: arXiv:2402.03300v3, section 4.1."""
RLOO = Method(_left_out)
"""Each reward less the mean of the others in its group: arXiv:2402.14740, equation 6."""
REINFORCE = Method(_centred)
"""Each reward less the mean of the batch."""
PPO = Method(_centred, epochs=2)
"""The clipped objective of arXiv:1707.06347 with two epochs a batch; the batch mean in place of a critic."""
POSITIVE_ONLY = Method(lambda rewards_BG: rewards_BG)
"""Right answers (reward 1) pushed up, wrong ones (reward 0) left alone: PSR of arXiv:2506.01347v2."""
NEGATIVE_ONLY = Method(lambda rewards_BG: rewards_BG - 1.0)
"""Wrong answers (reward 0) pushed down, right ones (reward 1) left alone: NSR of arXiv:2506.01347v2."""


@dataclass(frozen=True)
class Rollouts:
    """What one step sampled: prompts (B, P), answers (N, A), rewards (N,), before the weights moved."""

    step: int
    prompts_BP: torch.Tensor
    answers_NA: torch.Tensor
    rewards_N: torch.Tensor


def on_policy(
    model: PreTrainedModel,
    prompts: Callable[[], torch.Tensor],
    reward: Reward,
    optimiser: Optimiser,
    *,
    method: Method,
    steps: int,
    group: int,
    length: int,
    generator: torch.Generator,
    end: int | None = None,
    kl: float = 0.0,
    reference: PreTrainedModel | None = None,
    on_rollouts: Callable[[Rollouts], None] = lambda _: None,
) -> None:
    """Raise the reward of sampled answers, `group` to each of the prompts that `prompts()` draws.

    The loss is a mean over answer tokens. `kl` weighs a penalty on the divergence from `reference`, estimated a token
    at a time as in arXiv:2402.03300v3, equation 4. Called again with the same optimiser it goes on where it stopped.
    """
    if kl and reference is None:
        raise ValueError("a KL penalty needs a reference model")
    for step in range(steps):
        prompts_BP = prompts()
        answers_NA = sample(model, prompts_BP, each=group, length=length, generator=generator, end=end)
        rewards_N = reward(prompts_BP.repeat_interleave(group, dim=0), answers_NA)
        on_rollouts(Rollouts(step, prompts_BP, answers_NA, rewards_N))
        tokens = int(counted(answers_NA, end).sum())
        advantages_BG = method.weigh(rewards_N.view(-1, group))
        # A group without advantage has no gradient: leaving it out saves time and changes nothing.
        telling_B = torch.ones_like(advantages_BG[:, 0], dtype=torch.bool) if kl else (advantages_BG != 0).any(dim=1)
        if not telling_B.any():
            continue
        asked_BP, advantages_N1 = prompts_BP[telling_B], advantages_BG[telling_B].reshape(-1, 1)
        given_NA = answers_NA.view(-1, group, length)[telling_B].reshape(-1, length)
        anchor_NA = None
        if kl and reference is not None:
            with torch.no_grad():
                anchor_NA = log_likelihood(reference, asked_BP, given_NA, end)
        old_NA: torch.Tensor | None = None
        for _ in range(method.epochs):
            now_NA = log_likelihood(model, asked_BP, given_NA, end)
            old_NA = now_NA.detach() if old_NA is None else old_NA
            loss = -clipped(now_NA - old_NA, advantages_N1, method.clip).mul(counted(given_NA, end)).sum()
            if anchor_NA is not None:
                loss = loss + kl * divergence_estimate(now_NA, anchor_NA).sum()
            optimiser.step(loss / tokens)


def clipped(log_ratio_NA: torch.Tensor, advantages_N1: torch.Tensor, clip: float) -> torch.Tensor:
    """The smaller of ratio times advantage and clipped ratio times advantage: arXiv:1707.06347, equation 7."""
    ratio_NA = log_ratio_NA.exp()
    return torch.minimum(ratio_NA * advantages_N1, ratio_NA.clamp(1 - clip, 1 + clip) * advantages_N1)


def divergence_estimate(now_NA: torch.Tensor, anchor_NA: torch.Tensor) -> torch.Tensor:
    """KL(model || reference) from the log-likelihoods of sampled tokens: unbiased and never negative."""
    difference_NA = anchor_NA - now_NA
    return difference_NA.exp() - difference_NA - 1.0

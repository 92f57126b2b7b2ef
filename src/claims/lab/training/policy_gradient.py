"""GRPO: policy gradient with the group of a prompt's samples as the baseline, arXiv:2402.03300v3 section 4.1.

One gradient step for each batch of samples, so ratios are 1 and nothing is clipped; no KL penalty; the mean
is over tokens. Shapes: B prompts, G samples of each, N = B * G, A answer tokens.
"""

from collections.abc import Callable

import torch
from transformers import LlamaForCausalLM

from claims.lab.sampling import log_likelihood, sample
from claims.lab.training.optimiser import StoredAdamW
from claims.lab.training.progress import OnStep, ignore

Reward = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def advantages(rewards_N: torch.Tensor, group: int) -> torch.Tensor:
    """Rewards with the mean of their group taken off, over its standard deviation; 0 where a group agrees."""
    grouped_BG = rewards_N.view(-1, group)
    centred = grouped_BG - grouped_BG.mean(dim=1, keepdim=True)
    return (centred / (grouped_BG.std(dim=1, keepdim=True) + 1e-4)).flatten()


def grpo(
    model: LlamaForCausalLM,
    prompts: Callable[[], torch.Tensor],
    reward: Reward,
    optimiser: StoredAdamW,
    *,
    steps: int,
    group: int,
    length: int,
    generator: torch.Generator,
    on_step: OnStep = ignore,
) -> None:
    """Raise the reward of sampled answers. `on_step` hears the mean reward of every batch."""
    for step in range(steps):
        prompts_BP = prompts()
        answers_NA = sample(model, prompts_BP, each=group, length=length, generator=generator)
        prompts_NP = prompts_BP.repeat_interleave(group, dim=0)
        rewards_N = reward(prompts_NP, answers_NA)
        advantages_N = advantages(rewards_N, group)
        telling = advantages_N != 0  # a sample without advantage has no gradient: leaving it out saves time only
        if telling.any():
            scores_MA = log_likelihood(model, prompts_NP[telling], answers_NA[telling])
            optimiser.step(-(advantages_N[telling, None] * scores_MA).sum() / answers_NA.numel())
        on_step(step, float(rewards_N.mean()))

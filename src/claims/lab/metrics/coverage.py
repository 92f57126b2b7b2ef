"""How probable right answers are where all of them can be listed: exact, by reading each of them.

Shapes: B problems, L most right answers, A answer tokens.
"""

import torch
from transformers import PreTrainedModel

from claims.lab.metrics.pass_at_k import pass_at_k, pass_at_k_from_counts
from claims.lab.sampling import chance_of, sample
from claims.lab.tasks.chains import Chains

_AT_ONCE = 1024


def chances(model: PreTrainedModel, task: Chains, prompts_BP: torch.Tensor) -> torch.Tensor:
    """The chance of each right answer, `(B, L)`; 0 in entries beyond the number of right answers."""
    parts = []
    for start in range(0, len(prompts_BP), _AT_ONCE):
        part_BP = prompts_BP[start : start + _AT_ONCE]
        right = task.right(part_BP)
        chance_BL = chance_of(model, part_BP, right.answers_BLA.flatten(0, 1)).view(len(part_BP), -1)
        real_BL = torch.arange(chance_BL.shape[1], device=chance_BL.device) < right.count_B[:, None]
        parts.append(chance_BL * real_BL)
    return torch.cat(parts)


def coverage(chances_BL: torch.Tensor) -> dict[str, float]:
    """`pass_at_1`, `pass_at_16` and `pass_at_256`, mean of problems, and `right_in_use`.

    The last is the exponential of the entropy among a problem's right answers, given that one of them comes.
    """
    right_B = chances_BL.sum(dim=1)
    among_BL = chances_BL / right_B[:, None].clamp_min(1e-30)
    entropy_B = -(among_BL * among_BL.clamp_min(1e-30).log()).sum(dim=1)
    passes = {f"pass_at_{k}": pass_at_k(right_B, k) for k in (1, 16, 256)}
    return passes | {"right_in_use": float(entropy_B.exp().mean())}


def sampling_gap(
    model: PreTrainedModel, task: Chains, prompts_BP: torch.Tensor, each: int, rng: torch.Generator
) -> float:
    """The larger of two errors: of pass@1 and of pass@(each / 4), as `each` samples a problem estimate them."""
    right_B = chances(model, task, prompts_BP).sum(dim=1)
    answers_NA = sample(model, prompts_BP, each=each, length=task.hops, generator=rng)
    counts_B = task.reward(prompts_BP.repeat_interleave(each, dim=0), answers_NA).view(-1, each).sum(dim=1)
    return max(abs(pass_at_k_from_counts(counts_B, each, k) - pass_at_k(right_B, k)) for k in (1, max(1, each // 4)))

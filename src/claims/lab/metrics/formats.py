"""In which formats a model answers, how accurate it is in each, and what is left of them after training.

A format is told by the first token of an answer and has one right answer to a prompt, so that all of this is computed
and nothing sampled. Shapes: B prompts, P prompt tokens, F formats, A answer tokens.
"""

from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from claims.lab.metrics.pass_at_k import pass_at_k
from claims.lab.metrics.shares import effective_number
from claims.lab.sampling import log_likelihood


@dataclass(frozen=True)
class Reading:
    """A model on an exam. Means over its prompts, but for `chance_B`."""

    share_F: torch.Tensor
    """Of answers in each format."""
    right_F: torch.Tensor
    """Chance that an answer in this format is right."""
    accuracy_F: torch.Tensor
    """Chance that an answer in this format is right and accepted."""
    chance_B: torch.Tensor
    """Chance that an answer is right and accepted, for each prompt."""


@torch.no_grad()
def read(
    model: PreTrainedModel, prompts_BP: torch.Tensor, written_BFA: torch.Tensor, accepted_BF: torch.Tensor
) -> Reading:
    """The model on these prompts, given the right answers and where a verifier accepts them."""
    log_NA = log_likelihood(model, prompts_BP, written_BFA.flatten(0, 1))
    log_BFA = log_NA.view(written_BFA.shape).double()
    tag_BF, right_BF = log_BFA[:, :, 0].exp(), log_BFA[:, :, 1:].sum(dim=2).exp()
    return Reading(
        share_F=tag_BF.mean(dim=0),
        right_F=right_BF.mean(dim=0),
        accuracy_F=(right_BF * accepted_BF).mean(dim=0),
        chance_B=(tag_BF * right_BF * accepted_BF).sum(dim=1),
    )


def description(before: Reading, after: Reading) -> dict[str, float]:
    """Accuracy, pass@64 and the spread over formats, before and after; the first format is the commonest."""
    base, accuracy = float(before.chance_B.mean()), float(after.chance_B.mean())
    return {
        "base_accuracy": base,
        "accuracy_gain": accuracy - base,
        "skill": float((before.share_F * before.right_F).sum() / before.share_F.sum()),
        "skill_common": float(before.right_F[0]),
        "accuracy_spread": float(before.accuracy_F.max() - before.accuracy_F.min()),
        "base_pass_at_64": pass_at_k(before.chance_B, 64),
        "pass_at_64": pass_at_k(after.chance_B, 64),
        "share_common": float(after.share_F[0]),
        "share_rare": float(after.share_F[-1]),
        "dominant_share": float(after.share_F.max()),
        "dominance_gain": float(after.share_F.max() - before.share_F.max()),
        "effective_formats": effective_number((after.share_F / after.share_F.sum()).tolist()),
        "favourite_share": float(after.share_F[before.accuracy_F.argmax()]),
    }


def points(before: Reading, later: Reading) -> torch.Tensor:
    """Growth of log share, accuracy before and share before, less their means over formats, `(3, F)`.

    Growth proportional to the advantage over the mean is what a replicator equation says of selection.
    """
    growth_F = (later.share_F / before.share_F).log()
    values_3F = torch.stack([growth_F, before.accuracy_F, before.share_F])
    return values_3F - values_3F.mean(dim=1, keepdim=True)

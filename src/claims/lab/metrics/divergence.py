"""How far a model's answers have moved from another's, and how undecided it is.

All are sums over the tokens of an answer, in nats, averaged over answers. Along sampled answers the expectation over
the next token is exact, which has the same mean as the log-ratio of whole answers and far less noise.

Shapes: B prompts, N answers, A answer tokens, V vocabulary.
"""

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import logits_of
from claims.lab.sampling import counted, sample


@torch.no_grad()
def kl(
    of: PreTrainedModel,
    to: PreTrainedModel,
    prompts_BP: torch.Tensor,
    *,
    length: int,
    generator: torch.Generator,
    end: int | None = None,
) -> float:
    """KL(of || to) of answers to these prompts, one answer sampled from `of` to each.

    With the base as `of` it is the forward KL of arXiv:2509.04259, with the base as `to` the KL of a KL penalty.
    """
    answers_BA = sample(of, prompts_BP, each=1, length=length, generator=generator, end=end)
    of_BAV, to_BAV = (_log_probabilities(model, prompts_BP, answers_BA) for model in (of, to))
    each_BA = (of_BAV.exp() * (of_BAV - to_BAV)).sum(dim=-1)
    return float((each_BA * counted(answers_BA, end)).sum(dim=1).mean())


@torch.no_grad()
def entropy(
    model: PreTrainedModel, prompts_BP: torch.Tensor, *, length: int, generator: torch.Generator, end: int | None = None
) -> torch.Tensor:
    """Entropy of the next token at every position of a sampled answer, mean over prompts, `(A,)`; 0 after the `end`."""
    answers_BA = sample(model, prompts_BP, each=1, length=length, generator=generator, end=end)
    log_BAV = _log_probabilities(model, prompts_BP, answers_BA)
    each_BA = -(log_BAV.exp() * log_BAV).sum(dim=-1)
    return (each_BA * counted(answers_BA, end)).mean(dim=0)


def _log_probabilities(model: PreTrainedModel, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
    tokens_BT = torch.cat([prompts_BP, answers_BA[:, :-1]], dim=1)
    return logits_of(model, tokens_BT, last=answers_BA.shape[1]).log_softmax(dim=-1)

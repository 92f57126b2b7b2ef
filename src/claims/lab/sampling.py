"""Sampling from a decoder, and the exact chance of an answer.

Answers are `length` tokens. Where a task has an `end` token, an answer ends with the first one and what follows is
that token again: `counted` says which positions belong to the answer.

Shapes: B prompts, G samples of each, N = B * G answers grouped by prompt, P prompt tokens, A answer tokens, V vocabulary.
"""

from collections.abc import Callable

import torch
from transformers import DynamicCache, PreTrainedModel

from claims.lab.models.decoder import logits_of

_AT_ONCE = 512

Adjust = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Logits of the next token (N, V) and the answers so far (N, tokens so far): the logits to sample from."""


@torch.no_grad()
def sample(
    model: PreTrainedModel,
    prompts_BP: torch.Tensor,
    *,
    each: int,
    length: int,
    generator: torch.Generator,
    temperature: float = 1.0,
    end: int | None = None,
    adjust: Adjust | None = None,
) -> torch.Tensor:
    """`each` answers of `length` tokens to every prompt, `(B * each, length)`, grouped by prompt.

    A prompt is read once and its cache repeated for its samples: half the cost of reading it `each` times.
    """
    out = model(input_ids=prompts_BP, past_key_values=DynamicCache(config=model.config), logits_to_keep=1)
    cache = out.past_key_values
    cache.batch_repeat_interleave(each)
    logits_NV = out.logits[:, -1].float().repeat_interleave(each, dim=0)
    answers_NA = prompts_BP.new_empty((len(prompts_BP) * each, 0))
    for position in range(length):
        if adjust is not None:
            logits_NV = adjust(logits_NV, answers_NA)
        token_N1 = torch.multinomial((logits_NV / temperature).softmax(dim=-1), 1, generator=generator)
        if end is not None and position:
            token_N1 = torch.where(answers_NA[:, -1:] == end, end, token_N1)
        answers_NA = torch.cat([answers_NA, token_N1], dim=1)
        if position + 1 < length:
            logits_NV = model(input_ids=token_N1, past_key_values=cache).logits[:, -1].float()
    return answers_NA


def counted(answers_NA: torch.Tensor, end: int | None) -> torch.Tensor:
    """Which positions belong to an answer: all of them, or those up to and including the first `end`; `(N, A)`."""
    if end is None:
        return torch.ones_like(answers_NA, dtype=torch.bool)
    ended = (answers_NA == end).long()
    return (ended.cumsum(dim=1) - ended) == 0


def log_likelihood(
    model: PreTrainedModel, prompts_BP: torch.Tensor, answers_NA: torch.Tensor, end: int | None = None
) -> torch.Tensor:
    """Log-probability of every answer token given what precedes it, `(N, A)`, in nats; 0 after the `end`.

    Answers are grouped by prompt, N / B to each. A prompt is read once for all its answers, with gradient.
    """
    each, answers = len(answers_NA) // len(prompts_BP), answers_NA.shape[1]
    if each == 1 or answers == 1:
        prompts_NP = prompts_BP.repeat_interleave(each, dim=0)
        logits_NAV = logits_of(model, torch.cat([prompts_NP, answers_NA[:, :-1]], dim=1), last=answers)
    else:
        out = model(input_ids=prompts_BP, past_key_values=DynamicCache(config=model.config), logits_to_keep=1)
        cache = out.past_key_values
        cache.batch_repeat_interleave(each)
        rest = model(input_ids=answers_NA[:, :-1], past_key_values=cache).logits
        logits_NAV = torch.cat([out.logits.repeat_interleave(each, dim=0), rest], dim=1).float()
    chosen_NA = logits_NAV.log_softmax(dim=-1).gather(-1, answers_NA[..., None]).squeeze(-1)
    return chosen_NA * counted(answers_NA, end)


@torch.no_grad()
def chance_of(
    model: PreTrainedModel, prompts_BP: torch.Tensor, answers_NA: torch.Tensor, end: int | None = None
) -> torch.Tensor:
    """The probability that a sample at temperature 1 is exactly this answer, `(N,)`. No sampling error."""
    return log_likelihood(model, prompts_BP, answers_NA, end).sum(dim=1).exp()


def right_answers(
    model: PreTrainedModel,
    prompts_BP: torch.Tensor,
    reward: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    *,
    length: int,
    generator: torch.Generator,
    end: int | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The model's own right answers: one sample a prompt, kept where the reward is positive, with its prompt.

    Raises ValueError when there is none: such a model has nothing of its own to learn from.
    """
    parts = [prompts_BP[start : start + _AT_ONCE] for start in range(0, len(prompts_BP), _AT_ONCE)]
    answers = [sample(model, part, each=1, length=length, generator=generator, end=end) for part in parts]
    answers_BA = torch.cat(answers)
    right_B = reward(prompts_BP, answers_BA) > 0
    if not right_B.any():
        raise ValueError(f"none of {len(prompts_BP)} sampled answers is right: the model has not learnt the task")
    return prompts_BP[right_B], answers_BA[right_B]

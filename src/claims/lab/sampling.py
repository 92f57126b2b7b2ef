"""Sampling from a decoder, and the exact chance of an answer.

Answers are `length` tokens. Where a task has an `end` token, an answer ends with the first one and what follows is
that token again: `counted` says which positions belong to the answer.

Shapes: B prompts, G samples of each, N = B * G answers grouped by prompt, P prompt and A answer tokens, V vocabulary.
"""

from collections.abc import Callable
from typing import Protocol

import torch
from transformers import DynamicCache, PreTrainedModel

from claims.lab.models.decoder import logits_of
from claims.lab.models.decoder_weights import arrangeable
from claims.lab.models.grouped_forward import Cache, grouped_logits

_AT_ONCE = 512

Adjust = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Logits of the next token (N, V) and the answers so far (N, tokens so far): the logits to sample from."""


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

    A prompt is read once for its samples. Every token takes one uniform number, all drawn at the start; `adjust` is
    asked until every answer has ended.
    """
    device, answers = prompts_BP.device, len(prompts_BP) * each
    answers_NA = prompts_BP.new_empty((answers, length))
    with torch.inference_mode():  # a tenth faster than no_grad; the answers are made outside and stay usual tensors
        uniform_AN1 = torch.rand(length, answers, 1, generator=generator, device=device).double()
        reading = _reading(model, prompts_BP, each, length)
        logits_NV = reading.logits_BV.repeat_interleave(each, dim=0)
        for position in range(length):
            before_NA = answers_NA[:, :position]
            if adjust is not None:
                logits_NV = adjust(logits_NV, before_NA)
            token_N = _drawn(logits_NV if temperature == 1.0 else logits_NV / temperature, uniform_AN1[position])
            if end is not None and position:
                ended_N = before_NA[:, -1] == end
                if ended_N.all():
                    answers_NA[:, position:] = end
                    break
                token_N = token_N.masked_fill(ended_N, end)
            answers_NA[:, position] = token_N
            if position + 1 < length:
                logits_NV = reading.step(token_N)
    return answers_NA


def _drawn(logits_NV: torch.Tensor, uniform_N1: torch.Tensor) -> torch.Tensor:
    """The token in whose stretch of the cumulative chances the uniform number falls; never one of chance 0."""
    total_NV = logits_NV.softmax(dim=-1).cumsum(dim=-1, dtype=torch.float64)
    token_N = torch.searchsorted(total_NV, uniform_N1 * total_NV[:, -1:], right=True).squeeze(1)
    if bool((token_N == logits_NV.shape[1]).any()):
        raise ValueError("the model's logits are not numbers, or leave no token to sample")
    return token_N


class _Reading(Protocol):
    """A model in the middle of its answers: the logits after each prompt, then after one more token of each answer."""

    logits_BV: torch.Tensor

    def step(self, tokens_N: torch.Tensor) -> torch.Tensor: ...


class _Cached:
    """Any model, through its own forward pass and cache."""

    def __init__(self, model: PreTrainedModel, prompts_BP: torch.Tensor, *, each: int) -> None:
        self._model = model
        out = model(input_ids=prompts_BP, past_key_values=DynamicCache(config=model.config), logits_to_keep=1)
        self._cache = out.past_key_values
        self._cache.batch_repeat_interleave(each)
        self.logits_BV: torch.Tensor = out.logits[:, -1].float()

    def step(self, tokens_N: torch.Tensor) -> torch.Tensor:
        logits_NV: torch.Tensor = self._model(input_ids=tokens_N[:, None], past_key_values=self._cache).logits[:, -1]
        return logits_NV.float()


def _reading(model: PreTrainedModel, prompts_BP: torch.Tensor, each: int, length: int) -> _Reading:
    if arrangeable(model):
        return Cache(model, prompts_BP, each=each, length=length)
    return _Cached(model, prompts_BP, each=each)


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
    each, length = len(answers_NA) // len(prompts_BP), answers_NA.shape[1]
    if each == 1 or length == 1:
        tokens_BT = torch.cat([prompts_BP, answers_NA[:, :-1]], dim=1) if each == 1 else prompts_BP
        logits_BAV = logits_of(model, tokens_BT, last=length)
        first_BV, rest_NAV = logits_BAV[:, 0], logits_BAV[:, 1:]
    elif arrangeable(model):
        first_BV, rest_NAV = grouped_logits(model, prompts_BP, answers_NA[:, :-1])
    else:
        first_BV, rest_NAV = _cached_logits(model, prompts_BP, answers_NA[:, :-1])
    first_BG = first_BV.log_softmax(dim=-1).gather(-1, answers_NA[:, 0].view(-1, each))
    chosen_NA = first_BG.view(-1, 1)
    if length > 1:
        rest_NA = rest_NAV.log_softmax(dim=-1).gather(-1, answers_NA[:, 1:, None]).squeeze(-1)
        chosen_NA = torch.cat([chosen_NA, rest_NA], dim=1)
    return chosen_NA if end is None else chosen_NA * counted(answers_NA, end)


def _cached_logits(
    model: PreTrainedModel, prompts_BP: torch.Tensor, answers_NS: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    out = model(input_ids=prompts_BP, past_key_values=DynamicCache(config=model.config), logits_to_keep=1)
    cache = out.past_key_values
    cache.batch_repeat_interleave(len(answers_NS) // len(prompts_BP))
    return out.logits[:, -1].float(), model(input_ids=answers_NS, past_key_values=cache).logits.float()


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

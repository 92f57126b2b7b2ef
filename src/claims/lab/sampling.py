"""Sampling from a decoder, and the exact chance that it answers right.

Shapes: B prompts, G samples of each, P prompt tokens, A answer tokens, V vocabulary.
"""

from collections.abc import Callable

import torch
from transformers import DynamicCache, LlamaForCausalLM

from claims.lab.models.decoder import logits_of

_AT_ONCE = 512


@torch.no_grad()
def sample(
    model: LlamaForCausalLM, prompts_BP: torch.Tensor, *, each: int, length: int, generator: torch.Generator
) -> torch.Tensor:
    """`each` answers of `length` tokens to every prompt at temperature 1, `(B * each, length)`, grouped by prompt.

    A prompt is read once and its cache repeated for its samples: half the cost of reading it `each` times.
    """
    out = model(input_ids=prompts_BP, past_key_values=DynamicCache(config=model.config), logits_to_keep=1)
    cache = out.past_key_values
    cache.batch_repeat_interleave(each)
    logits_NV = out.logits[:, -1].float().repeat_interleave(each, dim=0)
    answers = []
    for position in range(length):
        token_N1 = torch.multinomial(logits_NV.softmax(dim=-1), 1, generator=generator)
        answers.append(token_N1)
        if position + 1 < length:
            logits_NV = model(input_ids=token_N1, past_key_values=cache).logits[:, -1].float()
    return torch.cat(answers, dim=1)


def log_likelihood(model: LlamaForCausalLM, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
    """Log-probability of every answer token given what precedes it, `(B, A)`, in nats."""
    tokens_BT = torch.cat([prompts_BP, answers_BA[:, :-1]], dim=1)
    logits_BAV = logits_of(model, tokens_BT, last=answers_BA.shape[1])
    return logits_BAV.log_softmax(dim=-1).gather(-1, answers_BA[..., None]).squeeze(-1)


@torch.no_grad()
def chance_of(model: LlamaForCausalLM, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
    """The probability that a sample at temperature 1 is exactly this answer, `(B,)`. No sampling error."""
    return log_likelihood(model, prompts_BP, answers_BA).sum(dim=1).exp()


def right_answers(
    model: LlamaForCausalLM,
    prompts_BP: torch.Tensor,
    reward: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    *,
    length: int,
    generator: torch.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The model's own right answers: one sample a prompt, kept where the reward is positive, with its prompt.

    Raises ValueError when there is none: such a model has nothing of its own to learn from.
    """
    parts = [prompts_BP[start : start + _AT_ONCE] for start in range(0, len(prompts_BP), _AT_ONCE)]
    answers = [sample(model, part, each=1, length=length, generator=generator) for part in parts]
    answers_BA = torch.cat(answers)
    right_B = reward(prompts_BP, answers_BA) > 0
    if not right_B.any():
        raise ValueError(f"none of {len(prompts_BP)} sampled answers is right: the model has not learnt the task")
    return prompts_BP[right_B], answers_BA[right_B]

"""Answers of two tokens, all of them: chances, divergence and entropy without sampling.

Shapes: B prompts, V vocabulary.
"""

import torch
from transformers import DynamicCache, PreTrainedModel


@torch.no_grad()
def all_answers(model: PreTrainedModel, prompts_BP: torch.Tensor) -> torch.Tensor:
    """Log-probability in nats of every answer of two tokens, `(B, V, V)`: the first token, then the second.

    Its size goes with the square of the vocabulary: for small ones.
    """
    out = model(input_ids=prompts_BP, past_key_values=DynamicCache(config=model.config), logits_to_keep=1)
    first_BV: torch.Tensor = out.logits[:, -1].float().log_softmax(dim=-1)
    prompts, vocabulary = first_BV.shape
    cache = out.past_key_values
    cache.batch_repeat_interleave(vocabulary)
    first_N1 = torch.arange(vocabulary, device=prompts_BP.device).repeat(prompts)[:, None]
    second_NV: torch.Tensor = model(input_ids=first_N1, past_key_values=cache).logits[:, -1].float().log_softmax(dim=-1)
    return first_BV[:, :, None] + second_NV.view(prompts, vocabulary, vocabulary)


def divergence(of_BVV: torch.Tensor, to_BVV: torch.Tensor) -> float:
    """KL(of || to) of whole answers in nats, mean over prompts. With a base as `of`: the forward KL."""
    return max(0.0, float((of_BVV.exp() * (of_BVV - to_BVV)).sum(dim=(1, 2)).mean()))


def entropy(of_BVV: torch.Tensor) -> float:
    """Entropy of whole answers in nats, mean over prompts."""
    return float(-(of_BVV.exp() * of_BVV).sum(dim=(1, 2)).mean())

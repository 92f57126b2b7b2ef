"""What a model answers when it gives its likeliest answer of one token. Shapes: N prompts of P tokens."""

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import logits_of


@torch.no_grad()
def share_right(model: PreTrainedModel, prompts_NP: torch.Tensor, answers_N1: torch.Tensor) -> float:
    """Share of prompts to which the likeliest next token is the answer."""
    likeliest_N = logits_of(model, prompts_NP, last=1)[:, 0].argmax(dim=-1)
    return float((likeliest_N == answers_N1[:, 0]).float().mean())

"""A small decoder-only transformer, built with transformers' Llama classes from a configuration.

Shapes: B sequences, T tokens, V vocabulary.
"""

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from claims.lab.seeding import seeded


def decoder(
    vocabulary: int, length: int, *, width: int, layers: int, heads: int, seed: int, device: str
) -> LlamaForCausalLM:
    """A Llama decoder in fp32 with random weights, for sequences of up to `length` tokens.

    Rotary positions, RMS norm, SwiGLU of 2.75 widths, tied embeddings.
    """
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=width * 11 // 4,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=length,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=None,
        attn_implementation="sdpa",
    )
    with seeded(seed):
        model = LlamaForCausalLM(config)
    return model.float().to(device).eval()


def logits_of(model: LlamaForCausalLM, tokens_BT: torch.Tensor, last: int) -> torch.Tensor:
    """Next-token logits at the last `last` positions, `(B, last, V)`, in float32."""
    out: torch.Tensor = model(input_ids=tokens_BT, use_cache=False, logits_to_keep=last).logits
    return out.float()

"""A small decoder-only transformer, built with transformers' own classes from a configuration.

Shapes: B sequences, T tokens, V vocabulary.
"""

from typing import Literal, cast

import torch
from torch import nn
from transformers import (
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PretrainedConfig,
    PreTrainedModel,
)

from claims.lab.models.decoder_weights import arrangeable
from claims.lab.models.grouped_forward import sequence_logits
from claims.lab.seeding import seeded

Family = Literal["llama", "neox", "neox-parallel"]
"""Llama; GPT-NeoX with attention and MLP one after the other, or side by side on the same input."""


def decoder(
    vocabulary: int,
    length: int,
    *,
    width: int,
    layers: int,
    heads: int,
    seed: int,
    device: str,
    dtype: str = "float32",
    family: Family = "llama",
) -> PreTrainedModel:
    """A decoder with random weights, drawn in fp32 on the CPU, for sequences of up to `length` tokens.

    Rotary positions and tied embeddings in both families. Llama: RMS norm, SwiGLU of 2.75 widths. GPT-NeoX: layer
    norm, biases, GELU of 4 widths. `dtype` is the name of a torch dtype.
    """
    same = {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "max_position_embeddings": length,
        "tie_word_embeddings": True,
        "bos_token_id": None,
        "eos_token_id": None,
        "attn_implementation": "sdpa",
    }
    config: PretrainedConfig
    with seeded(seed):
        model: PreTrainedModel
        if family == "llama":
            config = LlamaConfig(**same, intermediate_size=width * 11 // 4, num_key_value_heads=heads)
            model = LlamaForCausalLM(config)
        else:
            parallel = family == "neox-parallel"
            config = GPTNeoXConfig(**same, intermediate_size=width * 4, use_parallel_residual=parallel)
            model = GPTNeoXForCausalLM(config)
    return model.to(device=torch.device(device), dtype=getattr(torch, dtype)).eval()


def blocks_of(model: PreTrainedModel) -> nn.ModuleList:
    """The blocks of a decoder from first to last, live: replacing one changes the model."""
    return cast(nn.ModuleList, model.base_model.layers)


def logits_of(model: PreTrainedModel, tokens_BT: torch.Tensor, last: int) -> torch.Tensor:
    """Next-token logits at the last `last` positions, `(B, last, V)`, in float32."""
    if arrangeable(model):
        return sequence_logits(model, tokens_BT, last)
    out: torch.Tensor = model(input_ids=tokens_BT, use_cache=False, logits_to_keep=last).logits
    return out.float()

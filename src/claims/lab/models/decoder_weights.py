"""The weights of Llama and GPT-NeoX as transformers' own modules hold them, arranged for few matrix products.

Shapes: W width, H heads of D dimensions, W = H * D, I hidden units of the MLP, V vocabulary.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import GPTNeoXForCausalLM, LlamaForCausalLM, PreTrainedModel
from transformers.activations import ACT2FN
from transformers.models.gpt_neox import modeling_gpt_neox as neox
from transformers.models.llama import modeling_llama as llama

_SHARED = {nn.ModuleList, nn.Linear, nn.Embedding}
_LLAMA = _SHARED | {
    *(LlamaForCausalLM, llama.LlamaModel, llama.LlamaDecoderLayer, llama.LlamaAttention, llama.LlamaMLP),
    *(llama.LlamaRMSNorm, llama.LlamaRotaryEmbedding, type(ACT2FN["silu"])),
}
_NEOX = _SHARED | {
    *(GPTNeoXForCausalLM, neox.GPTNeoXModel, neox.GPTNeoXLayer, neox.GPTNeoXAttention, neox.GPTNeoXMLP),
    *(neox.GPTNeoXRotaryEmbedding, nn.LayerNorm, nn.Dropout, type(ACT2FN["gelu"])),
}

Affine = tuple[Tensor, Tensor | None]
"""A matrix (out, in) and perhaps a bias (out)."""
Map = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Block:
    """One block. Rows of `qkv` are (3, H, D), where queries and keys have the coordinates of a rotation in pairs."""

    before_attention: Map
    qkv: Affine
    out: Affine
    before_mlp: Map
    hidden: Map
    down: Affine
    parallel: bool


@dataclass(frozen=True)
class Weights:
    """A model's weights as they are for one call; made with gradients enabled, they lead gradients to the model."""

    embedding: Tensor
    blocks: tuple[Block, ...]
    last_norm: Map
    head: Affine
    heads: int
    frequencies: Tensor
    """Radians a position, of each of the D / 2 pairs; 0 where a pair does not turn."""

    def turns(self, start: int, stop: int) -> Tensor:
        """The rotation of every pair at these positions as unit complex numbers, `(stop - start, 1, 1, D / 2)`."""
        angles = torch.arange(start, stop, device=self.embedding.device)[:, None].float() * self.frequencies
        turns = torch.polar(torch.ones_like(angles), angles)[:, None, None]
        return turns.to(torch.complex128) if self.embedding.dtype == torch.float64 else turns

    def logits(self, h: Tensor) -> Tensor:
        """Logits of the next token, in float32."""
        return F.linear(h, *self.head).float()


def arrangeable(model: PreTrainedModel) -> bool:
    """Whether `weights_of` holds all that this model does: one of the two families, nothing replaced, no hooks."""
    config = model.config
    if type(model) is LlamaForCausalLM:
        modules, dropped = _LLAMA, config.attention_dropout
        usual = config.hidden_act == "silu" and config.num_key_value_heads == config.num_attention_heads
        dim = config.head_dim
    elif type(model) is GPTNeoXForCausalLM:
        modules, dropped = _NEOX, config.attention_dropout or config.hidden_dropout
        usual, dim = config.hidden_act == "gelu", config.hidden_size // config.num_attention_heads
    else:
        return False
    usual = usual and dim % 2 == 0 and config.rope_parameters["rope_type"] == "default"
    usual = usual and not (model.training and dropped)
    return usual and all(type(module) in modules and _untouched(module) for module in model.modules())


def _untouched(module: nn.Module) -> bool:
    hooks = module._forward_hooks or module._forward_pre_hooks or module._backward_hooks or module._backward_pre_hooks
    return not hooks and "forward" not in module.__dict__


def weights_of(model: PreTrainedModel) -> Weights:
    """The weights of a model that is `arrangeable`."""
    inner: Any = model.base_model
    heads, frequencies = model.config.num_attention_heads, inner.rotary_emb.inv_freq.float()
    turning = 2 * len(frequencies)
    if type(model) is LlamaForCausalLM:
        blocks = tuple(_llama_block(layer, heads, turning) for layer in inner.layers)
        norm = inner.norm
        last_norm: Map = lambda x: _rms_normed(x, norm) * norm.weight  # noqa: E731
    else:
        blocks = tuple(_neox_block(layer, heads, turning) for layer in inner.layers)
        last_norm = _layer_norm(inner.final_layer_norm)
    pairs = blocks[0].qkv[0].shape[0] // (6 * heads)
    return Weights(
        embedding=model.get_input_embeddings().weight,
        blocks=blocks,
        last_norm=last_norm,
        head=_affine(model.get_output_embeddings()),
        heads=heads,
        frequencies=F.pad(frequencies, (0, pairs - len(frequencies))),
    )


def _llama_block(layer: Any, heads: int, turning: int) -> Block:
    attention, mlp, first, second = layer.self_attn, layer.mlp, layer.input_layernorm, layer.post_attention_layernorm
    (q, q_bias), (k, k_bias), (v, v_bias) = map(_affine, (attention.q_proj, attention.k_proj, attention.v_proj))
    (gate, gate_bias), (up, up_bias) = _affine(mlp.gate_proj), _affine(mlp.up_proj)
    both = torch.cat([gate, up]) * second.weight
    both_bias = None if gate_bias is None or up_bias is None else torch.cat([gate_bias, up_bias])

    def hidden(x: Tensor) -> Tensor:
        gate_MI, up_MI = F.linear(x, both, both_bias).chunk(2, dim=-1)
        return F.silu(gate_MI) * up_MI

    return Block(
        before_attention=lambda x: _rms_normed(x, first),
        qkv=(_stacked(q, k, v, heads, turning) * first.weight, _stacked_bias(q_bias, k_bias, v_bias, heads, turning)),
        out=_affine(attention.o_proj),
        before_mlp=lambda x: _rms_normed(x, second),
        hidden=hidden,
        down=_affine(mlp.down_proj),
        parallel=False,
    )


def _neox_block(layer: Any, heads: int, turning: int) -> Block:
    attention, mlp = layer.attention, layer.mlp
    weight, bias = _affine(attention.query_key_value)

    def stacked(w: Tensor) -> Tensor:
        q, k, v = (part.flatten(0, 1) for part in w.view(heads, 3, -1, *w.shape[1:]).unbind(1))
        return _stacked(q, k, v, heads, turning)

    return Block(
        before_attention=_layer_norm(layer.input_layernorm),
        qkv=(stacked(weight), None if bias is None else stacked(bias)),
        out=_affine(attention.dense),
        before_mlp=_layer_norm(layer.post_attention_layernorm),
        hidden=lambda x: F.gelu(F.linear(x, *_affine(mlp.dense_h_to_4h))),
        down=_affine(mlp.dense_4h_to_h),
        parallel=layer.use_parallel_residual,
    )


def _stacked_bias(q: Tensor | None, k: Tensor | None, v: Tensor | None, heads: int, turning: int) -> Tensor | None:
    return None if q is None or k is None or v is None else _stacked(q, k, v, heads, turning)


def _stacked(q: Tensor, k: Tensor, v: Tensor, heads: int, turning: int) -> Tensor:
    """All rows in one. Of each head's queries and keys, row i < turning / 2 stands beside its partner in the rotation,
    row i + turning / 2; their products stay what they were."""

    def paired(w: Tensor) -> Tensor:
        rows = w.view(heads, -1, *w.shape[1:])
        halves = rows[:, :turning].reshape(heads, 2, turning // 2, *w.shape[1:])
        return torch.cat([halves.transpose(1, 2).flatten(1, 2), rows[:, turning:]], dim=1).flatten(0, 1)

    return torch.cat([paired(q), paired(k), v])


def _affine(linear: Any) -> Affine:
    return linear.weight, linear.bias


def _layer_norm(norm: Any) -> Map:
    return lambda x: F.layer_norm(x, norm.normalized_shape, norm.weight, norm.bias, norm.eps)


def _rms_normed(x: Tensor, norm: Any) -> Tensor:
    """Without the gain, which the next matrix has taken in."""
    wide = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
    normed: Tensor = _RootMeanSquareNorm.apply(wide, norm.variance_epsilon)  # type: ignore[no-untyped-call]
    return normed.to(x.dtype)


class _RootMeanSquareNorm(torch.autograd.Function):
    """x over its root mean square. Written with its gradient, which takes half the passes over memory."""

    @staticmethod
    def forward(context: Any, x: Tensor, epsilon: float) -> Tensor:
        inverse = (x * x).sum(dim=-1, keepdim=True).div_(x.shape[-1]).add_(epsilon).rsqrt_()
        normed = x * inverse
        context.save_for_backward(normed, inverse)
        return normed

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        normed, inverse = context.saved_tensors
        along = (gradient * normed).sum(dim=-1, keepdim=True).div_(-normed.shape[-1])
        return torch.addcmul(gradient, normed, along).mul_(inverse), None

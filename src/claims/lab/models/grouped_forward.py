"""A forward pass for answers that are grouped by prompt, which does what transformers' Llama and GPT-NeoX do.

It saves what a general one spends on small models: a prompt is read once for all its answers, projections of one
input are one matrix product, and attention runs over a pack of answers to a prompt at a time, each of which a mask
keeps from seeing the others.

Shapes: B prompts, G answers to each, N = B * G grouped by prompt, P prompt tokens, S answer tokens, M = B * P + N * S
tokens in all, of which K are asked for, H heads of D dimensions, W = H * D, V vocabulary; R packs of A answers.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import PreTrainedModel

from claims.lab.models.decoder_weights import Affine, Weights, weights_of

_READ_A_PACK, _STEP_A_PACK, _STEP_ANSWERS = 32, 256, 8
"""Answer tokens, at most, in a pack that is read at once or token by token, and answers in the latter. Small packs cost
overhead, large ones products that the mask throws away; measured on a CPU, width 64 and 128."""

Attend = Callable[[int, Tensor], Tensor]
"""The number of a block and its queries, keys and values (M, 3 * W) to what the tokens attended to (M, W)."""


def sequence_logits(model: PreTrainedModel, tokens_BT: Tensor, last: int) -> Tensor:
    """Logits at the last `last` positions of plain sequences, `(B, last, V)`, in float32, with gradient."""
    weights = weights_of(model)
    logits_KV = weights.logits(_read(weights, tokens_BT, None, last=last))
    return logits_KV.view(last, len(tokens_BT), -1).transpose(0, 1)


def grouped_logits(model: PreTrainedModel, prompts_BP: Tensor, answers_NS: Tensor) -> tuple[Tensor, Tensor]:
    """Logits after each prompt, `(B, V)`, and after each answer token, `(N, S, V)`, in float32, with gradient."""
    weights = weights_of(model)
    logits_KV = weights.logits(_read(weights, prompts_BP, answers_NS, last=1))
    prompts = len(prompts_BP)
    return logits_KV[:prompts], logits_KV[prompts:].view(*answers_NS.shape, -1)


def _through(weights: Weights, tokens_M: Tensor, attend: Attend, skip: int = 0) -> Tensor:
    """Hidden states after the last norm, `(M - skip, W)`: of the first `skip` tokens only keys and values matter."""
    h_MW = F.embedding(tokens_M, weights.embedding)
    for i, block in enumerate(weights.blocks):
        seen_MW = attend(i, F.linear(block.before_attention(h_MW), *block.qkv))
        if skip and i == len(weights.blocks) - 1:
            h_MW, seen_MW = (x.split_with_sizes([skip, len(x) - skip])[1] for x in (h_MW, seen_MW))
        mixed_MW = _added(h_MW, seen_MW, block.out)
        hidden = block.hidden(block.before_mlp(h_MW if block.parallel else mixed_MW))
        h_MW = _added(mixed_MW, hidden, block.down)
    return weights.last_norm(h_MW)


def _added(to: Tensor, x: Tensor, affine: Affine) -> Tensor:
    weight, bias = affine
    sum_MW = torch.addmm(to, x, weight.t())
    return sum_MW if bias is None else sum_MW.add_(bias)


def _turned(qk_M2HD: Tensor, turns: Tensor) -> Tensor:
    """Queries and keys turned by their positions."""
    wide = qk_M2HD if turns.dtype == torch.complex128 else qk_M2HD.float()
    pairs = torch.view_as_complex(wide.view(*wide.shape[:-1], -1, 2)) * turns
    return torch.view_as_real(pairs).view(wide.shape).to(qk_M2HD.dtype)


def _read(
    weights: Weights, prompts_BP: Tensor, answers_NS: Tensor | None, *, last: int, keep: "Cache | None" = None
) -> Tensor:
    """Hidden states of the last tokens of every prompt, one position after the other, then of all answer tokens."""
    (prompts, asked), heads = prompts_BP.shape, weights.heads
    tokens_M = prompts_BP.t().flatten()
    turns = weights.turns(0, asked).repeat_interleave(prompts, dim=0)
    if answers_NS is not None:
        answers, length = answers_NS.shape
        tokens_M = torch.cat([tokens_M, answers_NS.flatten()])
        turns = torch.cat([turns, weights.turns(asked, asked + length).repeat(answers, 1, 1, 1)])
        pack = _divisor(answers // prompts, _READ_A_PACK // length)
        copies = answers // prompts // pack
        mask = _apart(pack, torch.ones(length, length, dtype=torch.bool, device=tokens_M.device).tril(), asked)
    sizes = [prompts * asked, len(tokens_M) - prompts * asked]  # slices would cost gradients a pass over zeros each

    def attend(i: int, qkv_MW: Tensor) -> Tensor:
        qk_M2HD, v_M1HD = qkv_MW.view(len(tokens_M), 3, heads, -1).split_with_sizes([2, 1], dim=1)
        qkv = (*_turned(qk_M2HD, turns).unbind(1), v_M1HD.squeeze(1))
        parts = [x.split_with_sizes(sizes) for x in qkv]
        q, k, v = (x.view(asked, prompts, heads, -1).permute(1, 2, 0, 3) for x, _ in parts)
        if keep is not None:
            keep.begin(i, k, v)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True).permute(2, 0, 1, 3).flatten(0, 1)
        if answers_NS is None:
            return seen.flatten(1)
        packed = (x.view(-1, pack * length, heads, x.shape[-1]).transpose(1, 2) for _, x in parts)
        q_RHTD, k_RHTD, v_RHTD = packed
        k_RHTD, v_RHTD = (torch.cat([_copied(a, copies), b], dim=2) for a, b in ((k, k_RHTD), (v, v_RHTD)))
        own = F.scaled_dot_product_attention(q_RHTD, k_RHTD, v_RHTD, attn_mask=mask).transpose(1, 2).flatten(0, 1)
        return torch.cat([seen, own]).flatten(1)

    return _through(weights, tokens_M, attend, skip=prompts * (asked - last))


def _apart(pack: int, sees: Tensor, asked: int) -> Tensor:
    """What the tokens of a pack of answers see: the prompt, and of their own answer what `sees` says."""
    same = torch.eye(pack, dtype=torch.bool, device=sees.device)[:, None, :, None]
    return F.pad((same & sees[None, :, None]).view(pack * len(sees), -1), (asked, 0), value=True)


def _copied(x: Tensor, copies: int) -> Tensor:
    return x if copies == 1 else x.repeat_interleave(copies, dim=0)


def _divisor(of: int, most: int) -> int:
    return next((size for size in range(min(most, of), 1, -1) if of % size == 0), 1)


class Cache:
    """Answers that grow by a token a step. Of each pack it keeps keys and values of the prompt, then of every step."""

    def __init__(self, model: PreTrainedModel, prompts_BP: Tensor, *, each: int, length: int) -> None:
        """Read the prompts; `logits_BV` are those after them. Room for `length` tokens of `each` answers."""
        self._weights = weights = weights_of(model)
        prompts, self._asked = prompts_BP.shape
        self._pack = pack = _divisor(each, min(_STEP_ANSWERS, _STEP_A_PACK // length))
        self._copies = each // pack
        shape = (prompts * self._copies, self._asked + pack * length, 2, weights.heads, 2 * len(weights.frequencies))
        self._kept = [weights.embedding.new_empty(shape) for _ in weights.blocks]
        self._turns = weights.turns(self._asked, self._asked + length)
        apart = _apart(pack, torch.ones(1, 1, dtype=torch.bool, device=prompts_BP.device), 0).repeat(1, length)
        seen = F.pad(apart, (self._asked, 0), value=True)
        self._mask = weights.embedding.new_zeros(seen.shape).masked_fill_(~seen, float("-inf"))
        self._taken = 0
        self.logits_BV = weights.logits(_read(weights, prompts_BP, None, last=1, keep=self))

    def begin(self, i: int, k_BHPD: Tensor, v_BHPD: Tensor) -> None:
        """Keep what block `i` made of the prompts."""
        for slot, part in enumerate((k_BHPD, v_BHPD)):
            self._kept[i][:, : self._asked, slot] = _copied(part.transpose(1, 2), self._copies)

    def step(self, tokens_N: Tensor) -> Tensor:
        """Logits `(N, V)` after one more token of every answer."""
        start = self._asked + self._pack * self._taken
        stop = start + self._pack
        turns, mask = self._turns[self._taken], self._mask[:, :stop]
        self._taken += 1

        def attend(i: int, qkv_NW: Tensor) -> Tensor:
            kept, heads = self._kept[i], self._weights.heads
            qkv_RA3HD = qkv_NW.view(len(kept), self._pack, 3, heads, -1)
            if qkv_NW.dtype in (torch.float32, torch.float64):  # in place, which gradients do not allow
                torch.view_as_complex(qkv_NW.view(len(tokens_N), 3, heads, -1, 2)[:, :2]).mul_(turns)
            else:
                qkv_RA3HD[:, :, :2] = _turned(qkv_RA3HD[:, :, :2], turns)
            kept[:, start:stop] = qkv_RA3HD[:, :, 1:]
            q, k, v = (x.transpose(1, 2) for x in (qkv_RA3HD[:, :, 0], kept[:, :stop, 0], kept[:, :stop, 1]))
            seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
            return seen.transpose(1, 2).reshape(len(tokens_N), -1)

        return self._weights.logits(_through(self._weights, tokens_N, attend))

"""An optimiser whose weights are stored in a chosen precision, and of which a mask may be trained.

A model stored in bf16 is emulated: weights live in fp32 memory and are rounded to the nearest bf16 value after
every step. That reproduces what rounding does to an update. It does not reproduce bf16 matrix products,
activations, gradients or optimiser moments (these stay in fp32), nor stochastic rounding.
"""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import nn

Rule = Literal["adamw", "sgd"]


def round_to_bf16(model: nn.Module) -> None:
    """Replace every weight by the nearest bf16 value, ties to even; dtype and memory stay."""
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.to(torch.bfloat16))


class Optimiser:
    """AdamW (betas .9 and .999) or plain SGD, without weight decay, gradient norm clipped at 1, linear warm-up.

    `decay`: after the warm-up the learning rate falls linearly and is 0 at this step. `bf16`: weights are kept in bf16
    between steps, not in fp32. `masks`: of a weight named here only the entries that are set are trained. Weights that
    do not require a gradient stay as they are.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        lr: float,
        warmup: int = 0,
        decay: int | None = None,
        rule: Rule = "adamw",
        momentum: float = 0.0,
        bf16: bool = False,
        masks: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        self._model = model
        self._bf16 = bf16
        named = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
        self._weights = [weight for _, weight in named]
        self._masked = [(weight, masks[name]) for name, weight in named if masks is not None and name in masks]
        self._rule: torch.optim.Optimizer = (
            torch.optim.AdamW(self._weights, lr=lr, weight_decay=0.0)
            if rule == "adamw"
            else torch.optim.SGD(self._weights, lr=lr, momentum=momentum)
        )
        self._lr = lr
        self._warmup = warmup
        self._decay = decay
        self._taken = 0

    def step(self, loss: torch.Tensor) -> None:
        """One descent step on `loss`, then rounding where the storage asks for it."""
        self._taken += 1
        for group in self._rule.param_groups:
            group["lr"] = self._lr * self._schedule()
        self._rule.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        for weight, mask in self._masked:
            if weight.grad is not None:
                weight.grad *= mask
        nn.utils.clip_grad_norm_(self._weights, 1.0)
        self._rule.step()
        if self._bf16:
            round_to_bf16(self._model)

    def _schedule(self) -> float:
        rise = min(1.0, self._taken / max(1, self._warmup))
        if self._decay is None or self._taken <= self._warmup:
            return rise
        return max(0.0, (self._decay - self._taken) / max(1, self._decay - self._warmup))

"""AdamW whose weights are stored in a chosen precision.

A model stored in bf16 is emulated: weights live in fp32 memory and are rounded to the nearest bf16 value after
every step. That reproduces what rounding does to an update. It does not reproduce bf16 matrix products,
activations, gradients or optimiser moments (these stay in fp32), nor stochastic rounding.
"""

import torch
from torch import nn


def round_to_bf16(model: nn.Module) -> None:
    """Replace every weight by the nearest bf16 value, ties to even; dtype and memory stay."""
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.to(torch.bfloat16))


class StoredAdamW:
    """AdamW (betas .9 and .999, no weight decay, gradient norm clipped at 1) with linear warm-up.

    `bf16`: weights are kept in bf16 between steps, not in fp32.
    """

    def __init__(self, model: nn.Module, *, lr: float, warmup: int, bf16: bool) -> None:
        self._model = model
        self._bf16 = bf16
        self._adam = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
        self._lr = lr
        self._warmup = warmup
        self._taken = 0

    def step(self, loss: torch.Tensor) -> None:
        """One descent step on `loss`, then rounding where the storage asks for it."""
        self._taken += 1
        for group in self._adam.param_groups:
            group["lr"] = self._lr * min(1.0, self._taken / max(1, self._warmup))
        self._adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._adam.step()
        if self._bf16:
            round_to_bf16(self._model)

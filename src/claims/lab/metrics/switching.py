"""How switches of thought go with failing, in traces of a search. Shapes: N traces, T tokens at most."""

import torch

from claims.lab.metrics.logistic import association
from claims.lab.tasks.search import FOUND, SWITCH


def switching(traces_NT: torch.Tensor, levels_N: torch.Tensor) -> dict[str, float]:
    """Mean switches in wrong and in right traces, and their association with failing, alone and at equal difficulty.

    A trace ends when it finds, so that a wrong one is longer and holds more switches at any habit: `rate_shrinkage` is
    `coefficient_shrinkage` for switches a token.
    """
    wrong_N = traces_NT[:, -1] != FOUND
    switches_N = (traces_NT == SWITCH).sum(dim=1).float()
    tokens_N = (traces_NT != FOUND).sum(dim=1) + (~wrong_N).long()
    rate = association(wrong_N, switches_N / tokens_N, levels_N)
    return {
        "switches_if_wrong": float(switches_N[wrong_N].mean()),
        "switches_if_right": float(switches_N[~wrong_N].mean()),
        **association(wrong_N, switches_N, levels_N),
        "rate_shrinkage": rate["coefficient_shrinkage"],
    }

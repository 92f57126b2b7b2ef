"""How often those who follow a map are right, in either format, by what they may spend.

Shapes: N prompts, S symbols; scratchpads of two steps have Q = S * S traces.
"""

import torch
from transformers import PreTrainedModel

from claims.lab.metrics.inference import best_of_budgets, oracle_excess
from claims.lab.sampling import chance_of, sample
from claims.lab.tasks.iterated_map import IteratedMap

BUDGETS = (1, 4, 16, 64, 256)
"""Samples of a direct answer, one token each."""
_ORACLE = (1, 4, 16, 64)
_AT_ONCE = 64


def traces(model: PreTrainedModel, task: IteratedMap, prompts_NP: torch.Tensor) -> torch.Tensor:
    """The chance of each scratchpad of two steps, `(N, Q)`; the rest of 1 has other lengths."""
    symbols_S = torch.arange(task.symbols, device=prompts_NP.device)
    every_Q3 = torch.nn.functional.pad(torch.cartesian_prod(symbols_S, symbols_S), (0, 1), value=task.end)
    return _chances(model, prompts_NP, every_Q3, task.end)


def right_of_traces(task: IteratedMap, prompts_NP: torch.Tensor, chances_NQ: torch.Tensor) -> float:
    """The chance that a trace ends in the right symbol, whatever its first step, mean of prompts."""
    ends_NS = chances_NQ.view(len(prompts_NP), task.symbols, task.symbols).sum(dim=1)
    return float(ends_NS.gather(1, task.right(prompts_NP)[:, None]).mean())


def right_of_samples(
    model: PreTrainedModel, task: IteratedMap, prompts_NP: torch.Tensor, *, each: int, rng: torch.Generator
) -> float:
    """The share of sampled scratchpads, of any length, that end in the right symbol; `each` to a prompt."""
    answers_NA = sample(model, prompts_NP, each=each, length=task.length("scratchpad"), generator=rng, end=task.end)
    return float(task.reward(prompts_NP.repeat_interleave(each, dim=0), answers_NA).mean())


def direct_chances(model: PreTrainedModel, task: IteratedMap, prompts_NP: torch.Tensor) -> torch.Tensor:
    """The chance of each symbol as a direct answer, `(N, S)`."""
    return _chances(model, prompts_NP, torch.arange(task.symbols, device=prompts_NP.device)[:, None], None)


def direct_numbers(
    chances: dict[str, torch.Tensor], right: dict[str, torch.Tensor], *, exponent: float, rng: torch.Generator
) -> dict[str, float]:
    """Accuracy of one direct answer and of the best verifier-free use of many, by depth; and the oracle's at eight.

    `chances` (N, S) of all answers and `right` (N,) under the names `two` and `eight`.
    """
    numbers: dict[str, float] = {}
    for name, chances_NS in chances.items():
        once = float(chances_NS.gather(1, right[name][:, None]).mean())
        best = best_of_budgets(chances_NS, right[name], exponent=exponent, budgets=BUDGETS, generator=rng)
        numbers |= {f"accuracy_at_{name}_steps": once, f"best_at_{name}_steps": best}
    return numbers | {"oracle_excess": oracle_excess(chances["eight"], right["eight"], budgets=_ORACLE)}


def planted(right_N: torch.Tensor, symbols: int, *, right: float, rival: float) -> torch.Tensor:
    """Chances of a direct model: `right` for the right answer, `rival` for one wrong, the rest spread; `(N, S)`."""
    spread = (1.0 - right - rival) / (symbols - 2)
    chances_NS = torch.full((len(right_N), symbols), spread, device=right_N.device)
    chances_NS.scatter_(1, right_N[:, None], right)
    return chances_NS.scatter_(1, (right_N[:, None] + 1) % symbols, rival)


def planted_traces(task: IteratedMap, prompts_NP: torch.Tensor, *, right: float, rival: float) -> torch.Tensor:
    """The same of a model that writes scratchpads of two steps, the first step always symbol 0; `(N, Q)`."""
    ends_NS = planted(task.right(prompts_NP), task.symbols, right=right, rival=rival)
    return torch.nn.functional.pad(ends_NS, (0, task.symbols * (task.symbols - 1)))


def _chances(model: PreTrainedModel, prompts_NP: torch.Tensor, every_QA: torch.Tensor, end: int | None) -> torch.Tensor:
    parts = [chance_of(model, part, every_QA.repeat(len(part), 1), end) for part in torch.split(prompts_NP, _AT_ONCE)]
    return torch.cat(parts).view(len(prompts_NP), -1)

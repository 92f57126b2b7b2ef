"""How often those who follow a map are right, in either format, by what they may spend.

Shapes: N prompts, S symbols; answers of two steps have S * S traces.
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
    """The chance of each scratchpad of two steps, `(N, S * S)`; the rest of 1 has other lengths."""
    symbols = torch.arange(task.symbols, device=prompts_NP.device)
    every = torch.cartesian_prod(symbols, symbols)
    every = torch.cat([every, torch.full_like(every[:, :1], task.end)], dim=1)
    parts = [chance_of(model, part, every.repeat(len(part), 1), task.end) for part in torch.split(prompts_NP, _AT_ONCE)]
    return torch.cat(parts).view(len(prompts_NP), -1)


def right_of_traces(task: IteratedMap, prompts_NP: torch.Tensor, chances_NQ: torch.Tensor) -> float:
    """The chance that a trace ends in the right symbol, whatever its first step, mean of prompts."""
    ends_NS = chances_NQ.view(len(prompts_NP), task.symbols, task.symbols).sum(dim=1)
    return float(ends_NS.gather(1, task.right(prompts_NP)[:, None].to(ends_NS.device)).mean())


def direct_numbers(
    chances: dict[str, torch.Tensor], right: dict[str, torch.Tensor], *, exponent: float, rng: torch.Generator
) -> dict[str, float]:
    """Accuracy of one direct answer and of the best verifier-free use of many, by depth; and the oracle's at eight.

    `chances` (N, S) of all answers and `right` (N,) under the names `two` and `eight`.
    """
    numbers = {}
    for name, chances_NS in chances.items():
        once = chances_NS.gather(1, right[name][:, None]).mean()
        best = best_of_budgets(chances_NS, right[name], exponent=exponent, budgets=BUDGETS, generator=rng)
        numbers |= {f"accuracy_at_{name}_steps": float(once), f"best_at_{name}_steps": max(best, float(once))}
    return numbers | {"oracle_excess": oracle_excess(chances["eight"], right["eight"], budgets=_ORACLE)}


def direct_chances(model: PreTrainedModel, task: IteratedMap, prompts_NP: torch.Tensor) -> torch.Tensor:
    """The chance of each symbol as a direct answer, `(N, S)`."""
    symbols_S1 = torch.arange(task.symbols, device=prompts_NP.device)[:, None]
    parts = [chance_of(model, part, symbols_S1.repeat(len(part), 1)) for part in torch.split(prompts_NP, _AT_ONCE)]
    return torch.cat(parts).view(len(prompts_NP), -1)


def scratchpad_numbers(
    model: PreTrainedModel, task: IteratedMap, prompts: dict[str, torch.Tensor], *, rng: torch.Generator
) -> dict[str, float]:
    """Accuracy of one sampled scratchpad by depth, and at eight steps if it is cut to its first token."""
    numbers = {}
    for name, prompts_NP in prompts.items():
        answers_NA = sample(model, prompts_NP, each=1, length=task.length("scratchpad"), generator=rng, end=task.end)
        numbers[f"accuracy_at_{name}_steps"] = float(task.reward(prompts_NP, answers_NA).mean())
    cut = (task.final(answers_NA, budget=1) == task.right(prompts_NP)).float().mean()
    return numbers | {"truncated_at_eight_steps": float(cut)}


def planted(right_N: torch.Tensor, symbols: int, *, right: float, rival: float) -> torch.Tensor:
    """Chances of a direct model: `right` for the right answer, `rival` for one wrong, the rest spread; `(N, S)`."""
    spread = (1.0 - right - rival) / (symbols - 2)
    chances_NS = torch.full((len(right_N), symbols), spread, device=right_N.device)
    chances_NS.scatter_(1, right_N[:, None], right)
    return chances_NS.scatter_(1, (right_N[:, None] + 1) % symbols, rival)

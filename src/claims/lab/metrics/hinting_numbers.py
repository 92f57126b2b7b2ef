"""Numbers of an exam with hints or without, and planted cases whose numbers are known.

Shapes: B problems, R rules (and hints, one for each).
"""

import torch

from claims.lab.metrics.hinting import Hinted, Split, splits
from claims.lab.metrics.pass_at_k import pass_at_k

_BUDGETS = (2, 64, 128)
_ONE = Split(1, 1)


def direct_numbers(right_B: torch.Tensor, was_B: torch.Tensor) -> dict[str, float]:
    """Of plain samples, given the chance that one is right, and what it was before training."""
    passes = {f"pass_at_{n}": pass_at_k(right_B, n) for n in (1, *_BUDGETS)}
    was = pass_at_k(was_B, 1)
    return passes | {"pass_at_1_of_base": was, "reward_gain": passes["pass_at_1"] - was}


def hinted_numbers(
    exam: Hinted, others: Hinted, rules_B: torch.Tensor, was: Hinted, answer_tokens: int
) -> dict[str, float]:
    """Of hints, given the hidden rules of the exam's problems; how to split a budget is picked on `others`."""
    best = {n: others.best(splits(n, answer_tokens)) for n in _BUDGETS}
    passes = {f"pass_at_{n}": exam.pass_at(split) for n, split in best.items()}
    one, before, rates = exam.pass_at(_ONE), was.pass_at(_ONE), exam.right_BR
    hidden_BR = torch.nn.functional.one_hot(rules_B, rates.shape[1]).bool()
    return passes | {
        "pass_at_1": one,
        "best_number_of_hints_at_64": float(best[64].hints),
        "solve_rate_with_right_hint": float(rates[hidden_BR].mean()),
        "solve_rate_with_wrong_hint": float(rates[~hidden_BR].mean()),
        "pass_at_1_of_base": before,
        "reward_gain": one - before,
    }


def planted_numbers(hints: Hinted, right_B: torch.Tensor, answer_tokens: int) -> dict[str, float]:
    """Of planted hints against planted plain samples."""
    best = hints.best(splits(64, answer_tokens))
    gain = hints.pass_at(best) - pass_at_k(right_B, 64)
    return {"planted_gain": gain, "best_number_of_hints_at_64": float(best.hints)}


def wide(rules: int, count: int, _generator: torch.Generator) -> tuple[Hinted, torch.Tensor]:
    """Every hint is equally likely and followed without error; plain samples follow the first rule always.

    All rules are hidden equally often, if `rules` divides `count`.
    """
    rules_B = torch.arange(count) % rules
    right_BR = torch.nn.functional.one_hot(rules_B, rules).float()
    return Hinted(torch.full((count, rules), 1.0 / rules), right_BR), right_BR[:, 0]


def mute(rules: int, count: int, generator: torch.Generator) -> tuple[Hinted, torch.Tensor]:
    """Hints say nothing: a problem is solved with one chance after each of them and without any."""
    right_B = torch.rand(count, generator=generator)
    given_BR = torch.rand((count, rules), generator=generator)
    return Hinted(given_BR / given_BR.sum(dim=1, keepdim=True), right_B[:, None].expand(-1, rules)), right_B

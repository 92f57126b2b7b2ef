"""A search among branches that may lead nowhere, in which giving up a branch is a token of its own.

The prompt is the difficulty of the problem. In every position the searcher either switches to a new branch or works on
the one it has, and the world then says whether the work looks promising. A good branch is done after `need` steps in a
row, a bad one never; the evidence is weak. A trace has `cap` tokens; it solves the problem if it ends with FOUND, which
is then repeated. Some rate of switching is the best: below it bad branches cost too much, above it good ones are left.

A *hazard* is the chance of switching right after discouraging evidence; there is no other reason to switch.
Shapes: N problems, A tokens so far, L levels of difficulty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch

SWITCH, UP, DOWN, FOUND = range(4)

Policy = Callable[[torch.Tensor], torch.Tensor]
"""Tokens so far (N, A) to the chance of switching now (N,)."""


@dataclass(frozen=True)
class Search:
    """The chance that a branch is good at each level of difficulty, and how good and bad branches look."""

    good: tuple[float, ...] = (0.1, 0.2, 0.4, 0.7)
    need: int = 8
    cap: int = 48
    promising_if_good: float = 0.6
    promising_if_bad: float = 0.3

    @property
    def vocabulary(self) -> int:
        """Four kinds of token in a trace, and one for every level."""
        return FOUND + 1 + len(self.good)

    def prompts(self, levels_N: torch.Tensor) -> torch.Tensor:
        """The level as a token, `(N, 1)`."""
        return (levels_N + FOUND + 1)[:, None]

    def solved(self, hazards: tuple[float, ...], level: int) -> float:
        """Exact chance of solving a problem, by dynamic programming over the tokens that are left.

        `hazards[a]` is the hazard in a thought of `a` tokens; the last one holds for longer thoughts.
        """
        chance, need = self.good[level], self.need

        def leave(age: int) -> float:
            return hazards[min(age, len(hazards) - 1)]

        # Value after `age` tokens on a branch, by whether the last evidence was discouraging; of a fresh branch.
        good, bad, fresh = [[0.0, 0.0]] * (need + 1), [[0.0, 0.0]] * (self.cap + 2), 0.0
        for _ in range(self.cap):
            on_good = [self._work(self.promising_if_good, good[age + 1]) for age in range(need - 1)] + [1.0]
            on_bad = [self._work(self.promising_if_bad, bad[age + 1]) for age in range(self.cap + 1)]
            good = [[w, leave(a) * fresh + (1 - leave(a)) * w] for a, w in enumerate(on_good)] + [[1.0, 1.0]]
            bad = [[w, leave(a) * fresh + (1 - leave(a)) * w] for a, w in enumerate(on_bad)] + [[0.0, 0.0]]
            fresh = chance * on_good[0] + (1 - chance) * on_bad[0]
        return fresh

    @staticmethod
    def _work(promising: float, after: list[float]) -> float:
        return promising * after[0] + (1 - promising) * after[1]

    def best_hazards(self) -> tuple[float, ...]:
        """The constant hazard that solves most problems of each level, to within 1e-4."""
        return tuple(_best(self, level) for level in range(len(self.good)))


@lru_cache(maxsize=256)
def _best(search: Search, level: int) -> float:
    low, high = 0.0, 1.0
    while high - low > 1e-4:
        third = (high - low) / 3
        if search.solved((low + third,), level) < search.solved((high - third,), level):
            low += third
        else:
            high -= third
    return (low + high) / 2


@dataclass(frozen=True)
class Tape:
    """All luck of N problems, drawn beforehand: whoever plays them meets the same branches and the same evidence."""

    search: Search
    levels_N: torch.Tensor
    good_NT: torch.Tensor
    evidence_NT: torch.Tensor
    decision_NT: torch.Tensor

    @classmethod
    def draw(cls, search: Search, count: int, rng: torch.Generator) -> "Tape":
        """As many problems of each level, in turn."""
        luck = torch.rand((3, count, search.cap + 1), generator=rng, device=rng.device)
        levels_N = torch.arange(count, device=rng.device) % len(search.good)
        good_N1 = torch.tensor(search.good, device=rng.device)[levels_N][:, None]
        return cls(search, levels_N, luck[0] < good_N1, luck[1], luck[2])

    def play(self, policy: Policy) -> torch.Tensor:
        """The traces of a searcher, `(N, cap)`."""
        tokens_NA = self.levels_N.new_empty((len(self.levels_N), 0))
        for _ in range(self.search.cap):
            tokens_NA = torch.cat([tokens_NA, self.next(policy(tokens_NA), tokens_NA)[:, None]], dim=1)
        return tokens_NA

    def next(self, switching_N: torch.Tensor, tokens_NA: torch.Tensor) -> torch.Tensor:
        """The next token, given the chance of switching now."""
        search, now = self.search, tokens_NA.shape[1]
        branch_N1 = (tokens_NA == SWITCH).sum(dim=1, keepdim=True)
        good_N = self.good_NT.gather(1, branch_N1)[:, 0]
        chance_N = torch.where(good_N, search.promising_if_good, search.promising_if_bad)
        looks_N = torch.where(self.evidence_NT[:, now] < chance_N, UP, DOWN)
        worked_N = torch.where(good_N & (age(tokens_NA) + 1 >= search.need), FOUND, looks_N)
        token_N = torch.where(self.decision_NT[:, now] < switching_N, SWITCH, worked_N)
        return torch.where((tokens_NA[:, -1:] == FOUND).any(dim=1), FOUND, token_N)


def age(tokens_NA: torch.Tensor) -> torch.Tensor:
    """Tokens since the last switch, or since the start: the length of the present thought, `(N,)`."""
    places_A = torch.arange(1, tokens_NA.shape[1] + 1, device=tokens_NA.device)
    started = (places_A * (tokens_NA == SWITCH)).amax(dim=1) if len(places_A) else tokens_NA.new_zeros(len(tokens_NA))
    return tokens_NA.shape[1] - started


def discouraged(tokens_NA: torch.Tensor) -> torch.Tensor:
    """Whether the last token is discouraging evidence, `(N,)`."""
    return (tokens_NA[:, -1:] == DOWN).any(dim=1)


def habit(hazards_N: torch.Tensor) -> Policy:
    """A searcher who switches at a hazard that differs between problems only."""
    return lambda tokens_NA: hazards_N * discouraged(tokens_NA)

"""Searchers learnt from traces, and how they search when switching is penalised.

Shapes: N problems, A tokens so far, V vocabulary.
"""

from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from claims.lab.sampling import sample
from claims.lab.seeding import generator
from claims.lab.tasks.search import FOUND, SWITCH, Search, Tape, age, discouraged, habit
from claims.lab.training.batches import passes
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.progress import OnStep, ignore
from claims.lab.training.supervised import supervised

_WARMUP = 20

Searched = tuple[torch.Tensor, torch.Tensor]
"""Traces (N, cap), and the chances of switching in each position before a penalty (N, cap)."""


@dataclass(frozen=True)
class Penalty:
    """`alpha` off the logit of switching in the first `beta` tokens of a thought: arXiv:2501.18585v2."""

    alpha: float
    beta: int

    def on(self, hazards_N: torch.Tensor, tokens_NA: torch.Tensor) -> torch.Tensor:
        """What is left of the chances of switching now."""
        return (hazards_N.logit() - self.alpha * (age(tokens_NA) < self.beta)).sigmoid()

    def by_age(self, hazard: float, cap: int) -> tuple[float, ...]:
        """What is left of a hazard in thoughts of 0, 1, ... tokens."""
        logit_A = torch.full((cap,), hazard, dtype=torch.float64).logit()
        return tuple((logit_A - self.alpha * (torch.arange(cap) < self.beta)).sigmoid().tolist())


FREE = Penalty(0.0, 0)
"""No penalty."""


def learnt(
    model: PreTrainedModel, tape: Tape, hazards_N: torch.Tensor, *, steps: int, batch: int, lr: float, seed: int,
    on_step: OnStep = ignore,
) -> None:  # fmt: skip
    """Train a model on the traces of a searcher with these hazards."""
    batches = passes(tape.search.prompts(tape.levels_N), tape.play(habit(hazards_N)), batch, seed)
    optimiser = Optimiser(model, lr=lr, warmup=_WARMUP, decay=steps + 1)
    supervised(model, batches, optimiser, steps=steps, end=FOUND, on_step=on_step)


def by_rule(hazards_L: torch.Tensor, tape: Tape, penalty: Penalty) -> Searched:
    """What a searcher does who has exactly these hazards, one for each level, and no model."""
    hazards_N = hazards_L[tape.levels_N]
    traces = tape.play(lambda tokens_NA: penalty.on(hazards_N, tokens_NA) * discouraged(tokens_NA))
    return traces, hazards_N[:, None].expand_as(traces)


def searched(model: PreTrainedModel, tape: Tape, penalty: Penalty) -> Searched:
    """The traces of a model that decides when to switch, and its chances of switching.

    The world says what comes of work, and all luck is the tape's: nothing is left to the sampler.
    """
    chances_NT = torch.zeros((len(tape.levels_N), tape.search.cap), device=tape.levels_N.device)

    def world(logits_NV: torch.Tensor, tokens_NA: torch.Tensor) -> torch.Tensor:
        hazards_N = logits_NV.softmax(dim=-1)[:, SWITCH]
        chances_NT[:, tokens_NA.shape[1]] = hazards_N
        token_N = tape.next(penalty.on(hazards_N, tokens_NA), tokens_NA)
        return torch.full_like(logits_NV, -torch.inf).scatter(1, token_N[:, None], 0.0)

    prompts_N1 = tape.search.prompts(tape.levels_N)
    nothing_left = generator(0, str(prompts_N1.device))
    traces = sample(
        model, prompts_N1, each=1, length=tape.search.cap, generator=nothing_left, end=FOUND, adjust=world
    )  # fmt: skip
    return traces, chances_NT


def solved(traces_NT: torch.Tensor) -> float:
    """Share of traces that found what they searched for."""
    return float((traces_NT[:, -1] == FOUND).float().mean())


def hazard_ratio(traces_NT: torch.Tensor, chances_NT: torch.Tensor, best_N: torch.Tensor) -> float:
    """Chance of switching over the best hazard, mean over positions after discouraging evidence."""
    places = [discouraged(traces_NT[:, :t]) for t in range(traces_NT.shape[1])]
    return float((chances_NT / best_N[:, None])[torch.stack(places, dim=1)].mean())


def exact_accuracy(search: Search, hazards_L: torch.Tensor, penalty: Penalty) -> float:
    """Chance of solving a problem at these hazards, mean over levels, by dynamic programming."""
    each = [search.solved(penalty.by_age(float(h), search.cap), level) for level, h in enumerate(hazards_L)]
    return sum(each) / len(each)

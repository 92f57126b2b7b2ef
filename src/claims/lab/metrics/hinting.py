"""What a budget of tokens solves when it is split over hints and answers to them: exact, where hints can be listed.

Budgets are numbers of plain answers; a hint and an answer cost what they have of tokens, prompts cost nothing.
Shapes: B problems, R rules (and hints, one for each).
"""

from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from claims.lab.models.decoder import logits_of
from claims.lab.sampling import chance_of
from claims.lab.tasks.hinted_rules import HINT_TOKENS, HintedRules, Problems

_AT_ONCE = 2048
_TIED = 1e-9


@dataclass(frozen=True)
class Split:
    """A number of hints, and of answers to each of them."""

    hints: int
    each: int


@dataclass(frozen=True)
class Hinted:
    """The chance that each hint is given, and that an answer to it is right, both `(B, R)`; the rest is no hint."""

    given_BR: torch.Tensor
    right_BR: torch.Tensor

    def pass_at(self, split: Split) -> float:
        """Chance that one of the answers is right, mean over problems; an answer without a hint is wrong.

        Hints are independent draws, and so are the answers to a hint: 1 - [sum of g (1 - r)^each]^hints.
        """
        given_BR, wrong_BR = self.given_BR.double(), 1.0 - self.right_BR.double().clamp(0.0, 1.0)
        solved_B = (given_BR * (1.0 - wrong_BR**split.each)).sum(dim=1)
        return float((1.0 - (1.0 - solved_B).clamp(0.0, 1.0) ** split.hints).mean())

    def best(self, splits: list[Split]) -> Split:
        """The split that solves most; of equal ones that with the fewest hints."""
        most = max(map(self.pass_at, splits))
        return min((s for s in splits if self.pass_at(s) >= most - _TIED), key=lambda s: s.hints)

    def of_others(self, generator: torch.Generator) -> "Hinted":
        """The same answers, but every problem is given the hints of another one."""
        order_B = torch.randperm(len(self.given_BR), generator=generator).to(self.given_BR.device)
        given_BR = torch.empty_like(self.given_BR)
        given_BR[order_B] = self.given_BR[order_B.roll(1)]  # a single cycle leaves nobody his own
        return Hinted(given_BR, self.right_BR)


def splits(samples: int, answer_tokens: int) -> list[Split]:
    """For each number of answers to a hint, the most hints that fit into the tokens of `samples` plain answers.

    Splits that buy less than another one of as many hints are left out; empty when not even one hint can be answered.
    """
    tokens, found = samples * answer_tokens, {}
    for each in range(1, samples + 1):
        hints = tokens // (HINT_TOKENS + each * answer_tokens)
        if hints:
            found[hints] = Split(hints, each)
    return sorted(found.values(), key=lambda split: split.hints)


@torch.no_grad()
def hinted(giver: PreTrainedModel, solver: PreTrainedModel, task: HintedRules, problems: Problems) -> Hinted:
    """Which hints `giver` gives, and how often answers of `solver` to each are right."""
    prompts_BP, hints_R = task.unhinted(problems), task.hints(torch.arange(task.rules, device=giver.device))
    given_BR = logits_of(giver, prompts_BP, last=1)[:, 0].softmax(dim=-1)[:, hints_R]
    every_NP = torch.cat(
        [prompts_BP.repeat_interleave(task.rules, dim=0), hints_R.repeat(len(prompts_BP))[:, None]], dim=1
    )
    right_NA = problems.answers_BA.repeat_interleave(task.rules, dim=0)
    return Hinted(given_BR, _chances(solver, every_NP, right_NA).view(-1, task.rules))


def direct(model: PreTrainedModel, task: HintedRules, problems: Problems) -> torch.Tensor:
    """The chance that an answer without a hint is right, `(B,)`."""
    return _chances(model, task.direct(problems), problems.answers_BA)


def _chances(model: PreTrainedModel, prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
    parts = zip(torch.split(prompts_NP, _AT_ONCE), torch.split(answers_NA, _AT_ONCE), strict=True)
    return torch.cat([chance_of(model, prompts, answers) for prompts, answers in parts])

"""Sort digits, in one of several formats that the first token of an answer tells: one right answer in each.

The prompt is `size` digits and an equals sign. An answer is the tag of a format and the digits in ascending order. A
short format writes only the first of them and then equals signs: it takes fewer steps, each of which can go wrong. All
sequences have one length, so there is neither padding nor an end token.

Shapes: B prompts, P prompt tokens, F formats, A answer tokens (the tag first).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

_DIGITS = 10
_EQUALS = _DIGITS


@dataclass(frozen=True)
class TaggedSorting:
    """The task: digits in a prompt, and how many of them an answer writes in each format."""

    size: int
    writes: tuple[int, ...]

    @property
    def vocabulary(self) -> int:
        """Ten digits, the equals sign, a tag for each format."""
        return _EQUALS + 1 + len(self.writes)

    @property
    def answer(self) -> int:
        """Tokens of an answer."""
        return self.size + 1

    @property
    def length(self) -> int:
        """Tokens of a prompt with its answer."""
        return 2 * self.size + 2

    @property
    def tags(self) -> list[int]:
        """The first token of an answer in each format."""
        return list(range(_EQUALS + 1, self.vocabulary))

    def prompts(self, count: int, generator: torch.Generator) -> torch.Tensor:
        """Uniformly random prompts, `(count, P)`."""
        device = generator.device
        return self._asked(torch.randint(_DIGITS**self.size, (count, 1), generator=generator, device=device))

    def distinct(self, count: int, generator: torch.Generator) -> torch.Tensor:
        """Random prompts of which no two are the same, `(count, P)`."""
        order = torch.randperm(_DIGITS**self.size, generator=generator, device=generator.device)
        return self._asked(order[:count, None])

    def written(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """The right answer in each format, `(B, F, A)`."""
        sorted_BS = prompts_BP[:, : self.size].sort(dim=1).values
        answers = []
        for tag, writes in zip(self.tags, self.writes, strict=True):
            answer_BA = torch.full((len(sorted_BS), self.answer), _EQUALS, device=sorted_BS.device)
            answer_BA[:, 0] = tag
            answer_BA[:, 1 : writes + 1] = sorted_BS[:, :writes]
            answers.append(answer_BA)
        return torch.stack(answers, dim=1)

    def corpus(
        self, prompts_BP: torch.Tensor, shares: Sequence[float], slips: Sequence[float], generator: torch.Generator
    ) -> torch.Tensor:
        """Answers to pretrain on, `(B, A)`, in formats drawn by `shares`; in each a share `slips` begins with a slip.

        After a slip the first digit is a random other one.
        """
        device, count = prompts_BP.device, len(prompts_BP)
        format_B = torch.multinomial(torch.tensor(shares, device=device), count, True, generator=generator)
        answers_BA = self.written(prompts_BP)[torch.arange(count, device=device), format_B]
        slips_B = torch.rand(count, generator=generator, device=device) < torch.tensor(slips, device=device)[format_B]
        error_B = torch.randint(1, _DIGITS, (count,), generator=generator, device=device)
        answers_BA[:, 1] = (answers_BA[:, 1] + error_B * slips_B) % _DIGITS
        return answers_BA

    def number(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """The digits of each prompt read as one number, `(B,)`."""
        return (prompts_BP[:, : self.size] * self._places(prompts_BP.device)).sum(dim=1)

    def _asked(self, number_B1: torch.Tensor) -> torch.Tensor:
        digits_BS = number_B1 // self._places(number_B1.device) % _DIGITS
        return torch.cat([digits_BS, torch.full_like(number_B1, _EQUALS)], dim=1)

    def _places(self, device: torch.device) -> torch.Tensor:
        return _DIGITS ** torch.arange(self.size, device=device)


class Verifier:
    """Accepts right answers in format f to a share `ceilings[f]` of all prompts, drawn for each format by itself.

    Nothing in a prompt tells which these are: where each is seen once, no model can learn it. What a lower ceiling
    accepts, a higher one with the same generator accepts too.
    """

    def __init__(self, task: TaggedSorting, ceilings: Sequence[float], rng: torch.Generator) -> None:
        shape = (_DIGITS**task.size, len(task.writes))
        drawn = torch.rand(shape, generator=rng, device=rng.device)
        self._task = task
        self._accepts = drawn < torch.tensor(ceilings, device=rng.device)

    def accepted(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """In which formats a prompt's right answer is accepted, `(B, F)`."""
        return self._accepts[self._task.number(prompts_BP)]

    def reward(self, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
        """1.0 where an answer is right in a format in which it is accepted, else 0.0; `(B,)`."""
        right_BF = (answers_BA[:, None] == self._task.written(prompts_BP)).all(dim=2)
        return (right_BF & self.accepted(prompts_BP)).any(dim=1).float()

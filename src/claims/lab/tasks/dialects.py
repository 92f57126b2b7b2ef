"""Sort digits, in one of three dialects: the same right answer, written as different speakers write it.

The prompt is `size` slots, of which the first may be blank, and a mark; the answer ends with an end token, which also
fills what is left of `answer` tokens. Shapes: B sequences, P prompt tokens, A answer tokens, S slots.

- plain: the digits in ascending order;
- spaced: the same, with a comma after each;
- foreign: the digits as letters in descending order, with a comma after each. An answer that begins in one dialect and
  goes on in another is not sorted in any reading of it.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import torch

Dialect = Literal["plain", "spaced", "foreign"]

DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
END = 20
_DIGITS, _BLANK, _COMMA, _MARKS = 10, 21, 22, 23


@dataclass(frozen=True)
class Dialects:
    """The task with `least` to `size` digits a prompt, every number of them equally likely."""

    size: int
    least: int

    @property
    def vocabulary(self) -> int:
        """Ten digits, ten letters, end, blank, comma, a mark for each dialect."""
        return _MARKS + len(DIALECTS)

    @property
    def answer(self) -> int:
        """Tokens of the longest answer with its end."""
        return 2 * self.size + 1

    @property
    def length(self) -> int:
        """Tokens of a prompt with the longest answer."""
        return self.size + 1 + self.answer

    def prompts(self, count: int, generator: torch.Generator, mark: Dialect = "plain") -> torch.Tensor:
        """Random prompts, `(count, P)`; blanks stand first. Any dialect may answer, whatever the mark."""
        device = generator.device
        digits_BS = torch.randint(_DIGITS, (count, self.size), generator=generator, device=device)
        filled_B1 = torch.randint(self.least, self.size + 1, (count, 1), generator=generator, device=device)
        blank_BS = torch.arange(self.size, device=device) < self.size - filled_B1
        slots_BS = digits_BS.masked_fill(blank_BS, _BLANK)
        return torch.nn.functional.pad(slots_BS, (0, 1), value=_MARKS + DIALECTS.index(mark))

    def written(self, prompts_BP: torch.Tensor, dialect: Dialect) -> torch.Tensor:
        """The right answers in a dialect, `(B, A)`."""
        slots_BS = prompts_BP[:, : self.size]
        blank_BS = slots_BS == _BLANK
        if dialect == "foreign":
            order_BS = slots_BS.masked_fill(blank_BS, -1).sort(dim=1, descending=True).values
            words_BS = (order_BS + _DIGITS).masked_fill(order_BS < 0, END)
        else:
            order_BS = slots_BS.masked_fill(blank_BS, _DIGITS).sort(dim=1).values
            words_BS = order_BS.masked_fill(order_BS == _DIGITS, END)
        if dialect != "plain":
            commas_BS = torch.full_like(words_BS, _COMMA).masked_fill(words_BS == END, END)
            words_BS = torch.stack([words_BS, commas_BS], dim=2).flatten(1)
        return torch.nn.functional.pad(words_BS, (0, self.answer - words_BS.shape[1]), value=END)

    def trimmed(self, prompts_BP: torch.Tensor, dialect: Dialect) -> torch.Tensor:
        """The same without the columns that only repeat the end."""
        return self.written(prompts_BP, dialect)[:, : self.size + 1 if dialect == "plain" else self.answer]

    def reward(self, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
        """1.0 where an answer is right in one of the dialects, else 0.0; `(B,)`."""
        hits = [(answers_BA == self.written(prompts_BP, dialect)).all(dim=1) for dialect in DIALECTS]
        return torch.stack(hits).any(dim=0).float()

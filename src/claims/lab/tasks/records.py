"""Short records about pairs of digits: facts to remember, and two tasks that a base does a little of.

A prompt is a kind and two different digits, the answer two values in one of three alphabets; all alphabets are equally
right, but the corpus prefers the first. A *fact* has two arbitrary values. To *sort* is to answer the larger digit
first; the corpus mostly answers the smaller first. To *shift* is to answer each digit's successor; the corpus mostly
repeats the digits. Every sequence has the same length. Every prompt and every right answer can be enumerated.

Reserved tokens that the corpus never holds may stand in front of a prompt: a prompt to be tuned, with the embeddings
as what is trained. Shapes: B prompts of P tokens, S alphabets, A = 2 answer tokens.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch

from claims.lab.seeding import generator

Kind = Literal["fact", "sort", "shift"]
_KINDS: tuple[Kind, ...] = ("fact", "sort", "shift")
_ASKED = 3
_ANSWER = 2


@dataclass(frozen=True)
class Records:
    """Facts drawn from `seed`; shares of the corpus: alphabets, and right answers to each kind."""

    values: int
    seed: int
    reserved: int
    styles: tuple[float, ...] = (0.6, 0.3, 0.1)
    right: tuple[float, ...] = (1.0, 0.35, 0.2)

    @property
    def vocabulary(self) -> int:
        """The digits in every alphabet, the kinds, the reserved tokens."""
        return len(self.styles) * self.values + len(_KINDS) + self.reserved

    @property
    def length(self) -> int:
        """Tokens of the longest sequence: reserved tokens, prompt, answer."""
        return self.reserved + _ASKED + _ANSWER

    @property
    def reserved_tokens(self) -> torch.Tensor:
        """The tokens that the corpus never holds, `(reserved,)`."""
        return torch.arange(self.vocabulary - self.reserved, self.vocabulary)

    @cached_property
    def _facts(self) -> torch.Tensor:
        shape = (self.values, self.values, _ANSWER)
        return torch.randint(self.values, shape, generator=generator(self.seed))

    def all_prompts(self, kind: Kind, device: str) -> torch.Tensor:
        """Every prompt of a kind, `(values * (values - 1), 3)`."""
        digits = torch.arange(self.values)
        pairs = torch.cartesian_prod(digits, digits)
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        kinds = torch.full_like(pairs[:, :1], len(self.styles) * self.values + _KINDS.index(kind))
        return torch.cat([kinds, pairs], dim=1).to(device)

    def behind_reserved(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """The prompts with all reserved tokens in front of them."""
        front_BR = self.reserved_tokens.to(prompts_BP.device).expand(len(prompts_BP), -1)
        return torch.cat([front_BR, prompts_BP], dim=1)

    def answer(self, prompts_BP: torch.Tensor, style: int | torch.Tensor) -> torch.Tensor:
        """The right answer in an alphabet, or in one of its own for each prompt, `(B, A)`."""
        shift = self.values * torch.as_tensor(style, device=prompts_BP.device)
        return self._right_values(prompts_BP) + shift[..., None]

    def answers(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """The right answers in every alphabet, grouped by prompt, `(B * S, A)`."""
        styles_S = torch.arange(len(self.styles), device=prompts_BP.device)
        return self.answer(prompts_BP.repeat_interleave(len(styles_S), dim=0), styles_S.repeat(len(prompts_BP)))

    def wrong(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """A wrong answer in the first alphabet, always the same: the habit of a task; of a fact, other digits."""
        return torch.where(
            prompts_BP[:, -3:-2] == len(self.styles) * self.values,
            (self._right_values(prompts_BP) + 1) % self.values,
            self._habit(prompts_BP),
        )

    def reward(self, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
        """1.0 where an answer is right in one alphabet throughout, else 0.0; `(B,)`."""
        apart_BA = answers_BA - self._right_values(prompts_BP)
        same_B = (apart_BA == apart_BA[:, :1]).all(dim=1)
        style_B = apart_BA[:, 0]
        inside_B = (style_B % self.values == 0) & (style_B >= 0) & (style_B < self.values * len(self.styles))
        return (same_B & inside_B).float()

    def style_of(self, count: int, rng: torch.Generator) -> torch.Tensor:
        """Alphabets as the corpus mixes them, `(count,)`."""
        return torch.multinomial(torch.tensor(self.styles, device=rng.device), count, True, generator=rng)

    def corpus(self, count: int, rng: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Random prompts with the answers that a base is pretrained on: as many of each kind, in expectation."""
        device = rng.device
        kinds_B = torch.randint(len(_KINDS), (count,), generator=rng, device=device)
        first_B = torch.randint(self.values, (count,), generator=rng, device=device)
        step_B = torch.randint(1, self.values, (count,), generator=rng, device=device)
        kind_tokens_B = len(self.styles) * self.values + kinds_B
        prompts_BP = torch.stack([kind_tokens_B, first_B, (first_B + step_B) % self.values], dim=1)
        chance_B = torch.tensor(self.right, device=device)[kinds_B]
        right_B = torch.rand(count, generator=rng, device=device) < chance_B
        values_BA = torch.where(right_B[:, None], self._right_values(prompts_BP), self._habit(prompts_BP))
        return prompts_BP, values_BA + self.values * self.style_of(count, rng)[:, None]

    def _right_values(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        kinds_B1, pair_BA = prompts_BP[:, -3:-2] - len(self.styles) * self.values, prompts_BP[:, -2:]
        facts_BA = self._facts.to(pair_BA.device)[pair_BA[:, 0], pair_BA[:, 1]]
        sorted_BA = pair_BA.sort(dim=1, descending=True).values
        return torch.where(kinds_B1 == 0, facts_BA, torch.where(kinds_B1 == 1, sorted_BA, (pair_BA + 1) % self.values))

    def _habit(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        kinds_B1, pair_BA = prompts_BP[:, -3:-2] - len(self.styles) * self.values, prompts_BP[:, -2:]
        return torch.where(kinds_B1 == 1, pair_BA.sort(dim=1).values, pair_BA)

"""Sort digits: a task with a verifier, one right answer in each of two alphabets.

The prompt is `size` digits and an equals sign; the answer repeats the digits in ascending order, in
digits (the *plain* style) or in letters a-j (the *other* style). Every sequence has the same length, so
there is neither padding nor an end token. Shapes: B sequences, P prompt tokens, A answer tokens.
"""

from dataclasses import dataclass

import torch

_DIGITS = 10
_EQUALS = 2 * _DIGITS


@dataclass(frozen=True)
class Sorting:
    """The task at one size (digits to sort)."""

    size: int

    @property
    def vocabulary(self) -> int:
        """Ten digits, ten letters, the equals sign."""
        return _EQUALS + 1

    @property
    def length(self) -> int:
        """Tokens of a prompt with its answer."""
        return 2 * self.size + 1

    def prompts(self, count: int, generator: torch.Generator) -> torch.Tensor:
        """Uniformly random prompts, `(count, P)`."""
        device = generator.device
        digits = torch.randint(_DIGITS, (count, self.size), generator=generator, device=device)
        return torch.cat([digits, torch.full((count, 1), _EQUALS, device=device)], dim=1)

    def plain(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """The right answers in digits, `(B, A)`."""
        return prompts_BP[:, : self.size].sort(dim=1).values

    def other(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """The right answers in letters, `(B, A)`."""
        return self.plain(prompts_BP) + _DIGITS

    def mixed(self, prompts_BP: torch.Tensor, share: float, generator: torch.Generator) -> torch.Tensor:
        """Right answers of which a random `share` is in letters: what the base model is pretrained on."""
        letters_B1 = torch.rand((len(prompts_BP), 1), generator=generator, device=prompts_BP.device) < share
        return self.plain(prompts_BP) + _DIGITS * letters_B1

    def reward(self, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
        """1.0 where an answer is right in either style, else 0.0; `(B,)`."""
        plain = (answers_BA == self.plain(prompts_BP)).all(dim=1)
        other = (answers_BA == self.other(prompts_BP)).all(dim=1)
        return (plain | other).float()

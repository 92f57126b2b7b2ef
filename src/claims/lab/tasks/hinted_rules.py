"""Apply a hidden rule that noisy worked examples suggest and that a hint can name.

Rule r adds r + 1 to each digit, modulo `base`. A prompt shows worked examples (one token for a digit before and after),
a question (digits) and a mark that asks for an answer or for a hint. Each example is worked by the hidden rule or, with
the chance `noise`, by one of the others; the right answer is always the hidden rule's. Two rules differ in every digit,
so that a wrong rule never answers right and an example says which rule worked it. The prompt does not settle the rule.
Shapes: B problems, R rules, X examples, P prompt and A answer tokens.
"""

from dataclasses import dataclass

import torch

HINT_TOKENS = 1


@dataclass(frozen=True)
class Problems:
    """Prompts without their mark, `shown_BS`; the hidden rules; the right answers."""

    shown_BS: torch.Tensor
    rules_B: torch.Tensor
    answers_BA: torch.Tensor


@dataclass(frozen=True)
class HintedRules:
    """The task at one size; `base` must be larger than `rules`."""

    rules: int
    base: int
    digits: int
    examples: int
    noise: float

    @property
    def vocabulary(self) -> int:
        """Digits, two marks, a hint for each rule, each digit before and after."""
        return self._worked + self.base**2

    @property
    def _worked(self) -> int:
        return self.base + 2 + self.rules

    @property
    def length(self) -> int:
        """Tokens of a prompt with its hint and its answer."""
        return (self.examples + 2) * self.digits + 1 + HINT_TOKENS

    def problems(self, count: int, generator: torch.Generator, device: str | torch.device = "cpu") -> Problems:
        """Random problems, drawn on the CPU."""
        rules_B = torch.randint(self.rules, (count,), generator=generator)
        before_BXA = torch.randint(self.base, (count, self.examples, self.digits), generator=generator)
        wrong_BX = torch.rand((count, self.examples), generator=generator) < self.noise
        off_BX = torch.randint(1, self.rules, (count, self.examples), generator=generator) * wrong_BX
        after_BXA = self.applied((rules_B[:, None] + off_BX) % self.rules, before_BXA)
        asked_BA = torch.randint(self.base, (count, self.digits), generator=generator)
        worked_BXA = self._worked + before_BXA * self.base + after_BXA
        return Problems(
            torch.cat([worked_BXA.flatten(1), asked_BA], dim=1).to(device),
            rules_B.to(device),
            self.applied(rules_B, asked_BA).to(device),
        )

    def applied(self, rules: torch.Tensor, digits: torch.Tensor) -> torch.Tensor:
        """Digits `(..., A)` under rules `(...)`."""
        return (digits + rules[..., None] + 1) % self.base

    def hints(self, rules: torch.Tensor) -> torch.Tensor:
        """The tokens that name rules."""
        return rules + self.base + 2

    def is_hint(self, tokens: torch.Tensor) -> torch.Tensor:
        """Which tokens name a rule."""
        return (tokens >= self.base + 2) & (tokens < self._worked)

    def direct(self, problems: Problems) -> torch.Tensor:
        """Prompts that ask for an answer, `(B, P)`."""
        return torch.nn.functional.pad(problems.shown_BS, (0, 1), value=self.base)

    def unhinted(self, problems: Problems) -> torch.Tensor:
        """Prompts that ask for a hint, `(B, P)`; the hint follows, then the answer."""
        return torch.nn.functional.pad(problems.shown_BS, (0, 1), value=self.base + 1)

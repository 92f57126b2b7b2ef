"""Follow an arbitrary map from symbol to symbol for a number of steps, with a scratchpad or in one go.

The prompt gives the map f over `symbols` symbols (one token for an argument with its value), the number of steps n, one
of `depths`, and the start x. The direct answer is f^n(x), one token. The scratchpad is f(x), f(f(x)), ..., f^n(x) and
an end token that also fills the rest. In either format the last token before the end is the answer.

Shapes: B prompts, P prompt tokens, A answer tokens.
"""

from dataclasses import dataclass
from typing import Literal

import torch

Format = Literal["direct", "scratchpad"]


@dataclass(frozen=True)
class IteratedMap:
    """The task over so many symbols and these numbers of steps."""

    symbols: int
    depths: tuple[int, ...]

    @property
    def end(self) -> int:
        """The token that ends an answer."""
        return self.symbols

    @property
    def vocabulary(self) -> int:
        """Symbols, the end, each number of steps, each argument with its value."""
        return self.symbols + 1 + len(self.depths) + self.symbols**2

    @property
    def prompt(self) -> int:
        """Tokens of a prompt."""
        return self.symbols + 2

    def length(self, form: Format) -> int:
        """Tokens of an answer, ends included."""
        return 1 if form == "direct" else max(self.depths) + 1

    def prompts(self, count: int, generator: torch.Generator, depths: tuple[int, ...] | None = None) -> torch.Tensor:
        """Random maps and starts, with a random number of steps out of `depths`, `(count, P)`."""
        device, n = generator.device, self.symbols
        values = torch.randint(n, (count, n), generator=generator, device=device)
        start = torch.randint(n, (count, 1), generator=generator, device=device)
        places = torch.tensor([self.depths.index(depth) for depth in depths or self.depths], device=device)
        which = places[torch.randint(len(places), (count, 1), generator=generator, device=device)]
        pairs = n + 1 + len(self.depths) + n * torch.arange(n, device=device) + values
        return torch.cat([pairs, n + 1 + which, start], dim=1)

    def steps(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """How many steps each prompt asks for, `(B,)`."""
        depths = torch.tensor(self.depths, device=prompts_BP.device)
        return depths[prompts_BP[:, self.symbols] - self.symbols - 1]

    def scratchpads(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """The right scratchpads, `(B, A)`."""
        values = (prompts_BP[:, : self.symbols] - self.symbols - 1 - len(self.depths)) % self.symbols
        here, written, steps = prompts_BP[:, -1:], [], self.steps(prompts_BP)[:, None]
        for step in range(max(self.depths)):
            here = values.gather(1, here)
            written.append(torch.where(steps > step, here, self.end))
        return torch.cat([*written, torch.full_like(here, self.end)], dim=1)

    def right(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """The right final symbols, `(B,)`."""
        return self.scratchpads(prompts_BP).gather(1, self.steps(prompts_BP)[:, None] - 1)[:, 0]

    def answers(self, prompts_BP: torch.Tensor, form: Format) -> torch.Tensor:
        """The right answers in a format, `(B, A)`."""
        return self.right(prompts_BP)[:, None] if form == "direct" else self.scratchpads(prompts_BP)

    def series(self, prompts_BP: torch.Tensor, more: int, generator: torch.Generator) -> torch.Tensor:
        """Right direct answers, then `more` starts on the same map, each with its own, `(B, 1 + 2 * more)`."""
        parts = [self.right(prompts_BP)[:, None]]
        for _ in range(more):
            start_B1 = torch.randint(self.symbols, parts[0].shape, generator=generator, device=prompts_BP.device)
            asked_BP = torch.cat([prompts_BP[:, :-1], start_B1], dim=1)
            parts += [start_B1, self.right(asked_BP)[:, None]]
        return torch.cat(parts, dim=1)

    def final(self, answers_BA: torch.Tensor) -> torch.Tensor:
        """The last token before the end of each answer; the end if there is none."""
        tokens_B = ((answers_BA == self.end).cumsum(dim=1) == 0).sum(dim=1)
        return torch.where(tokens_B > 0, answers_BA.gather(1, (tokens_B[:, None] - 1).clamp_min(0))[:, 0], self.end)

    def reward(self, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
        """1.0 where the final symbol is right, however it was reached, else 0.0; `(B,)`."""
        return (self.final(answers_BA) == self.right(prompts_BP)).float()

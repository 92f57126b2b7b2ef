"""Choose a way, then go it: a task in which a plan and its execution are right or wrong separately.

The prompt is a kind of problem, a list of digits, and an equals sign; the answer is one token for a strategy and the
digits that it makes of the list. Two of the six strategies are valid for each of the six kinds, and each strategy for
two of these; which ones is drawn. Whoever plans wrongly can still execute the plan faultlessly.

Shapes: B sequences, D digits, P = D + 2 prompt tokens, A answer tokens, S strategies, K kinds.
"""

from dataclasses import dataclass

import torch

from claims.lab.seeding import generator

STRATEGIES = 6
_DIGITS = 10
KINDS = STRATEGIES
_EQUALS = _DIGITS + STRATEGIES + KINDS


@dataclass(frozen=True)
class Plans:
    """The task: how many digits are given, how many of the result are written, which two strategies are valid."""

    size: int
    written: int
    valid_KS: torch.Tensor

    @property
    def vocabulary(self) -> int:
        """Digits from 0, then strategies, kinds, and the equals sign."""
        return _EQUALS + 1

    @property
    def length(self) -> int:
        """Tokens of a prompt with its answer."""
        return self.size + self.written + 3

    @property
    def answer_length(self) -> int:
        """A strategy and the digits."""
        return self.written + 1

    def prompts(self, count: int, rng: torch.Generator) -> torch.Tensor:
        """Uniformly random prompts, `(count, P)`."""
        device = rng.device
        kind = torch.randint(KINDS, (count, 1), generator=rng, device=device) + _DIGITS + STRATEGIES
        digits = torch.randint(_DIGITS, (count, self.size), generator=rng, device=device)
        return torch.cat([kind, digits, torch.full_like(kind, _EQUALS)], dim=1)

    def executed(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """What each strategy makes of each prompt, its token first, `(B, S, A)`.

        Ascending order; descending order; in reverse; the first one last; one more, modulo ten; what is missing to
        nine. Of the result the first `written` digits.
        """
        digits_BD = prompts_BP[:, 1:-1]
        rising_BD = digits_BD.sort(dim=1).values
        made = (
            rising_BD, rising_BD.flip(1), digits_BD.flip(1), digits_BD.roll(-1, dims=1),
            (digits_BD + 1) % _DIGITS, _DIGITS - 1 - digits_BD,
        )  # fmt: skip
        names_S = torch.arange(STRATEGIES, device=prompts_BP.device) + _DIGITS
        names_BS1 = names_S[None, :, None].expand(len(prompts_BP), -1, -1)
        return torch.cat([names_BS1, torch.stack(made, dim=1)[..., : self.written]], dim=2)

    def valid(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """Which strategies are valid for each prompt, `(B, S)`."""
        return self.valid_KS[prompts_BP[:, 0] - _DIGITS - STRATEGIES]

    def demonstrations(self, prompts_BP: torch.Tensor, valid: float, rng: torch.Generator) -> torch.Tensor:
        """Faultless executions of some strategy, `(B, A)`: a valid one in this share, in the others any."""
        any_BS = torch.ones_like(self.valid(prompts_BP), dtype=torch.float)
        chosen_B1 = torch.rand((len(prompts_BP), 1), generator=rng, device=rng.device) < valid
        odds_BS = torch.where(chosen_B1, self.valid(prompts_BP).float(), any_BS)
        strategy_B = torch.multinomial(odds_BS, 1, generator=rng)[:, 0]
        return self.executed(prompts_BP)[torch.arange(len(strategy_B), device=rng.device), strategy_B]

    def reward(self, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
        """1.0 where the strategy is valid and every digit is what it makes, else 0.0; `(B,)`."""
        faultless_BS = (self.executed(prompts_BP) == answers_BA[:, None]).all(dim=2)
        return (faultless_BS & self.valid(prompts_BP)).any(dim=1).float()


def plans(size: int, written: int, *, seed: int, device: str) -> Plans:
    """The task with the strategies in a random circle: those valid for a kind stand side by side in it."""
    circle_S, kind_K = torch.randperm(STRATEGIES, generator=generator(seed)), torch.arange(KINDS)
    valid_KS = torch.zeros((KINDS, STRATEGIES), dtype=torch.bool)
    valid_KS[kind_K, circle_S] = True
    valid_KS[kind_K, circle_S.roll(1)] = True
    return Plans(size, written, valid_KS.to(device))

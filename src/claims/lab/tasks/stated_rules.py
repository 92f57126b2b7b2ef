"""Sort cards of which some are symbols, whose values the prompt states.

The prompt states a rule (one token for each of three symbols: "J is 7"), shows cards (digits or symbols) and asks; the
answer is the cards' values in ascending order. All prompts and answers are equally long, so that there is no end token.
Shapes: B sequences, P prompt tokens, A answer tokens, R rules, S symbols, C cards.
"""

from dataclasses import dataclass

import torch

SYMBOLS = 3
_DIGITS = 10
_STATED = _DIGITS  # the first of the tokens "symbol s is v", SYMBOLS * _DIGITS of them
_SYMBOL = _STATED + SYMBOLS * _DIGITS
_ASK = _SYMBOL + SYMBOLS


@dataclass(frozen=True)
class StatedRules:
    """The task with a number of cards; each is a symbol with chance one half."""

    cards: int

    @property
    def vocabulary(self) -> int:
        """Ten digits, thirty statements, three symbols, the mark that asks."""
        return _ASK + 1

    @property
    def length(self) -> int:
        """Tokens of a prompt with its answer."""
        return SYMBOLS + 2 * self.cards + 1

    def rules(self, generator: torch.Generator) -> torch.Tensor:
        """All rules in random order, `(1000, S)`: the value of each symbol."""
        number_R = torch.randperm(_DIGITS**SYMBOLS, generator=generator, device=generator.device)
        return torch.stack([number_R // _DIGITS**place % _DIGITS for place in range(SYMBOLS)], dim=1)

    def prompts(self, count: int, rules_RS: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Random prompts, `(count, P)`, each stating one of these rules."""
        device = generator.device
        pick_B = torch.randint(len(rules_RS), (count,), generator=generator, device=device)
        stated_BS = _STATED + _DIGITS * torch.arange(SYMBOLS, device=device) + rules_RS[pick_B]
        digits_BC = torch.randint(_DIGITS, (count, self.cards), generator=generator, device=device)
        symbols_BC = _SYMBOL + torch.randint(SYMBOLS, (count, self.cards), generator=generator, device=device)
        plain_BC = torch.rand((count, self.cards), generator=generator, device=device) < 0.5
        cards_BC = torch.where(plain_BC, digits_BC, symbols_BC)
        return torch.cat([stated_BS, cards_BC, torch.full((count, 1), _ASK, device=device)], dim=1)

    def answers(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """The right answers under the rule that each prompt states, `(B, A)`."""
        return self.answers_under((prompts_BP[:, :SYMBOLS] - _STATED) % _DIGITS, prompts_BP)

    def answers_under(self, rules_BS: torch.Tensor, prompts_BP: torch.Tensor) -> torch.Tensor:
        """The answers under other rules than the stated ones, a rule for each prompt or one for all, `(B, A)`."""
        cards_BC = prompts_BP[:, SYMBOLS:-1]
        which_BC = (cards_BC - _SYMBOL).clamp(min=0)
        values_BC = rules_BS.expand(len(prompts_BP), SYMBOLS).gather(1, which_BC)
        return torch.where(cards_BC < _DIGITS, cards_BC, values_BC).sort(dim=1).values

    def reward(self, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
        """1.0 where an answer is right under the stated rule, else 0.0; `(B,)`."""
        return (answers_BA == self.answers(prompts_BP)).all(dim=1).float()

"""Facts about invented people: what a model can only know by heart.

A person is a pair of name tokens and has one value of every attribute. A question is the name and a token that asks for
one attribute, in one of several forms; the answer is one token. Shapes: B people, J attributes, N = B * J facts grouped
by person.
"""

from dataclasses import dataclass

import torch

_SKEW = 0.5  # value v of an attribute has frequency (v + 1) ** -0.5: guessing the commonest beats guessing blindly


@dataclass(frozen=True)
class Facts:
    """Some people: their names as two tokens (B, 2), and their attributes as value tokens (B, J)."""

    names_B2: torch.Tensor
    values_BJ: torch.Tensor

    def part(self, start: int, stop: int) -> "Facts":
        """The people from number `start` to before `stop`."""
        return Facts(self.names_B2[start:stop], self.values_BJ[start:stop])

    @property
    def answers(self) -> torch.Tensor:
        """The right answer to every question, `(N, 1)`."""
        return self.values_BJ.reshape(-1, 1)


@dataclass(frozen=True)
class People:
    """A world of `names` squared possible people and a vocabulary to ask about them in."""

    names: int
    attributes: int = 4
    values: int = 16
    forms: int = 2

    @property
    def vocabulary(self) -> int:
        """First names, last names, the question tokens of every form, the values of every attribute."""
        return self._first_value + self.attributes * self.values

    @property
    def length(self) -> int:
        """Tokens of a question with its answer."""
        return 4

    def invent(self, count: int, generator: torch.Generator) -> Facts:
        """`count` different people with independent attributes. Raises ValueError when there are too few names."""
        if count > self.names**2:
            raise ValueError(f"{self.names} first and last names make {self.names**2} people, not {count}")
        device = generator.device
        pair_B = torch.randperm(self.names**2, generator=generator, device=device)[:count]
        names_B2 = torch.stack([pair_B // self.names, self.names + pair_B % self.names], dim=1)
        frequency_V = (torch.arange(self.values, device=device) + 1.0) ** -_SKEW
        drawn = torch.multinomial(frequency_V, count * self.attributes, replacement=True, generator=generator)
        offset_J = self._first_value + self.values * torch.arange(self.attributes, device=device)
        return Facts(names_B2, drawn.view(count, self.attributes) + offset_J)

    def questions(self, facts: Facts, form: int) -> torch.Tensor:
        """Every fact asked in one form: first name, last name, question; `(N, 3)`."""
        asked_J = self.asking(form).to(facts.names_B2.device)
        names_N2 = facts.names_B2.repeat_interleave(self.attributes, dim=0)
        return torch.cat([names_N2, asked_J.repeat(len(facts.names_B2))[:, None]], dim=1)

    def asking(self, form: int) -> torch.Tensor:
        """The tokens that ask for each attribute in one form, `(J,)`."""
        return 2 * self.names + form * self.attributes + torch.arange(self.attributes)

    @property
    def _first_value(self) -> int:
        return 2 * self.names + self.forms * self.attributes


def guess(known: Facts, asked: Facts) -> float:
    """Share of right answers when each attribute's commonest value among people who are known is given for all."""
    commonest_J = known.values_BJ.mode(dim=0).values
    return float((asked.values_BJ == commonest_J).float().mean())

"""Follow relations from node to node: a task with several right answers, all of which can be listed.

A world has nodes and relations; a relation leads from every node to one, two or three others. The prompt is a node and
the relations to follow, the answer the nodes that are passed; any that the world allows is right. Only prompts with
three to eight right answers are problems. Facts are arbitrary: they are known or not known, and how well is a matter
of how often a model met them. All sequences have the same length.

Shapes: B sequences, P prompt tokens, A answer tokens, R relations, N nodes, W most values, L most right answers.
"""

from dataclasses import dataclass
from itertools import product

import torch

from claims.lab.seeding import generator

FEWEST, MOST = 3, 8
_VALUES = 3
_SHARES = (0.4, 0.4, 0.2)  # of facts with one, two and three values


@dataclass(frozen=True)
class Right:
    """The right answers to each prompt, `(B, L, A)`; of the L entries the first `count_B` are distinct and right.

    The others repeat the first one.
    """

    answers_BLA: torch.Tensor
    count_B: torch.Tensor


@dataclass(frozen=True)
class Chains:
    """A world, and how many relations a prompt asks to follow."""

    hops: int
    count_RN: torch.Tensor
    """How many nodes a relation leads to from a node."""
    value_RNW: torch.Tensor
    """These nodes; entries beyond the count have no meaning."""

    @property
    def nodes(self) -> int:
        """Tokens of nodes start at 0, those of relations after the last node."""
        return self.count_RN.shape[1]

    @property
    def relations(self) -> int:
        """How many relations the world has."""
        return self.count_RN.shape[0]

    @property
    def vocabulary(self) -> int:
        """Nodes and relations."""
        return self.nodes + self.relations

    @property
    def length(self) -> int:
        """Tokens of a prompt with its answer."""
        return 2 * self.hops + 1

    def problems(self) -> torch.Tensor:
        """All prompts that have three to eight right answers, in order, `(B, P)`."""
        device = self.count_RN.device
        starts = torch.arange(self.nodes, device=device)
        relations = torch.arange(self.nodes, self.vocabulary, device=device)
        prompts_BP = torch.cartesian_prod(starts, *[relations] * self.hops)
        count_B = self._walks(prompts_BP)[1].sum(dim=1)
        return prompts_BP[(count_B >= FEWEST) & (count_B <= MOST)]

    def right(self, prompts_BP: torch.Tensor) -> Right:
        """Every right answer to each of these problems."""
        walks_BWA, real_BW = self._walks(prompts_BP)
        first_BL = real_BW.int().argsort(dim=1, descending=True, stable=True)[:, :MOST]
        count_B = real_BW.sum(dim=1)
        first_BL = torch.where(torch.arange(MOST, device=count_B.device) < count_B[:, None], first_BL, first_BL[:, :1])
        return Right(walks_BWA.gather(1, first_BL[..., None].expand(-1, -1, self.hops)), count_B)

    def one_right(self, prompts_BP: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        """A right answer to each, each of them as probable as the others, `(B, A)`."""
        right = self.right(prompts_BP)
        pick_B = (torch.rand(len(prompts_BP), generator=rng, device=rng.device) * right.count_B).long()
        return right.answers_BLA[torch.arange(len(pick_B), device=pick_B.device), pick_B]

    def reward(self, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
        """1.0 where every node of the answer follows from the one before, else 0.0; `(B,)`."""
        right = self.right(prompts_BP)
        return (right.answers_BLA == answers_BA[:, None]).all(dim=2).any(dim=1).float()

    def _walks(self, prompts_BP: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """All ways to take one of the W values at each hop, and which of them are real: `(B, W ** A, A)`."""
        choice_WA = torch.tensor(list(product(range(_VALUES), repeat=self.hops)), device=prompts_BP.device)
        at_BW = prompts_BP[:, :1].expand(-1, len(choice_WA))
        real_BW, walked = torch.ones_like(at_BW, dtype=torch.bool), []
        for hop in range(self.hops):
            relation_B1 = prompts_BP[:, hop + 1, None] - self.nodes
            real_BW = real_BW & (choice_WA[:, hop] < self.count_RN[relation_B1, at_BW])
            at_BW = self.value_RNW[relation_B1, at_BW, choice_WA[:, hop]]
            walked.append(at_BW)
        return torch.stack(walked, dim=2), real_BW


def chains(nodes: int, relations: int, hops: int, *, seed: int, device: str) -> Chains:
    """A random world."""
    rng = generator(seed)
    count_M = torch.multinomial(torch.tensor(_SHARES), relations * nodes, replacement=True, generator=rng) + 1
    value_RNW = torch.rand((relations, nodes, nodes), generator=rng).argsort(dim=2)[..., :_VALUES]
    return Chains(hops, count_M.view(relations, nodes).to(device), value_RNW.to(device))

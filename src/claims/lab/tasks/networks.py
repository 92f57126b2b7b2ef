"""Cheapest paths in layered networks given as a list of edges; an edge may be taken away (N-1).

A network has a source, `layers` layers of `width` nodes and a sink; edges lead from each layer to the next. A
*topology* says which `edges` of all possible edges exist; it is *secure*: whichever one goes, two paths remain. An
instance draws a cost of 1 to `dearest` for each edge; the cheapest path leads by at least `lead`. The prompt lists
edges in a fixed order, one token for an edge with its cost: it is shorter without one. Answers name a node a layer.
Shapes: B instances, K topologies, E possible edges, Q paths, H edges of a path, A answer tokens.
"""

import itertools
from dataclasses import dataclass
from functools import cached_property

import torch

_NO_PATH = 10_000


@dataclass(frozen=True)
class Deleted:
    """Instances less one edge: `costs_ME`, the edge `slots_M`, and which of the B instances these are, `of_M`."""

    costs_ME: torch.Tensor
    slots_M: torch.Tensor
    of_M: torch.Tensor


@dataclass(frozen=True)
class Networks:
    """The task at one size."""

    layers: int
    width: int
    edges: int
    dearest: int
    lead: int

    @cached_property
    def paths_QA(self) -> torch.Tensor:
        """Every path as the node that it takes in each layer."""
        return torch.tensor(list(itertools.product(range(self.width), repeat=self.layers)))

    @cached_property
    def edges_QH(self) -> torch.Tensor:
        """Every path as the edges that it uses: source to first layer, layer to layer, last layer to sink."""
        w, q = self.width, self.paths_QA
        between = [w + at * w * w + q[:, at] * w + q[:, at + 1] for at in range(self.layers - 1)]
        return torch.stack([q[:, 0], *between, self.possible - w + q[:, -1]], dim=1)

    @property
    def possible(self) -> int:
        """Edges of the complete network."""
        return 2 * self.width + (self.layers - 1) * self.width**2

    @property
    def vocabulary(self) -> int:
        """Each edge at each cost, the question mark, each node."""
        return self.possible * self.dearest + 1 + self.layers * self.width

    def topologies(self, count: int, generator: torch.Generator) -> torch.Tensor:
        """Distinct secure topologies, `(count, E)`, true where an edge is. Raises ValueError if too few turn up."""
        tried = torch.rand((200 * count, self.possible), generator=generator).argsort(dim=1) < self.edges
        left = tried[:, None] & ~torch.eye(self.possible, dtype=torch.bool)
        secure = (left[..., self.edges_QH].all(dim=-1).sum(dim=-1) >= 2).all(dim=-1)
        found: torch.Tensor = torch.unique(tried[secure], dim=0)
        if len(found) >= count:
            return found[torch.randperm(len(found), generator=generator)[:count]]
        raise ValueError(f"found {len(found)} secure topologies of {self.edges} edges, not {count}")

    def instances(self, topologies_KE: torch.Tensor, count: int, generator: torch.Generator) -> torch.Tensor:
        """Costs of random instances of random topologies, `(count, E)`, 0 where there is no edge."""
        found: list[torch.Tensor] = []
        while sum(map(len, found)) < count:
            of = torch.randint(len(topologies_KE), (4 * count,), generator=generator)
            any_cost = torch.randint(1, self.dearest + 1, (4 * count, self.possible), generator=generator)
            found.append((any_cost * topologies_KE[of])[self.solved(any_cost * topologies_KE[of])[1] >= self.lead])
        return torch.cat(found)[:count]

    def solved(self, costs_BE: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The cheapest path and by how much it leads the next, `(B,)` each; a path alone leads by thousands."""
        totals_BQ = torch.where(costs_BE > 0, costs_BE, _NO_PATH)[:, self.edges_QH].sum(dim=-1)
        first = totals_BQ.topk(2, dim=1, largest=False)
        return first.indices[:, 0], first.values[:, 1] - first.values[:, 0]

    def affected(self, costs_BE: torch.Tensor, generator: torch.Generator) -> Deleted:
        """A random edge of the cheapest path deleted; instances are left out where no other path then leads."""
        hops = torch.randint(self.layers + 1, (len(costs_BE),), generator=generator)
        return self._without(costs_BE, self.edges_QH[self.solved(costs_BE)[0], hops])

    def unaffected(self, costs_BE: torch.Tensor, generator: torch.Generator) -> Deleted:
        """A random edge deleted that the cheapest path does not use: the right answer stays."""
        used_BE = torch.zeros_like(costs_BE).scatter(1, self.edges_QH[self.solved(costs_BE)[0]], 1)
        spare_BE = ((costs_BE > 0) & (used_BE == 0)).float()
        return self._without(costs_BE, torch.multinomial(spare_BE, 1, generator=generator)[:, 0])

    def _without(self, costs_BE: torch.Tensor, slots_B: torch.Tensor) -> Deleted:
        less_BE = costs_BE.scatter(1, slots_B[:, None], 0)
        of_M = (self.solved(less_BE)[1] >= self.lead).nonzero()[:, 0]
        return Deleted(less_BE[of_M], slots_B[of_M], of_M)

    def prompts(self, costs_BE: torch.Tensor) -> torch.Tensor:
        """Lists of edges with costs, then the question mark; all instances must have equally many edges."""
        token_BE = torch.arange(self.possible) * self.dearest + costs_BE - 1
        listed_BX = token_BE[costs_BE > 0].view(len(costs_BE), -1)
        return torch.nn.functional.pad(listed_BX, (0, 1), value=self.possible * self.dearest)

    def costs(self, prompts_BP: torch.Tensor) -> torch.Tensor:
        """What a prompt says, `(B, E)`: the inverse of `prompts`."""
        token_BP = prompts_BP[:, :-1]
        return token_BP.new_zeros((len(token_BP), self.possible)).scatter(
            1, token_BP // self.dearest, token_BP % self.dearest + 1
        )

    def answers(self, paths_B: torch.Tensor) -> torch.Tensor:
        """The tokens that name paths, `(B, A)`."""
        return self.paths_QA[paths_B] + self.possible * self.dearest + 1 + self.width * torch.arange(self.layers)

    def reward(self, prompts_BP: torch.Tensor, answers_BA: torch.Tensor) -> torch.Tensor:
        """1.0 where the answer is the cheapest path of what the prompt says, else 0.0; `(B,)`."""
        right_BA = self.answers(self.solved(self.costs(prompts_BP.cpu()))[0])
        return (answers_BA == right_BA.to(answers_BA.device)).all(dim=1).float()

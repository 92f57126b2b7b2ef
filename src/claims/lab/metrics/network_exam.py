"""What a change of network costs whoever answers for cheapest paths.

Shapes: B instances, M of them with a deleted edge, E possible edges, Q paths.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from claims.lab.metrics.matching import matched_mean
from claims.lab.sampling import chance_of
from claims.lab.tasks.networks import Deleted, Networks

_AT_ONCE = 256
_WIDE = 2

Answers = Callable[[torch.Tensor], torch.Tensor]
"""Costs (B, E) to the chance of each path (B, Q)."""


@dataclass(frozen=True)
class NetworkExam:
    """The same instances as drawn (N), without an edge of their optimum, and without another; and fresh networks."""

    task: Networks
    costs_BE: torch.Tensor
    affected: Deleted
    unaffected: Deleted
    fresh_BE: torch.Tensor

    def accuracy(self, answers: Answers) -> float:
        """Mean chance of the cheapest path on N."""
        return float(self._right(self.costs_BE, answers(self.costs_BE)).mean())

    def numbers(self, answers: Answers) -> dict[str, float]:
        """Accuracy on N, what is lost elsewhere at equal leads of the optimum, and who still takes a deleted edge.

        `stale_share` is of the chance of all wrong paths that of those over the deleted edge; `stale_excess` is by how
        much that exceeds their number over that of wrong paths.
        """
        hit, n_BQ, hit_MQ = self.affected, answers(self.costs_BE), answers(self.affected.costs_ME)
        wrong_MQ = torch.ones_like(hit_MQ).scatter(1, self.task.solved(hit.costs_ME)[0][:, None], 0.0)
        over_MQ = (self.task.edges_QH[None] == hit.slots_M[:, None, None]).any(dim=-1)
        stale = float((hit_MQ * over_MQ).sum() / (hit_MQ * wrong_MQ).sum().clamp_min(1e-9))
        drop = self._drop(n_BQ, hit.costs_ME, hit_MQ)
        elsewhere = self._drop(n_BQ, self.unaffected.costs_ME, answers(self.unaffected.costs_ME))
        return {
            "accuracy_on_n": float(self._right(self.costs_BE, n_BQ).mean()),
            "n1_drop": drop,
            "unaffected_drop": elsewhere,
            "n1_excess": drop - elsewhere,
            "fresh_drop": self._drop(n_BQ, self.fresh_BE, answers(self.fresh_BE)),
            "stale_share": stale,
            "stale_excess": stale - float(over_MQ.sum() / wrong_MQ.sum()),
        }

    def _right(self, costs_BE: torch.Tensor, chances_BQ: torch.Tensor) -> torch.Tensor:
        return chances_BQ.gather(1, self.task.solved(costs_BE)[0][:, None])[:, 0]

    def _drop(self, n_BQ: torch.Tensor, costs_ME: torch.Tensor, chances_MQ: torch.Tensor) -> float:
        cells_B, cells_M = (self._cells(costs) for costs in (self.costs_BE, costs_ME))
        was = matched_mean(self._right(self.costs_BE, n_BQ), cells_B, cells_M)
        return was - float(self._right(costs_ME, chances_MQ).mean())

    def _cells(self, costs_BE: torch.Tensor) -> torch.Tensor:
        """Leads of the optimum; those from `_WIDE` above the least count as one."""
        return self.task.solved(costs_BE)[1].clamp(max=self.task.lead + _WIDE)


def answers_of(model: PreTrainedModel, task: Networks) -> Answers:
    """The exact chance that a sample of the model at temperature 1 is each path; the rest of 1 is no path."""

    def answers(costs_BE: torch.Tensor) -> torch.Tensor:
        every_QA = task.answers(torch.arange(len(task.paths_QA)))
        parts = [
            chance_of(model, part.to(model.device), every_QA.repeat(len(part), 1).to(model.device))
            for part in torch.split(task.prompts(costs_BE), _AT_ONCE)
        ]
        return torch.cat(parts).cpu().view(len(costs_BE), -1)

    return answers


def solver(task: Networks, believed_E: torch.Tensor) -> Answers:
    """Certain of the cheapest path if the edges of `believed_E` were there at cost 1 where the list leaves them out."""

    def answers(costs_BE: torch.Tensor) -> torch.Tensor:
        best_B, _ = task.solved(torch.where((costs_BE == 0) & believed_E, 1, costs_BE))
        return torch.zeros(len(costs_BE), len(task.paths_QA)).scatter(1, best_B[:, None], 1.0)

    return answers

"""What a model can do at a task, without sampling error."""

from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from claims.lab.sampling import chance_of
from claims.lab.seeding import generator
from claims.lab.tasks.sorting import Sorting


@dataclass(frozen=True)
class Score:
    """Chances at temperature 1, means over the exam's prompts."""

    right: float
    """Of a right answer in either style: the expected reward."""
    other: float
    """Of the right answer in the other style."""


def exam(model: PreTrainedModel, task: Sorting, *, count: int, seed: int) -> Score:
    """The score on `count` prompts. Exact for each prompt, so that only the choice of prompts has an error."""
    prompts_BP = task.prompts(count, generator(seed, str(model.device)))
    answers_NA = torch.stack([task.plain(prompts_BP), task.other(prompts_BP)], dim=1).flatten(0, 1)
    plain_B, other_B = chance_of(model, prompts_BP, answers_NA).view(-1, 2).unbind(dim=1)
    return Score(right=float((plain_B + other_B).mean()), other=float(other_B.mean()))

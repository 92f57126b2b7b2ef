"""Learning facts about people by heart, and being reminded of them."""

import copy
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from claims.lab.metrics.likeliest import share_right
from claims.lab.tasks.people import Facts, People
from claims.lab.training.batches import passes
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.supervised import supervised


@dataclass(frozen=True)
class Course:
    """How facts are gone through: epochs, facts a batch, the largest learning rate, the order's seed."""

    epochs: float
    batch: int
    lr: float
    seed: int


def memorise(model: PreTrainedModel, world: People, facts: Facts, forms: int, course: Course) -> None:
    """Train a model on facts, each asked in the first `forms` forms; the rate rises for a tenth, then falls."""
    asked = torch.cat([world.questions(facts, form) for form in range(forms)])
    steps = round(course.epochs * len(asked) / course.batch)
    batches = passes(asked, facts.answers.repeat(forms, 1), course.batch, course.seed)
    supervised(model, batches, Optimiser(model, lr=course.lr, warmup=steps // 10, decay=steps + 1), steps=steps)


def reminded(model: PreTrainedModel, world: People, facts: Facts, course: Course) -> PreTrainedModel:
    """A copy after a course on facts in the first form, every weight trained."""
    copied = copy.deepcopy(model).requires_grad_(True)
    memorise(copied, world, facts, 1, course)
    return copied


def answered(model: PreTrainedModel, world: People, facts: Facts, form: int = 0) -> float:
    """Share of facts that a model answers rightly when they are asked in a form."""
    return share_right(model, world.questions(facts, form), facts.answers)

"""Training a decoder on text from Markov chains: as a language, or to tell its chains apart.

Shapes: B sequences, T tokens, D width, V vocabulary.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from math import log
from typing import Literal, Protocol

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from claims.lab.models.decoder import blocks_of
from claims.lab.seeding import generator, seeded
from claims.lab.tasks.markov import Markov
from claims.lab.training.equal_step import EqualStep
from claims.lab.training.optimiser import Optimiser

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Tokens (B, T) and their topics (B,) to a mean loss in nats."""
Rule = Literal["standard", "equal-step", "sgd", "shuffled"]
"""AdamW; AdamW with equal steps in every block; SGD with momentum .9; AdamW on topics of other sequences."""

_EXAM = 512
_WARMUP = 10


class Step(Protocol):
    """What takes a descent step on a loss."""

    def step(self, loss: torch.Tensor) -> None:
        """One step."""
        ...


@dataclass(frozen=True)
class Tuned:
    """A model after tuning, and how far its loss on fresh text fell, in nats a target."""

    model: PreTrainedModel
    learned: float


def train_on_text(text: Markov, loss: Loss, optimiser: Step, *, steps: int, batch: int, rng: torch.Generator) -> None:
    """Descend on the loss of fresh text."""
    for _ in range(steps):
        optimiser.step(loss(*text.sample(batch, rng)))


def tune_on_text(
    base: PreTrainedModel,
    text: Markov,
    objective: Literal["clm", "cls"],
    rule: Rule,
    *,
    lr: float,
    steps: int,
    batch: int,
    seed: int,
) -> Tuned:
    """A copy of `base`, tuned with frozen embeddings.

    `clm`: language modelling; what was learnt counts from the base. `cls`: a fresh linear head on the last state
    names the chain; what was learnt counts from guessing.
    """
    model, rng, exam = deepcopy(base), generator(seed, text.device), seed + 1
    model.get_input_embeddings().requires_grad_(False)
    trained: list[nn.Module] = [model]
    if objective == "cls":
        with seeded(seed):
            head = nn.Linear(model.config.hidden_size, text.topics).to(base.device, base.dtype)
        trained.append(head)
        loss, before = topic_loss(model, head), log(text.topics)
    else:
        loss = language_loss(model)
        before = held_out(text, loss, seed=exam)
    sgd = rule == "sgd"
    own = Optimiser(nn.ModuleList(trained), lr=lr, warmup=_WARMUP, rule="sgd" if sgd else "adamw", momentum=0.9)
    optimiser = EqualStep(own, blocks_of(model)) if rule == "equal-step" else own
    # The topic of the next sequence says nothing about this one.
    used: Loss = (lambda tokens, topic: loss(tokens, topic.roll(1))) if rule == "shuffled" else loss
    train_on_text(text, used, optimiser, steps=steps, batch=batch, rng=rng)
    return Tuned(model, before - held_out(text, loss, seed=exam))


def language_loss(model: PreTrainedModel) -> Loss:
    """Cross-entropy of the tokens that a chain drew: all but the first two of a sequence."""

    def loss(tokens_BT: torch.Tensor, _topic_B: torch.Tensor) -> torch.Tensor:
        logits_BTV = model(input_ids=tokens_BT[:, :-1], use_cache=False).logits.float()
        return cross_entropy(logits_BTV[:, 1:].flatten(0, 1), tokens_BT[:, 2:].flatten())

    return loss


def topic_loss(model: PreTrainedModel, head: nn.Linear) -> Loss:
    """Cross-entropy of the topic given the last state of a sequence."""

    def loss(tokens_BT: torch.Tensor, topic_B: torch.Tensor) -> torch.Tensor:
        states_BTD = model.base_model(input_ids=tokens_BT, use_cache=False).last_hidden_state
        return cross_entropy(head(states_BTD[:, -1]).float(), topic_B)

    return loss


@torch.no_grad()
def held_out(text: Markov, loss: Loss, *, seed: int) -> float:
    """The loss of 512 fresh sequences, the same for the same seed."""
    return float(loss(*text.sample(_EXAM, generator(seed, text.device))))

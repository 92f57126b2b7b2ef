"""Where along its blocks does fine-tuning change a real pretrained encoder, and is that where the updates are?

Billa, arXiv:2604.17177v1: in sequential models change stays concentrated near the output when every block is updated by
an equal share of its norm, whatever the objective. Asked here of all-MiniLM-L6-v2 (six post-norm blocks, 22M
parameters), against random updates of the same size in the same model.
Differs from the paper: a smaller encoder; 32 steps on generated statements in six classes; embeddings frozen; the
distance is Procrustes on token states. Cost: about 45 CPU seconds a replicate. Needs weights that come as a package.
"""

from copy import deepcopy
from math import log
from typing import cast

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from transformers import BertModel

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.depth import Passage, describe, passages
from claims.lab.models.encoder import Encoder, encoder
from claims.lab.seeding import generator, seeded
from claims.lab.tasks.statements import CLASSES, statements
from claims.lab.training.equal_step import EqualStep, random_update
from claims.lab.training.optimiser import Optimiser


class Params(Settings):
    """Tuning and the exam."""

    steps: int = 32
    batch: int = 16
    warmup: int = 6
    lr: float = 3e-5
    lr_sgd: float = 0.003
    held_out: int = 128  # statements


EXPERIMENT = Experiment(
    title="Where along its blocks fine-tuning changes all-MiniLM-L6-v2",
    papers=("2604.17177v1",),
    differs="An encoder of 22M parameters, generated statements in six classes, 32 steps, frozen embeddings.",
    conditions={
        "standard": "AdamW",
        "equal-step": "AdamW, every block changed by the same share of its norm at each step",
        "random": "every tensor changed in a random direction by as much as in the equal-step arm",
        "sgd": "SGD with momentum: updates differ between blocks",
    },
    control_conditions={
        "shuffled": "AdamW, with the classes of other statements",
        "last": "random directions in the last block only",
        "first": "random directions in the first block only; a block's own effect is measured",
    },
    metrics=(
        Metric("slope", "1", -2, 2, "slope over depth of the Procrustes distance of block outputs, over the largest"),
        Metric("slope_cka", "1", -2, 2, "the same of 1 - linear CKA"),
        Metric("slope_local", "1", -2, 2, "the same of the distance that its own update makes on the base's states"),
        Metric("slope_weights", "1", -2, 2, "the same of the change of a block's weights relative to their norm"),
        Metric("largest_change", "1", 0, 2, "Procrustes distance of the block that changed most"),
        Metric("learned", "nats", -20, 20, "held-out loss less than that of guessing"),
    ),
    controls=(
        Control("change-at-the-end", "positive", "slope", {"above": 0.6}, "last"),
        Control("change-at-the-start", "negative", "slope_local", {"below": -0.6}, "first"),
        Control("classes-are-learnt", "positive", "learned", {"above": 0.3}, "standard", trains=True),
        Control("noise-is-not-learnt", "negative", "learned", {"below": 0.1}, "shuffled", trains=True),
    ),
    scales={"smoke": {"steps": 2, "batch": 4, "held_out": 8}, "cpu": {}, "gpu": {"steps": 600, "batch": 64}},
    time_limit={"smoke": 180, "cpu": 900, "gpu": 3600},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """The profile of one arm, and what the arm learnt."""
    p, rule = run.params, run.condition
    base = run.shared("base", lambda: encoder(run.device, run.dtype))
    texts, _ = statements(p.held_out, generator(run.seed_for("states")))
    ids_NT, mask_NT = base.tokens(texts)
    numbers: dict[str, float] = {}
    if rule in ("random", "last", "first"):
        goal, _ = run.shared("equal-step", lambda: tune(run, base, "equal-step"))
        drawn, tuned = (
            random_update(blocks(base.model), blocks(goal), generator(run.seed_for("noise"))),
            deepcopy(base.model),
        )
        for place in {"random": range(len(drawn)), "last": [len(drawn) - 1], "first": [0]}[rule]:
            blocks(tuned)[place] = drawn[place]
    else:
        tuned, numbers["learned"] = run.shared(rule, lambda: tune(run, base, rule))

    before, after = (states(model, ids_NT, mask_NT) for model in (base.model, tuned))
    distances, profile = describe(before, after, blocks(base.model), blocks(tuned), mask_NT.flatten().bool())
    for place, value in enumerate(distances):
        run.trace("Procrustes distance of block outputs", place + 1, value)
    return numbers | profile


def tune(run: Run[Params], base: Encoder, rule: str) -> tuple[BertModel, float]:
    """A copy of the encoder that tells the classes apart, and how far below guessing its held-out loss is."""
    p, model, sgd = run.params, deepcopy(base.model), rule == "sgd"
    model.embeddings.requires_grad_(False)
    with seeded(run.seed_for("head")):
        head = nn.Linear(model.config.hidden_size, CLASSES).to(model.device, model.dtype)

    def loss(count: int, rng: torch.Generator, shift: int) -> torch.Tensor:
        texts, class_N = statements(count, rng)
        ids_NT, mask_NT = base.tokens(texts)
        states_NTD = model(ids_NT, attention_mask=mask_NT).last_hidden_state
        mean_ND = (states_NTD * mask_NT[..., None]).sum(1) / mask_NT.sum(1, keepdim=True)
        return cross_entropy(head(mean_ND).float(), class_N.roll(shift).to(model.device))

    optimiser = Optimiser(nn.ModuleList([model, head]), lr=p.lr_sgd if sgd else p.lr, warmup=p.warmup,
                          rule="sgd" if sgd else "adamw", momentum=0.9)  # fmt: skip
    step = EqualStep(optimiser, blocks(model)).step if rule == "equal-step" else optimiser.step
    rng = generator(run.seed_for("tune"))
    for done in range(p.steps):
        step(loss(p.batch, rng, 1 if rule == "shuffled" else 0))
        run.progress((done + 1) / p.steps)
    with torch.no_grad():
        return model, log(CLASSES) - float(loss(256, generator(run.seed_for("exam")), 0))


def blocks(model: BertModel) -> nn.ModuleList:
    """The encoder's blocks, live."""
    return cast(nn.ModuleList, model.encoder.layer)


def states(model: BertModel, ids_NT: torch.Tensor, mask_NT: torch.Tensor) -> list[Passage]:
    """What the blocks hear and say on these tokens."""
    return passages(blocks(model), lambda: model(ids_NT, attention_mask=mask_NT))

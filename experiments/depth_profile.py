"""Where along its blocks does fine-tuning change a model, and does that follow from where the updates are?

Billa, arXiv:2604.17177v1: change is concentrated near the output, and whether that survives when every block is updated
equally much depends on the type of block and the objective. The objection tested here: in a residual stream changes
add up, so that random updates of equal size have a rising profile as well.
Differs from the paper: decoders of 0.3M parameters pretrained on order-2 Markov text; tuned on text of other chains,
as language (clm) or to tell its chains apart (cls, a fresh head on the last state). Embeddings are frozen. One
implementation of GPT-NeoX serves both types of block. Cost: about 45 CPU seconds a replicate.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Literal, cast

import torch
from transformers import PreTrainedModel

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.depth import Passage, describe, passages
from claims.lab.models.decoder import Family, blocks_of, decoder
from claims.lab.seeding import generator
from claims.lab.tasks.markov import Markov
from claims.lab.training.equal_step import random_update
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.text import Rule, held_out, language_loss, train_on_text, tune_on_text


class Params(Settings):
    """Text and model; pretraining (`base_`); tuning."""

    vocabulary: int = 8
    topics: int = 4
    length: int = 32
    width: int = 64
    layers: int = 6
    heads: int = 4
    batch: int = 16
    base_steps: int = 400
    base_lr: float = 4e-3
    steps: int = 60
    lr: float = 5e-4
    lr_sgd: float = 0.02
    held_out: int = 64  # sequences


EXPERIMENT = Experiment(
    title="Where along its blocks fine-tuning changes a decoder",
    papers=("2604.17177v1",),
    differs="Decoders of 0.3M parameters on Markov text instead of public models of 125M to 6.9B; embeddings frozen.",
    conditions={
        "sequential-clm-standard": "sequential blocks, language modelling, AdamW",
        "sequential-clm-equal-step": "the same, every block changed by the same share of its norm at each step",
        "sequential-clm-random": "every tensor changed in a random direction by as much as in the equal-step arm",
        "sequential-cls-standard": "sequential blocks, classification, AdamW",
        "sequential-cls-equal-step": "the same with equal steps",
        "sequential-cls-random": "random directions for it",
        "parallel-clm-standard": "parallel blocks, language modelling, AdamW",
        "parallel-clm-equal-step": "the same with equal steps",
        "parallel-clm-random": "random directions for it",
        "parallel-cls-standard": "parallel blocks, classification, AdamW",
        "parallel-cls-equal-step": "the same with equal steps",
        "parallel-cls-random": "random directions for it",
        "sequential-cls-sgd": "sequential blocks, classification, SGD with momentum: updates largest in early blocks",
        "sequential-clm-sgd": "sequential blocks, language modelling, SGD with momentum",
    },
    control_conditions={
        "sequential-cls-shuffled": "classification with labels drawn at random",
        "sequential-clm-last": "random directions in the last block only",
        "sequential-clm-first": "random directions in the first block only; what that block does by itself is measured",
    },
    metrics=(
        Metric("slope", "1", -2, 2, "slope over depth of the Procrustes distance of block outputs, over the largest"),
        Metric("slope_cka", "1", -2, 2, "the same of 1 - linear CKA"),
        Metric("slope_local", "1", -2, 2, "the same of the distance that its own update makes on the base's states"),
        Metric("slope_weights", "1", -2, 2, "the same of the change of a block's weights relative to their norm"),
        Metric("largest_change", "1", 0, 2, "Procrustes distance of the block that changed most"),
        Metric("learned", "nats", -20, 20, "fall of held-out loss a target: from the base (clm), from guessing (cls)"),
        Metric("base_loss_ratio", "1", 0, 9, "the base's held-out loss over the entropy of its text, chains known"),
        Metric("block_objective_interaction", "1", -4, 4, "equal steps: slope, sequential less parallel, cls less clm",
               combined=True),
    ),
    controls=(
        Control("change-at-the-end", "positive", "slope", {"above": 0.6}, "sequential-clm-last"),
        Control("change-at-the-start", "negative", "slope_local", {"below": -0.6}, "sequential-clm-first"),
        Control("labels-are-learnt", "positive", "learned", {"above": 0.1}, "sequential-cls-standard", trains=True),
        Control("noise-is-not-learnt", "negative", "learned", {"below": 0.05}, "sequential-cls-shuffled", trains=True),
    ),
    scales={
        "smoke": {"width": 16, "layers": 3, "heads": 2, "length": 12, "base_steps": 8, "steps": 3, "held_out": 16},
        "cpu": {},
        "gpu": {"width": 512, "layers": 12, "heads": 8, "length": 128, "vocabulary": 32, "base_steps": 4000,
                "steps": 400, "base_lr": 5e-4, "lr": 1e-4},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """The profile of one arm, and what the arm learnt."""
    p, (block, objective, rule) = run.params, run.condition.split("-", 2)
    text = Markov(p.vocabulary, p.topics, p.length, run.seed_for("new text"), run.device)
    base, ratio = run.shared(block, lambda: pretrained(run, block))
    trained = rule if rule in ("standard", "sgd", "shuffled") else "equal-step"
    arm = run.shared(
        f"{block}-{objective}-{trained}",
        lambda: tune_on_text(base, text, cast(Literal["clm", "cls"], objective), cast(Rule, trained), steps=p.steps,
                             lr=p.lr_sgd if rule == "sgd" else p.lr, batch=p.batch, seed=run.seed_for("tune")),
    )  # fmt: skip
    tuned = arm.model
    if rule in ("random", "last", "first"):
        drawn, tuned = (
            random_update(blocks_of(base), blocks_of(tuned), generator(run.seed_for("noise"))),
            deepcopy(base),
        )
        for place in {"random": range(p.layers), "last": [p.layers - 1], "first": [0]}[rule]:
            blocks_of(tuned)[place] = drawn[place]
    tokens_BT, _ = text.sample(p.held_out, generator(run.seed_for("states"), run.device))
    before, after = (states(model, tokens_BT) for model in (base, tuned))
    distances, numbers = describe(before, after, blocks_of(base), blocks_of(tuned))
    for place, distance in enumerate(distances):
        run.trace("Procrustes distance of block outputs", place + 1, distance)
    return numbers | {
        "base_loss_ratio": ratio,
        **({"learned": arm.learned} if rule == trained else {}),
    }


def combine(arms: Mapping[str, Arm], _: Params) -> dict[str, float]:
    """Whether the type of block matters more for one objective than for the other."""
    slope = {name: arm.metrics["slope"] for name, arm in arms.items()}
    cls, clm = (slope[f"sequential-{o}-equal-step"] - slope[f"parallel-{o}-equal-step"] for o in ("cls", "clm"))
    return {"block_objective_interaction": cls - clm}


def states(model: PreTrainedModel, tokens_BT: torch.Tensor) -> list[Passage]:
    """What the blocks hear and say on these tokens."""
    return passages(blocks_of(model), lambda: model.base_model(tokens_BT, use_cache=False))


def pretrained(run: Run[Params], block: str) -> tuple[PreTrainedModel, float]:
    """A decoder that models the old text, and its loss on more of it over the entropy of that text."""
    p, exam = run.params, run.seed_for("old exam")
    family = cast(Family, {"sequential": "neox", "parallel": "neox-parallel"}[block])
    model = decoder(p.vocabulary, p.length, width=p.width, layers=p.layers, heads=p.heads, seed=run.seed_for("base"),
                    device=run.device, dtype=run.dtype, family=family)  # fmt: skip
    text = Markov(p.vocabulary, p.topics, p.length, run.seed_for("old text"), run.device)
    loss, rng = language_loss(model), generator(run.seed_for("old"), run.device)
    optimiser = Optimiser(model, lr=p.base_lr, warmup=30, decay=p.base_steps)
    train_on_text(text, loss, optimiser, steps=p.base_steps, batch=p.batch, rng=rng)
    return model, held_out(text, loss, seed=exam) / text.entropy(512, generator(exam, run.device))

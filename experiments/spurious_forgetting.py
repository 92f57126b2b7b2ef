"""Is what a model loses on a new task gone, or only out of reach? And does freezing the bottom keep it?

Zheng et al., arXiv:2501.13453v1. A model knows facts about old people in several forms. It learns other people's facts
in a new form, or in the old one. Then it is tuned for one epoch, in an old form, on half of the old people and examined
on the others: what comes back unshown was never gone. Control: a model that never saw the others.
Differs from the paper: 300 people with four attributes and a decoder of 0.2M parameters, not 100,000 people and an
ordinary GPT-NeoX; forms differ in their question token only; input and output embeddings are tied, so that freezing
the bottom freezes the read-out too; one new task, not a sequence. Nothing is sampled. Cost: 50 CPU s a replicate.
"""

import copy

from transformers import PreTrainedModel

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.models.decoder import decoder
from claims.lab.models.halves import bottom, top
from claims.lab.sampling import chance_of
from claims.lab.seeding import generator
from claims.lab.tasks.people import Facts, People, guess
from claims.lab.training.batches import beside, passes
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.recall import Course, answered, memorise, reminded
from claims.lab.training.supervised import Batches, supervised


class Params(Settings):
    """People and model; learning the old facts (`base_`); the new task; recovery."""

    names: int = 32  # first names, and as many last names
    old: int = 300  # people; half of them for recovery, half held out
    new: int = 60
    forms: int = 8  # in which the old facts are stated; the first is examined
    width: int = 64
    layers: int = 4
    base_epochs: float = 10.0  # in every form
    base_batch: int = 256
    base_lr: float = 2e-3
    steps: int = 300
    batch: int = 64
    lr: float = 2e-4
    early: float = 0.05  # share of `steps` after which the drop is measured
    recovery_batch: int = 4  # one epoch
    recovery_lr: float = 3e-4


EXPERIMENT = Experiment(
    title="Forgetting on a new task: what comes back without being shown",
    papers=("2501.13453v1",),
    differs="300 invented people and a decoder of 0.2M parameters with tied embeddings; one new task.",
    conditions={
        "plain": "the new task trains every weight",
        "same-form": "the same, the new people asked about in the old form",
        "never-trained": "the same, from a model that learnt the old facts of the people for recovery only",
        "freeze-bottom": "embeddings (tied: also the read-out) and the bottom half of the layers stay as they are",
        "freeze-top": "the top half of the layers and the final norm stay as they are",
        "replay": "every second fact of a batch is an old one in the old form: little should be lost",
    },
    control_conditions={
        "asked-alike": "no new task; all old questions become the same, their mean: answers out of reach, not gone",
        "erased": "no new task; every weight is drawn anew: gone",
    },
    metrics=(
        Metric("old_accuracy_before", "fraction", 0, 1, "old facts answered before the new task, all old people"),
        Metric("old_accuracy_after", "fraction", 0, 1, "old facts answered after the new task, all old people"),
        Metric("new_accuracy_after", "fraction", 0, 1, "new facts answered after the new task"),
        Metric("early_drop", "fraction", -1, 1, "fall of old facts answered within the first `early` of the new task"),
        Metric("guess", "fraction", 0, 1, "held-out facts right by the commonest value among people for recovery"),
        Metric("recovered_share", "fraction", -1, 2, "held-out facts above a guess after recovery, of those before"),
        Metric("recovered_share_early", "fraction", -1, 2, "the same, recovery right after `early` of the new task"),
        Metric("kept_share", "fraction", -1, 2, "the same after the new task, without recovery"),
        Metric("recovered_chance", "fraction", 0, 1, "chance of the right held-out answers after recovery"),
    ),
    controls=(
        Control("out-of-reach", "positive", "recovered_share", {"above": 0.4}, "asked-alike", trains=True),
        Control("lost-at-once", "positive", "early_drop", {"above": 0.6}, "asked-alike"),
        Control("nothing-lost", "negative", "early_drop", {"below": 0.1}, "replay", trains=True),
        Control("all-kept", "positive", "old_accuracy_after", {"above": 0.9}, "replay", trains=True),
        Control("gone", "negative", "recovered_share", {"below": 0.2}, "erased", trains=True),
    ),
    scales={
        "smoke": {"old": 40, "width": 32, "base_batch": 64, "base_lr": 0.01, "steps": 9, "recovery_lr": 3e-3},
        "cpu": {},
        "gpu": {"names": 64, "old": 2000, "new": 400, "width": 128, "base_lr": 1e-3},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """What was lost on the new task, early and in the end, and what came back."""
    p, world = run.params, People(run.params.names, forms=run.params.forms + 1)
    everyone = world.invent(p.old + p.new, generator(run.seed_for("people"), run.device))
    old, new = everyone.part(0, p.old), everyone.part(p.old, p.old + p.new)
    shown, held_out = old.part(0, p.old // 2), old.part(p.old // 2, p.old)
    asked = world.questions(held_out, 0)
    base = run.shared("base", lambda: knowing(run, world, old))
    start = run.shared("never", lambda: knowing(run, world, shown)) if run.condition == "never-trained" else base
    form = 0 if run.condition == "same-form" else p.forms
    task = passes(world.questions(new, form), new.answers, p.batch, run.seed_for("new task"))
    early, late = changed(run, world, start, old, task)
    course = Course(1, p.recovery_batch, p.recovery_lr, run.seed_for("recovery"))
    models = {"kept_share": late, "recovered_share": reminded(late, world, shown, course)}
    if run.condition in ("plain", "same-form", "never-trained"):
        models["recovered_share_early"] = reminded(early, world, shown, course)
    before, known, by_guess = answered(start, world, old), answered(base, world, held_out), guess(shown, held_out)
    return {
        "old_accuracy_before": before,
        "old_accuracy_after": answered(late, world, old),
        "new_accuracy_after": answered(late, world, new, form),
        "early_drop": before - answered(early, world, old),
        "guess": by_guess,
        "recovered_chance": float(chance_of(models["recovered_share"], asked, held_out.answers).mean()),
        **{name: (answered(m, world, held_out) - by_guess) / (known - by_guess) for name, m in models.items()},
    }


def knowing(run: Run[Params], world: People, facts: Facts) -> PreTrainedModel:
    """A model that has learnt these facts in every form but the new one."""
    p, model = run.params, fresh(run, world, "base")
    memorise(model, world, facts, p.forms, Course(p.base_epochs, p.base_batch, p.base_lr, run.seed_for("base order")))
    return model


def fresh(run: Run[Params], world: People, purpose: str) -> PreTrainedModel:
    """A decoder with random weights."""
    p = run.params
    return decoder(world.vocabulary, world.length, width=p.width, layers=p.layers, heads=p.width // 16,
                   seed=run.seed_for(purpose), device=run.device, dtype=run.dtype)  # fmt: skip


def changed(run: Run[Params], world: People, start: PreTrainedModel, old: Facts, new: Batches) -> list[PreTrainedModel]:
    """The model after the first `early` of what the condition does to it, and after all of it."""
    p, model = run.params, fresh(run, world, "erased") if run.condition == "erased" else copy.deepcopy(start)
    if run.condition == "asked-alike":
        weight, asking = model.get_input_embeddings().weight.data, world.asking(0)
        weight[asking] = weight[asking].mean(dim=0)
    if run.condition in EXPERIMENT.control_conditions:
        return [model, model]
    if run.condition == "replay":
        new = beside(new, passes(world.questions(old, 0), old.answers, p.batch, run.seed_for("replay")))
    for module in {"freeze-bottom": bottom(model), "freeze-top": top(model)}.get(run.condition, []):
        module.requires_grad_(False)
    optimiser, soon, at, early = Optimiser(model, lr=p.lr), max(1, round(p.early * p.steps)), 0, model
    for stop in sorted({0, soon // 3, soon, 2 * soon, *range(4 * soon, p.steps, 4 * soon), p.steps}):
        supervised(model, new, optimiser, steps=stop - at)
        at, early = stop, copy.deepcopy(model) if stop == soon else early
        run.trace("old facts answered", stop, answered(model, world, old))
        run.progress(stop / p.steps)
    return [early, model]

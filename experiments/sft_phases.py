"""Does SFT on a stranger's answers first hurt, then help, then hurt again?

Zhang et al., arXiv:2508.11408v2, section 3.1, show one such curve of a 7B model and print no numbers; they name expert
patterns far from the model's and few data as conditions. Objections: best out of distribution comes early
(arXiv:2509.12235v2), and the dip may be a transient of the learning rate.
Differs from the paper: a decoder of 0.1M parameters sorts digits. The base answers in digits, right half the time, and
knows the expert's dialect (letters, descending, commas) only after another mark, as a language model knows more styles
than it uses. Accuracy is the exact chance that a sampled answer is right in its own dialect or in the expert's, after
every eighth of an epoch of 100 examples; with 5,000 examples as many steps, none twice. The rule that finds phases was
fixed before: `claims.lab.metrics.phases`.
Cost: about 40 CPU seconds a replicate.
"""

from copy import deepcopy
from dataclasses import asdict

import torch
from transformers import PreTrainedModel

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.phases import phases
from claims.lab.sampling import chance_of, counted, log_likelihood
from claims.lab.seeding import generator
from claims.lab.tasks.dialects import END, Dialect, Dialects
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.speaker import chance_of_right, speaker
from claims.lab.training.supervised import supervised

Examples = tuple[torch.Tensor, torch.Tensor]
"""Prompts (N, P) and answers (N, A)."""


class Params(Settings):
    """Task and base; examples and steps of SFT; the exam."""

    size: int = 8  # digits to sort
    width: int = 64
    layers: int = 2
    base_lr: float = 2e-3
    base_accuracy: float = 0.48  # pretraining stops when the chance of a right answer reaches it
    base_steps: int = 600  # pretraining stops here at the latest
    spaced: float = 0.1  # shares of pretraining text
    foreign: float = 0.5
    few: int = 100
    many: int = 5000
    a_pass: int = 8  # steps in which `few` examples are seen once
    steps: int = 160
    warmup: int = 8
    warmup_long: int = 80
    lr: float = 2e-3
    held_out: int = 128  # prompts of the exam


EXPERIMENT = Experiment(
    title="Accuracy along SFT on an expert's answers, by dialect and number of examples",
    papers=("2508.11408v2", "2509.12235v2", "2604.23747v1"),
    differs="A decoder of 0.1M parameters that sorts digits; dialects differ in alphabet, order and commas.",
    conditions={
        "far-few": "100 examples in the foreign dialect, 20 epochs",
        "far-many": "5,000 examples in the foreign dialect, as many steps, none seen twice",
        "far-few-warm": "as `far-few`, learning rate rising over half of the steps",
        "spaced-few": "100 examples in the model's own words with commas, 20 epochs",
        "same-few": "100 examples in the model's own dialect, 20 epochs",
    },
    control_conditions={
        "far-wrong": "as `far-many`, each prompt with the expert's answer to another",
        "planted-phases": "a planted curve that falls by .2, rises to .1 above its start and falls back",
        "planted-falling": "a planted curve that only falls",
    },
    metrics=(
        Metric("accuracy_of_base", "probability", 0, 1, "chance of a right answer before SFT"),
        Metric("dip", "probability", 0, 1, "start less the lowest point before the highest"),
        Metric("rise", "probability", 0, 1, "highest point less start"),
        Metric("fall", "probability", 0, 1, "highest point less last"),
        Metric("final_gain", "probability", -1, 1, "accuracy after SFT less accuracy of the base"),
        Metric("memorised", "probability", 0, 1, "chance of the expert's answers to (100 of) its prompts, after SFT"),
        Metric("strangeness", "nats a token", 0, 50, "negative log-likelihood of the expert's answers, before SFT"),
    ),
    controls=(
        Control("expert-teaches", "positive", "final_gain", {"above": 0.05}, "far-many", trains=True),
        Control("wrong-answers", "negative", "final_gain", {"below": -0.2}, "far-wrong", trains=True),
        Control("planted-dip", "positive", "dip", {"equals": 0.2, "within": 0.02}, "planted-phases"),
        Control("planted-rise", "positive", "rise", {"equals": 0.1, "within": 0.02}, "planted-phases"),
        Control("planted-fall", "positive", "fall", {"equals": 0.1, "within": 0.02}, "planted-phases"),
        Control("no-dip", "negative", "dip", {"below": 0.001}, "planted-falling"),
        Control("no-rise", "negative", "rise", {"below": 0.001}, "planted-falling"),
    ),
    scales={
        "smoke": {"size": 3, "width": 32, "layers": 1, "base_steps": 20, "steps": 6, "warmup_long": 3, "held_out": 16},
        "cpu": {},
        "gpu": {"width": 256, "layers": 4, "base_lr": 5e-4, "lr": 6e-4, "held_out": 2048},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 3600},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """The phases of one arm's curve, and whether it taught and was learnt by heart."""
    p, task = run.params, Dialects(run.params.size, run.params.size)
    if run.condition.startswith("planted"):
        return asdict(phases(planted(run.condition, p.steps)))
    base = run.shared("base", lambda: speaker(
        task, lr=p.base_lr, spaced=p.spaced, foreign=p.foreign, accuracy=p.base_accuracy, at_most=p.base_steps,
        width=p.width, layers=p.layers, heads=2, seed=run.seed_for("base"), device=run.device,
    ))  # fmt: skip
    dialects: dict[str, Dialect] = {"far": "foreign", "spaced": "spaced", "same": "plain"}
    speaks, number, *twist = run.condition.split("-")
    rng = generator(run.seed_for("examples"), run.device)
    asked_NP = task.prompts(p.few if number == "few" else p.many, rng)
    told_NA = task.written(asked_NP.roll(1, dims=0) if number == "wrong" else asked_NP, dialects[speaks])
    strange = -float(log_likelihood(base, asked_NP[: p.few], told_NA[: p.few], END).detach().sum())
    spoken = list(dict.fromkeys([dialects["same"], dialects[speaks]]))
    model, curve = taught(run, base, task, (asked_NP, told_NA), spoken, p.warmup_long if twist else p.warmup)
    return asdict(phases(curve)) | {
        "accuracy_of_base": curve[0],
        "final_gain": curve[-1] - curve[0],
        "memorised": float(chance_of(model, asked_NP[: p.few], told_NA[: p.few], END).mean()),
        "strangeness": strange / int(counted(told_NA[: p.few], END).sum()),
    }


def taught(
    run: Run[Params], base: PreTrainedModel, task: Dialects, told: Examples, spoken: list[Dialect], warmup: int
) -> tuple[PreTrainedModel, list[float]]:
    """The base after SFT, and its exact accuracy before it and after every step: an eighth of 100 examples."""
    p, model, rng = run.params, deepcopy(base), generator(run.seed_for("order"), run.device)
    optimiser = Optimiser(model, lr=p.lr, warmup=warmup, decay=p.steps + 1)
    exam_BP = task.prompts(p.held_out, generator(run.seed_for("exam"), run.device))
    (asked_NP, told_NA), curve = told, [chance_of_right(model, task, exam_BP, spoken)]
    parts, order = p.a_pass * len(asked_NP) // p.few, list[torch.Tensor]()

    def batch(_: int) -> Examples:
        if not order:
            order.extend(torch.randperm(len(asked_NP), generator=rng, device=rng.device).tensor_split(parts))
        pick = order.pop()
        return asked_NP[pick], told_NA[pick]

    def heard(step: int, _: float) -> None:
        curve.append(chance_of_right(model, task, exam_BP, spoken))
        run.trace("accuracy over epochs of 100 examples", (step + 1) / p.a_pass, curve[-1])
        run.progress((step + 1) / p.steps)

    supervised(model, batch, optimiser, steps=p.steps, end=END, on_step=heard)
    return model, curve


def planted(condition: str, steps: int) -> list[float]:
    """A curve with known phases, or one that only falls; flat for a while at each turn."""
    levels = [0.5, 0.3, 0.6, 0.5] if condition == "planted-phases" else [0.5, 0.4, 0.3, 0.2]
    return [level for level in levels for _ in range(max(4, steps // 4))]

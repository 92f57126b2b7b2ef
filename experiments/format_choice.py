"""Which of its pretraining formats does RL leave a model with, and what decides it?

Zhao et al., arXiv:2504.07912, pretrain on mixtures and find that RL converges on one output distribution, at another
scale on another. Asked here: does accuracy select, or frequency; must the gap in accuracy outlast training; does a KL
penalty keep the losers; does size act by itself or through accuracy?
Differs from the paper: decoders of 0.015M and 0.1M parameters sort five digits; formats differ in a tag, one token, and
in `short` arms in length. A verifier accepts a format on a share of prompts, its ceiling, and nothing in them tells
which: a gap that training cannot close is built in (`grpo-slips` has one that it can). A pass is 1,280 prompts in 80
steps, each seen once. A KL penalty has little to hold: dropping a format of share s costs -ln(1-s) nats. All measured
shares and chances are exact for the prompts of the exam. Cost: about 35 CPU seconds a replicate.
"""

from collections.abc import Mapping

import torch
from transformers import PreTrainedModel

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.formats import description, points, read
from claims.lab.seeding import generator
from claims.lab.tasks.tagged_sorting import TaggedSorting, Verifier
from claims.lab.training.format_pass import Pass, one_pass, shuffled, tagged_base


class Params(Settings):
    """Task; models and pretraining; one pass of RL; the exam."""

    size: int = 5  # digits to sort
    short: int = 1  # of them that a short answer writes
    shares: tuple[float, ...] = (0.6, 0.3, 0.1)  # of the common, middle and rare format in pretraining
    slips: tuple[float, ...] = (0.6, 0.4, 0.1)  # of pretraining answers in each, in the arm with slips
    width: int = 64
    small: int = 24  # width of the small model
    layers: int = 2
    base_steps: int = 160
    base_lr: float = 4e-3
    steps: int = 80
    readings: int = 8  # of the shares during a pass; half of them tell the early growth
    warmup: int = 10
    prompts: int = 16
    group: int = 8
    lr: float = 5e-4
    held_out: int = 1024  # prompts of the exam


RARE, COMMON, LAST = (0.4, 0.6, 0.9), (0.9, 0.6, 0.4), (0.0, 0.0, 1.0)  # ceilings of common, middle, rare
CEILINGS = {"common": COMMON, "short": COMMON, "equal": (0.65,) * 3, "slips": (1.0,) * 3, "accepted": LAST}
PENALTIES = {"grpo-kl-0p01": 0.01, "grpo-kl-0p05": 0.05, "kl-strong": 5.0}

EXPERIMENT = Experiment(
    title="Which pretraining format RL keeps, by accuracy, frequency, KL penalty and size",
    papers=("2504.07912v2", "2510.15990v1", "2512.07783v1"),
    differs="Decoders of 0.015M and 0.1M parameters; formats told by one tag; accuracy bounded by a verifier.",
    conditions={
        "grpo-no-kl": "GRPO without KL penalty; the rarer a format, the more accurate: ceilings 0.4, 0.6, 0.9",
        "grpo-kl-0p01": "the same with a KL penalty of 0.01",
        "grpo-kl-0p05": "the same with a KL penalty of 0.05",
        "grpo-common": "GRPO without penalty; the commoner, the more accurate: ceilings 0.9, 0.6, 0.4",
        "grpo-equal": "GRPO without penalty; ceilings of 0.65: no format is more accurate",
        "grpo-equal-b": "the same, other rollouts: what drifts in one run alone averages out",
        "grpo-equal-c": "the same, other rollouts again",
        "grpo-slips": "no ceilings; pretrained with slips in 0.6, 0.4, 0.1 of answers: a gap that training can close",
        "small-common": "as `grpo-common`, the small model: the order of accuracies is that of the large one",
        "large-short": "as `grpo-common`, but the middle format writes the first digit only, which makes it easy",
        "small-short": "as `large-short`, the small model",
    },
    control_conditions={
        "shuffled": "as `grpo-no-kl`, each answer paid with the reward of another of the batch",
        "one-accepted": "the same, but paid as it is and only in the rare format",
        "kl-strong": "as `grpo-no-kl` with a KL penalty of 5",
        "untouched": "the base model of `grpo-no-kl` without RL",
    },
    metrics=(
        Metric("base_accuracy", "probability", 0, 1, "chance of an accepted answer before RL"),
        Metric("accuracy_gain", "probability", -1, 1, "rise of that chance"),
        Metric("skill", "probability", 0, 1, "chance of a right answer before RL, accepted or not"),
        Metric("skill_common", "probability", 0, 1, "the same in the common format"),
        Metric("accuracy_spread", "probability", 0, 1, "the best format's accuracy less the worst's, before RL"),
        Metric("base_pass_at_64", "probability", 0, 1, "chance that one of 64 answers is accepted, before RL"),
        Metric("pass_at_64", "probability", 0, 1, "the same after RL"),
        Metric("share_common", "fraction", 0, 1, "answers in the format commonest in pretraining, after RL"),
        Metric("share_rare", "fraction", 0, 1, "answers in the rarest, after RL"),
        Metric("dominant_share", "fraction", 0, 1, "the largest share of a format after RL"),
        Metric("dominance_gain", "fraction", -1, 1, "that less the largest before"),
        Metric("effective_formats", "formats", 1, 3, "exponential of the entropy of the three shares after RL"),
        Metric("favourite_share", "fraction", 0, 1, "share after RL of the format most accurate before"),
        Metric("effective_formats_ratio", "ratio", 0, 3, "`grpo-kl-0p05` over `grpo-no-kl`", combined=True),
        Metric("growth_accuracy_correlation", "correlation", -1, 1, "log growth of a share in half a pass and accuracy"
               " before, each less its mean; formats of `grpo-no-kl`, `-common`, `-equal`", combined=True),
        Metric("growth_share_correlation", "correlation", -1, 1, "the same with the share before", combined=True),
        Metric("equal_excess", "fraction", -2, 2, "dominance_gain: mean `-equal` less half `-common`", combined=True),
        Metric("slips_excess", "fraction", -2, 2, "dominance_gain: `-slips` less half `-no-kl`", combined=True),
    ),
    controls=(
        Control("shuffled-reward", "negative", "accuracy_gain", {"below": 0.1}, "shuffled", trains=True),
        Control("one-accepted", "positive", "share_rare", {"above": 0.8}, "one-accepted", trains=True),
        Control("strong-penalty", "positive", "effective_formats", {"above": 2.0}, "kl-strong", trains=True),
        Control("most-in-64", "positive", "pass_at_64", {"above": 0.9}, "untouched"),
    ),
    scales={
        "smoke": {"size": 2, "width": 32, "small": 16, "base_steps": 40, "steps": 8, "prompts": 2, "held_out": 64},
        "cpu": {},
        "gpu": {"size": 6, "width": 256, "small": 48, "base_steps": 400, "base_lr": 1e-3, "prompts": 64, "lr": 2e-4},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """Shares, accuracy and pass@64 before and after one pass of GRPO."""
    p, name = run.params, run.condition
    small, short, slips = (word in name for word in ("small", "short", "slips"))
    task = TaggedSorting(p.size, (p.size, p.short if short else p.size, p.size))
    base: PreTrainedModel = run.shared(f"base {small} {short} {slips}", lambda: tagged_base(
        task, p.shares, p.slips if slips else (0.0, 0.0, 0.0), width=p.small if small else p.width,
        layers=p.layers, steps=p.base_steps, lr=p.base_lr, seed=run.seed_for("base"), device=run.device))  # fmt: skip
    ceilings = next((CEILINGS[word] for word in name.split("-") if word in CEILINGS), RARE)
    verifier = Verifier(task, ceilings, generator(run.seed_for("luck"), run.device))
    asked_BP = task.distinct(p.held_out + p.steps * p.prompts, generator(run.seed_for("prompts"), run.device))
    exam_BP, pass_BP = asked_BP[: p.held_out], asked_BP[p.held_out :]
    readings = [read(base, exam_BP, task.written(exam_BP), verifier.accepted(exam_BP))]

    def on_model(step: int, model: PreTrainedModel) -> None:
        readings.append(now := read(model, exam_BP, task.written(exam_BP), verifier.accepted(exam_BP)))
        run.trace("largest share", step, float(now.share_F.max()))
        run.trace("accuracy", step, float(now.chance_B.mean()))
        run.progress(step / p.steps)

    if name != "untouched":
        budget = Pass(p.steps, p.prompts, p.group, p.lr, p.warmup, every=p.steps // p.readings)
        kl, seed = PENALTIES.get(name, 0.0), run.seed_for("rollouts" + name.partition("equal")[2])
        swap = generator(run.seed_for("shuffle"), run.device)
        paid = shuffled(verifier.reward, swap) if name == "shuffled" else verifier.reward
        one_pass(base, task, pass_BP, paid, budget, kl=kl, seed=seed, on_model=on_model)
    run.keep("points", points(readings[0], readings[len(readings) // 2]))
    return description(readings[0], readings[-1])


def combine(arms: Mapping[str, Arm], _: Params) -> dict[str, float]:
    """What takes several arms of a seed: a ratio, differences, correlations."""
    kept = [arms[f"grpo-{name}"].kept["points"] for name in ("no-kl", "common", "equal")]
    pairs = torch.corrcoef(torch.cat(kept, dim=1))
    formats, gain = ({n: arm.metrics[m] for n, arm in arms.items()} for m in ("effective_formats", "dominance_gain"))
    return {
        "effective_formats_ratio": formats["grpo-kl-0p05"] / formats["grpo-no-kl"],
        "growth_accuracy_correlation": float(pairs[0, 1]),
        "growth_share_correlation": float(pairs[0, 2]),
        "equal_excess": sum(gain[f"grpo-equal{run}"] for run in ("", "-b", "-c")) / 3 - 0.5 * gain["grpo-common"],
        "slips_excess": gain["grpo-slips"] - 0.5 * gain["grpo-no-kl"],
    }

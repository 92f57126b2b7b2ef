"""Rewards for right answers, penalties for wrong ones: which half of the signal raises pass@1, which costs pass@256?

Zhu et al., arXiv:2506.01347v2, train on either half alone; in Yue et al., arXiv:2504.13837v4, the base overtakes its
RL-trained child at many samples. Objections: penalties may keep pass@256 only because they learn more slowly (compared
at equal pass@1), and rewards alone may do as well: the expected gradients E[r grad log p] and E[(r - 1) grad log p] are
equal. Differs from the papers: a decoder of 0.1M parameters follows relations in a made-up world, two of eight of which
it rarely met; all right answers are listed, so that pass@k is exact; 150 steps, no entropy bonus. Learning rates: by
the highest `late_reward`, mean of seeds 11 to 13, of 1e-4, 3e-4, 1e-3 and what lies beyond an end that was best.
"""

from collections.abc import Mapping
from copy import deepcopy

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.coverage import chances, coverage, sampling_gap
from claims.lab.metrics.curves import at_common_level
from claims.lab.seeding import generator
from claims.lab.tasks.chains import chains
from claims.lab.training.on_policy import GRPO, NEGATIVE_ONLY, POSITIVE_ONLY, REINFORCE, weighted
from claims.lab.training.walkers import Budget, sharpened, split, teach, tune, walker


class Params(Settings):
    """World and model; pretraining (`base_`); tuning; the exam."""

    nodes: int = 48
    relations: int = 8
    rare: int = 2  # relations that pretraining asks for `rare_rate` times as often as for the others
    rare_rate: float = 0.02
    width: int = 64
    base_steps: int = 250
    base_lr: float = 3e-3
    weak_reward: float = 0.05  # the weak base stops at this pass@1
    steps: int = 150
    prompts: int = 16  # a step
    group: int = 8
    warmup: int = 10
    rates: tuple[float, ...] = (1e-3, 1e-3, 1e-3, 1e-3, 3e-4, 3e-4, 3e-4, 3e-4, 1e-4)  # in the order of METHODS
    held_out: int = 2048  # problems of the exam
    looks: int = 10  # points of a learning curve, at the first `seen` problems of the exam
    seen: int = 512


METHODS = {
    "grpo": GRPO, "reinforce": REINFORCE, "shuffled": REINFORCE, "positive-only": POSITIVE_ONLY,
    "negative-only": NEGATIVE_ONLY, "weighted-one": weighted(1.0), "weighted-tenth": weighted(0.1),
    "weak-grpo": GRPO, "weak-negative-only": NEGATIVE_ONLY,
}  # fmt: skip

EXPERIMENT = Experiment(
    title="Rewards alone, penalties alone: pass@1 and pass@256 after either half of the signal",
    papers=("2506.01347v2", "2504.13837v4"),
    differs="A decoder of 0.1M parameters and a made-up world of relations instead of 7B models and mathematics.",
    conditions={
        "base": "the base, not tuned",
        "grpo": "GRPO without KL penalty",
        "reinforce": "REINFORCE with the batch mean as baseline",
        "positive-only": "right answers pushed up, wrong ones left alone (PSR)",
        "negative-only": "wrong answers pushed down, right ones left alone (NSR)",
        "weighted-one": "right answers pushed up, wrong ones down, equally hard; no baseline",
        "weighted-tenth": "right answers pushed up a tenth as hard as wrong ones are pushed down (W-REINFORCE)",
        "weak-base": "a base that stopped early, not tuned",
        "weak-grpo": "GRPO from the weak base: the regime where penalties should fall behind",
        "weak-negative-only": "penalties alone from the weak base",
    },
    control_conditions={
        "shuffled": "REINFORCE, every answer paid with the reward of another",
        "gold": "the base tuned on right answers from outside, for as many steps",
        "sharpened": "the base with its logits divided by a temperature of 0.6",
        "sampled": "the base, its pass@k also estimated from 256 samples of 256 problems",
    },
    metrics=(
        Metric("pass_at_1", "probability", 0, 1, "chance that an answer is right, exact, mean of held-out problems"),
        Metric("pass_at_16", "probability", 0, 1, "chance that one of 16 is right, exact"),
        Metric("pass_at_256", "probability", 0, 1, "chance that one of 256 is right, exact"),
        Metric("pass_at_1_of_base", "probability", 0, 1, "pass_at_1 of the base this arm starts from"),
        Metric("pass_at_256_of_base", "probability", 0, 1, "pass_at_256 of the base this arm starts from"),
        Metric("reward_gain", "probability", -1, 1, "rise of pass_at_1 over the base"),
        Metric("coverage_gain", "probability", -1, 1, "rise of pass_at_256 over the base"),
        Metric("right_in_use", "answers", 1, 8, "right answers that would be as spread out if equally probable"),
        Metric("late_reward", "probability", 0, 1, "mean reward in the last quarter of tuning; chose learning rates"),
        Metric("sampling_gap", "probability", 0, 1, "largest error of pass@1 and pass@64 from samples"),
        Metric("negative_share", "ratio", -1e4, 1e4, "reward_gain of penalties over REINFORCE's", combined=True),
        Metric("positive_share", "ratio", -1e4, 1e4, "reward_gain of rewards over REINFORCE's", combined=True),
        Metric("weak_margin", "probability", -2, 2, "weak base: gain of penalties less half GRPO's", combined=True),
        Metric("level_gain", "probability", -1, 1, "pass@1 that NSR and GRPO both reach, less the base", combined=True),
        Metric("level_margin", "probability", -1, 1, "pass@256 there, NSR less GRPO", combined=True),
        Metric("level_margin_positive", "probability", -1, 1, "the same against PSR, at their level", combined=True),
    ),
    controls=(
        Control("rewards-teach", "positive", "reward_gain", {"above": 0.03}, "reinforce", trains=True),
        Control("shuffled-reward", "negative", "reward_gain", {"below": 0.02}, "shuffled", trains=True),
        Control("coverage-can-rise", "positive", "coverage_gain", {"above": 0.03}, "gold", trains=True),
        Control("coverage-can-fall", "negative", "coverage_gain", {"below": -0.03}, "sharpened"),
        Control("exact-is-right", "positive", "sampling_gap", {"below": 0.02}, "sampled"),
    ),
    scales={
        "smoke": {"nodes": 12, "relations": 4, "width": 32, "base_steps": 60, "steps": 2, "looks": 2, "held_out": 64},
        "cpu": {},
        "gpu": {"nodes": 128, "relations": 16, "rare": 4, "width": 256, "base_steps": 1500, "steps": 400},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """What the arm solves in one, 16 and 256 samples of held-out problems, and what it gained."""
    p, arm, weak = run.params, run.condition, run.condition.startswith("weak")
    task = chains(p.nodes, p.relations, hops=3, seed=run.seed_for("world"), device=run.device)
    exam_BP, pool_BP = split(task.problems(), p.held_out, generator(run.seed_for("split"), run.device))
    rng = generator(run.seed_for("tune"), run.device)
    curve: list[tuple[float, float]] = []
    base = run.shared(f"base, weak: {weak}", lambda: walker(
        task, pool_BP, p.rare, p.rare_rate, width=p.width, lr=p.base_lr, steps=p.base_steps,
        seed=run.seed_for("base"), device=run.device, until=p.weak_reward if weak else 1.0,
    ))  # fmt: skip
    was = run.shared(f"exam, weak: {weak}", lambda: coverage(chances(base, task, exam_BP)))
    numbers = {"pass_at_1_of_base": was["pass_at_1"], "pass_at_256_of_base": was["pass_at_256"]}
    model = sharpened(base, 0.6) if arm == "sharpened" else deepcopy(base)

    def look(step: int) -> None:
        now = coverage(chances(model, task, exam_BP[: p.seen]))
        curve.append((now["pass_at_1"], now["pass_at_256"]))
        run.trace("pass@256 over pass@1", now["pass_at_1"], now["pass_at_256"])
        run.progress(step / p.steps)

    if arm == "sampled":
        numbers["sampling_gap"] = sampling_gap(base, task, exam_BP[:256], 256, rng)
    elif arm == "gold":
        teach(model, task, pool_BP, lr=3e-4, steps=p.steps, rng=rng)
    elif arm in METHODS:
        look(0)
        numbers["late_reward"] = tune(
            model, task, METHODS[arm], pool_BP, Budget(p.steps, p.warmup, p.prompts, p.group), rng=rng,
            lr=p.rates[list(METHODS).index(arm)], looks=p.looks, on_look=look, shuffled=arm == "shuffled",
        )  # fmt: skip
        run.keep("curve", curve)
    now = coverage(chances(model, task, exam_BP))
    gains = {f"{name}_gain": now[of] - was[of] for name, of in (("reward", "pass_at_1"), ("coverage", "pass_at_256"))}
    return numbers | now | gains


def combine(arms: Mapping[str, Arm], _: Params) -> dict[str, float]:
    """Shares of a gain, and pass@256 at the pass@1 that two arms reach."""
    gain = {name: arm.metrics["reward_gain"] for name, arm in arms.items()}
    numbers = {f"{half}_share": gain[f"{half}-only"] / gain["reinforce"] for half in ("negative", "positive")}
    numbers["weak_margin"] = gain["weak-negative-only"] - gain["weak-grpo"] / 2
    penalised, *others = (arms[name].kept["curve"] for name in ("negative-only", "grpo", "positive-only"))
    grpo, positive = (at_common_level(penalised, other) for other in others)
    return numbers | {"level_gain": grpo.gain, "level_margin": grpo.margin, "level_margin_positive": positive.margin}

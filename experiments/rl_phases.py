"""Does RL first learn to execute and only then to plan?

Wang et al., arXiv:2509.03646v1, describe two phases: first procedure is consolidated, then strategies are explored;
for strong models or easy data the first may be absent. Here an answer is one token that chooses a strategy and the
digits that it makes of a list, so that plan and execution are right or wrong separately and both chances are exact.
Differs from the paper: a decoder of 0.1M parameters; six strategies, two valid for each of six kinds of problem, which
the base hardly knows; REINFORCE with the batch mean as baseline. From the strong base execution should not come first.
An execution of many tokens gets more gradient than a plan of one: in `equal-tokens` it has one digit. Nothing here can
show that strategies multiply. Bases stop at a look every ten steps. Cost: about 45 CPU seconds a replicate.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from itertools import pairwise

import torch

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.curves import half_time
from claims.lab.metrics.planning import planning
from claims.lab.seeding import generator
from claims.lab.tasks.plans import plans
from claims.lab.training.on_policy import REINFORCE, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.planners import planner


class Params(Settings):
    """Task and model; pretraining (`base_`); tuning; the exam."""

    size: int = 3  # digits given, and written but for `equal-tokens`
    width: int = 64
    base_lr: float = 4e-3
    base_steps: int = 400  # at most; the learning rate falls to 0 over them
    valid: float = 0.06  # share of demonstrations in pretraining whose strategy was chosen because it is valid
    weak: float = 0.6  # execution at which the weak base stops
    strong: float = 0.98
    steps: int = 320
    warmup: int = 10
    lr: float = 3e-4
    prompts: int = 32  # a step
    group: int = 4
    looks: int = 32  # points of the learning curves
    held_out: int = 384


EXPERIMENT = Experiment(
    title="Plan and execution under RL: which improves first, from a weak and from a strong base",
    papers=("2509.03646v1",),
    differs="A decoder of 0.1M parameters, one planning token of six and a few digits of execution.",
    conditions={
        "weak-execution": "REINFORCE from a base that executes its plan without fault in 0.6 of cases",
        "strong-execution": "the same from a base that does so in 0.98: here execution should not come first",
        "equal-tokens": "as `weak-execution`, but the execution has one token, like the plan",
    },
    control_conditions={
        "shuffled": "as `weak-execution`, every answer paid with the reward of another",
        "planted-execution-first": "planted learning curves whose half-times are as 1 to 2",
        "planted-plan-first": "planted learning curves whose half-times are as 2 to 1",
    },
    metrics=(
        Metric("base_accuracy", "probability", 0, 1, "chance of a right answer before tuning, exact"),
        Metric("base_plan_accuracy", "probability", 0, 1, "chance of a valid plan before tuning, exact"),
        Metric("base_execution_accuracy", "probability", 0, 1, "chance to execute one's plan without fault, before"),
        Metric("accuracy_gain", "probability", -1, 1, "rise of the chance of a right answer"),
        Metric("plan_gain", "probability", -1, 1, "rise of the chance of a valid plan"),
        Metric("execution_gain", "probability", -1, 1, "rise of the chance to execute one's plan without fault"),
        Metric("half_time_execution", "steps", 0, 1e6, "until half of the rise of execution is done"),
        Metric("half_time_plan", "steps", 0, 1e6, "until half of the rise of planning is done"),
        Metric("half_time_ratio", "ratio", 0, 1e3, "half-time of execution over that of planning; none without a rise"),
        Metric("plan_entropy_change", "nats", -4, 4, "at the planning token, end less start"),
        Metric("execution_entropy_change", "nats", -4, 4, "a token of execution, end less start"),
        Metric("execution_entropy_change_share", "ratio", 0, 1e6, "size of the latter over size of the former"),
        Metric("plan_entropy_rebound", "ratio", 0, 1e3, "final entropy of planning over its minimum, less 1"),
        Metric("plan_error_share_change", "fraction", -1, 1, "of wrong answers: share with a plan not valid"),
    ),
    controls=(
        Control("rewards-teach", "positive", "accuracy_gain", {"above": 0.1}, "weak-execution", trains=True),
        Control("shuffled-reward", "negative", "accuracy_gain", {"below": 0.03}, "shuffled", trains=True),
        Control("sees-execution-first", "positive", "half_time_ratio", {"equals": 0.5, "within": 0.01},
                "planted-execution-first"),
        Control("sees-plan-first", "negative", "half_time_ratio", {"equals": 2.0, "within": 0.1}, "planted-plan-first"),
    ),
    scales={
        "smoke": {"size": 2, "width": 32, "base_steps": 40, "steps": 4, "looks": 4, "held_out": 64, "warmup": 1},
        "cpu": {},
        "gpu": {"size": 8, "width": 256, "base_lr": 1e-3, "base_steps": 4000, "steps": 600, "prompts": 128, "lr": 1e-4},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """What was gained in planning and in execution, and when."""
    p = run.params
    times = [look * p.steps / p.looks for look in range(p.looks + 1)]
    if run.condition.startswith("planted"):
        fast, slow = ([min(1.0, n * time / p.steps) for time in times] for n in (4, 2))
        return half_times(times, *((fast, slow) if run.condition == "planted-execution-first" else (slow, fast)))
    shuffled = run.condition == "shuffled"
    strong, written = run.condition == "strong-execution", 1 if run.condition == "equal-tokens" else p.size
    task = plans(p.size, written, seed=run.seed_for("kinds"), device=run.device)
    asked_BP = task.prompts(p.held_out, generator(run.seed_for("exam"), run.device))
    base = run.shared(f"base, strong: {strong}, written: {written}", lambda: planner(
        task, p.strong if strong else p.weak, valid=p.valid, width=p.width, lr=p.base_lr, steps=p.base_steps,
        seed=run.seed_for("base"), device=run.device,
    ))  # fmt: skip
    model, rng = deepcopy(base), generator(run.seed_for("tune"), run.device)
    optimiser = Optimiser(model, lr=p.lr, warmup=p.warmup)
    curves: dict[str, list[float]] = {}

    def look(step: float) -> None:
        for name, value in planning(model, task, asked_BP, generator(run.seed_for("look"), run.device)).items():
            curves.setdefault(name, []).append(value)
            if not name.endswith("share"):
                run.trace(name.replace("_", " "), step, value)
        run.progress(step / p.steps)

    def paid(prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        rewards_N = task.reward(prompts_NP, answers_NA)
        return rewards_N[torch.randperm(len(rewards_N), generator=rng, device=run.device)] if shuffled else rewards_N

    look(0)
    for before, after in pairwise(times):
        on_policy(
            model, lambda: task.prompts(p.prompts, rng), paid, optimiser, method=REINFORCE,
            steps=round(after) - round(before), group=p.group, length=task.answer_length, generator=rng,
        )  # fmt: skip
        look(after)
    return description(curves) | half_times(times, curves["execution_accuracy"], curves["plan_accuracy"])


def description(curves: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Where the curves start, and by how much they end elsewhere."""
    change = {name: values[-1] - values[0] for name, values in curves.items()}
    numbers = {f"base_{name}": curves[name][0] for name in ("accuracy", "plan_accuracy", "execution_accuracy")}
    numbers |= {f"{name}_change": change[name] for name in ("plan_entropy", "execution_entropy", "plan_error_share")}
    numbers |= {f"{name}_gain": change[f"{name}_accuracy"] for name in ("plan", "execution")}
    execution, plan = (max(1e-9, abs(change[f"{name}_entropy"])) for name in ("execution", "plan"))
    numbers["execution_entropy_change_share"] = execution / plan
    numbers["plan_entropy_rebound"] = curves["plan_entropy"][-1] / min(curves["plan_entropy"]) - 1.0
    return numbers | {"accuracy_gain": change["accuracy"]}


def half_times(times: Sequence[float], execution: Sequence[float], plan: Sequence[float]) -> dict[str, float]:
    """Half-times and their ratio; nothing where one of the two does not rise."""
    one, two = half_time(times, execution), half_time(times, plan)
    if one is None or two is None:
        return {}
    return {"half_time_execution": one, "half_time_plan": two, "half_time_ratio": one / two}

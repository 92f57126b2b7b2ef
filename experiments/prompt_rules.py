"""Does SFT on one fixed rule memorise it, and does SFT on varied rules generalise as well as RL?

Chu et al., arXiv:2501.17161v2: RL generalises over variants of a rule, SFT tends to memorise. Objections: frozen
prompts explain most of it (arXiv:2510.00237v1), SFT generalises early and forgets later (arXiv:2509.12235v2).
Differs from the papers: a decoder of 0.1M parameters sorts cards, some of them symbols whose values the prompt states;
its start follows stated rules already, having seen 900 (else it would follow none). All arms train until the exact
chance of a right answer on their own rules reaches one target. No training sees the unseen rules. Cost: 25 CPU seconds.
"""

from collections.abc import Mapping
from copy import deepcopy

import torch
from transformers import PreTrainedModel

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings
from claims.lab.sampling import chance_of
from claims.lab.seeding import generator
from claims.lab.tasks.stated_rules import StatedRules
from claims.lab.training.on_policy import GRPO, on_policy
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.rule_follower import chance_under_rules, rule_follower
from claims.lab.training.supervised import supervised
from claims.lab.training.until import until


class Params(Settings):
    """Task and start; tuning; the exam."""

    cards: int = 5
    width: int = 64
    layers: int = 2
    diverse: int = 16  # rules of the diverse arms; the frozen one is the first of them
    unseen: int = 84  # rules that nothing is trained on
    start_lr: float = 2e-3
    start_accuracy: float = 0.6  # training of the start stops when the chance of a right answer reaches it
    start_steps: int = 800  # it stops here at the latest
    target: float = 0.85  # tuning stops when that chance on the training rules reaches it
    at_most: int = 600  # steps; tuning stops here at the latest
    lr: float = 2e-4
    batch: int = 32  # examples a step of SFT
    prompts: int = 16  # a step of GRPO
    group: int = 8
    held_out: int = 512  # prompts of each exam


EXPERIMENT = Experiment(
    title="Unseen rules after SFT or RL on one stated rule or on sixteen",
    papers=("2501.17161v2", "2510.00237v1", "2509.12235v2"),
    differs="A decoder of 0.1M parameters that sorts cards; the start follows stated rules already.",
    conditions={
        "sft-frozen": "SFT on prompts that all state one rule, until the target",
        "sft-diverse": "SFT on prompts that state one of sixteen rules, until the target",
        "rl-frozen": "GRPO on prompts that all state one rule, until the target",
        "rl-diverse": "GRPO on prompts that state one of sixteen rules, until the target",
        "sft-frozen-long": "as `sft-frozen`, and on for three times as many steps",
    },
    control_conditions={
        "sft-deaf": "SFT on prompts that state many rules, answered by the frozen rule all the same",
        "sft-many": "SFT on the 900 rules of the start, until the target",
        "rl-shuffled": "as `rl-frozen`, each answer paid with the reward of another",
    },
    metrics=(
        Metric("accuracy_of_start", "probability", 0, 1, "chance of a right answer on unseen rules before tuning"),
        Metric("accuracy_on_training_rule", "probability", 0, 1, "chance of a right answer on the arm's own rules"),
        Metric("unseen_rule_accuracy", "probability", 0, 1, "chance of a right answer on unseen rules"),
        Metric("other_rule_change", "probability", -1, 1, "unseen_rule_accuracy less accuracy_of_start"),
        Metric("steps", "steps", 0, 1e6, "steps of tuning"),
        Metric("mismatch", "probability", 0, 1, "range of accuracy_on_training_rule over the four arms", combined=True),
    ),
    controls=(
        Control("deaf-memorises", "positive", "other_rule_change", {"below": -0.2}, "sft-deaf", trains=True),
        Control("many-generalise", "positive", "other_rule_change", {"above": 0.1}, "sft-many", trains=True),
        Control("rl-learns", "positive", "accuracy_on_training_rule", {"above": 0.8}, "rl-frozen", trains=True),
        Control("shuffled-reward", "negative", "accuracy_on_training_rule", {"below": 0.75}, "rl-shuffled",
                params={"at_most": 60}, trains=True),
    ),
    scales={
        "smoke": {"cards": 2, "width": 32, "layers": 1, "start_steps": 60, "at_most": 4, "held_out": 64},
        "cpu": {},
        "gpu": {"width": 256, "layers": 4, "cards": 8, "start_lr": 5e-4, "lr": 5e-5, "at_most": 2000},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """What the arm can do on its own rules and on unseen ones."""
    p, task = run.params, StatedRules(run.params.cards)
    rules_RS = task.rules(generator(run.seed_for("rules"), run.device))
    seen_RS, unseen_RS = rules_RS[p.diverse + p.unseen :], rules_RS[p.diverse : p.diverse + p.unseen]
    start = run.shared("start", lambda: rule_follower(
        task, seen_RS, lr=p.start_lr, accuracy=p.start_accuracy, at_most=p.start_steps,
        width=p.width, layers=p.layers, heads=2, seed=run.seed_for("start"), device=run.device,
    ))  # fmt: skip
    exam_BP = task.prompts(p.held_out, unseen_RS, generator(run.seed_for("exam"), run.device))
    before = run.shared("before", lambda: chance_under_rules(start, task, exam_BP))
    owned = {"many": seen_RS, "deaf": seen_RS, "diverse": rules_RS[: p.diverse]}
    own_RS = owned.get(run.condition.split("-")[1], rules_RS[:1])
    model, steps = tuned(run, task, start, own_RS, rules_RS[:1])
    own_BP = task.prompts(p.held_out, own_RS, generator(run.seed_for("own exam"), run.device))
    after = chance_under_rules(model, task, exam_BP)
    unseen = {"accuracy_of_start": before, "unseen_rule_accuracy": after, "other_rule_change": after - before}
    return unseen | {"accuracy_on_training_rule": chance_under_rules(model, task, own_BP), "steps": steps}


def combine(arms: Mapping[str, Arm], _params: Params) -> dict[str, float]:
    """How unequal the four arms are on what they were trained on."""
    matched = (f"{by}-{rules}" for by in ("sft", "rl") for rules in ("frozen", "diverse"))
    own = [arms[arm].metrics["accuracy_on_training_rule"] for arm in matched]
    return {"mismatch": max(own) - min(own)}


def tuned(
    run: Run[Params], task: StatedRules, start: PreTrainedModel, own_RS: torch.Tensor, frozen_RS: torch.Tensor
) -> tuple[PreTrainedModel, int]:
    """The start, tuned until it reaches the target on its own rules; the steps taken."""
    p, model, rng = run.params, deepcopy(start), generator(run.seed_for("tune"), run.device)
    (by, kind), adamw = run.condition.split("-", 1), Optimiser(model, lr=p.lr, warmup=10)

    def told(count: int) -> tuple[torch.Tensor, torch.Tensor]:
        prompts_BP = task.prompts(count, own_RS, rng)
        return prompts_BP, task.answers_under(frozen_RS, prompts_BP) if kind == "deaf" else task.answers(prompts_BP)

    def paid(prompts_NP: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        rewards_N = task.reward(prompts_NP, answers_NA)
        order_N = torch.randperm(len(rewards_N), generator=rng, device=rng.device)
        return rewards_N[order_N] if kind == "shuffled" else rewards_N

    def ask() -> torch.Tensor:
        return task.prompts(p.prompts, own_RS, rng)

    def train(steps: int) -> None:
        if by == "sft":
            supervised(model, lambda _: told(p.batch), adamw, steps=steps)
        else:
            on_policy(model, ask, paid, adamw, method=GRPO, steps=steps, group=p.group, length=p.cards, generator=rng)

    def heard(steps: int, value: float) -> None:
        run.trace("chance of a right answer on the arm's rules", steps, value)
        run.progress(steps / p.at_most)

    def chance() -> float:
        return float(chance_of(model, asked_BP, known_BA).mean())

    asked_BP, known_BA = told(p.held_out)
    reached = until(chance, p.target, train, between=2, at_most=p.at_most, on_check=heard)
    if kind == "frozen-long":
        train(3 * reached)
    return model, reached

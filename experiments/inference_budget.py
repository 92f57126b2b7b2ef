"""Can a model that answers at once catch up with one that thinks first, by sampling more?

Wang et al., arXiv:2504.14047v1: without a verifier, models without reasoning stay behind at any budget. Objections:
resampling from a power of its likelihood nearly matches RL (arXiv:2510.14901v1); with an oracle to pick, samples of a
base overtake RL (arXiv:2504.13837v4).
Differs: a map over 8 symbols, given in the prompt, is followed for 2 or 8 steps by decoders of 0.2M parameters. One
base, trained on scratchpads until 95 % of those of eight steps are right, is the start of both formats. The direct
model is SFT'd until 90 % of two steps are right, then on both depths; then GRPO for both. A budget is in tokens of a
direct answer, one each. Answers are enumerated: resampling (Metropolis-Hastings, whole answers proposed) and oracle are
exact, a vote is one election a prompt. The best use is picked on the exam, for the direct model. Cost: 45 CPU seconds.
"""

from collections.abc import Mapping
from functools import partial

from transformers import PreTrainedModel

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings
from claims.lab.metrics import map_exam
from claims.lab.metrics.inference import votes
from claims.lab.seeding import generator
from claims.lab.tasks.iterated_map import IteratedMap
from claims.lab.training.map_followers import Tuning, reinforced, taught, untrained
from claims.lab.training.progress import OnStep


class Params(Settings):
    """Model; base; SFT in a format; GRPO after it; the exam."""

    symbols: int = 8
    width: int = 64
    layers: int = 4
    heads: int = 4
    base_target: float = 0.95  # chance of a right scratchpad of eight steps
    base_most: int = 800  # steps to that
    base_lr: float = 5e-3
    batch: int = 64
    direct_target: float = 0.9  # chance of a right direct answer of two steps
    direct_most: int = 700  # steps of SFT to that
    direct_batch: int = 32  # maps, with eleven questions each
    direct_lr: float = 3e-3
    both_steps: int = 200  # of SFT on direct answers of both depths, after it, at half the rate
    steps: int = 100  # of GRPO
    lr: float = 3e-4  # at 1e-3 the control with rewards lost as often as it gained
    prompts: int = 32
    group: int = 8
    exponent: float = 4.0
    held_out: int = 512


EXPERIMENT = Experiment(
    title="What sampling more can make up for",
    papers=("2504.14047v1", "2510.14901v1", "2504.13837v4"),
    differs="A map over 8 symbols followed for 2 or 8 steps by decoders of 0.2M parameters; answers enumerated.",
    conditions={
        "scratchpad": "writes every step down; SFT, then GRPO",
        "direct": "answers in one token; SFT on more tokens, then GRPO; sampled up to 256 times",
    },
    control_conditions={
        "scratchpad-shuffled": "as `scratchpad`, each answer paid with the reward of another",
        "planted-mode-right": "a direct model whose most frequent answer, chance 0.3, is right",
        "planted-mode-wrong": "a direct model whose right answer, chance 0.2, comes after a wrong one of 0.3",
    },
    metrics=(
        Metric("accuracy_at_two_steps", "probability", 0, 1, "one sample"),
        Metric("accuracy_at_eight_steps", "probability", 0, 1, "one sample"),
        Metric("reward_gain", "probability", -1, 1, "rise of accuracy at eight steps by GRPO, scratchpads"),
        Metric("best_at_two_steps", "probability", 0, 1, "the best verifier-free use of 1 to 256 direct answers"),
        Metric("best_at_eight_steps", "probability", 0, 1, "the same"),
        Metric("oracle_excess", "probability", -1, 1, "pass@k less that of guesses, eight steps, best k up to 64"),
        Metric("accuracy_gap_at_best_budget", "probability", -1, 1, "eight steps, scratchpad less best direct", True),
        Metric("gap_at_two_steps", "probability", -1, 1, "the same at two steps", True),
        Metric("oracle_gap", "probability", -1, 1, "scratchpad less a guess, less oracle_excess of direct", True),
    ),
    controls=(
        Control("shuffled-reward", "negative", "reward_gain", {"below": 0.05}, "scratchpad-shuffled",
                params={"base_target": 0.5}, trains=True),
        Control("rewarded", "positive", "reward_gain", {"above": 0.05}, "scratchpad",
                params={"base_target": 0.5}, trains=True),
        Control("mode-right", "positive", "best_at_eight_steps", {"above": 0.95}, "planted-mode-right"),
        Control("mode-wrong", "negative", "best_at_eight_steps", {"below": 0.3}, "planted-mode-wrong"),
        Control("oracle", "positive", "oracle_excess", {"above": 0.1}, "planted-mode-wrong"),
    ),
    scales={
        "smoke": {"layers": 1, "base_most": 10, "direct_most": 10, "both_steps": 10, "steps": 2, "held_out": 128},
        "cpu": {},
        "gpu": {
            "width": 256, "layers": 6, "heads": 8, "base_lr": 1e-3, "base_most": 8000, "batch": 256, "direct_lr": 5e-4,
            "direct_most": 20000, "direct_batch": 128, "both_steps": 4000, "lr": 2e-4, "prompts": 64, "held_out": 4096,
        },
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip

_DEPTHS, _BOTH = {"two": 2, "eight": 8}, (2, 8)


def measure(run: Run[Params]) -> dict[str, float]:
    """How often the arm is right, by number of steps and by what it may spend."""
    p, task, drawn = run.params, IteratedMap(run.params.symbols, _BOTH), generator(run.seed_for("exam"), run.device)
    asked = {name: task.prompts(p.held_out, drawn, (depth,)) for name, depth in _DEPTHS.items()}
    right = {name: task.right(prompts_NP) for name, prompts_NP in asked.items()}
    if run.condition.startswith("planted"):
        how_often = {"right": 0.2, "rival": 0.3} if run.condition.endswith("wrong") else {"right": 0.3, "rival": 0.1}
        chances = {name: map_exam.planted(each_N, p.symbols, **how_often) for name, each_N in right.items()}
        return map_exam.direct_numbers(chances, right, exponent=p.exponent, rng=drawn)
    base = run.shared("base", lambda: base_of(run, task))
    how = Tuning(p.steps, p.lr, p.prompts, p.group, shuffled=run.condition == "scratchpad-shuffled")
    rl = partial(reinforced, task=task, depths=_BOTH, how=how, seed=run.seed_for("grpo"), on_step=heard(run))
    if run.condition != "direct":
        mark, after = partial(map_exam.right_of_samples, task=task, each=1, rng=drawn), rl(base, form="scratchpad")
        numbers = {f"accuracy_at_{name}_steps": mark(after, prompts_NP=asked[name]) for name in asked}
        was = mark(base, prompts_NP=asked["eight"])
        return numbers | {"reward_gain": numbers["accuracy_at_eight_steps"] - was}
    sft = partial(taught, task=task, form="direct", batch=p.direct_batch, seed=run.seed_for("direct"))
    two = sft(base, depths=(2,), target=p.direct_target, most=p.direct_most, lr=p.direct_lr)
    model = rl(sft(two, depths=_BOTH, most=p.both_steps, lr=p.direct_lr / 2), form="direct")
    chances = {name: map_exam.direct_chances(model, task, prompts_NP) for name, prompts_NP in asked.items()}
    for samples in map_exam.BUDGETS:
        share = votes(chances["eight"], right["eight"], samples=samples, generator=drawn)
        run.trace("majority right at eight steps, by votes", samples, share)
    return map_exam.direct_numbers(chances, right, exponent=p.exponent, rng=drawn)


def combine(arms: Mapping[str, Arm], params: Params) -> dict[str, float]:
    """What the scratchpad is ahead by."""
    pad, direct = arms["scratchpad"].metrics, arms["direct"].metrics
    return {
        "accuracy_gap_at_best_budget": pad["accuracy_at_eight_steps"] - direct["best_at_eight_steps"],
        "gap_at_two_steps": pad["accuracy_at_two_steps"] - direct["best_at_two_steps"],
        "oracle_gap": pad["accuracy_at_eight_steps"] - 1 / params.symbols - direct["oracle_excess"],
    }


def base_of(run: Run[Params], task: IteratedMap) -> PreTrainedModel:
    """A model trained on scratchpads until it has a set share of those of eight steps right."""
    p, seed, shape = run.params, run.seed_for("base"), run.params.model_dump(include={"width", "layers", "heads"})
    start = untrained(task, shape=shape, seed=seed, device=run.device, dtype=run.dtype)
    pads = partial(taught, form="scratchpad", depths=(8, 2), batch=p.batch, seed=seed)
    return pads(start, task, target=p.base_target, most=p.base_most, lr=p.base_lr)


def heard(run: Run[Params]) -> OnStep:
    """Puts the curve of GRPO on the claim's page."""

    def hear(step: int, reward: float) -> None:
        run.trace("reward", step + 1, reward)
        run.progress((step + 1) / run.params.steps)

    return hear

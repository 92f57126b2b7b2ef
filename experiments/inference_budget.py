"""Can a model that answers at once catch up with one that thinks, by sampling more? Can sampling stand in for RL?

Wang et al., arXiv:2504.14047v1: without a verifier, models without reasoning stay behind at any budget. Objections:
resampling from a power of the model's likelihood nearly matches RL (arXiv:2510.14901v1); with an oracle to pick, samples
of the base overtake RL (arXiv:2504.13837v4).
Differs: a map over 11 symbols, given in the prompt, is followed for 2 or 8 steps by decoders of 0.15M parameters. One
base is trained on scratchpads until 60 % of those of two steps are right; GRPO and resampling start there. Trained on
to 98 %, it is the start of both formats, each SFT'd and GRPO'd. The direct model sees several times the other's tokens,
eight questions about a map in a sequence, two steps before eight, so that training is not what it lacks. A budget is in
tokens of a direct answer, one each. Answers are enumerated: resampling (Metropolis-Hastings, whole answers as proposals)
and oracle picks are exact, a majority vote is one election a prompt. Cost: about 45 CPU seconds a replicate.
"""

from collections.abc import Mapping
from functools import partial

from transformers import PreTrainedModel

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings
from claims.lab.metrics import map_exam
from claims.lab.metrics.inference import resampled, votes
from claims.lab.seeding import generator
from claims.lab.tasks.iterated_map import IteratedMap
from claims.lab.training.map_followers import reinforced, taught, untrained
from claims.lab.training.progress import OnStep


class Params(Settings):
    """Model; base; SFT in a format; GRPO after it; the exam."""

    symbols: int = 11
    width: int = 64
    layers: int = 3
    heads: int = 4
    base_until: float = 0.6
    base_most: int = 500
    base_lr: float = 5e-3
    batch: int = 64
    more_most: int = 200  # steps from the base to 98 %
    pad_steps: int = 40  # of SFT on scratchpads, after it
    pad_lr: float = 2.5e-3
    direct_most: int = 400  # steps of SFT on direct answers of two steps
    both_steps: int = 60  # of SFT on direct answers of both depths, after it
    direct_lr: float = 3e-3
    steps: int = 60  # of GRPO
    lr: float = 3e-4
    prompts: int = 16
    group: int = 8
    exponent: float = 4.0
    held_out: int = 1024


EXPERIMENT = Experiment(
    title="What sampling more can make up for: thinking first, and RL",
    papers=("2504.14047v1", "2510.14901v1", "2504.13837v4"),
    differs="A map over 11 symbols followed for 2 or 8 steps by decoders of 0.15M parameters; answers enumerated.",
    conditions={
        "scratchpad": "writes every step down; SFT, then GRPO",
        "direct": "answers in one token; SFT on more tokens, then GRPO; sampled up to 256 times",
        "base-power-sampling": "the base, resampled from the fourth power of its likelihood with 256 proposals",
        "grpo": "the base after GRPO on scratchpads of two steps",
    },
    control_conditions={
        "grpo-shuffled": "GRPO as in `grpo`, each answer paid with the reward of another",
        "planted-mode-right": "a direct model whose most frequent answer, chance 0.2, is right",
        "planted-mode-wrong": "a direct model whose right answer, chance 0.2, comes after a wrong one of 0.3",
    },
    metrics=(
        Metric("accuracy", "probability", 0, 1, "chance of the right final symbol in scratchpads of two steps"),
        Metric("reward_gain", "probability", -1, 1, "rise of that chance over the base"),
        Metric("accuracy_at_two_steps", "probability", 0, 1, "one sample"),
        Metric("accuracy_at_eight_steps", "probability", 0, 1, "one sample"),
        Metric("best_at_two_steps", "probability", 0, 1, "the best verifier-free use of 1 to 256 direct answers"),
        Metric("best_at_eight_steps", "probability", 0, 1, "the same"),
        Metric("oracle_excess", "probability", -1, 1, "pass@k less that of guesses, eight steps, best k up to 64"),
        Metric("truncated_at_eight_steps", "probability", 0, 1, "a scratchpad of eight steps cut to one token"),
        Metric("accuracy_gap_at_best_budget", "probability", -1, 1, "eight steps, scratchpad less direct at best", True),
        Metric("gap_at_two_steps", "probability", -1, 1, "the same at two steps", True),
        Metric("oracle_gap", "probability", -1, 1, "scratchpad less a guess, less oracle_excess of direct", True),
        Metric("truncation_gap", "probability", -1, 1, "a scratchpad cut to one token less one direct answer", True),
    ),
    controls=(
        Control("shuffled-reward", "negative", "reward_gain", {"below": 0.03}, "grpo-shuffled", trains=True),
        Control("rewarded", "positive", "reward_gain", {"above": 0.05}, "grpo", trains=True),
        Control("mode-right", "positive", "best_at_eight_steps", {"above": 0.95}, "planted-mode-right"),
        Control("mode-wrong", "negative", "best_at_eight_steps", {"below": 0.25}, "planted-mode-wrong"),
        Control("oracle", "positive", "oracle_excess", {"above": 0.2}, "planted-mode-wrong"),
    ),
    scales={
        "smoke": {
            "base_most": 20, "batch": 16, "more_most": 10, "direct_most": 10, "both_steps": 10, "steps": 2,
            "held_out": 64, "width": 32, "layers": 1,
        },
        "cpu": {},
        "gpu": {
            "width": 256, "layers": 6, "heads": 8, "base_lr": 1e-3, "base_most": 4000, "batch": 256, "more_most": 2000,
            "direct_most": 20000, "direct_lr": 5e-4, "both_steps": 4000, "steps": 300, "lr": 5e-5, "prompts": 64,
            "held_out": 4096,
        },
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip

_DEPTHS = {"two": 2, "eight": 8}
_BOTH = tuple(_DEPTHS.values())


def measure(run: Run[Params]) -> dict[str, float]:
    """How often the arm is right at two and at eight steps, by what it may spend."""
    p, task, drawn = run.params, IteratedMap(run.params.symbols, _BOTH), generator(run.seed_for("exam"), run.device)
    asked = {name: task.prompts(p.held_out, drawn, (depth,)) for name, depth in _DEPTHS.items()}
    right = {name: task.right(prompts_NP) for name, prompts_NP in asked.items()}
    if run.condition.startswith("planted"):
        rival = 0.3 if run.condition.endswith("wrong") else 0.1
        chances = {
            name: map_exam.planted(right_N, p.symbols, right=0.2, rival=rival) for name, right_N in right.items()
        }
        return map_exam.direct_numbers(chances, right, exponent=p.exponent, rng=drawn)
    base = run.shared("base", lambda: base_of(run, task))
    rl = partial(
        reinforced, task=task, steps=p.steps, lr=p.lr, prompts=p.prompts, group=p.group, seed=run.seed_for("grpo"),
        on_step=heard(run, "reward"),
    )  # fmt: skip
    if run.condition in ("base-power-sampling", "grpo", "grpo-shuffled"):
        two = asked["two"]
        was = run.shared("traces", lambda: map_exam.traces(base, task, two))
        if run.condition == "base-power-sampling":
            after = resampled(was, exponent=p.exponent, samples=max(map_exam.BUDGETS))
            return {"accuracy": map_exam.right_of_traces(task, two, after)}
        model = rl(base, form="scratchpad", depths=_BOTH[:1], shuffled=run.condition == "grpo-shuffled")
        accuracy = map_exam.right_of_traces(task, two, map_exam.traces(model, task, two))
        return {"accuracy": accuracy, "reward_gain": accuracy - map_exam.right_of_traces(task, two, was)}
    sft = partial(taught, task=task, batch=p.batch, seed=run.seed_for("sft"), on_step=heard(run, "right in SFT"))
    ready = run.shared(
        "ready", lambda: sft(base, form="scratchpad", depths=_BOTH, until=0.98, most=p.more_most, lr=p.pad_lr)
    )
    if run.condition == "scratchpad":
        model = sft(ready, form="scratchpad", depths=_BOTH, until=2.0, most=p.pad_steps, lr=p.pad_lr / 2)
        model = rl(model, form="scratchpad", depths=_BOTH, shuffled=False)
        return map_exam.scratchpad_numbers(model, task, asked, rng=drawn)
    model = sft(ready, form="direct", depths=_BOTH[:1], until=0.9, most=p.direct_most, lr=p.direct_lr)
    model = sft(model, form="direct", depths=_BOTH, until=2.0, most=p.both_steps, lr=p.direct_lr / 2)
    model = rl(model, form="direct", depths=_BOTH, shuffled=False)
    chances = {name: map_exam.direct_chances(model, task, prompts_NP) for name, prompts_NP in asked.items()}
    for samples in map_exam.BUDGETS:
        share = votes(chances["eight"], right["eight"], samples=samples, generator=drawn)
        run.trace("majority vote at eight steps, by votes", samples, share)
    return map_exam.direct_numbers(chances, right, exponent=p.exponent, rng=drawn)


def combine(arms: Mapping[str, Arm], params: Params) -> dict[str, float]:
    """What the scratchpad is ahead by."""
    pad, direct = arms["scratchpad"].metrics, arms["direct"].metrics
    return {
        "accuracy_gap_at_best_budget": pad["accuracy_at_eight_steps"] - direct["best_at_eight_steps"],
        "gap_at_two_steps": pad["accuracy_at_two_steps"] - direct["best_at_two_steps"],
        "oracle_gap": pad["accuracy_at_eight_steps"] - 1 / params.symbols - direct["oracle_excess"],
        "truncation_gap": pad["truncated_at_eight_steps"] - direct["accuracy_at_eight_steps"],
    }


def base_of(run: Run[Params], task: IteratedMap) -> PreTrainedModel:
    """A model trained on scratchpads until it has a set share of those of two steps right."""
    p, seed = run.params, run.seed_for("base")
    shape = {"width": p.width, "layers": p.layers, "heads": p.heads}
    start = untrained(task, shape=shape, seed=seed, device=run.device, dtype=run.dtype)
    return taught(
        start, task, "scratchpad", _BOTH, until=p.base_until, most=p.base_most, batch=p.batch, lr=p.base_lr, seed=seed,
    )  # fmt: skip


def heard(run: Run[Params], name: str) -> OnStep:
    """Puts a training curve on the claim's page."""
    return lambda step, value: run.trace(name, step, value)

"""Can sampling from a sharpened base model stand in for RL?

Karan and Du, arXiv:2510.14901v1: resampling from a power of a base model's own likelihood gains about as much as GRPO,
without training or verifier. Against it stand arXiv:2504.14047v1, where no verifier-free method closed the gap to
reasoning models, and arXiv:2505.24864v1, where long RL solves what the base never solves.
Differs: a map over 8 symbols, given in the prompt, is followed for two steps on a scratchpad by decoders of 0.15M
parameters. A base is trained until it is right in 60 %, then GRPO has 150 steps of 128 answers. The traces of a prompt
are enumerated, so that the chain is exact: Metropolis-Hastings with whole answers as proposals, where the paper
resamples their ends. Resampled scratchpads that are not two steps long count as wrong, those after GRPO by how they
end: GRPO pays any that ends right. A replicate is the mean over four bases, since what GRPO gains differs much between
them. Cost: about 35 CPU seconds.
"""

from functools import partial

from transformers import PreTrainedModel

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.metrics import map_exam
from claims.lab.metrics.inference import resampled
from claims.lab.seeding import generator
from claims.lab.tasks.iterated_map import IteratedMap
from claims.lab.training.map_followers import Tuning, reinforced, taught, untrained


class Params(Settings):
    """Model; bases; sampling; GRPO; the exam."""

    symbols: int = 8
    width: int = 64
    layers: int = 3
    heads: int = 4
    bases: int = 4
    base_target: float = 0.6  # chance of a right scratchpad of two steps
    base_most: int = 500  # steps to that, of two and eight steps
    base_lr: float = 5e-3
    batch: int = 64
    exponent: float = 4.0
    samples: int = 256
    steps: int = 150  # of GRPO
    lr: float = 1e-3
    prompts: int = 16
    group: int = 8
    held_out: int = 512
    each: int = 16  # samples to a prompt after GRPO


EXPERIMENT = Experiment(
    title="Sampling from a sharpened base, or RL",
    papers=("2510.14901v1", "2504.14047v1", "2505.24864v1"),
    differs="A map over 8 symbols followed for two steps by decoders of 0.15M parameters; answers enumerated.",
    conditions={
        "base-power-sampling": "the base, resampled from the fourth power of its likelihood with 256 proposals",
        "grpo": "the base after GRPO",
    },
    control_conditions={
        "grpo-shuffled": "GRPO as in `grpo`, each answer paid with the reward of another",
        "planted-mode-right": "resampling of a base whose most frequent answer, chance 0.3, is right",
        "planted-mode-wrong": "resampling of a base whose right answer, chance 0.2, comes after a wrong one of 0.3",
    },
    metrics=(
        Metric("accuracy", "probability", 0, 1, "chance of the right final symbol, at two steps"),
        Metric("accuracy_of_base", "probability", 0, 1, "that of one scratchpad of the base, two steps long"),
        Metric("reward_gain", "probability", -1, 1, "rise of accuracy over that"),
    ),
    controls=(
        Control("shuffled-reward", "negative", "reward_gain", {"below": 0.03}, "grpo-shuffled", trains=True),
        Control("rewarded", "positive", "reward_gain", {"above": 0.05}, "grpo", trains=True),
        Control("mode-right", "positive", "reward_gain", {"above": 0.5}, "planted-mode-right"),
        Control("mode-wrong", "negative", "reward_gain", {"below": 0.0}, "planted-mode-wrong"),
    ),
    scales={
        "smoke": {"bases": 2, "base_most": 10, "steps": 2, "held_out": 64, "width": 32},
        "cpu": {},
        "gpu": {
            "width": 256, "layers": 6, "heads": 8, "base_lr": 1e-3, "base_most": 8000, "batch": 256, "lr": 2e-4,
            "prompts": 64, "held_out": 4096,
        },
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip

_TWO, _BOTH = (2,), (2, 8)


def measure(run: Run[Params]) -> dict[str, float]:
    """How often the arm is right, and one sample of its base; mean over bases."""
    p, task = run.params, IteratedMap(run.params.symbols, _BOTH)
    right = [right_with(run, task, number) for number in range(p.bases)]
    accuracy, of_base = (sum(each) / p.bases for each in zip(*right, strict=True))
    return {"accuracy": accuracy, "accuracy_of_base": of_base, "reward_gain": accuracy - of_base}


def right_with(run: Run[Params], task: IteratedMap, number: int) -> tuple[float, float]:
    """How often the arm is right with one base, and that base itself."""
    p, drawn = run.params, generator(run.seed_for("exam"), run.device)
    asked_NP = task.prompts(p.held_out, drawn, _TWO)
    if run.condition.startswith("planted"):
        how_often = {"right": 0.2, "rival": 0.3} if run.condition.endswith("wrong") else {"right": 0.3, "rival": 0.1}
        was_NQ = map_exam.planted_traces(task, asked_NP, **how_often)
    else:
        base = run.shared(f"base {number}", lambda: base_of(run, task, run.seed_for(f"base {number}")))
        was_NQ = run.shared(f"traces {number}", lambda: map_exam.traces(base, task, asked_NP))
    if run.condition.startswith("grpo"):
        how = Tuning(p.steps, p.lr, p.prompts, p.group, shuffled=run.condition == "grpo-shuffled")
        hear, seed = partial(run.trace, f"reward, base {number + 1}"), run.seed_for(f"grpo {number}")
        model = reinforced(base, task, "scratchpad", _TWO, how, seed=seed, on_step=hear)
        right = map_exam.right_of_samples(model, task, asked_NP, each=p.each, rng=drawn)
    else:
        after_NQ = resampled(was_NQ, exponent=p.exponent, samples=p.samples)
        right = map_exam.right_of_traces(task, asked_NP, after_NQ)
    run.progress((number + 1) / p.bases)
    return right, map_exam.right_of_traces(task, asked_NP, was_NQ)


def base_of(run: Run[Params], task: IteratedMap, seed: int) -> PreTrainedModel:
    """A model trained on scratchpads until it has a set share of those of two steps right."""
    p = run.params
    shape = p.model_dump(include={"width", "layers", "heads"})
    start = untrained(task, shape=shape, seed=seed, device=run.device, dtype=run.dtype)
    pads = partial(taught, form="scratchpad", depths=_BOTH, batch=p.batch, seed=seed)
    return pads(start, task, target=p.base_target, most=p.base_most, lr=p.base_lr)

"""Are the weights that RL changes the ones it needs, or will any equally many do?

Mukherjee et al., arXiv:2505.11711v2, section 4, train only the weights that a full run changed and get its accuracy
back; a random mask of equal density is not among their arms. arXiv:2602.01599v1 finds random masks of one percent as
good as full training; arXiv:2511.08567v1, Tables 4 and 5, finds them a little worse. Here a full run of GRPO, stored in
bf16, says which weights it changes (embedding and norms included); GRPO is then run again from the same base on those,
on as many drawn at random, and on 20, 5 and 1 % drawn at random, in fp32. Every arm is tuned over three learning rates,
larger by one over the root of the density, on prompts other than those of the exam. Differs from the papers: a decoder
of 0.4M parameters, stopped early in pretraining, sorts digits. About 45 CPU seconds a replicate.
"""

from transformers import PreTrainedModel

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.exam import exam
from claims.lab.seeding import generator
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.masks import Masks, changed_weights, density, random_weights
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.pretraining import sorter
from claims.lab.training.tuning import Budget, Objective, tune


class Params(Settings):
    """Task and model; pretraining (`base_`); tuning; the exam."""

    size: int = 8  # digits to sort
    width: int = 128
    layers: int = 2
    heads: int = 2
    base_steps: int = 80
    base_lr: float = 2e-3
    letters: float = 0.2  # share of pretraining answers in letters
    steps: int = 60  # the learning rate falls to zero
    warmup: int = 10
    prompts: int = 8
    group: int = 8
    found_lr: float = 3e-5  # of the run, stored in bf16, that finds the mask
    rates: tuple[float, ...] = (2e-4, 4e-4, 8e-4)  # at a density of one
    tuning_prompts: int = 512
    held_out: int = 1024  # prompts of the exam


DRAWN = {"grpo-random-20": 0.2, "grpo-random-5": 0.05, "grpo-random-1": 0.01}
EXPERIMENT = Experiment(
    title="GRPO on the weights that a full run changed and on equally many others",
    papers=("2505.11711v2", "2602.01599v1", "2511.08567v1"),
    differs="A decoder of 0.4M parameters and a sorting task; the mask is that of a run stored in bf16.",
    conditions={
        "grpo-full": "every weight is trained",
        "grpo-found-mask": "the weights that a run stored in bf16 changed",
        "grpo-random-mask": "equally many weights, drawn from all of them",
        "grpo-random-20": "20 % of the weights, drawn",
        "grpo-random-5": "5 % of the weights, drawn",
        "grpo-random-1": "1 % of the weights, drawn",
    },
    control_conditions={
        "grpo-one-weight": "one weight, drawn: too few, whichever it is",
        "shuffled-found-mask": "the found mask, each answer paid with the reward of another",
    },
    metrics=(
        Metric("base_reward", "probability", 0, 1, "chance of a right answer at temperature 1 before tuning"),
        Metric("final_reward", "probability", 0, 1, "the same after it, exact for each of `held_out` prompts"),
        Metric("reward_gain", "probability", -1, 1, "rise of that chance"),
        Metric("density", "fraction", 0, 1, "share of the weights that may be trained"),
        Metric("moved_outside", "fraction", 0, 1, "share of the other weights that moved"),
        Metric("best_rate", "step", 0, 2, "which of the three learning rates was best on the tuning prompts"),
    ),
    controls=(
        Control("one-weight", "negative", "reward_gain", {"below": 0.05}, "grpo-one-weight", trains=True),
        Control("shuffled-reward", "negative", "reward_gain", {"below": 0.05}, "shuffled-found-mask", trains=True),
        Control("outside-stays", "negative", "moved_outside", {"below": 1e-9}, "grpo-random-mask", trains=True),
        Control("a-fifth-learns", "positive", "reward_gain", {"above": 0.1}, "grpo-random-20", trains=True),
    ),
    scales={
        "smoke": {"size": 2, "width": 32, "layers": 1, "base_steps": 40, "base_lr": 1e-2, "steps": 2, "warmup": 1},
        "cpu": {},
        "gpu": {"width": 384, "layers": 6, "heads": 6, "base_lr": 5e-4, "steps": 200, "prompts": 32},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """What GRPO gains on the arm's weights."""
    p, task, seed = run.params, Sorting(run.params.size), run.seed_for("base")
    shape = {"width": p.width, "layers": p.layers, "heads": p.heads, "steps": p.base_steps}
    base = run.shared("base", lambda: sorter(task, p.base_lr, p.letters, seed, run.device, **shape))
    found = run.shared("found", lambda: changed_weights(base, tuned(run, base, "grpo", p.found_lr, bf16=True)))
    masks = chosen(run, base, found)
    share = density(masks)
    objective: Objective = "shuffled" if run.condition.startswith("shuffled") else "grpo"
    models = [tuned(run, base, objective, rate * share**-0.5, masks=masks) for rate in p.rates]
    on_tuning = [exam(m, task, count=p.tuning_prompts, seed=run.seed_for("tuning exam")).right for m in models]
    best = max(range(len(models)), key=on_tuning.__getitem__)
    was = run.shared("exam", lambda: exam(base, task, count=p.held_out, seed=run.seed_for("exam")).right)
    final = exam(models[best], task, count=p.held_out, seed=run.seed_for("exam")).right
    return {
        "base_reward": was, "final_reward": final, "reward_gain": final - was, "density": share,
        "moved_outside": outside(masks, changed_weights(base, models[best])), "best_rate": best,
    }  # fmt: skip


def chosen(run: Run[Params], base: PreTrainedModel, found: Masks) -> Masks:
    """The weights that the arm trains."""
    if run.condition.endswith("found-mask"):
        return found
    total, changed = sum(mask.numel() for mask in found.values()), sum(int(mask.sum()) for mask in found.values())
    counts = {"grpo-full": total, "grpo-random-mask": changed, "grpo-one-weight": 1}
    count = counts.get(run.condition) or round(total * DRAWN[run.condition])
    return random_weights(base, count, generator=generator(run.seed_for("mask"), run.device))


def tuned(
    run: Run[Params],
    base: PreTrainedModel,
    objective: Objective,
    rate: float,
    *,
    bf16: bool = False,
    masks: Masks | None = None,
) -> PreTrainedModel:
    """A tuned copy of the base, on the weights of the masks where there are any."""
    p = run.params

    def heard(step: int, reward: float) -> None:
        run.trace(f"reward at learning rate {rate:.1e}", step + 1, reward)
        run.progress((step + 1) / p.steps)

    return tune(
        base, Sorting(p.size), objective, Budget(p.steps, p.prompts, p.group), seed=run.seed_for("tune"), on_step=heard,
        optimiser=lambda model: Optimiser(model, lr=rate, warmup=p.warmup, decay=p.steps, bf16=bf16, masks=masks),
    )  # fmt: skip


def outside(masks: Masks, moved: Masks) -> float:
    """Share of the weights outside the masks that moved; 0 where nothing is outside."""
    others = sum(int((~mask).sum()) for mask in masks.values())
    return sum(int((moved[name] & ~mask).sum()) for name, mask in masks.items()) / max(1, others)

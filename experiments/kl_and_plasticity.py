"""Does a model that stays close to its base, in KL, learn the next task faster? Is it KL, or entropy?

Tiwari et al., arXiv:2605.12484v2, train prompt and weights together: the model ends closer to its base and then learns
another task better. That changes KL and method at once; here KL is moved in many ways, at equal reward. Rival: entropy
on the next task's prompts, without which GRPO has nothing to choose from. Differs from the paper: 0.1M parameters;
answers of two tokens, so that chances, KL and entropy are exact; eight soft vectors are trained first, then weights.
Stage 1 ends where the chance of a right answer is .8. A prompt is part of the policy; the base is asked without. With
it before both, as a trainer would log it, one arm of fifteen differs. Should fail: `grpo-warmed` (much KL and entropy).
"""

from collections.abc import Mapping
from functools import partial

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.enumerated import all_answers, divergence, entropy
from claims.lab.metrics.rank import partial_spearman, spearman
from claims.lab.tasks.records import Records
from claims.lab.training.record_stages import Budget, area, first_stage, level, pretrained, second_stage


class Params(Settings):
    """Task and model; pretraining (`base_`); both stages."""

    values: int = 10  # digits: ninety prompts of each kind
    reserved: int = 8  # soft prompt vectors
    width: int = 64
    layers: int = 2
    base_steps: int = 450
    base_lr: float = 4e-3
    lr: float = 1e-4  # of stages 1 and 2
    prompts: int = 64  # a step, eight samples of each
    most: int = 240  # steps of stage 1 at most
    prompt_steps: int = 160
    target: float = 0.8  # chance of a right answer to task 1 at which stage 1 ends
    next_steps: int = 60


EXPERIMENT = Experiment(
    title="KL from the base at equal reward, entropy, and how fast the next task is learnt",
    papers=("2605.12484v2", "2510.18874v3", "2607.04364v2", "2605.09640v1"),
    differs="0.1M parameters, records with two-token answers, a soft prompt trained before the weights.",
    conditions={
        "grpo-no-kl": "GRPO without a KL penalty",
        "grpo-kl-0p05": "GRPO with a KL penalty of 0.05",
        "grpo-kl-0p2": "GRPO with a KL penalty of 0.2",
        "grpo-kl-0p5": "GRPO with a KL penalty of 0.5",
        "grpo-fast": "GRPO at three times the learning rate",
        "grpo-fast-kl-0p2": "the same with a KL penalty of 0.2",
        "grpo-warmed": "GRPO to 0.9, then the last norm scaled down (a temperature) until it is at 0.8",
        "prefix-first": "GRPO on eight soft prompt vectors, then on the weights",
        "rft": "SFT on the base's own right answers",
        "rft-fast": "the same at three times the learning rate",
        "sft-first-style": "SFT on right answers in the alphabet that the base prefers",
        "sft-half-other": "SFT on right answers of which half are in the alphabet that it rarely uses",
        "sft-mostly-other": "the same with four fifths",
        "sft-other-style": "SFT on right answers in that alphabet only",
        "sft-other-style-fast": "the same at three times the learning rate",
    },
    control_conditions={
        "untouched": "no stage 1",
        "shuffled-reward": "GRPO in stage 1, each answer paid with the reward of another",
        "shuffled-next": "no stage 1; in stage 2 each answer is paid with the reward of another",
        "habit-next": "stage 1 is SFT on one wrong answer to each prompt of task 2: planted loss of plasticity",
    },
    metrics=(
        Metric("task1_pass_at_1", "probability", 0, 1, "chance of a right answer to task 1 after stage 1, exact"),
        Metric("reverse_kl_new", "nats", 0, 100, "KL(model || base) of an answer to task 1, same input to both"),
        Metric("policy_kl_new", "nats", 0, 100, "the same, the base asked without the soft prompt"),
        Metric("reverse_kl_next", "nats", 0, 100, "the same of an answer to task 2, without soft prompt"),
        Metric("entropy_next", "nats", 0, 10, "entropy of an answer to task 2 after stage 1"),
        Metric("plasticity", "ratio", 0, 20, "mean chance of a right answer over stage 2, over that from the base"),
        Metric("prompt_gain", "probability", -1, 1, "rise of the chance on task 1 before weights were trained"),
        Metric("task1_mismatch", "probability", 0, 1, "largest distance from `target` over the arms", True),
        Metric("task2_pass_at_1_of_base", "probability", 0, 1, "chance of a right answer to task 2, base", True),
        Metric("task2_gain_of_base", "probability", -1, 1, "its rise over stage 2", True),
        Metric("kl_spread", "ratio", 1, 1000, "largest policy_kl_new over the smallest", True),
        Metric("kl_plasticity_correlation", "correlation", -1, 1, "ranks of policy_kl_new and plasticity, arms", True),
        Metric("kl_plasticity_correlation_same_input", "correlation", -1, 1, "the same of reverse_kl_new", True),
        Metric("kl_plasticity_correlation_grpo", "correlation", -1, 1, "the first over the arms of GRPO", True),
        Metric("entropy_plasticity_correlation", "correlation", -1, 1, "of entropy_next and plasticity", True),
        Metric("correlation_given_entropy", "correlation", -1, 1, "of KL and plasticity given entropy_next", True),
        Metric("correlation_removed_by_entropy", "fraction", -19, 1, "fall of its size, over that size", True),
        Metric("kl_saved_by_prompt", "fraction", -100, 1, "1 - reverse_kl_new of prefix-first over grpo-no-kl", True),
        Metric("policy_kl_saved_by_prompt", "fraction", -100, 1, "the same of policy_kl_new", True),
    ),
    controls=(
        Control("grpo-learns", "positive", "task1_pass_at_1", {"above": 0.75}, "grpo-no-kl", trains=True),
        Control("shuffled-reward", "negative", "task1_pass_at_1", {"below": 0.6}, "shuffled-reward", trains=True),
        Control("nothing-done", "positive", "plasticity", {"equals": 1, "within": 1e-6}, "untouched", trains=True),
        Control("nothing-moved", "negative", "reverse_kl_next", {"below": 1e-6}, "untouched"),
        Control("nothing-to-learn", "negative", "plasticity", {"below": 0.6}, "shuffled-next", trains=True),
        Control("planted-loss", "positive", "plasticity", {"below": 0.6}, "habit-next", trains=True),
        Control("planted-distance", "positive", "reverse_kl_next", {"above": 0.5}, "habit-next", trains=True),
    ),
    scales={
        "smoke": {"values": 4, "width": 32, "layers": 1, "base_steps": 60, "lr": 1e-3, "most": 8, "next_steps": 4},
        "cpu": {},
        "gpu": {"values": 20, "width": 256, "layers": 6, "base_steps": 3000, "base_lr": 1e-3, "lr": 3e-5},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """Where stage 1 of one arm ended, and how stage 2 went from there."""
    p, task = run.params, Records(run.params.values, run.seed_for("facts"), run.params.reserved)
    shape = {"width": p.width, "layers": p.layers, "heads": 2, "steps": p.base_steps}
    seed = run.seed_for("base")
    base = run.shared("base", lambda: pretrained(task, **shape, lr=p.base_lr, seed=seed, device=run.device))
    budget = Budget(p.lr, p.most, p.prompt_steps, p.target, prompts=p.prompts)
    new_BP, next_BP = (task.all_prompts(kind, run.device) for kind in ("sort", "shift"))
    end = first_stage(base, task, run.condition, budget, run.seed_for("stage 1"))
    follow = partial(second_stage, task=task, budget=budget, seed=run.seed_for("stage 2"), steps=p.next_steps)
    fresh = run.shared("fresh", lambda: follow(base, name="untouched"))
    curve = follow(end.model, name=run.condition, on_look=partial(run.trace, "chance of a right answer to task 2"))
    run.progress(1.0)
    run.keep("fresh", fresh)
    policy, following = all_answers(end.model, end.asked_BP), all_answers(end.model, next_BP)
    return {
        "task1_pass_at_1": level(end.model, task, end.asked_BP),
        "reverse_kl_new": divergence(policy, all_answers(end.origin, end.asked_BP)),
        "policy_kl_new": divergence(policy, all_answers(base, new_BP)),
        "reverse_kl_next": divergence(following, all_answers(base, next_BP)),
        "entropy_next": entropy(following),
        "plasticity": area(curve) / area(fresh),
        "prompt_gain": level(end.origin, task, end.asked_BP) - level(base, task, new_BP),
    }


def combine(arms: Mapping[str, Arm], params: Params) -> dict[str, float]:
    """Over the arms of a seed."""
    of = {name: [arm.metrics[name] for arm in arms.values()] for name in arms["rft"].metrics}
    kl, fresh = of["policy_kl_new"], arms["rft"].kept["fresh"]
    plain, given = spearman(kl, of["plasticity"]), partial_spearman(kl, of["plasticity"], of["entropy_next"])
    grpo = [arm.metrics for name, arm in arms.items() if name.startswith("grpo") and name != "grpo-warmed"]
    without, prompt = arms["grpo-no-kl"].metrics, arms["prefix-first"].metrics
    return {
        "task1_mismatch": max(abs(reward - params.target) for reward in of["task1_pass_at_1"]),
        "task2_pass_at_1_of_base": fresh[0],
        "task2_gain_of_base": fresh[-1] - fresh[0],
        "kl_spread": max(kl) / min(kl),
        "kl_plasticity_correlation": plain,
        "kl_plasticity_correlation_same_input": spearman(of["reverse_kl_new"], of["plasticity"]),
        "kl_plasticity_correlation_grpo": spearman(*([m[k] for m in grpo] for k in ("policy_kl_new", "plasticity"))),
        "entropy_plasticity_correlation": spearman(of["entropy_next"], of["plasticity"]),
        "correlation_given_entropy": given,
        "correlation_removed_by_entropy": 1 - abs(given) / max(abs(plain), 0.05),
        "kl_saved_by_prompt": 1 - prompt["reverse_kl_new"] / without["reverse_kl_new"],
        "policy_kl_saved_by_prompt": 1 - prompt["policy_kl_new"] / without["policy_kl_new"],
    }

"""Is a budget of tokens better spent on several generated hints than on plain samples?

RLAD, arXiv:2510.02263v1: a generator of abstractions and a solver, trained by RL, beat more samples at large budgets.
Differs: decoders of 0.1M parameters apply one of eight hidden rules that two examples, each wrong more often than not,
suggest; a hint is one token that names a rule, an answer has two. Both arms start from one SFT model that answers with
and without hints; GRPO samples equally many tokens: answers, or hints (generator, paid by one answer of the solver) and
answers to the generator's hints (solver). A hint costs its tokens; how to split is picked on problems not in the exam.
Forced: from one and the same policy, hints with answers solve no more than as many direct samples (Jensen), less what
hints cost, so a gain needs training to narrow answers more than hints. Tokens spent on answers to hints are lost to the
generator, which gets two fifths of the steps of plain GRPO (`plain-short` has as many). A budget of two buys one hint.
42 hints cover eight rules, so hints of other problems (`hints-shuffled`) may do well. Wrong hints never help, so that
more than one hint is best unless the generator is certain. Cost: about 55 CPU seconds a replicate.
"""

from transformers import PreTrainedModel

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.hinting import direct, hinted
from claims.lab.metrics.hinting_numbers import direct_numbers, hinted_numbers, mute, planted_numbers, wide
from claims.lab.seeding import generator
from claims.lab.tasks.hinted_rules import HintedRules
from claims.lab.training.hinters import Pair, Tuning, answering, hinting, warm_start
from claims.lab.training.progress import OnStep


class Params(Settings):
    """Task; model; warm start; GRPO; the exam."""

    rules: int = 8
    base: int = 10  # digits are less than this
    digits: int = 2  # of an answer
    examples: int = 2
    noise: float = 0.6  # chance that an example is worked by another rule
    width: int = 64
    layers: int = 2  # with four heads each
    sft_steps: int = 800
    sft_lr: float = 3e-3
    batch: int = 128
    steps: int = 400  # of plain GRPO; that of hints ends with its tokens
    lr: float = 3e-4
    prompts: int = 64  # a step
    group: int = 8
    kl: float = 0.1  # weight of the penalty in `plain-kl`
    held_out: int = 4096


EXPERIMENT = Experiment(
    title="Hints that name a rule against plain samples at equal tokens",
    papers=("2510.02263v1",),
    differs="Decoders of 0.1M parameters, one of eight rules, a hint of one token that names it, exact chances.",
    conditions={
        "plain": "GRPO on answers",
        "hints": "GRPO on hints and on answers given a hint, with as many sampled tokens",
        "hints-shuffled": "as `hints`; at the exam each problem is given the hints of another",
        "plain-kl": "as `plain`, with a penalty on the divergence from the warm start, so that samples stay diverse",
        "plain-short": "as `plain`, with as many steps as the generator of hints took",
        "warm-start": "plain answers of the warm start",
    },
    control_conditions={
        "plain-unpaid": "as `plain`, each answer paid with the reward of another",
        "hints-unpaid": "as `hints`, each hint and answer paid with the reward of another",
        "planted-wide": "any rule is hinted, and followed without error; plain samples follow the first one",
        "planted-mute": "answers are right with the same chance whatever the hint, and without one",
    },
    metrics=(
        Metric("pass_at_1", "probability", 0, 1, "one answer, in the arms with hints after one hint (more tokens)"),
        Metric("pass_at_2", "probability", 0, 1, "a right one among the samples that the tokens of 2 answers buy"),
        Metric("pass_at_64", "probability", 0, 1, "the same for the tokens of 64 answers"),
        Metric("pass_at_128", "probability", 0, 1, "the same for those of 128"),
        Metric("best_number_of_hints_at_64", "hints", 1, 64, "of the split of 64 answers that solves most elsewhere"),
        Metric("solve_rate_with_right_hint", "probability", 0, 1, "chance of a right answer given the hidden rule"),
        Metric("solve_rate_with_wrong_hint", "probability", 0, 1, "the same, mean over the other rules"),
        Metric("pass_at_1_of_base", "probability", 0, 1, "pass_at_1 of the warm start, with a hint in arms with hints"),
        Metric("reward_gain", "probability", -1, 1, "pass_at_1 less that of the warm start"),
        Metric("planted_gain", "probability", -1, 1, "pass_at_64 of planted hints less that of plain samples"),
    ),
    controls=(
        Control("shuffled-reward", "negative", "reward_gain", {"below": 0.03}, "plain-unpaid", trains=True),
        Control("shuffled-hints-reward", "negative", "reward_gain", {"below": 0.03}, "hints-unpaid", trains=True),
        Control("rewarded", "positive", "reward_gain", {"above": 0.05}, "plain", trains=True),
        Control("rewarded-hints", "positive", "reward_gain", {"above": 0.05}, "hints", trains=True),
        Control("wide", "positive", "planted_gain", {"between": [0.871, 0.872]}, "planted-wide", params={"digits": 2}),
        Control("wide-hints", "positive", "best_number_of_hints_at_64", {"above": 30.0}, "planted-wide"),
        Control("mute", "negative", "planted_gain", {"between": [-0.01, 0.0]}, "planted-mute"),
        Control("mute-hints", "negative", "best_number_of_hints_at_64", {"below": 1.5}, "planted-mute"),
    ),
    scales={
        "smoke": {"digits": 1, "sft_steps": 20, "batch": 16, "steps": 12, "prompts": 8, "held_out": 64},
        "cpu": {},
        "gpu": {
            "digits": 4, "width": 256, "layers": 4, "sft_steps": 4000, "batch": 256, "sft_lr": 1e-3,
            "steps": 800, "lr": 1e-4, "prompts": 128, "group": 16,
        },
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """What the arm solves with budgets of tokens, by exact chances on problems never trained on."""
    p = run.params
    task, drawn = HintedRules(p.rules, p.base, p.digits, p.examples, p.noise), generator(run.seed_for("exam"))
    if run.condition.startswith("planted"):
        plant = {"planted-wide": wide, "planted-mute": mute}[run.condition]
        return planted_numbers(*plant(p.rules, p.held_out, drawn), p.digits)
    exam, others = (task.problems(p.held_out, drawn, run.device) for _ in range(2))
    base = run.shared("base", lambda: warm_start(
        task, {"width": p.width, "layers": p.layers, "heads": 4}, steps=p.sft_steps, lr=p.sft_lr, batch=p.batch,
        seed=run.seed_for("warm start"), device=run.device, dtype=run.dtype, on_step=heard(run, "loss", p.sft_steps),
    ))  # fmt: skip
    if not run.condition.startswith("hints"):
        was_B = run.shared("direct base", lambda: direct(base, task, exam))
        return direct_numbers(direct(answerer(run, task, base), task, exam), was_B)
    was, pair = run.shared("hinted base", lambda: hinted(base, base, task, exam)), hinters(run, task, base)
    tests = [hinted(pair.giver, pair.solver, task, problems) for problems in (exam, others)]
    on_exam, on_others = (test.of_others(drawn) if "shuffled" in run.condition else test for test in tests)
    return hinted_numbers(on_exam, on_others, exam.rules_B, was, p.digits)


def answerer(run: Run[Params], task: HintedRules, base: PreTrainedModel) -> PreTrainedModel:
    """The model of an arm without hints."""
    if run.condition == "warm-start":
        return base
    seed, how, hear = run.seed_for("tuning"), tuning(run), heard(run, "reward", run.params.steps)
    kind, early = run.condition.replace("-short", ""), how.rounds(task)
    models = run.shared(kind, lambda: answering(task, base, how, early=early, seed=seed, on_step=hear))
    return models.early if run.condition == "plain-short" else models.late


def hinters(run: Run[Params], task: HintedRules, base: PreTrainedModel) -> Pair:
    """The models of an arm with hints."""
    seed, how, kind = run.seed_for("tuning"), tuning(run), run.condition.replace("-shuffled", "")
    hear = heard(run, "reward of hints", how.rounds(task))
    return run.shared(kind, lambda: hinting(task, base, how, seed=seed, on_step=hear))


def tuning(run: Run[Params]) -> Tuning:
    """GRPO as the arm has it."""
    p, kl = run.params, run.params.kl if run.condition == "plain-kl" else 0.0
    return Tuning(p.steps, p.lr, p.prompts, p.group, kl=kl, shuffled="unpaid" in run.condition)


def heard(run: Run[Params], name: str, steps: int) -> OnStep:
    """Puts a training curve on the claim's page."""

    def hear(step: int, value: float) -> None:
        run.trace(name, step + 1, value)
        run.progress((step + 1) / steps)

    return hear

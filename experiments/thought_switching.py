"""Does a penalty on switching thoughts help every model? And do models fail because they switch?

Wang et al., arXiv:2501.18585v2: a decoding penalty on switching (TIP: alpha off the logit of the switch token for the
first beta tokens of a thought) raises accuracy, and wrong answers switch more. Rivals tested: the penalty corrects
too much switching and harms too little (compare arXiv:2506.11077v3); hard problems make both switches and failures.
Differs from the paper: decoders of 30k parameters that learnt to search from traces whose hazard of switching is a
multiple of the best one, known by dynamic programming; the world, not the model, says whether work looks promising;
one token a step. All strengths of a seed meet the same luck: differences are paired by problem.
Cost: about 40 CPU seconds a replicate.
"""

from collections.abc import Callable
from functools import partial
from itertools import product, starmap

import torch
from transformers import PreTrainedModel

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.logistic import association
from claims.lab.metrics.switching import switching
from claims.lab.models.decoder import decoder
from claims.lab.models.planted_failures import planted_failures
from claims.lab.seeding import generator
from claims.lab.tasks.search import Search, Tape
from claims.lab.training import searchers
from claims.lab.training.searchers import FREE, Penalty, Searched, solved


class Params(Settings):
    """Model; learning from traces; penalties; problems."""

    width: int = 32
    layers: int = 2
    traces: int = 8192
    steps: int = 240
    batch: int = 64
    lr: float = 5e-3
    alpha: float = 3.0  # the penalty that all arms get
    beta: int = 6
    alphas: tuple[float, ...] = (-1.0, 1.0, 3.0, 100.0)  # tried on the tuning problems, with each of `betas`
    betas: tuple[int, ...] = (3, 6, 12)
    tuning: int = 1024
    exam: int = 4096


EXPERIMENT = Experiment(
    title="A penalty on switching thoughts, in models that switch too rarely, rightly or too often",
    papers=("2501.18585v2", "2506.11077v3"),
    differs="Decoders of 30k parameters that search in a world with a known best rate of switching.",
    conditions={
        "switches-0p3x": "learnt from traces that switch at 0.3 times the best hazard",
        "switches-1x": "learnt from traces that switch at the best hazard",
        "switches-3x": "learnt from traces that switch at three times the best hazard",
    },
    control_conditions={
        "switches-0x": "learnt from traces that never switch: a penalty has nothing to penalise",
        "planted-3x": "no model: three times the best hazard exactly, penalised exactly",
        "planted-confounded": "switches and failures both follow difficulty, and nothing else",
        "planted-cause": "failures follow switches, and switches do not follow difficulty",
    },
    metrics=(
        Metric("accuracy_without_penalty", "fraction", 0, 1, "problems solved within the cap"),
        Metric("accuracy_change", "fraction", -1, 1, "the same with the penalty of `alpha` and `beta`, less without"),
        Metric("accuracy_change_tuned", "fraction", -1, 1, "the same with the penalty that is best on other problems"),
        Metric("tuned_alpha", "nats", -1, 100, "its strength; 100 forbids switching"),
        Metric("hazard_ratio", "ratio", 0, 10, "hazard of the model over the best, mean over discouraging evidence"),
        Metric("accuracy_error", "fraction", -1, 1, "accuracy less the exact one at the hazard aimed at"),
        Metric("change_error", "fraction", -1, 1, "accuracy_change less the exact one at that hazard"),
        Metric("switches_if_wrong", "switches", 0, 48, "mean number in wrong answers, without penalty"),
        Metric("switches_if_right", "switches", 0, 48, "mean number in right answers, without penalty"),
        Metric("coefficient_alone", "log odds", -50, 50, "of a wrong answer, a standard deviation of switches"),
        Metric("coefficient_shrinkage", "fraction", -10, 10, "of it that is gone when difficulty is held fixed"),
        Metric("rate_shrinkage", "fraction", -10, 10, "the same for switches a token, since wrong answers are longer"),
    ),
    controls=(
        Control("learnt-hazard", "positive", "hazard_ratio", {"between": [0.8, 1.2]}, "switches-1x", trains=True),
        Control("no-switches", "negative", "accuracy_change", {"between": [-0.02, 0.02]}, "switches-0x", trains=True),
        Control("known-accuracy", "positive", "accuracy_error", {"between": [-0.04, 0.04]}, "switches-0x", trains=True),
        Control("known-gain", "positive", "change_error", {"between": [-0.04, 0.04]}, "planted-3x"),
        Control("known-end", "positive", "change_error", {"between": [-0.04, 0.04]}, "planted-3x", params={"beta": 2}),
        Control("all-difficulty", "positive", "coefficient_shrinkage", {"above": 0.7}, "planted-confounded"),
        Control("no-difficulty", "negative", "coefficient_shrinkage", {"between": [-0.2, 0.2]}, "planted-cause"),
    ),
    scales={
        "smoke": {"width": 16, "layers": 1, "traces": 1024, "steps": 60, "tuning": 64, "exam": 512},
        "cpu": {},
        "gpu": {"width": 128, "layers": 4, "traces": 65536, "steps": 1500, "lr": 1e-3, "tuning": 8192, "exam": 16384},
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip


def measure(run: Run[Params]) -> dict[str, float]:
    """What penalties change, and how switches go with failures."""
    p, search = run.params, Search()
    exam = Tape.draw(search, p.exam, generator(run.seed_for("exam"), run.device))
    kind, _, twist = run.condition.partition("-")
    if twist in ("confounded", "cause"):
        rng = generator(run.seed_for("planted"), run.device)
        return association(*planted_failures(twist, exam.levels_N, rng), exam.levels_N)
    best_L = torch.tensor(search.best_hazards(), device=run.device)
    aimed_L = best_L * float(twist.removesuffix("x").replace("p", "."))
    if kind == "planted":
        search_by: Callable[[Tape, Penalty], Searched] = partial(searchers.by_rule, aimed_L)
    else:
        search_by = partial(searchers.searched, searcher(run, search, aimed_L))
    (traces, chances), fixed = search_by(exam, FREE), Penalty(p.alpha, p.beta)
    tuned = chosen(run, search_by)
    free, after, after_tuned = (solved(t) for t in (traces, search_by(exam, fixed)[0], search_by(exam, tuned)[0]))
    exact, exact_after = (searchers.exact_accuracy(search, aimed_L, penalty) for penalty in (FREE, fixed))
    run.progress(1.0)
    return {
        "accuracy_without_penalty": free,
        "accuracy_change": after - free,
        "accuracy_change_tuned": after_tuned - free,
        "tuned_alpha": tuned.alpha,
        "hazard_ratio": searchers.hazard_ratio(traces, chances, best_L[exam.levels_N]),
        "accuracy_error": free - exact,
        "change_error": (after - free) - (exact_after - exact),
        **(switching(traces, exam.levels_N) if aimed_L.any() else {}),
    }


def searcher(run: Run[Params], search: Search, hazards_L: torch.Tensor) -> PreTrainedModel:
    """A model that learnt from traces with these hazards; all arms start from the same weights and the same luck."""
    p, seed = run.params, run.seed_for("model")
    tape = Tape.draw(search, p.traces, generator(run.seed_for("traces"), run.device))
    model = decoder(search.vocabulary, search.cap + 1, width=p.width, layers=p.layers, heads=max(1, p.width // 16),
                    seed=seed, device=run.device, dtype=run.dtype)  # fmt: skip

    def heard(step: int, loss: float) -> None:
        run.trace("loss, nats a token", step + 1, loss)
        run.progress(0.4 * (step + 1) / p.steps)

    hazards_N = hazards_L[tape.levels_N]
    searchers.learnt(model, tape, hazards_N, steps=p.steps, batch=p.batch, lr=p.lr, seed=seed, on_step=heard)
    return model


def chosen(run: Run[Params], search_by: Callable[[Tape, Penalty], Searched]) -> Penalty:
    """The penalty, or none, with which most of the tuning problems are solved; the first of equals."""
    p = run.params
    tuning = Tape.draw(Search(), p.tuning, generator(run.seed_for("tuning"), run.device))
    scores = {q: solved(search_by(tuning, q)[0]) for q in (FREE, *starmap(Penalty, product(p.alphas, p.betas)))}
    return max(scores, key=scores.__getitem__)

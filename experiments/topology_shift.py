"""Does a model that was trained on one network fail when one element of it is taken away (N-1)?

A reading note says so of SFT and GRPO, and infers that no procedure is learnt; its likely source, arXiv:2603.23004v1 on
optimal power flow, reports no such test in its abstract. Objection tested here: narrow data (arXiv:2510.00237v1).
Differs: cheapest paths in layered networks of 8 nodes and 12 edges, listed as one token an edge, by a decoder of 0.1M
parameters without chain of thought. One topology, 8 or 64; SFT until most answers are right (more steps for more
topologies), then 100 steps of SFT or of GRPO on as many answers. `one-topology-long`: one topology, the SFT steps of
64. Deleting an edge makes the prompt a token shorter: deletions off the optimum control for that. The optimum leads by
at least two. All nine paths are enumerated, so accuracy is the exact chance of the right one. Paths have equally many
edges; accuracy on N is reweighted by the optimum's lead to what remains on N-1. Cost: about 40 CPU seconds a replicate.
"""

from typing import Literal, cast

import torch
from transformers import PreTrainedModel

from claims.experiment import Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.network_exam import NetworkExam, answers_of, solver
from claims.lab.seeding import generator
from claims.lab.tasks.networks import Networks
from claims.lab.training.pathfinders import Tuning, taught, tuned
from claims.lab.training.progress import OnStep


class Params(Settings):
    """Network; model; SFT steps for 1, 8 and 64 topologies; tuning after it; the exam."""

    nodes: int = 3  # in each of the layers
    layers_between: int = 2
    edges: int = 12
    dearest: int = 5
    lead: int = 2
    width: int = 64
    layers: int = 2
    heads: int = 4
    one_steps: int = 100
    few_steps: int = 150
    many_steps: int = 400
    batch: int = 128
    sft_lr: float = 3e-3
    steps: int = 100  # of tuning
    lr: float = 3e-4
    prompts: int = 32  # a step of GRPO; SFT sees prompts * group answers a step
    group: int = 8
    held_out: int = 1024


EXPERIMENT = Experiment(
    title="What a deleted edge costs a model trained on one network, or on many",
    papers=("2603.23004v1", "2510.00237v1", "2510.15990v1", "2512.07783v1"),
    differs="Cheapest paths in layered networks of 8 nodes, a decoder of 0.1M parameters, no chain of thought.",
    conditions={
        "one-topology-sft": "SFT on one topology, then more of it",
        "one-topology-grpo": "SFT on one topology, then GRPO on it",
        "one-topology-long": "SFT on one topology for as many steps as on 64",
        "few-topologies-grpo": "SFT on 8 topologies, then GRPO on them",
        "many-topologies-sft": "SFT on 64 topologies, then more of it",
        "many-topologies-grpo": "SFT on 64 topologies, then GRPO on them",
    },
    control_conditions={
        "one-topology-shuffled": "SFT on one topology, then GRPO with each answer paid with the reward of another",
        "one-topology-deletions": "SFT on one topology, longer than on 64; every other batch has a random edge deleted",
        "planted-stale": "a solver that takes a deleted edge to be there, at the lowest cost",
        "planted-exact": "a solver that reads the list",
    },
    metrics=(
        Metric("accuracy_on_n", "probability", 0, 1, "chance of the cheapest path on the topologies trained on"),
        Metric("reward_gain", "probability", -1, 1, "rise of that chance over the tuning that follows SFT"),
        Metric("n1_drop", "probability", -1, 1, "accuracy on N, at the leads of N-1, less accuracy on N-1 affected"),
        Metric("unaffected_drop", "probability", -1, 1, "the same for a deleted edge that the optimum did not use"),
        Metric("n1_excess", "probability", -2, 2, "n1_drop less unaffected_drop: what is not the shorter prompt"),
        Metric("fresh_drop", "probability", -1, 1, "the same for topologies never trained on, no edge deleted"),
        Metric("stale_share", "fraction", 0, 1, "of wrong chance on N-1 affected: share over the deleted edge"),
        Metric("stale_excess", "fraction", -1, 1, "stale_share less what it is if all wrong paths are equally likely"),
    ),
    controls=(
        Control("shuffled-reward", "negative", "reward_gain", {"below": 0.05}, "one-topology-shuffled", trains=True),
        Control("rewarded", "positive", "reward_gain", {"above": 0.08}, "one-topology-grpo",
                params={"one_steps": 60, "steps": 150}, trains=True),
        Control("deletions-seen", "negative", "n1_drop", {"below": 0.15}, "one-topology-deletions",
                params={"many_steps": 800}, trains=True),
        Control("stale-solver", "positive", "n1_drop", {"above": 0.99}, "planted-stale"),
        Control("stale-errors", "positive", "stale_share", {"above": 0.99}, "planted-stale"),
        Control("exact-solver", "negative", "n1_drop", {"between": [-0.01, 0.01]}, "planted-exact"),
    ),
    scales={
        "smoke": {"one_steps": 4, "few_steps": 4, "many_steps": 4, "batch": 16, "steps": 2, "held_out": 256},
        "cpu": {},
        "gpu": {
            "nodes": 4, "edges": 19, "dearest": 9, "lead": 1, "width": 256, "layers": 4, "heads": 8, "batch": 512,
            "one_steps": 600, "few_steps": 2000, "many_steps": 6000, "sft_lr": 1e-3, "steps": 300, "lr": 1e-4,
            "prompts": 64, "group": 16, "held_out": 4096,
        },
    },
    time_limit={"smoke": 120, "cpu": 900, "gpu": 7200},
)  # fmt: skip

_TRAINED, _FRESH = {"one": 1, "few": 8, "many": 64}, 64


def measure(run: Run[Params]) -> dict[str, float]:
    """Accuracy on the networks trained on, and what is lost when they change."""
    p = run.params
    task = Networks(p.layers_between, p.nodes, p.edges, p.dearest, p.lead)
    drawn = generator(run.seed_for("topologies"))
    pool_KE = run.shared("topologies", lambda: task.topologies(_TRAINED["many"] + _FRESH, drawn))
    diversity, *_, arm = run.condition.replace("planted", "one").split("-")
    own_KE, held_out = pool_KE[: _TRAINED[diversity]], generator(run.seed_for("held out"))
    n_BE, fresh_BE = (task.instances(some_KE, p.held_out, held_out) for some_KE in (own_KE, pool_KE[-_FRESH:]))
    exam = NetworkExam(task, n_BE, task.affected(n_BE, held_out), task.unaffected(n_BE, held_out), fresh_BE)
    if arm in ("stale", "exact"):
        return exam.numbers(solver(task, own_KE[0] & (arm == "stale")))
    if arm in ("long", "deletions"):
        return exam.numbers(answers_of(base_of(run, task, own_KE, p.many_steps), task))
    steps = {"one": p.one_steps, "few": p.few_steps, "many": p.many_steps}[diversity]
    base = run.shared(f"base {diversity}", lambda: base_of(run, task, own_KE, steps))
    was = run.shared(f"accuracy {diversity}", lambda: exam.accuracy(answers_of(base, task)))
    name, how = "loss, nats a token" if arm == "sft" else "reward", Tuning(p.steps, p.lr, p.prompts, p.group)
    kind = cast(Literal["sft", "grpo", "shuffled"], arm)
    model = tuned(task, base, own_KE, how, kind, seed=run.seed_for("tuning"), on_step=heard(run, name, p.steps))
    numbers = exam.numbers(answers_of(model, task))
    return numbers | {"reward_gain": numbers["accuracy_on_n"] - was}


def base_of(run: Run[Params], task: Networks, own_KE: torch.Tensor, steps: int) -> PreTrainedModel:
    """The model after SFT, in the arm with deletions on networks that lack an edge every other step."""
    p, drawn = run.params, generator(run.seed_for("sft"))
    shape, hear = {"width": p.width, "layers": p.layers, "heads": p.heads}, heard(run, "SFT loss, nats a token", steps)

    def instances(step: int) -> torch.Tensor:
        costs_BE = task.instances(own_KE, p.batch, drawn)
        deleted = run.condition.endswith("deletions") and step % 2
        return task.affected(costs_BE, drawn).costs_ME if deleted else costs_BE

    return taught(
        task, instances, steps=steps, lr=p.sft_lr, shape=shape, seed=run.seed_for("init"), device=run.device,
        dtype=run.dtype, on_step=hear,
    )  # fmt: skip


def heard(run: Run[Params], name: str, steps: int) -> OnStep:
    """Puts a training curve on the claim's page."""

    def hear(step: int, value: float) -> None:
        run.trace(name, step + 1, value)
        run.progress((step + 1) / steps)

    return hear

"""Does weight decay make an autoencoder contract near its training points?

Fumero et al., arXiv:2505.22785v4, argue that it biases training that way (appendix C) and hold it fixed in every run.
Here decay varies, at matched interpolation. A point is contractive when the Jacobian there has a spectral radius below
1 (definition 2). Activation, depth, number and norms of the points and scale of the first weights are conditions."""

from collections.abc import Mapping
from functools import partial
from math import inf

import torch

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.contraction import contraction, recovery_share
from claims.lab.metrics.rank import spearman
from claims.lab.models.autoencoder import Activation, Autoencoder
from claims.lab.models.planted import Anchored, saddle, shear
from claims.lab.tasks.points import at_one_norm, norm_matched, normal_points, taught_pairs
from claims.lab.training.regression import Net, side_by_side


class Params(Settings):
    """Dimension, width, steps and lr are those of the pilot that proposed the thresholds."""

    dimension: int = 16
    width: int = 96
    steps: int = 6000
    lr: float = 1e-3
    off_points: int = 64  # points away from the data, for comparison
    reach: float = 0.1  # of the nearest-neighbour distance: where starts and taught neighbours lie
    iterations: int = 200


DOSES = ("wd0", "wd0p03", "wd0p3", "wd1", "wd3")
PAIRS = ("tanh-n6", "tanh-n6-free", "tanh-n40", "tanh-n40-free")
SLOPES = {"taught-contraction": 0.5, "taught-expansion": 1.5}  # offset of a taught neighbour's image, over its own
EXPERIMENT = Experiment(
    title="Weight decay and contraction of autoencoders near their training points",
    papers=("2505.22785v4", "1810.10333v3", "1810.12281v1", "2310.04415v2"),
    differs="Fully connected nets on random points, not images; data space, not latent; decay varies.",
    conditions={
        "tanh-n6-wd0": "tanh, 3 hidden layers, 6 points of one norm in 16 dimensions, no decay",
        "tanh-n6-wd0p03": "the same, decay 0.03",
        "tanh-n6-wd0p3": "the same, decay 0.3",
        "tanh-n6-wd1": "the same, decay 1",
        "tanh-n6-wd3": "the same, decay 3",
        "tanh-n6-free-wd0": "tanh, 6 normal points, whose norms differ, no decay",
        "tanh-n6-free-wd0p03": "the same, decay 0.03",
        "tanh-n6-free-wd0p3": "the same, decay 0.3",
        "tanh-n6-free-wd1": "the same, decay 1",
        "tanh-n6-free-wd3": "the same, decay 3",
        "tanh-n40-wd0": "tanh, 40 points of one norm in 16 dimensions, no decay: where contraction should fail",
        "tanh-n40-wd1": "the same, decay 1",
        "tanh-n40-free-wd0": "tanh, 40 normal points, whose norms differ, no decay",
        "tanh-n40-free-wd1": "the same, decay 1",
        "relu-n12-wd0": "ReLU, 3 hidden layers, 12 points of one norm, no decay",
        "relu-n12-wd1": "the same, decay 1",
        "relu-n12-small-wd0": "the same net, first weights at torch's smaller default spread, no decay",
        "relu-n12-small-wd1": "the same, decay 1: where decay should not add contraction",
        "relu-deep-n12-wd0": "ReLU, 7 hidden layers, 12 points of one norm, no decay",
        "relu-deep-n12-wd1": "the same, decay 1",
    },
    control_conditions={
        "planted-shear": "untrained: the offset from the closest point is sheared; radius 0.5 although it stretches",
        "planted-saddle": "untrained: the offset halves along all axes but one, where it grows by a quarter",
        "taught-contraction": "trained: tanh, 6 points whose neighbours must move in by half",
        "taught-expansion": "trained: tanh, 6 points whose neighbours must move out by half",
    },
    metrics=(
        Metric("contractive_share", "fraction", 0, 1, "training points where the Jacobian has a spectral radius < 1"),
        Metric("median_radius", "1", 0, inf, "spectral radius of the Jacobian, median over training points"),
        Metric("median_sigma", "1", 0, inf, "largest singular value of the Jacobian, median over training points"),
        Metric("off_contractive_share", "fraction", 0, 1, "contractive_share at random points of the same norms"),
        Metric("off_median_radius", "1", 0, inf, "median_radius at random points of the same norms"),
        Metric("off_median_sigma", "1", 0, inf, "median_sigma at random points of the same norms"),
        Metric("recovery_share", "fraction", 0, 1, "points that iteration returns to from `reach` away"),
        Metric("train_mse", "mean square", 0, inf, "squared error a training coordinate; their mean square is 1"),
        Metric("weight_norm", "1", 0, inf, "Euclidean norm of all weights and biases after training"),
        Metric("decay_order", "1", -1, 1, "Spearman of decay and median_radius over five tanh-n6 arms", combined=True),
        Metric("decay_order_free", "1", -1, 1, "the same over five tanh-n6-free arms", combined=True),
        Metric("norm_ratio", "1", 0, inf, "weight_norm at decay 1 over none: the largest, tanh arms", combined=True),
    ),
    controls=(
        Control("shear-radius", "positive", "median_radius", {"equals": 0.5, "within": 0.001}, "planted-shear"),
        Control("shear-sigma", "positive", "median_sigma", {"equals": 2.118, "within": 0.001}, "planted-shear"),
        Control("one-way-out", "negative", "contractive_share", {"below": 0.01}, "planted-saddle"),
        Control("learns-in", "positive", "contractive_share", {"above": 0.9}, "taught-contraction", trains=True),
        Control("learns-out", "negative", "contractive_share", {"below": 0.1}, "taught-expansion", trains=True),
    ),
    scales={"smoke": {"steps": 20, "iterations": 5}, "cpu": {}, "gpu": {"width": 256, "steps": 20000}},
    time_limit={"smoke": 120, "cpu": 900, "gpu": 1800},
)


def named(condition: str) -> Net:
    """`relu-n12-small-wd1`: ReLU, 12 points, torch's smaller first weights, decay 1. Controls are as tanh-n6-wd0."""
    words = (condition if condition in EXPERIMENT.conditions else "tanh-n6-wd0").split("-")
    activation: Activation = "relu" if words[0] == "relu" else "tanh"
    gain = 3**-0.5 if "small" in words else {"tanh": 1.0, "relu": 2**0.5}[activation]
    points = next(int(word[1:]) for word in words if word.startswith("n"))
    return Net(activation, 7 if "deep" in words else 3, points, gain, decay=float(words[-1][2:].replace("p", ".")))


def measure(run: Run[Params]) -> dict[str, float]:
    """Train the condition's net, or plant a map, and look at the Jacobian at the training points and elsewhere."""
    p, x_ND = run.params, points_of(run, run.condition)
    match run.condition:
        case "planted-shear":
            f: Anchored | Autoencoder = Anchored(x_ND, shear(p.dimension, diagonal=0.5, stretch=2.0).to(x_ND))
        case "planted-saddle":
            f = Anchored(x_ND, saddle(p.dimension, inward=0.5, outward=1.25).to(x_ND))
        case "taught-contraction" | "taught-expansion" as lesson:
            f = trained(run, [lesson], *taught_pairs(x_ND, SLOPES[lesson], p.reach, seed=run.seed_for("taught")))
        case _:
            peers = [c for c in EXPERIMENT.conditions if named(c).shape == named(run.condition).shape]
            x_SND = torch.stack([points_of(run, peer) for peer in peers])
            f = trained(run, peers, x_SND, x_SND)
    away_MD = norm_matched(x_ND, p.off_points, seed=run.seed_for("off-points"))
    return {
        **contraction(f, x_ND),
        **{f"off_{name}": value for name, value in contraction(f, away_MD).items()},
        "recovery_share": recovery_share(f, x_ND, reach=p.reach, iterations=p.iterations, seed=run.seed_for("starts")),
        "train_mse": float((f(x_ND) - x_ND).square().mean()),
        "weight_norm": f.norm(),
    }


def points_of(run: Run[Params], condition: str) -> torch.Tensor:
    """The training points (N, D): normal, then brought to one norm unless the condition is `free`."""
    normal_ND = normal_points(named(condition).points, run.params.dimension, seed=run.seed_for("points"))
    return (normal_ND if "free" in condition else at_one_norm(normal_ND)).to(run.device, getattr(torch, run.dtype))


def trained(run: Run[Params], peers: list[str], x: torch.Tensor, y: torch.Tensor) -> Autoencoder:
    """The condition's net, trained to send x to y beside its peers: once for all of them."""
    p, nets = run.params, [named(peer) for peer in peers]
    steps = p.steps // 4 if run.condition in SLOPES else p.steps  # what is taught is learned that soon
    make = partial(side_by_side, nets, x, y, width=p.width, steps=steps, lr=p.lr, seed=run.seed_for("weights"))
    stack, curve = run.shared(f"stack of {peers[0]}", partial(make, progress=run.progress))
    for step, errors_S in curve:
        run.trace("train_mse", step, float(errors_S[peers.index(run.condition)]))
    return stack.member(peers.index(run.condition))


def combine(arms: Mapping[str, Arm], _params: Params) -> dict[str, float]:
    """The order of the doses, and how much decay shrank the weights where it did so least."""
    decays = [named(f"tanh-n6-{dose}").decay for dose in DOSES]
    one, free = ([arms[f"{p}-{dose}"].metrics["median_radius"] for dose in DOSES] for p in PAIRS[:2])
    ratios = (arms[f"{p}-wd1"].metrics["weight_norm"] / arms[f"{p}-wd0"].metrics["weight_norm"] for p in PAIRS)
    return {"decay_order": spearman(decays, one), "decay_order_free": spearman(decays, free), "norm_ratio": max(ratios)}

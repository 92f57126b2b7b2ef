"""The benchmark of sampling and steps runs without TRL, and says what it did not measure."""

import json
from importlib.util import find_spec

import pytest
import torch

from benchmarks import rl
from benchmarks.rl import Work, compared, main, measure, table

SMALL = [Work("llama", 16, 1, 2, 3), Work("neox", 16, 1, 2, 2)]


@pytest.fixture(autouse=True)
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def no_trl(monkeypatch):
    monkeypatch.setattr(rl.importlib.util, "find_spec", lambda name: None if name == "trl" else find_spec(name))


def test_the_ratio_is_that_of_pairs_not_of_medians():
    found = compared([(1.0, 4.0), (2.0, 4.0), (6.0, 8.0)])
    assert (found["ours_seconds"], found["theirs_seconds"]) == (2.0, 4.0)
    assert (found["ratio"], found["ratio_range"]) == (0.5, [0.25, 0.75])


def test_without_trl_the_rest_is_measured_and_that_part_has_no_number(no_trl):
    found = measure(SMALL, SMALL[:1], 2)
    assert [row["family"] for row in found["sampler"]] == ["llama", "neox"]
    assert all(row["ours_seconds"] > 0 and row["theirs_seconds"] > 0 for row in found["sampler"])
    assert found["step"].startswith("not measured: TRL is not installed; `pip install trl==1.16.0`")
    assert "trl" not in found["versions"]
    (spent,) = found["parts"]
    pieces = [value for name, value in spent["seconds"].items() if name != "step"]
    assert len(pieces) == 3
    assert all(value > 0 for value in pieces)
    assert 0.1 < sum(spent["operators"].values()) <= 1.0


def test_the_file_and_the_table_say_the_same(no_trl, monkeypatch, tmp_path, capsys):
    target = tmp_path / "results" / "rl.json"
    monkeypatch.setattr(rl, "SAMPLED", SMALL[:1])
    monkeypatch.setattr(rl, "STEPPED", SMALL[1:])
    monkeypatch.setattr("sys.argv", ["rl", "--repeats", "2", "--to", str(target)])
    main()
    found = json.loads(target.read_text())
    shown = capsys.readouterr().out
    assert shown == table(found)
    assert "step / GRPOTrainer: not measured" in shown
    assert f"{found['sampler'][0]['ratio']:.2f}" in shown

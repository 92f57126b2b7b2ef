"""What a person and a program get from `claims audit`."""

import json
import shutil
from pathlib import Path

from tests.cli.test_commands import claims
from tests.rerun.rerun_bench import CLAIM, forged, raised, recorded


def test_an_audit_says_what_it_drew_and_that_the_numbers_are_the_same(toy: Path) -> None:
    recorded(toy)
    done = claims(toy, "audit", "--sample", "1", "--replicates", "2", "--entropy", "abc")
    assert done.returncode in (0, 20), done.stderr
    told = " ".join(done.stdout.split())
    for words in ("entropy abc", CLAIM, "never run again", "agrees-exactly", "2 of 8 recorded seeds", "self-reported"):
        assert words in told, words
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_the_parts_of_an_audit_are_headed_and_counted_each(toy: Path) -> None:
    recorded(toy)
    lines = claims(toy, "audit", CLAIM, "--replicates", "2", "--jobs", "1").stdout.splitlines()
    heads = [lines.index(f"  {words}") for words in ("at the recorded seeds", "controls", "at fresh seeds")]
    assert heads == sorted(heads)
    for head, runs in zip(heads, (2, 3, 2), strict=True):
        assert [line.rpartition("(")[2] for line in lines[head + 1 : head + 1 + runs]] == [
            f"{k}/{runs})" for k in range(1, runs + 1)
        ]


def test_where_nothing_can_be_written_an_audit_says_so_in_a_line(toy: Path) -> None:
    recorded(toy)
    shutil.rmtree(toy / ".claims")
    (toy / ".claims").symlink_to("/sys/kernel")  # who may write anywhere else may not there
    done = claims(toy, "audit", CLAIM)
    assert done.returncode == 1
    assert done.stderr.startswith("claims: ") and "defect" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_made_up_numbers_exit_with_10_and_check_stays_sound(toy: Path) -> None:
    forged(toy, recorded(toy), raised)
    done = claims(toy, "audit", CLAIM, "--json")
    assert done.returncode == 10, done.stderr
    assert json.loads(done.stdout)[0]["recorded"] == "disagrees"
    assert claims(toy, "check").returncode == 0
    shown = " ".join(claims(toy, "show", CLAIM).stdout.split())
    assert "contested" in shown and "run again" in shown and "other numbers than the record has" in shown


def test_a_record_is_named_by_its_file(toy: Path) -> None:
    stored = recorded(toy)
    done = claims(toy, "audit", stored.path, "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    assert [row["digest"] for row in json.loads(done.stdout)] == [stored.record.digest]


def test_a_dry_run_draws_and_runs_nothing(toy: Path) -> None:
    recorded(toy)
    done = claims(toy, "audit", "--sample", "3", "--dry-run", "--json")
    assert done.returncode == 0
    assert [row["claim"] for row in json.loads(done.stdout)] == [CLAIM]
    assert not [*(toy / "evidence").rglob("*.rerun-*")]


WRONG = (
    (["audit"], "--sample"),
    (["audit", CLAIM, "--sample", "2"], "not both"),
    (["audit", "--sample", "0"], "--sample 0"),
    (["audit", "coins-sum"], "claims verify coins-sum"),
    (["audit", "coins-waiting"], "is planned: experiments/scales.py is still to be written"),
    (["audit", "no-such-claim"], "no claim no-such-claim"),
    (["audit", f"evidence/{CLAIM}/none.json"], "no record of this project"),
    (["audit", CLAIM, "--replicates", "0"], "--replicates"),
    (["audit", CLAIM, "--budget", "soon"], "--budget soon"),
)


PLANNED = """\
  - id: coins-waiting
    question: Do coins weigh the same?
    statement: Both coins weigh the same.
    scope: {coins: two}
    topics: [coins]
    asserted: 2025-01-01
    watch: A third coin.
    grounding: {label: unsupported, because: No source.}
    planned:
      experiment: scales
      predictions:
        - {id: equal, metric: weight, expect: {between: [0.9, 1.1]}}
    status: untested
"""


def test_wrong_words_are_one_line_and_exit_with_2(toy: Path) -> None:
    recorded(toy)
    registry = toy / "claims.yaml"
    registry.write_text(registry.read_text().replace("inquiries:\n", f"{PLANNED}inquiries:\n"))
    for words, said in WRONG:
        done = claims(toy, *words)
        assert done.returncode == 2, words
        assert said in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr

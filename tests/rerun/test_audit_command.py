"""What a person and a program get from `claims audit`."""

import json
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
    (["audit", "no-such-claim"], "no claim no-such-claim"),
    (["audit", f"evidence/{CLAIM}/none.json"], "no record of this project"),
    (["audit", CLAIM, "--replicates", "0"], "--replicates"),
    (["audit", CLAIM, "--budget", "soon"], "--budget soon"),
)


def test_wrong_words_are_one_line_and_exit_with_2(toy: Path) -> None:
    recorded(toy)
    for words, said in WRONG:
        done = claims(toy, *words)
        assert done.returncode == 2, words
        assert said in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr

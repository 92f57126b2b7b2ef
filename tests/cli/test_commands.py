"""What a person and a program get from the command line."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import pytest

from claims.cli.costing import about
from tests.conftest import commit

Edit = Callable[[str, str, str], None]


def claims(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in a child, as a user would; no terminal, 80 columns."""
    command = [sys.executable, "-c", "from claims.cli.app import main; main()", *words]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)


def in_a_terminal(root: Path, width: int, *words: str) -> str:
    """What the command shows in a terminal of so many columns, without its colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    command = [sys.executable, "-c", "from claims.cli.app import main; main()", *words]
    env = os.environ | {"TERM": "xterm"}
    child = subprocess.Popen(command, cwd=root, stdout=theirs, stderr=theirs, stdin=theirs, env=env)
    os.close(theirs)
    said = b""
    with suppress(OSError):  # Linux says so when the other end is closed
        while part := os.read(ours, 4096):
            said += part
    os.close(ours)
    child.wait(timeout=120)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode()).replace("\r", "")


def test_verify_tells_design_controls_numbers_verdict_record_and_status(toy: Path) -> None:
    done = claims(toy, "verify", "coins-differ")
    assert done.returncode == 0, done.stderr
    for words in (
        "Do the coins differ?", "registered (HEAD", "power    8 seeds show it with 80 % chance if", "planted ✓",
        "above 0.5",
        "SUPPORTED (standard)", "in this scope: coins: two", "evidence/coins-differ/", "untested → supported",
    ):  # fmt: skip
        assert words in done.stdout, words
    assert "\x1b" not in done.stdout, "no colour codes in a pipe"
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_verify_again_says_that_nothing_was_run(toy: Path) -> None:
    claims(toy, "verify", "coins-differ")
    done = claims(toy, "verify", "coins-differ")
    assert done.returncode == 0
    assert "nothing was run" in done.stdout
    assert "(stands)" in done.stdout


@pytest.mark.parametrize(("mean", "code"), [("0.0", 10), ("0.52", 20)])
def test_exit_statuses_of_verify(toy: Path, edit: Edit, mean: str, code: int) -> None:
    edit("experiments/toy.py", "treated: float = 1.0", f"treated: float = {mean}")
    commit(toy)
    assert claims(toy, "verify", "coins-differ").returncode == code


def test_a_void_claim_exits_with_30_and_of_several_the_largest_counts(toy: Path, edit: Edit) -> None:
    edit("experiments/toy.py", "learned: float = 1.0", "learned: float = 0.0")
    commit(toy)
    done = claims(toy, "verify", "coins-audited", "coins-differ", "--json")
    assert done.returncode == 30, done.stderr
    answers = json.loads(done.stdout)
    assert [a["verdict"] for a in answers] == ["supported", "void"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("verify", "coins-difer"), "did you mean coins-differ"),
        (("verify",), "name claims to verify, or --all"),
        (("verify", "coins-differ", "--seeds", "9"), "use 1 to 7, or a look"),
        (("verify", "coins-differ", "--scale", "huge"), "use one of smoke, cpu, gpu"),
        (("verify", "coins-differ", "--device", "cuda"), "no CUDA device"),
        (("verify", "coins-differ", "--budget", "soon"), "write 90s, 30m or 2h"),
        (("verify", "coins-differ", "--batch", "0"), "batches are taken in order"),
        (("show", "nothing-here"), "`claims list` names them all"),
        (("power", "coins-audited"), "power does not apply"),
        (("list", "--root", "/nonexistent"), "claims.yaml"),
    ],
)
def test_wrong_usage_is_one_line_that_says_what_to_do(toy: Path, words: tuple[str, ...], message: str) -> None:
    done = claims(toy, *words)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (toy / "evidence").exists()


def test_outside_a_project_every_command_says_so(tmp_path: Path) -> None:
    done = claims(tmp_path, "list")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no claims.yaml" in done.stderr


def test_an_invalid_registry_stops_whoever_decides_on_it_with_all_problems(toy: Path, edit: Edit) -> None:
    edit("claims.yaml", "metric: score", "metric: scores")
    edit("claims.yaml", "cites: [coins-differ]", "cites: [coins-difer]")
    done = claims(toy, "power", "coins-differ")
    assert done.returncode == 2
    assert "did you mean score?" in done.stderr and "coins-difer" in done.stderr
    checked = claims(toy, "check")
    assert checked.returncode == 1
    assert "2 problems in 1 file" in checked.stdout


def test_a_tampered_status_makes_check_exit_with_3(toy: Path, edit: Edit) -> None:
    edit("claims.yaml", "status:   untested", "status:   refuted")
    done = claims(toy, "check")
    assert done.returncode == 3
    assert "coins-differ.status" in done.stdout and "TAMPERED" in done.stdout


def test_list_as_json_has_what_programs_rely_on(toy: Path) -> None:
    claims(toy, "verify", "coins-differ")
    rows = json.loads(claims(toy, "list", "--json").stdout)
    (row,) = [r for r in rows if r["id"] == "coins-differ"]
    needed = {"id", "question", "statement", "topics", "grounding", "status", "verdict", "grade", "tier", "flags",
              "confirmatory", "record"}  # fmt: skip
    assert needed <= row.keys()
    assert (row["verdict"], row["grade"], row["tier"]) == ("supported", "standard", "self-reported")
    assert (toy / row["record"]).is_file()


def test_list_filters(toy: Path) -> None:
    rows = json.loads(claims(toy, "list", "--json", "--topic", "arithmetic").stdout)
    assert [r["id"] for r in rows] == ["coins-audited"]
    assert json.loads(claims(toy, "list", "--json", "--status", "void").stdout) == []


def test_show_gives_claim_scope_verdict_and_predictions(toy: Path) -> None:
    claims(toy, "verify", "coins-differ")
    done = claims(toy, "show", "coins-differ")
    for words in ("more than half a point", "coins: two", "supported, grade standard", "higher", "claims verify"):
        assert words in done.stdout, words


def test_power_tells_how_far_from_the_edge_the_truth_must_lie(toy: Path) -> None:
    unknown = json.loads(claims(toy, "power", "coins-differ", "--json").stdout)
    given = json.loads(claims(toy, "power", "coins-differ", "--spread", "0.1", "--at", "1.0", "--json").stdout)
    needed = unknown["predictions"][0]["needed"]["8"]
    assert 1.2 < needed < 2.2, "run-sd, by the rule's simulation"
    assert given["predictions"][0]["needed"]["8"] == pytest.approx(0.1 * needed)
    assert given["joint"]["8"] > 0.99, "five sd inside"


def test_dry_run_runs_nothing(toy: Path) -> None:
    done = claims(toy, "verify", "--all", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "8 replicates and 3 control runs" in done.stdout
    assert "Together: cost not known yet." in done.stdout
    assert not (toy / "evidence").exists()
    assert not (toy / ".claims" / "logs").exists()


def test_a_dry_run_says_once_what_it_costs_and_what_is_kept(toy: Path) -> None:
    claims(toy, "verify", "coins-differ")
    kept = claims(toy, "verify", "coins-differ", "--dry-run").stdout
    assert "nothing to run: all kept" in kept and "min" not in kept
    anew = claims(toy, "verify", "coins-differ", "--dry-run", "--fresh", "--jobs", "2").stdout
    assert "11 runs, less than a minute, 2 at a time" in anew and anew.count("minute") == 1
    two = claims(toy, "verify", "coins-differ", "coins-sum", "--dry-run", "--fresh").stdout
    assert "a claim above needs the same" in two
    assert "Together less than a minute by recorded costs." in " ".join(two.split())


def test_what_runs_after_the_other_is_paid_one_after_the_other() -> None:
    assert [about(s) for s in (None, 0.0, 59.0, 60.0, 577.0)] == [
        "cost not known yet", "less than a minute", "less than a minute", "about 1 min", "about 10 min"
    ]  # fmt: skip


def test_three_controls_and_eight_replicates_take_six_rounds_of_two(toy: Path) -> None:
    claims(toy, "verify", "coins-differ")
    runs = [
        r["replicate"]["seconds"]
        for r in json.loads(next((toy / "evidence").rglob("*.json")).read_text())["replicates"]
    ]
    (row,) = json.loads(claims(toy, "verify", "coins-differ", "--dry-run", "--fresh", "--jobs", "2", "--json").stdout)
    assert row["seconds"] == pytest.approx(6 * sum(runs) / len(runs))


def test_the_version_is_the_package_s(toy: Path) -> None:
    done = claims(toy, "--version")
    assert (done.returncode, done.stdout) == (0, f"claims {version('claims')}\n")


def test_several_claims_are_shown_one_after_the_other(toy: Path) -> None:
    done = claims(toy, "show", "coins-differ", "coins-sum", "what-of-coins")
    assert done.stdout.startswith("coins-differ\n")
    assert "\n\ncoins-sum\n" in done.stdout and "\n\nwhat-of-coins\n" in done.stdout
    both = json.loads(claims(toy, "show", "coins-differ", "coins-sum", "--json").stdout)
    assert [one["id"] for one in both] == ["coins-differ", "coins-sum"]
    assert json.loads(claims(toy, "show", "coins-sum", "--json").stdout)["id"] == "coins-sum"
    wrong = claims(toy, "show", "coins-differ", "coins-none")
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_a_place_that_takes_no_file_is_no_defect(toy: Path) -> None:
    (toy / "site").mkdir()
    (toy / "site" / "mkdocs.yml").touch()
    done = claims(toy, "site", "build", "--out", "/sys/kernel/claims/site")
    assert done.returncode == 1
    assert done.stderr.startswith("claims: /sys/kernel/claims: cannot be used (")
    assert len(done.stderr.splitlines()) == 1


def test_one_replicate_is_told_in_the_singular(toy: Path) -> None:
    assert "at most 1 replicate\n" in claims(toy, "verify", "coins-differ", "--seeds", "1").stdout


def test_in_a_narrow_terminal_lines_break_at_its_edge_and_verdicts_never(toy: Path) -> None:
    claims(toy, "verify", "coins-differ", "--seeds", "5")
    done = in_a_terminal(toy, 60, "verify", "coins-differ", "--seeds", "5")
    left = ("evidence/", "━", "  page  ", "  higher: ")  # a bar, and what is to be copied whole
    lines = [line.rstrip() for line in done.splitlines() if not any(word in line for word in left)]
    assert max(map(len, lines)) <= 60
    assert any(line.startswith("  higher leaning-supported: expected above 0.5, measured") for line in lines)
    assert [line for line in lines if line and not line.startswith(" ")] == ["coins-differ"], "nothing hangs out"
    wide = in_a_terminal(toy, 72, "verify", "coins-differ", "--seeds", "5").splitlines()
    assert any(line.startswith("higher ") and line.rstrip().endswith(" leaning-supported") for line in wide)


def test_doctor_names_what_is_missing_and_the_command(toy: Path) -> None:
    done = claims(toy, "doctor", "--json")
    symptoms = {s["name"]: s for s in json.loads(done.stdout)}
    assert symptoms["torch"]["state"] == "ok"
    assert symptoms["isolation"]["state"] in ("ok", "optional")


def test_a_closed_pipe_is_no_defect(toy: Path) -> None:
    command = f"{sys.executable} -c 'from claims.cli.app import main; main()' list --json | head -c 1"
    done = subprocess.run(command, shell=True, cwd=toy, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "defect" not in done.stderr


@pytest.mark.parametrize(
    ("option", "word"), [("--status", "suported"), ("--grounding", "unsuported"), ("--topic", "coin")]
)
def test_a_misspelt_filter_is_refused_with_the_word_that_was_meant(toy: Path, option: str, word: str) -> None:
    done = claims(toy, "list", option, word)
    assert done.returncode == 2
    assert "did you mean" in done.stderr


def test_an_inquiry_is_shown_with_the_claims_that_it_rests_on(toy: Path) -> None:
    done = claims(toy, "show", "what-of-coins")
    assert done.returncode == 0
    assert "They differ" in done.stdout and "untested" in done.stdout
    assert "claims show what-of-coins" in claims(toy, "show", "coins-differ").stdout


def test_a_changed_prediction_takes_the_verdict_away_and_says_so_everywhere(toy: Path, edit: Edit) -> None:
    claims(toy, "verify", "coins-differ")
    commit(toy, "evidence")
    edit("claims.yaml", "expect: {above: 0.5}\n          rival", "expect: {above: 0.4}\n          rival")
    checked = claims(toy, "check")
    assert checked.returncode == 1, "an edit in the open is a problem, not a forgery"
    assert "since the claim or its check was changed" in checked.stdout
    again = claims(toy, "verify", "coins-differ")
    assert "supported → untested" in again.stdout
    assert "earlier" in claims(toy, "show", "coins-differ").stdout


def test_a_draft_does_not_hide_the_other_claims(toy: Path) -> None:
    (toy / "claims.d").mkdir()
    (toy / "claims.d" / "draft.yaml").write_text("claims:\n  - {id: draft, question: FILL}\n")
    for words in (["list"], ["show", "coins-differ"], ["show", "what-of-coins"], ["find", "coins"], ["relations"]):
        done = claims(toy, *words)
        assert done.returncode == 0, (words, done.stderr)
        assert "in claims.d/draft.yaml, told by claims check" in done.stderr and len(done.stderr.splitlines()) == 1
    for words in (["list", "--json"], ["verify", "coins-differ", "--dry-run"], ["check"]):
        assert claims(toy, *words).returncode != 0, f"{words}: a program and a run get all or nothing"

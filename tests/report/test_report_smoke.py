"""Smoke runs: what a change reaches runs once, decides nothing and leaves nothing behind."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from claims.cli.app import app
from claims.errors import SetupError
from claims.report.gather import base_of, gather
from claims.report.markdown import markdown
from claims.report.smoke import with_smoke
from claims.runner.sandbox.choosing import choose
from tests.report_samples import GOOD, add_claim, change, git, reported, submitted


def ran(report: str) -> str:
    return report.partition("<!-- claims:smoke -->")[2].partition("<!-- /claims:smoke -->")[0]


def test_a_new_claim_is_run_once_and_nothing_is_written(branch: Path) -> None:
    add_claim(branch, GOOD)
    submitted(branch)
    code, report = reported(branch, smoke=True)
    assert code == 0
    assert "- `coins-treated-high`, experiment `toy`: ran" in ran(report)
    assert "replicates: `1 ok`; controls: `2 ok`" in ran(report)
    assert "scale smoke decides nothing" in ran(report)
    assert git(branch, "status", "--porcelain") == ""


def test_what_is_unchanged_is_not_run(branch: Path) -> None:
    (branch / "notes.txt").write_text("a note\n")
    assert "Nothing to run" in ran(reported(submitted(branch), smoke=True)[1])


def test_a_changed_experiment_is_run_for_one_of_its_claims(branch: Path) -> None:
    change(branch, "experiments/toy.py", "generator.gauss(mean, p.sd)", "generator.gauss(mean, p.sd) + 0.0")
    report = reported(submitted(branch), smoke=True)[1]
    assert ran(report).count(", experiment `toy`: ran") == 1


def test_an_experiment_that_breaks_blocks(branch: Path) -> None:
    change(branch, "experiments/toy.py", '"""One condition at one seed."""', 'raise RuntimeError("no such luck")')
    code, report = reported(submitted(branch), smoke=True)
    assert code == 1
    assert "**FAILED**" in ran(report) and "no such luck" in ran(report)
    assert "- `experiments/toy.py` `coins-differ`: `at scale smoke: " in report


def test_an_audit_runs_as_it_is(branch: Path) -> None:
    change(branch, "experiments/sums.py", '{"smoke": {}, "cpu": {}}', '{"cpu": {}}')
    change(branch, "experiments/sums.py", "2.0} if said is None", "1.0 + 1.0} if said is None")
    report = reported(submitted(branch), smoke=True)[1]
    assert "- `coins-audited`, experiment `sums`: ran" in ran(report)


def test_a_registry_that_cannot_be_read_runs_nothing(branch: Path) -> None:
    (branch / "claims.yaml").unlink()
    code, report = reported(branch, smoke=True)
    assert code == 1 and "Nothing to run" in ran(report)


def test_an_unknown_sandbox_is_refused(branch: Path) -> None:
    with pytest.raises(SetupError, match="require, auto, off"):
        reported(branch, smoke=True, sandbox="maybe")


def test_the_command_says_it_short_and_in_ascii(branch: Path) -> None:
    add_claim(branch, GOOD.replace("{above: 0.5}, rival: 0.0}", "{above: -99.0}}"))
    place = branch.parent / "r.md"
    done = CliRunner().invoke(app, ["check", "--base", "main", "--report", str(place), "--root", str(branch)])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Sound by machine; ")
    assert "could hardly come out wrong" in done.output and done.output.isascii()
    assert place.read_text().startswith("## Sound by machine")


def test_the_command_speaks_to_programs(branch: Path) -> None:
    add_claim(branch, GOOD.replace("status: untested", "status: supported"))
    done = CliRunner().invoke(app, ["check", "--base", "main", "--json", "--root", str(branch)])
    assert done.exit_code == 3
    said = json.loads(done.output)
    assert said["verdict"].startswith("TAMPERED") and said["cards"][0]["id"] == "coins-treated-high"


@pytest.mark.parametrize("words", [["--report", "r.md"], ["--smoke"]])
def test_a_report_needs_a_base(branch: Path, words: list[str]) -> None:
    done = CliRunner().invoke(app, ["check", *words, "--root", str(branch)])
    assert done.exit_code == 2 and "--base" in done.output


def test_a_report_that_cannot_be_written_is_an_error(branch: Path) -> None:
    done = CliRunner().invoke(app, ["check", "--base", "main", "--report", "/no/such/r.md", "--root", str(branch)])
    assert isinstance(done.exception, SetupError) and "cannot be written" in str(done.exception)


def test_the_level_that_a_run_was_kept_at_is_told(branch: Path) -> None:
    add_claim(branch, GOOD)
    level = choose("auto", gpu=False).level
    assert f"isolation `{level}`" in ran(reported(submitted(branch), smoke=True, sandbox="auto")[1])
    assert "isolation `none`" in ran(reported(branch, smoke=True, sandbox="off")[1])


def test_claims_that_no_run_was_left_for_are_told_at_the_top(branch: Path) -> None:
    """Twenty idle claims in front of a broken one would hide it."""
    add_claim(branch, GOOD)
    facts, project = gather(submitted(branch), base_of(branch, "main"))
    report = markdown(with_smoke(facts, project, "off", most=0))
    assert "- `smoke`: 1 claim NOT RUN, being too many" in report
    assert "**1 more claim NOT RUN**" in ran(report)

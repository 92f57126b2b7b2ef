"""The workflows keep the rules, and a workflow that breaks one is found."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from claims.cli.app import app
from claims.github.comment import GUARDED
from claims.github.protection import CHECKS
from tests.github.workflow_rules import problems, schema, zizmor, zizmor_is_here

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
needs_zizmor = pytest.mark.skipif(not zizmor_is_here(), reason="zizmor is not installed: pip install -e '.[test]'")
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    """Replace a piece of a workflow; it must be there."""
    path = folder / "workflows" / file
    text = path.read_text()
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The workflows, for a test to spoil."""
    return Path(shutil.copytree(GITHUB, tmp_path / ".github"))


def test_the_workflows_keep_every_rule() -> None:
    assert problems(GITHUB) == []


@needs_zizmor
def test_zizmor_finds_nothing() -> None:
    assert zizmor(GITHUB) == []


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("github-workflows", ".github/workflows/*.yml"),
        ("github-issue-forms", ".github/ISSUE_TEMPLATE/[!c]*.yml"),
        ("github-issue-config", ".github/ISSUE_TEMPLATE/config.yml"),
    ],
)
def test_the_files_are_what_github_takes(name: str, files: str) -> None:
    found = sorted(ROOT.glob(files))
    assert found and schema(name, *found) == ""


def test_a_form_that_github_would_not_take_is_found(tmp_path: Path) -> None:
    broken = tmp_path / "form.yml"
    broken.write_text((GITHUB / "ISSUE_TEMPLATE/dispute.yml").read_text().replace("type: dropdown", "type: menu"))
    assert "menu" in schema("github-issue-forms", broken)


WRONG: dict[str, tuple[str, str, str, str, str | None]] = {
    "a pin taken off": ("tests.yml", CHECKOUT, "actions/checkout@v7", "not pinned to a commit", "unpinned-uses"),
    "another commit": ("tests.yml", "@3d3c42e5", "@00000000", "not in the list", None),
    "another version beside it": ("tests.yml", "# v7.0.1", "# v6.0.0", "not in the list", None),
    "a pull request with rights": (
        *("pr-validate.yml", "pull_request:\n", "pull_request_target:\n"),
        *("holds pull_request_target", "dangerous-triggers"),
    ),
    "a title in a shell line": (
        *("tests.yml", "run: .ci/run", 'run: echo "${{ github.event.pull_request.title }}"; .ci/run'),
        *("an expression into a shell line", "template-injection"),
    ),
    "a branch in a shell line of the job that writes": (
        *("pr-comment.yml", "run: PYTHONPATH", "run: echo ${{ github.event.workflow_run.head_branch }}; PYTHONPATH"),
        *("an expression into a shell line", "template-injection"),
    ),
    "the commit of the pull request where one may write": (
        "pr-comment.yml",
        "          sparse-checkout: src/claims\n",
        "          ref: ${{ github.event.workflow_run.head_sha }}\n",
        "checks out something else than the default branch",
        None,
    ),
    "the same by hand": (
        "pr-comment.yml",
        "run: PYTHONPATH",
        "run: git fetch origin pull/1/head && PYTHONPATH",
        "fetches code by hand",
        None,
    ),
    "rights for all jobs": (
        *("tests.yml", "permissions: {}", "permissions: write-all"),
        *("rights to all", "excessive-permissions"),
    ),
    "no word on rights": ("tests.yml", "permissions: {}\n", "", "rights to all", "excessive-permissions"),
    "rights for a pull request's own job": (
        *("pr-validate.yml", "contents: read #", "contents: write #"),
        *("may write, for a pull request", None),
    ),
    "a token left behind": ("site.yml", "          persist-credentials: false\n", "", "leaves its token", "artipacked"),
    "another that starts after a run": (
        *("tests.yml", "  pull_request:\n", "  workflow_run:\n    workflows: [pr-validate]\n"),
        *("only the workflow that comments", "dangerous-triggers"),
    ),
    "a cache": ("tests.yml", "          fetch-depth: 0", "          cache: pip", "holds cache:", None),
    "a machine that stays": ("tests.yml", "ubuntu-24.04", "self-hosted", "holds self-hosted", None),
    "no time limit": ("audit.yml", "    timeout-minutes: 180\n", "", "has no time limit", None),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_workflow_that_breaks_a_rule_is_found(copy: Path, case: str) -> None:
    file, old, new, words, _ = WRONG[case]
    spoil(copy, file, old, new)
    assert any(words in problem for problem in problems(copy)), problems(copy)


@needs_zizmor
@pytest.mark.parametrize("case", [case for case, (*_, audit) in WRONG.items() if audit])
def test_zizmor_finds_a_workflow_that_breaks_a_rule(copy: Path, case: str) -> None:
    file, old, new, _, audit = WRONG[case]
    spoil(copy, file, old, new)
    assert audit in zizmor(copy)


def test_a_pin_that_nothing_uses_is_found(copy: Path) -> None:
    with (copy / "pins.yaml").open("a") as file:
        file.write(f"  - {{action: actions/cache, version: v1, commit: {'a' * 40}, read_in: nowhere}}\n")
    assert problems(copy) == [f"pins.yaml: not used: actions/cache {'a' * 40} v1"]


def test_each_pin_says_where_it_was_read() -> None:
    pins = yaml.safe_load((GITHUB / "pins.yaml").read_text())["pins"]
    shape = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} \.github/workflows/[\w-]+\.yml")
    assert [pin["action"] for pin in pins if not shape.fullmatch(pin["read_in"])] == []


def test_the_checks_that_doctor_asks_for_are_jobs_of_pull_requests() -> None:
    jobs = {}
    for file in (GITHUB / "workflows").iterdir():
        whole = yaml.safe_load(file.read_text())
        jobs |= {job.get("name"): "pull_request" in whole[True] for job in whole["jobs"].values()}
    assert [check for check in CHECKS if not jobs.get(check)] == []


def test_the_workflow_that_comments_waits_for_the_one_that_validates() -> None:
    validate = yaml.safe_load((GITHUB / "workflows/pr-validate.yml").read_text())
    comment = yaml.safe_load((GITHUB / "workflows/pr-comment.yml").read_text())
    assert comment[True]["workflow_run"]["workflows"] == [validate["name"]]


def test_the_workflows_use_commands_and_options_that_there_are() -> None:
    group: Any = typer.main.get_command(app)
    used = 0
    for file in (GITHUB / "workflows").iterdir():
        for line in re.findall(r"bin/claims ([^>|\n']+)", file.read_text()):
            words, command = line.split(), group
            while words and words[0] in getattr(command, "commands", {}):
                command = command.commands[words.pop(0)]
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} - known == set(), line
            used += 1
    assert used == 4


def test_owners_are_asked_for_everything_that_is_guarded() -> None:
    rows = [line.split() for line in (GITHUB / "CODEOWNERS").read_text().splitlines() if line and line[0] != "#"]
    assert {row[0] for row in rows} == {f"/{place}" for place in (*GUARDED, "evidence/", "disputes/")}


@pytest.mark.parametrize("step", ["install", "post"])
def test_a_file_beside_is_not_taken_for_a_part_of_python(tmp_path: Path, step: str) -> None:
    """Nobody guards the root of the project: whoever adds json.py there would run with the rights of the step."""
    for name in ("json", "logging", "pip", "re", "venv"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    (tmp_path / "src").symlink_to(ROOT / "src")
    steps = yaml.safe_load((GITHUB / "workflows/pr-comment.yml").read_text())["jobs"]["comment"]["steps"]
    command = ".ci/install venv" if step == "install" else next(one["run"] for one in steps if one["name"] == "Post")
    env = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1"}
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, "there is nothing to install and no event"
    assert not (tmp_path / "ran").exists(), done.stderr


def test_the_pull_request_template_has_at_most_six_boxes() -> None:
    assert 1 <= (GITHUB / "pull_request_template.md").read_text().count("- [ ]") <= 6


def test_the_scripts_of_ci_are_shell() -> None:
    for name in ("install", "sandbox", "report", "run"):
        script = ROOT / ".ci" / name
        assert os.access(script, os.X_OK)
        assert subprocess.run(["bash", "-n", script], timeout=10).returncode == 0


def test_the_sandbox_script_leaves_a_machine_that_stays_alone() -> None:
    env = {key: value for key, value in os.environ.items() if key != "GITHUB_ACTIONS"}
    done = subprocess.run([ROOT / ".ci/sandbox"], env=env, capture_output=True, text=True, timeout=10)
    assert done.returncode == 1 and "thrown away" in done.stderr


Ran = Callable[[str], "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def ran(tmp_path: Path) -> Ran:
    """A shell line under .ci/report, writing report.md."""

    def run(line: str) -> "subprocess.CompletedProcess[bytes]":
        command = [ROOT / ".ci/report", "report.md", "sh", "-c", line]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60)

    return run


def test_what_a_checked_program_prints_is_no_command_to_the_runner(ran: Ran) -> None:
    done = ran(r"printf '::error::x\n\033[2Jclear\n'; exit 3")
    assert done.returncode == 3
    first, *rest = done.stdout.decode().splitlines()
    stop = re.fullmatch(r"::stop-commands::([0-9a-f]{64})", first)
    assert stop is not None
    assert "::error::x" in rest and "[2Jclear" in rest and b"\x1b" not in done.stdout
    assert rest[-1] == f"::{stop[1]}::"
    assert ran("true").stdout.splitlines()[0] != done.stdout.splitlines()[0], "a word that cannot be guessed"


def test_a_flood_of_output_is_cut_and_a_large_report_thrown_away(ran: Ran, tmp_path: Path) -> None:
    done = ran("head -c 3000000 /dev/zero | tr '\\0' a; echo small > report.md")
    assert done.returncode == 0 and len(done.stdout) < 210_000
    assert (tmp_path / "report.md").read_text() == "small\n"
    done = ran("head -c 262145 /dev/zero | tr '\\0' a > report.md")
    assert done.returncode == 1 and b"larger than 256 KiB" in done.stdout
    assert not (tmp_path / "report.md").exists()

"""The files around the code say what is true of it."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from claims.cli.app import app

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
README = (ROOT / "README.md").read_text()
FENCED = "\n".join(re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL))


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def make(*arguments):
    # A make that started these tests hands its own settings down; they are not meant for this one.
    env = {k: v for k, v in os.environ.items() if k not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"}}
    return subprocess.run(["make", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


@pytest.fixture
def bench(tmp_path):
    """Make variables that put stand-ins in the place of the environment."""
    (tmp_path / "ready").touch()
    return [f"BIN={tmp_path / 'bin'}", f"READY={tmp_path / 'ready'}"]


def test_the_licence_is_apache_2():
    text = (ROOT / "LICENSE").read_text()
    assert PROJECT["license"] == "Apache-2.0"
    assert text.split()[:4] == ["Apache", "License", "Version", "2.0,"]
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_citation_file_is_valid_and_of_this_version():
    result = subprocess.run(
        [
            Path(sys.executable).with_name("check-jsonschema"),
            *("--builtin-schema", "vendor.citation-file-format", ROOT / "CITATION.cff"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout
    assert f"version: {PROJECT['version']}\n" in (ROOT / "CITATION.cff").read_text()


def test_the_changelog_opens_with_this_version():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0].split()[0] == PROJECT["version"]


def test_every_dependency_is_pinned_inside_its_range():
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines())
    pinned = {canonicalize_name(name): version for name, version in pins.items()}
    for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)]), line


def test_no_pin_names_a_build_that_only_one_machine_has():
    assert not re.search(r"[+@/]", (ROOT / "constraints.txt").read_text())


def test_the_readme_sets_up_with_two_commands():
    assert re.findall(r"^make (\w+)", FENCED, re.MULTILINE) == ["verify", "test"]


def test_the_readme_has_one_line_for_each_dependency():
    table = README.partition("## Dependencies")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([\w.-]+) \| .+ \| .+ \|$", table, re.MULTILINE)
    named = [canonicalize_name(name) for name in rows if name not in {"package", "---"}]
    wanted = [canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]]
    assert sorted(named) == sorted(wanted)


def test_the_readme_lists_every_command_and_no_other():
    group = typer.main.get_command(app)
    names = {f"{name} {sub}" for name, command in group.commands.items() for sub in getattr(command, "commands", {})}
    names |= {name for name, command in group.commands.items() if not hasattr(command, "commands")}
    table = README.partition("## Commands")[2].partition("\n## ")[0]
    entries = re.findall(r"^\| `claims ([^`]+)` \|", table, re.MULTILINE)
    listed = {" ".join(word for word in entry.split() if word.islower()) for entry in entries}  # not ID…, FILE
    assert listed == names


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_every_link_to_a_file_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text())
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("verdict", [0, 10, 20, 30])
def test_every_verdict_is_a_success_of_make_verify(bench, tmp_path, verdict):
    script(tmp_path / "bin/claims", f'echo "ran $*"; test "$1" != verify || exit {verdict}')
    result = make("verify", "CLAIM=some-claim", *bench)
    assert result.returncode == 0, result.stderr
    assert "ran verify some-claim --device cpu" in result.stdout
    assert "ran site build" in result.stdout
    assert "build/site/claims/some-claim/" in result.stdout


@pytest.mark.parametrize("code", [1, 2, 74, 75, 130])
def test_anything_else_is_a_failure_and_builds_no_site(bench, tmp_path, code):
    script(tmp_path / "bin/claims", f'echo "ran $*"; test "$1" != verify || exit {code}')
    result = make("verify", *bench)
    assert result.returncode != 0
    assert "ran site build" not in result.stdout


def test_make_test_runs_every_check_in_turn(bench, tmp_path):
    for tool in ("ruff", "mypy", "lint-imports", "python"):
        script(tmp_path / f"bin/{tool}", f'echo "did {tool} $*"')
    result = make("test", *bench)
    done = [line.removeprefix("did ").strip() for line in result.stdout.splitlines() if line.startswith("did ")]
    assert done[:-1] == ["ruff check .", "ruff format --check .", "mypy", "lint-imports --no-cache"]
    assert done[-1].startswith("python -m pytest")


def test_make_test_stops_at_the_first_failure(bench, tmp_path):
    script(tmp_path / "bin/ruff", "exit 1")
    assert make("test", *bench).returncode != 0


def test_a_python_that_is_too_old_is_named(tmp_path):
    script(tmp_path / "old", "exit 1")
    result = make("site", f"READY={tmp_path / 'none'}", f"PY={tmp_path / 'old'}")
    assert result.returncode != 0
    assert "Python 3.11 or newer" in result.stdout


def test_a_missing_venv_module_says_what_to_install(tmp_path):
    script(tmp_path / "python", 'test "$1" != -m')
    result = make("site", f"READY={tmp_path / 'none'}", f"BIN={tmp_path}/bin", f"PY={tmp_path / 'python'}")
    assert result.returncode != 0
    assert "apt install python3-venv" in result.stdout


def test_ci_runs_what_everyone_runs():
    text = (ROOT / ".ci/run").read_text()
    assert "set -euo pipefail" in text
    assert text.splitlines()[-1] == "exec make test"
    assert subprocess.run([shutil.which("bash"), "-n", ROOT / ".ci/run"], timeout=10).returncode == 0

"""From a paper's id to a claim that `check` takes and an experiment that runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from claims.declaration import parse
from claims.domain.paper import Paper
from claims.experiment import Control
from claims.registry.lint_experiment import lint_experiment
from claims.registry.load import read_registry
from claims.scaffold.entry import entry_text, slug_of
from claims.scaffold.experiment import experiment_text
from tests.cli.test_commands import claims
from tests.conftest import commit
from tests.exchange_samples import HELD, TITLE, add_papers, paper

ROOT = Path(__file__).parents[2]
ANSWERS = {
    "the claim in a few words": "decay-helps",
    "the question that": "Does weight decay help?",
    "one sentence": "With weight decay a linear model explains more of fresh targets.",
    "which models": "linear",
    "how they are trained": "gradient descent",
    "a topic": "regularisation",
    "where in the paper": "abstract",
    "what the paper says": "It does.",
    "a name for the experiment": "decay_on_images",
    "the prediction in": "higher",
    "what is measured": "accuracy",
    "where, such as": "decayed",
    "a number": "0.0",
    "the value that": "-0.1",
    "which newer result": "More points.",
    "faithful, overstated": "overstated",
    "why the statement": "The paper says so of images.",
}


def fill(path: Path) -> None:
    """Write an answer for every placeholder."""

    def answer(found: re.Match[str]) -> str:
        return next(word for hint, word in ANSWERS.items() if found[1].startswith(hint))

    path.write_text(re.sub(r'"FILL: ([^"]*)"', answer, path.read_text()))


@pytest.fixture
def project(toy: Path) -> Path:
    """The small project with papers."""
    add_papers(toy)
    commit(toy)
    return toy


def test_from_an_id_to_a_sound_claim_and_a_run_at_smoke(project: Path) -> None:
    done = claims(project, "new", HELD, "--experiment", "decay")
    assert done.returncode == 0, done.stderr
    path = project / "claims.d/coins-ell-1-100-more.yaml"
    assert "wrote claims.d/coins-ell-1-100-more.yaml" in done.stdout
    assert "wrote experiments/decay.py" in done.stdout
    number = path.read_text().count('"FILL:')
    assert f"{number} places to fill in" in done.stdout

    refused = claims(project, "check", "--json")
    assert refused.returncode == 1
    found = json.loads(refused.stdout)
    assert len(found) == number, "one message a place"
    assert all("is still to be written: " in f["message"] for f in found)
    assert "one sentence that a run could show to be wrong" in refused.stdout

    fill(path)
    checked = claims(project, "check")
    assert checked.returncode == 0, checked.stdout
    commit(project)
    ran = claims(project, "verify", "decay-helps", "--scale", "smoke")
    assert ran.returncode == 20, ran.stderr
    assert "what-is-there-is-found ✓" in ran.stdout and "nothing-is-not-found ✓" in ran.stdout
    shown = json.loads(claims(project, "show", "decay-helps", "--json").stdout)["claim"]
    assert (shown["asserted"], shown["sources"][0]["arxiv"]) == ("2025-05-16", f"{HELD}v2")


def test_without_an_experiment_the_check_is_planned(project: Path) -> None:
    assert claims(project, "new", f"https://arxiv.org/abs/{HELD}v1", "--id", "decay-helps").returncode == 0
    path = project / "claims.d/decay-helps.yaml"
    assert "id: decay-helps\n" in path.read_text()
    assert "the newest version known here is v2" in path.read_text()
    fill(path)
    assert claims(project, "check").returncode == 0
    shown = json.loads(claims(project, "show", "decay-helps", "--json").stdout)["claim"]
    assert shown["planned"]["experiment"] == "decay_on_images"
    assert shown["sources"][0]["arxiv"] == f"{HELD}v1"


def test_print_writes_nothing(project: Path) -> None:
    done = claims(project, "new", HELD, "--print")
    assert done.stdout.startswith("# yaml-language-server") and "FILL: " in done.stdout
    assert not (project / "claims.d").exists()
    assert claims(project, "new", HELD, "--print", "--experiment", "decay").returncode == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("1706.03762",), "claims sources sync 1706.03762"),
        (("not-an-id",), "is not an arXiv id"),
        ((f"{HELD}v9",), "up to v2"),
        ((HELD, "--id", "coins-differ"), "ids are never reused"),
        ((HELD, "--id", "Coins"), "is not an id"),
        ((HELD, "--experiment", "../evil"), "cannot name an experiment"),
        ((HELD, "--experiment", "class"), "cannot name an experiment"),
        ((HELD, "--experiment", "toy"), "experiments/toy.py: is there already, and nothing was written"),
    ],
)
def test_what_cannot_be_begun_is_said_and_nothing_is_written(
    project: Path, words: tuple[str, ...], message: str
) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*.*") if path.is_file()}
    done = claims(project, "new", *words)
    assert done.returncode == 2 and message in done.stderr, done.stderr
    assert {path: path.read_bytes() for path in project.rglob("*.*") if path.is_file()} == before


def test_a_second_scaffold_does_not_replace_the_first(project: Path) -> None:
    assert claims(project, "new", HELD).returncode == 0
    path = project / "claims.d/coins-ell-1-100-more.yaml"
    fill(path)
    mine = path.read_text()
    done = claims(project, "new", HELD, "--experiment", "decay")
    assert done.returncode == 2 and "--id ID gives the new file another name" in done.stderr
    assert path.read_text() == mine and not (project / "experiments/decay.py").exists()


@pytest.mark.parametrize(
    "title", [TITLE, 'Ends with """ and \\', "A\nB: # {x} %s {0}\u202e", "Über " * 200, "?!", 'x"""\nimport os\n"""']
)
def test_any_title_makes_files_that_can_be_read(title: str) -> None:
    held = Paper.model_validate_json(json.dumps(paper(HELD, title=title, authors=["A\nB"] * 40)))
    text = entry_text(held, 2, "an-id", "decay")
    found = read_registry({"claims.yaml": b"schema_version: 1\n", "claims.d/a.yaml": text.encode()}).findings
    assert found and all("is still to be written" in f.message for f in found)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug_of(held))
    declared = parse(experiment_text(held, 2), "experiments/decay.py")
    assert declared.experiment.papers == (f"{HELD}v2",)
    assert lint_experiment(declared) == ()
    assert {control.kind for control in declared.experiment.controls} == {"positive", "negative"}
    assert all(isinstance(control, Control) and control.trains for control in declared.experiment.controls)
    assert "import os" not in experiment_text(held, 2).partition('"""\n\nfrom')[2]


def test_the_scaffolded_experiment_keeps_the_style_of_this_repository() -> None:
    text = experiment_text(Paper.model_validate_json(json.dumps(paper(HELD))), 2)
    assert text.count("\n") <= 150
    ruff = Path(sys.executable).with_name("ruff")
    for words in (["check"], ["format", "--check"]):
        command = [str(ruff), *words, "--stdin-filename", "experiments/decay.py", "-"]
        done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("where", ["question: FILL: a", "watch: later, FILL:"])
def test_a_placeholder_left_in_a_text_is_refused(toy: Path, where: str) -> None:
    key, _, words = where.partition(": ")
    text = (toy / "claims.yaml").read_text()
    (toy / "claims.yaml").write_text(re.sub(rf"    {key}: .*\n", f'    {key}: "{words}"\n', text, count=1))
    done = claims(toy, "check")
    assert done.returncode == 1 and f"coins-audited.{key}: is still to be written" in done.stdout

"""What a reviewer reads of code: experiments, lines to look at, dependencies, and whatever else is touched."""

from pathlib import Path

import pytest

from claims.report.dependencies import dependencies
from claims.report.suspects import suspects
from tests.report_samples import GOOD, add_claim, change, facts_of, reported, submitted


def new_experiment(root: Path, more: str = "") -> None:
    text = (root / "experiments" / "toy.py").read_text()
    text = text.replace("there is no paper", "the coins are made up").replace('"Two coins"', '"Other coins"')
    (root / "experiments" / "other.py").write_text(text + more)


def test_a_new_experiment_is_summed_up(branch: Path) -> None:
    new_experiment(branch)
    code, report = reported(submitted(branch))
    assert code == 0
    assert "Adds 1 experiment." in report
    for words in (
        "#### `other`, added",
        "- measures: `Other coins`",
        "- differs from the papers: `the coins are made up`",
        "- papers declared: `2505.11711v2`; named in its docstring: `none`",
        "- arm `treated`: `mean ˋtreatedˋ`",
        "- metric `score (points, -100 to 100): a normal number around the condition's mean`",
        "- control `planted: positive, trains, score at planted above 3.0`",
        "- scale `smoke: seconds=0.0`",
        "imports `claims.experiment`, `collections.abc`, `os`, `random`, `signal`, `time`",
    ):
        assert words in report, words
    assert any("docstring does not name a paper" in look.what for look in facts_of(branch).looks)


def test_a_changed_experiment_names_the_verdicts_that_it_makes_stale(branch: Path) -> None:
    change(branch, "experiments/toy.py", "generator.gauss(mean, p.sd)", "generator.gauss(mean, p.sd) + 0.0")
    facts = facts_of(submitted(branch))
    (trial,) = facts.trials
    assert (trial.name, trial.kind, trial.stale) == ("toy", "changed", ("coins-differ", "coins-sum"))
    assert any("makes 2 verdicts stale: coins-differ, coins-sum" in look.what for look in facts.looks)


def test_a_comment_makes_nothing_stale(branch: Path) -> None:
    change(branch, "experiments/toy.py", "MEANS = {", "# what is planted\nMEANS = {")
    (trial,) = facts_of(submitted(branch)).trials
    assert trial.stale == ()


def test_an_experiment_that_is_gone_is_named_with_its_claims(branch: Path) -> None:
    (branch / "experiments" / "sums.py").unlink()
    code, report = reported(submitted(branch))
    assert code == 1
    assert "#### `sums`, removed" in report and "- makes stale: `coins-audited`" in report


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("import os", "os: the operating system"),
        ("import os.path as p", "os: the operating system"),
        ("from subprocess import run", "subprocess: starts programs"),
        ("import socket", "socket: the network"),
        ("import ctypes", "ctypes: memory and foreign code"),
        ("import pickle", "pickle: code out of data"),
        ("import time", "time: the clock"),
        ("open('/etc/passwd')", "open(): files"),
        ("eval('1')", "eval(): runs text"),
        ("exec('1')", "exec(): runs text"),
        ("__import__('os')", "__import__(): imports what no reader sees"),
        ("getattr(run, 'x')", "getattr(): names that no reader sees"),
        ("torch.load('w')", "torch.load: code out of data"),
        ("AutoModel.from_pretrained('a/b')", "from_pretrained: files or the network"),
        ("f(trust_remote_code=True)", "trust_remote_code: code that comes with a model"),
        ("os.environ['HOME']", "os.environ: the environment"),
        ("random.random()", "random.random(): a generator that all share"),
        ("np.random.seed(0)", "np.random.seed(): a generator that all share"),
        ("random.Random()", "Random() without a seed"),
        ("np.random.default_rng()", "default_rng() without a seed"),
        ("().__class__.__base__.__subclasses__()", "__subclasses__: behind the language's own curtain"),
        ("x = '" + "A" * 3000 + "'", "a constant of 3000 characters"),
        ("def f(:", "not Python that can be read"),
    ],
)
def test_a_line_that_reaches_beyond_measuring_is_named(line: str, what: str) -> None:
    found = suspects(f"MORE = 1\n{line}\n", "experiments/x.py")
    assert what in [s.what for s in found]
    assert all(s.path == "experiments/x.py" for s in found)


@pytest.mark.parametrize(
    "line",
    ["random.Random(7)", "np.random.default_rng(seed)", "import math", "model.generate(x)", "super().__init__()"],
)
def test_what_experiments_do_every_day_is_not_named(line: str) -> None:
    assert suspects(line, "experiments/x.py") == ()


def test_a_generator_of_its_own_may_be_called_random() -> None:
    """As in the experiment that `claims new --experiment` writes."""
    source = "def measure(run):\n    random = np.random.default_rng(run.seed_for('task'))\n    return random.normal()\n"
    assert suspects(source, "experiments/x.py") == ()


@pytest.mark.parametrize(
    "before",
    [
        "random = np.random.default_rng()",
        "random = run",
        "random = np.random.default_rng(7); random = run",
        "random = np.random.default_rng(7); import random",
        "global random; random = np.random.default_rng(7)",
        "random = np.random.default_rng(7)\n    for random in (run,): pass",
        "random = np.random.default_rng(7)\n    f = lambda random: 0",
        "f = np.random.default_rng(7)",
        "def f():\n        random = np.random.default_rng(7)",
    ],
)
def test_what_only_looks_like_a_generator_of_its_own_is_named(before: str) -> None:
    source = f"import random\n\ndef measure(run):\n    {before}\n    return random.normal()\n"
    found = suspects(source, "experiments/x.py")
    assert "random.normal(): a generator that all share" in [s.what for s in found]


def test_only_what_is_new_is_to_be_looked_at(branch: Path) -> None:
    change(branch, "experiments/toy.py", "MEANS = {", "import socket\n\nMEANS = {")
    report = reported(submitted(branch))[1]
    lines = report.partition("### Lines to look at")[2]
    assert "`import socket`" in lines and "import signal" not in lines
    assert "- `experiments/toy.py`: 1 line may reach beyond measuring, listed below: `socket`" in report


def test_a_new_dependency_is_named_with_its_version(branch: Path) -> None:
    change(branch, "pyproject.toml", '"numpy>=2"', '"numpy>=2", "left-pad>=1.3"')
    (branch / "constraints.txt").write_text("left_pad==1.3.0\n")
    report = reported(submitted(branch))[1]
    assert "- `pyproject.toml`: new dependency: `left-pad >=1.3`" in report
    assert "- `constraints.txt`: new dependency: `left-pad ==1.3.0`" in report


def test_dependencies_are_compared_wherever_they_are_asked_for() -> None:
    before = '[project]\ndependencies = ["a>=1", "B_c"]\n[project.optional-dependencies]\ntest = ["d"]\n'
    after = '[build-system]\nrequires = ["evil"]\n[project]\ndependencies = ["a>=2", "b-c"]\n'
    after += '[project.optional-dependencies]\ntest = ["b-c @ https://x.example/b.whl"]\n'
    found = {d.name: (d.before, d.after) for d in dependencies("pyproject.toml", before, after)}
    assert found == {
        "a": (">=1", ">=2"),
        "b-c": ("", " and @ https://x.example/b.whl"),
        "d": ("", None),
        "evil": (None, ""),
    }


@pytest.mark.parametrize(
    ("file", "area"),
    [
        (".github/workflows/x.yml", ".github"),
        (".ci/run", ".ci"),
        ("src/claims/check.py", "the checker (src/claims)"),
        ("src/claims/lab/x.py", "the lab (src/claims/lab)"),
        ("tests/test_x.py", "tests"),
        ("site/templates/claim.md.j2", "site templates"),
        ("LICENSE", "LICENSE"),
        ("requirements-dev.txt", "dependency files"),
        (".gitattributes", "git's own files"),
    ],
)
def test_what_else_is_touched_is_named_by_area(branch: Path, file: str, area: str) -> None:
    (branch / file).parent.mkdir(parents=True, exist_ok=True)
    (branch / file).write_text("more\n")
    facts = facts_of(submitted(branch))
    assert (area, (file,)) in facts.touched
    assert area in [look.where for look in facts.looks]


def test_a_claim_alone_touches_nothing_else(branch: Path) -> None:
    add_claim(branch, GOOD)
    assert facts_of(submitted(branch)).touched == ()


@pytest.mark.parametrize("file", ["constraints.txt", "experiments/other.py"])
def test_a_link_shows_nothing_of_what_it_leads_to(branch: Path, file: str) -> None:
    secret = branch.parent / "secret"
    toy = (branch / "experiments" / "toy.py").read_text()
    secret.write_text("hunter2==1\n" if file.endswith(".txt") else toy + "import socket  # hunter2\n")
    (branch / file).symlink_to(secret)
    assert "hunter2" not in reported(submitted(branch))[1]

"""The layers hold, each contract can break, and the command line starts light."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "transformers", "scipy", "sqlmodel", "arxiv")
STARTED = """
import sys
from claims.cli.app import main
sys.argv = ["claims", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def lint_imports(root):
    """Runs the contracts of `root` on the packages in `root`, not on those installed."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": f"{root / 'src'}:{root}", "PATH": "", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def house(tmp_path):
    """A copy of the packages that a test may spoil."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for folder in ("src/claims", "experiments"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_layers_hold():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("src/claims/domain/interval.py", "import claims.stats", "Each layer imports only from below"),
        ("src/claims/ledger/__init__.py", "import claims.registry", "Each layer imports only from below"),
        (
            "experiments/reported_numbers.py",
            "import claims.ledger",
            "Experiments see the author interface and the lab, nothing else",
        ),
        ("src/claims/site/__init__.py", "def show():\n    import claims.lab", "Only experiments open the lab"),
        (
            "src/claims/stats/__init__.py",
            "def mean():\n    import torch",
            "torch is imported in the lab and nowhere else",
        ),
        ("src/claims/domain/interval.py", "import pathlib", "The core does no I/O and knows no framework"),
        ("src/claims/domain/claim.py", "import claims.domain.record", "No cycles between siblings"),
    ],
)
def test_each_contract_breaks_when_it_is_violated(house, module, line, contract):
    with (house / module).open("a", encoding="utf-8") as file:
        file.write(f"\n\n{line}\n")
    result = lint_imports(house)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{contract} BROKEN" in result.stdout


def test_a_new_module_must_choose_a_layer(house):
    (house / "src/claims/helpers.py").write_text("")
    result = lint_imports(house)
    assert result.returncode == 1
    assert "claims.helpers" in result.stdout


def test_the_command_line_starts_without_anything_heavy():
    result = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    loaded = result.stdout.splitlines()[-1].split()
    assert loaded[0] == "loaded:"
    assert not set(HEAVY) & set(loaded)


@pytest.mark.parametrize(("folder", "most"), [("src", 300), ("experiments", 150)])
def test_no_module_is_longer_than_the_limit(folder, most):
    lengths = {p.relative_to(ROOT): len(p.read_text().splitlines()) for p in (ROOT / folder).rglob("*.py")}
    assert {path: n for path, n in lengths.items() if n > most} == {}


def test_there_is_no_drawer_for_odds_and_ends():
    names = {path.stem for path in (ROOT / "src").rglob("*.py")}
    assert not names & {"utils", "helpers", "common", "misc"}

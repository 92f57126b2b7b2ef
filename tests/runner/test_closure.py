"""The closure: what counts as the code of an experiment."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.errors import DeclarationError
from claims.project import read_experiments
from claims.runner.closure import closure_of, normal_form
from claims.runner.seeds import derived_seed
from claims.runner.sources import in_tree

HEAD = '"""An experiment."""\nfrom claims.experiment import Control, Experiment, Metric, Run, Settings\n'
BODY = """
class Params(Settings):
    '''None.'''

EXPERIMENT = Experiment(
    title="t", papers=(), differs="d", conditions={"a": "A"}, metrics=(Metric("m", "x", 0, 1, "d"),),
    scales={"cpu": {}}, data=("table.json",),
)

def measure(run):
    '''Says.'''
    return {"m": 0.5}
"""
FILES = {
    "experiments/one.py": HEAD + "from claims.lab.things import thing\n" + BODY,
    "experiments/table.json": '{"a": 1}',
    "src/claims/__init__.py": '"""Package."""',
    "src/claims/experiment.py": "X = 1\n",
    "src/claims/lab/__init__.py": '"""Lab."""',
    "src/claims/lab/things.py": "from claims.lab import other\nfrom .deep import nested\nthing = other.o\n",
    "src/claims/lab/other.py": "o = 1\n",
    "src/claims/lab/deep/__init__.py": "",
    "src/claims/lab/deep/nested.py": "n = 1\n",
    "src/claims/lab/unused.py": "u = 1\n",
}


def digest(**changes: str) -> str:
    files = {**FILES, **{k.replace("__", "/"): v for k, v in changes.items()}}
    return closure(files)


def closure(files: dict[str, str]) -> str:
    return closure_of("one", lambda p: files[p].encode() if p in files else None)[0].digest


def changed(path: str, old: str, new: str) -> str:
    assert old in FILES[path]
    return closure({**FILES, path: FILES[path].replace(old, new)})


def test_the_closure_is_every_module_of_ours_that_is_reached_and_nothing_else() -> None:
    found, sources = closure_of("one", lambda p: FILES[p].encode() if p in FILES else None)
    assert {f.path for f in found.files} == set(FILES) - {"src/claims/lab/unused.py"}
    assert [s.path for s in sources] == [f.path for f in found.files]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("experiments/one.py", "'''Says.'''", "'''Says something else.'''"),
        ("experiments/one.py", '"m": 0.5}', '"m":   0.5}  # half'),
        ("experiments/one.py", '"""An experiment."""', ""),
        ("src/claims/lab/unused.py", "u = 1", "u = 2"),
    ],
)
def test_comments_docstrings_layout_and_other_modules_change_nothing(path: str, old: str, new: str) -> None:
    assert changed(path, old, new) == closure(FILES)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("experiments/one.py", '"m": 0.5', '"m": 0.25'),
        ("experiments/one.py", '"m": 0.5', '"m": 5e-1 + 0'),
        ("src/claims/lab/other.py", "o = 1", "o = True"),
        ("src/claims/lab/deep/nested.py", "n = 1", "n = -1"),
        ("src/claims/experiment.py", "X = 1", "X = 2"),
        ("experiments/table.json", "1", "2"),
    ],
)
def test_any_change_of_code_or_data_changes_the_digest(path: str, old: str, new: str) -> None:
    assert changed(path, old, new) != closure(FILES)


def test_a_missing_data_file_and_a_missing_experiment_are_named() -> None:
    files = {k: v for k, v in FILES.items() if k != "experiments/table.json"}
    with pytest.raises(DeclarationError, match=r"table\.json"):
        closure(files)
    with pytest.raises(DeclarationError, match=r"experiments/two\.py: no such file"):
        closure_of("two", lambda p: None)


@pytest.mark.parametrize("linked", ["experiments/table.json", "experiments/one.py", "experiments", "src/claims/lab"])
def test_what_a_link_leads_to_is_no_part_of_a_closure(tmp_path: Path, linked: str) -> None:
    """Else an experiment in the sandbox is handed the file of ours that its data file is a link to."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert set(read_experiments(tmp_path)[0]) == {"one"}
    assert in_tree(tmp_path)("src/claims/lab/things.py") is not None
    (tmp_path / linked).rename(tmp_path / "elsewhere")
    (tmp_path / linked).symlink_to(tmp_path / "elsewhere")
    read = in_tree(tmp_path)
    inside = [name for name in FILES if name.startswith(linked)]
    assert inside and [read(name) for name in inside] == [None] * len(inside)
    if "one.py" in str(inside):
        declared, (finding,) = read_experiments(tmp_path)
        assert (declared, finding.message) == ({}, "is a link; put the file itself here")


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../b", "a\\0b"])
def test_a_data_file_that_does_not_lie_there_is_refused(name: str) -> None:
    entry = FILES["experiments/one.py"].replace("table.json", name)
    with pytest.raises(DeclarationError, match="must lie in experiments/"):
        closure({**FILES, "experiments/one.py": entry})


@pytest.mark.parametrize("deep", ["x = 1" + " + 1" * 1500, "if 1: pass" + "\nelif 1: pass" * 900])
def test_code_that_is_nested_too_deep_is_refused(deep: str) -> None:
    with pytest.raises(DeclarationError, match=r"experiments/one\.py:1: .* nested too deep"):
        closure({**FILES, "experiments/one.py": f"{FILES['experiments/one.py']}\n{deep}\n"})


def test_the_normal_form_is_fixed() -> None:
    """It is our own because `ast.dump` prints empty fields differently from one Python to the next."""
    assert normal_form(ast.parse("def f(a, *, b=1.5):\n    'doc'\n    return [a, -b]")) == (
        "(Module body=[(FunctionDef name=str:'f' args=(arguments args=[(arg arg=str:'a'),] "
        "kwonlyargs=[(arg arg=str:'b'),] kw_defaults=[(Constant value=float:1.5),]) "
        "body=[(Return value=(List elts=[(Name id=str:'a' ctx=(Load)),"
        "(UnaryOp op=(USub) operand=(Name id=str:'b' ctx=(Load))),] ctx=(Load))),]),])"
    )


KEYS = st.tuples(st.integers(0, 50), st.integers(1, 5))


@given(st.lists(KEYS, min_size=2, max_size=2, unique=True))
def test_seeds_of_different_places_differ_and_fit_53_bits(places: list[tuple[int, int]]) -> None:
    seeds = {derived_seed("e", {"a": 1}, "cpu", "c" * 64, batch, index) for index, batch in places}
    assert len(seeds) == 2
    assert all(0 <= s < 2**53 for s in seeds)


def test_a_seed_depends_on_everything_it_must_depend_on() -> None:
    base = ("e", {"a": 1.0}, "cpu", "c" * 64, 1, 0)
    others = [
        ("f", *base[1:]),
        (base[0], {"a": 2.0}, *base[2:]),
        (*base[:2], "gpu", *base[3:]),
        (*base[:3], "d" * 64, *base[4:]),
    ]
    seeds = {derived_seed(*key) for key in (base, *others)}  # type: ignore[arg-type]
    assert len(seeds) == 5
    assert derived_seed("e", {"a": 1}, "cpu", "c" * 64, 1, 0) == derived_seed(*base), "1 and 1.0 are one number"

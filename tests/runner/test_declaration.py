"""Declarations are read, not run."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.declaration import parse
from claims.errors import DeclarationError

TOY = (Path(__file__).parent.parent / "toy" / "experiments" / "toy.py").read_text()


def test_everything_declared_is_read() -> None:
    declared = parse(TOY, "experiments/toy.py")
    assert declared.name == "toy"
    assert declared.combines
    assert declared.experiment.controls[0].expect == {"above": 3.0}
    assert declared.params_at("cpu", {"sd": 2}) == {
        "treated": 1.0, "plain": 0.0, "sd": 2.0, "learned": 1.0, "seconds": 0.0, "fail": "",
    }  # fmt: skip


@pytest.mark.parametrize("deep", ["-" * 2000 + "1.0", "1.0" + " + 1.0" * 2000, "f" + ".f" * 2000])
def test_what_is_nested_too_deep_is_refused(deep: str) -> None:
    with pytest.raises(DeclarationError, match=r"toy\.py:1: not Python that can be read"):
        parse(TOY.replace("treated: float = 1.0", f"treated: float = {deep}"), "experiments/toy.py")


def test_nothing_is_executed(tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    parse(TOY + f"\nopen({str(trap)!r}, 'w').close()\n", "experiments/toy.py")
    assert not trap.exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title="Two coins"', 'title="Two " + name', r"experiments/toy\.py:\d+: `'Two ' \+ name` is not literal"),
        ('title="Two coins"', 'title="Two coins", **more', r"\*\* is not literal"),
        ('title="Two coins",', "", r"title"),
        ('title="Two coins"', 'titel="Two coins"', r"toy\.py:\d+: Experiment: missing a required argument: 'title'"),
        ('Metric("score", "points", -100, 100', 'Metric("score", "points", "low", 100', r"metrics"),
        ("def measure(", "def measured(", r"no function measure"),
        ("EXPERIMENT =", "EXPERIMENTS =", r"no EXPERIMENT"),
        ("class Params", "class Parameters", r"no class Params"),
        ("def combine(", "def combined(", r"go together"),
        ("    sd: float = 0.1", "    sd: float", r"needs a default"),
        ("    sd: float = 0.1", "    sd: dict = {}", r"a parameter is one of"),
        ("EXPERIMENT =", "EXPERIMENT = =", r"not Python that can be read"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(old: str, new: str, message: str) -> None:
    assert old in TOY
    with pytest.raises(DeclarationError, match=message):
        parse(TOY.replace(old, new, 1), "experiments/toy.py")


def test_unknown_and_mistyped_parameters_are_named_together() -> None:
    with pytest.raises(DeclarationError, match=r"(?s)sd: .*number.*speed: is not a parameter"):
        parse(TOY, "experiments/toy.py").params_at("cpu", {"speed": 3, "sd": "wide"})


@given(st.text(max_size=300))
def test_any_text_gives_a_declaration_or_a_clear_error(text: str) -> None:
    with pytest.raises(DeclarationError):
        parse(text, "experiments/any.py")


def test_deep_nesting_ends_in_an_error() -> None:
    with pytest.raises(DeclarationError):
        parse("EXPERIMENT = " + "(" * 100_000 + ")" * 100_000, "experiments/any.py")

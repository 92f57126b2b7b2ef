"""`claims relations`, and the flag of a claim that rests on a fallen one."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.test_commands import claims
from tests.conftest import commit

Edit = Callable[[str, str, str], None]

DEPENDS = "    relations:\n      - {to: coins-differ, kind: depends-on, because: it needs the coins to differ}\n"
OTHER = """\
  - id: coins-agree
    question: Do the coins agree?
    statement: The treated coin scores no more than the plain one.
    scope: {coins: [two, three]}
    topics: [coins]
    asserted: 2025-01-01
    relations:
      - {to: coins-differ, kind: contradicts, because: both cannot be}
    watch: A third coin.
    grounding: {label: unsupported, because: No source.}
    KIND:
      experiment: EXPERIMENT
      gates:
        - {metric: learned, condition: treated, expect: {above: 0.5}}
      predictions:
        - {id: no-higher, metric: score, contrast: {of: plain, minus: treated}, expect: {above: -0.1}}
    status: untested
"""


def add_other(edit: Edit, kind: str = "check", experiment: str = "toy") -> None:
    text = OTHER.replace("KIND", kind).replace("EXPERIMENT", experiment)
    edit("claims.yaml", "claims:\n  - id: coins-audited", f"claims:\n{text}  - id: coins-audited")


def test_a_fallen_claim_flags_what_depends_on_it_everywhere(toy: Path, edit: Edit) -> None:
    edit("claims.yaml", "    watch: A third coin.\n    grounding: {label: unsupported, because: No source.}\n"
         "    check:\n      experiment: toy\n      gates:\n        - {metric: learned, condition: treated, "
         "expect: {above: 0.5}}\n      predictions:\n        - {id: about-one",
         DEPENDS + "    watch: A third coin.\n    grounding: {label: unsupported, because: No source.}\n"
         "    check:\n      experiment: toy\n      gates:\n        - {metric: learned, condition: treated, "
         "expect: {above: 0.5}}\n      predictions:\n        - {id: about-one")  # fmt: skip
    edit("experiments/toy.py", "treated: float = 1.0", "treated: float = 0.0")
    commit(toy)
    before = {r["id"]: r["flags"] for r in json.loads(claims(toy, "list", "--json").stdout)}
    assert before["coins-sum"] == []
    assert claims(toy, "verify", "coins-differ").returncode == 10
    after = {r["id"]: r["flags"] for r in json.loads(claims(toy, "list", "--json").stdout)}
    assert after == before | {"coins-sum": ["rests-on-fallen"]}
    assert claims(toy, "check").returncode == 0, "a flag is computed, not a problem"
    told = claims(toy, "relations").stdout
    assert "coins-sum depends on coins-differ (refuted)" in told
    found = json.loads(claims(toy, "relations", "coins-sum", "--json").stdout)
    assert found["rests_on_fallen"] == [{"id": "coins-sum", "fallen": [{"id": "coins-differ", "state": "refuted"}]}]


def test_predictions_that_exclude_each_other_are_told_with_the_run_that_separates_them(toy: Path, edit: Edit) -> None:
    add_other(edit)
    commit(toy)
    told = claims(toy, "relations").stdout
    for words in (
        "cannot both come true", "coins-differ (untested), higher: toy.score, treated minus plain, above 0.5",
        "coins-agree (untested), no-higher: toy.score, plain minus treated, above -0.1",
        "written down as a contradiction", "by 1 claim\n",
        "to separate them: claims verify coins-differ coins-agree",
    ):  # fmt: skip
        assert words in told, told
    (clash,) = json.loads(claims(toy, "relations", "coins-agree", "--json").stdout)["contradictions"]
    assert clash["run"] == "claims verify coins-differ coins-agree"
    assert clash["stated"] is True and clash["set_apart"] == []
    done = claims(toy, *clash["run"].split()[1:], "--json")
    assert [row["verdict"] for row in json.loads(done.stdout)] == ["supported", "refuted"], done.stderr
    commit(toy)
    told = claims(toy, "relations").stdout
    assert "coins-differ (supported), higher" in told and "coins-agree (refuted), no-higher" in told
    assert "of the two, the records support coins-differ" in told and "claims verify" not in told
    (clash,) = json.loads(claims(toy, "relations", "--json").stdout)["contradictions"]
    assert clash["run"] is None and [side["state"] for side in clash["predictions"]] == ["supported", "refuted"]


def test_only_what_is_still_open_is_to_be_run(toy: Path, edit: Edit) -> None:
    add_other(edit)
    commit(toy)
    claims(toy, "verify", "coins-differ")
    (clash,) = json.loads(claims(toy, "relations", "--json").stdout)["contradictions"]
    assert clash["run"] == "claims verify coins-agree"


def test_where_the_experiment_is_missing_it_is_named(toy: Path, edit: Edit) -> None:
    add_other(edit, kind="planned", experiment="scales")
    again = OTHER.replace("KIND", "planned").replace("EXPERIMENT", "scales").replace("coins-agree", "coins-beat")
    again = again.replace("{above: -0.1}", "{below: -0.2}").replace("no-higher", "lower")
    edit("claims.yaml", "  - id: coins-differ ", f"{again}  - id: coins-differ ")
    assert claims(toy, "check").returncode == 0
    (clash,) = json.loads(claims(toy, "relations", "--json").stdout)["contradictions"]
    assert clash["run"] is None
    assert clash["to_do"] == "write experiments/scales.py, for which both wait"


def test_relations_of_one_claim_are_told_from_both_ends(toy: Path, edit: Edit) -> None:
    add_other(edit)
    assert "contradicts coins-differ: both cannot be" in claims(toy, "relations", "coins-agree").stdout
    assert "coins-agree contradicts this: both cannot be" in claims(toy, "relations", "coins-differ").stdout


def test_where_nothing_follows_it_says_so(toy: Path) -> None:
    done = claims(toy, "relations")
    assert done.returncode == 0, done.stderr
    assert "no two predictions exclude each other" in done.stdout
    assert claims(toy, "relations", "coins-none").returncode == 2

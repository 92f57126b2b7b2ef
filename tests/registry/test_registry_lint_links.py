"""Links between claims: dependence has an end, disagreement needs none; a planned check waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry_samples import REGISTRY, changed, findings, line_of, linted

from claims.registry.lint import lint
from claims.registry.load import read_registry

PLANNED = (
    ("    check:\n      experiment: tiny\n", "    planned:\n      experiment: not_written_yet\n"),
    ("      params: {steps: 200, rate: 1}\n", "      params: {anything: 3}\n"),
)


def rings(links):
    """Findings on a registry of claims that are given with their relations as {id: [(kind, to)]}."""
    entries = "".join(
        f"  - id: {name}\n    question: q\n    statement: s\n    scope: {{}}\n    topics: [t]\n"
        "    asserted: 2025-01-01\n"
        "    relations: ["
        + ", ".join(f"{{to: {to}, kind: {kind}, because: b}}" for kind, to in relations)
        + "]\n    watch: w\n    grounding: {label: faithful, because: b}\n"
        for name, relations in sorted(links.items())
    )
    loaded = read_registry({"claims.yaml": f"schema_version: 1\nclaims:\n{entries}".encode()})
    assert loaded.findings == ()
    return [str(f) for f in lint(loaded, {}, {})]


@pytest.mark.parametrize("kind", ["depends-on", "supersedes"])
def test_a_ring_of_dependence_is_an_error_that_names_the_way_round(kind):
    found = rings({"a": [(kind, "b")], "b": [(kind, "c")], "c": [(kind, "a")]})
    assert len(found) == 1
    assert f"c.relations[0].to: {kind} leads back to where it began: a → b → c → a" in found[0]


@pytest.mark.parametrize("kind", ["contradicts", "supports", "refines"])
def test_other_relations_may_go_round(kind):
    assert rings({"a": [(kind, "b")], "b": [(kind, "a")]}) == []


def test_a_contradiction_said_by_one_side_only_is_fine():
    assert rings({"a": [("contradicts", "b")], "b": []}) == []


def test_two_kinds_together_are_no_ring():
    assert rings({"a": [("depends-on", "b")], "b": [("supersedes", "a")]}) == []


def test_two_ways_to_one_claim_are_no_ring():
    assert rings({"a": [("depends-on", "b"), ("depends-on", "c")], "b": [("depends-on", "c")], "c": []}) == []


def test_a_claim_that_depends_on_itself_is_reported_once():
    (found,) = rings({"a": [("depends-on", "a")]})
    assert "a claim has no relation to itself" in found


def test_a_long_ring_is_shown_short_and_a_long_chain_is_none():
    chain = {f"c{i:04d}": [("depends-on", f"c{i + 1:04d}")] for i in range(1500)} | {"c1500": []}
    assert rings(chain) == []
    (found,) = rings(chain | {"c1500": [("depends-on", "c0000")]})
    assert "c0000 → c0001" in found and "→ … → c0000" in found
    assert len(found) < 300


def test_many_ways_to_one_end_are_each_walked_once():
    ladder = {f"{side}{i:02d}": [("depends-on", f"{to}{i + 1:02d}") for to in "ab"] for i in range(60) for side in "ab"}
    assert rings(ladder | {"a60": [], "b60": []}) == [], "2^60 ways down: no walk takes them all"


NAMES = "abcdef"
GRAPHS = st.dictionaries(
    st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES)).map(sorted), min_size=len(NAMES), max_size=len(NAMES)
)


@given(GRAPHS)
def test_a_ring_is_found_where_there_is_one_and_nowhere_else(graph):
    graph = {name: [to for to in links if to != name] for name, links in graph.items()}
    found = rings({name: [("depends-on", to) for to in links] for name, links in graph.items()})
    left = dict(graph)
    while ends := [name for name, links in left.items() if not any(to in left for to in links)]:
        left = {name: links for name, links in left.items() if name not in ends}
    assert bool(found) == bool(left), "what is left after taking away all ends holds a ring"


def test_a_planned_check_is_not_looked_up():
    text = changed(*PLANNED)
    assert findings(text) == []
    assert linted(text) == []


def test_a_planned_check_whose_experiment_is_there_is_to_be_renamed():
    text = changed(PLANNED[0], ("experiment: not_written_yet", "experiment: tiny"))
    assert linted(text) == [
        f"{line_of(text, 'planned:')}:5  bf16-is-sparse.planned: experiments/tiny.py is there now: "
        "rename planned to check"
    ]


def test_a_planned_check_of_a_claim_with_another_mistake_is_looked_at_too():
    text = changed(PLANNED[0], ("experiment: not_written_yet", "experiment: tiny"), ("label: faithful", "label: true"))
    assert [line for line in linted(text) if "rename planned to check" in line]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (("rival: 0.0", "rival: 0.3"), "planned.predictions[0]: rival 0.3 lies inside the expected interval"),
        (
            ("{above: 0.20}", "{between: [0.4, 0.2]}"),
            "planned.predictions[0].expect: between [0.4, 0.2] is upside down",
        ),
        (("metric: reward_gain", "metric: mask_overlap"), "planned: gate on the predicted metric mask_overlap"),
        (("    planned:\n", "    check: {experiment: tiny, predictions: []}\n    planned:\n"), "check"),
    ],
)
def test_a_planned_check_keeps_to_the_rules_of_its_form(edit, message):
    found = findings(changed(*PLANNED, edit))
    assert any(message in line for line in found), found


def test_check_and_planned_exclude_each_other():
    check = "    check: {experiment: tiny, predictions: [{id: p, metric: mask_overlap, expect: {below: 0.5}}]}\n"
    (found,) = findings(changed(*PLANNED, ("    planned:\n", f"{check}    planned:\n")))
    assert "check and planned exclude each other" in found


def test_the_sample_has_no_ring():
    assert linted(REGISTRY) == []

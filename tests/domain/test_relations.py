"""Relations that compute: what falls with what, and what cannot both hold."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.claim import Claim, Status
from claims.domain.interval import Expect
from claims.domain.relations import backlinks, both_supported, contradictions, fallen, overlap
from claims.domain.status import Standing

HIGH, LOW = {"above": 0.6}, {"below": 0.4}
HELD = Standing(Status.SUPPORTED, None, None, ())
FELL = Standing(Status.REFUTED, None, None, ())


def claim(name, relations=(), expect=None, *, scope=None, where=None, kind="check", params=None, metric="share"):
    """A claim with at most one prediction; relations are (kind, to)."""
    prediction = {"id": "p", "metric": metric, **(where or {"condition": "one"})}
    check = {"experiment": "tiny", "params": params or {}}
    if expect is not None:
        check["predictions"] = (prediction | {"expect": Expect.model_validate(expect)},)
    return Claim.model_validate(
        {
            "id": name, "question": "?", "statement": ".", "scope": scope or {}, "topics": ("t",),
            "asserted": date(2025, 1, 1), "watch": "w",
            "grounding": {"label": "faithful", "because": "b"},
            "relations": tuple({"to": to, "kind": k, "because": "b"} for k, to in relations),
            **({kind: check} if expect is not None else {}),
        },
        strict=False,
    )  # fmt: skip


def clashes(*claims):
    return [(c.one.claim.id, c.other.claim.id) for c in contradictions(claims)]


def test_backlinks_are_the_relations_seen_from_their_targets():
    found = backlinks([claim("a", [("refines", "b")]), claim("c", [("supports", "b"), ("refines", "a")])])
    assert {name: [(k.of, k.relation.kind) for k in links] for name, links in found.items()} == {
        "b": [("a", "refines"), ("c", "supports")],
        "a": [("c", "refines")],
    }


CHAIN = [claim("a"), claim("b", [("depends-on", "a")]), claim("c", [("depends-on", "b"), ("refines", "a")])]


@pytest.mark.parametrize("status", [Status.REFUTED, Status.VOID, Status.WITHDRAWN])
def test_what_depends_on_a_fallen_claim_is_named_with_it_over_any_number_of_steps(status):
    assert fallen(CHAIN, {"a": Standing(status, None, None, ()), "b": HELD}) == {"b": ("a",), "c": ("a",)}


def test_a_contested_claim_counts_as_fallen_and_other_words_do_not():
    contested = HELD._replace(flags=("contested",))
    assert fallen(CHAIN, {"a": contested, "b": HELD}) == {"b": ("a",), "c": ("a",)}
    for status in (Status.SUPPORTED, Status.UNTESTED, Status.INCONCLUSIVE, Status.LEANING_REFUTED):
        assert fallen(CHAIN, {"a": Standing(status, None, None, ("stale",)), "b": HELD}) == {}


def test_only_depends_on_carries_a_fall():
    others = [claim("b", [(kind, "a")]) for kind in ("supports", "contradicts", "refines", "supersedes")]
    assert fallen([claim("a"), *others], {"a": FELL}) == {}


def test_the_nearest_fallen_claim_is_named_and_none_behind_it():
    assert fallen(CHAIN, {"a": FELL, "b": FELL}) == {"b": ("a",), "c": ("b",)}


def test_a_ring_comes_to_an_end():
    ring = [claim("a", [("depends-on", "b")]), claim("b", [("depends-on", "a")])]
    assert fallen(ring, {"a": FELL, "b": HELD}) == {"b": ("a",)}


def test_a_chain_longer_than_the_stack_is_deep():
    chain = [claim("c0"), *(claim(f"c{i}", [("depends-on", f"c{i - 1}")]) for i in range(1, 3000))]
    standings = {c.id: HELD for c in chain} | {"c0": FELL}
    assert fallen(chain, standings).keys() == {f"c{i}" for i in range(1, 3000)}


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ({}, {"model": "a"}, True),
        ({"size": 1}, {"model": "a"}, True),
        ({"model": "a"}, {"model": "b"}, False),
        ({"model": ("a", "b")}, {"model": ("b", "c")}, True),
        ({"model": ("a", "b")}, {"model": "b", "size": 3}, True),
        ({"model": "a", "size": 3}, {"model": "a", "size": 4}, False),
        ({"size": 3}, {"size": 3.0}, True),
        ({"tied": True}, {"tied": 1}, False),
        ({"model": "A"}, {"model": "a"}, False),
    ],
)
def test_scopes_overlap_where_every_common_key_shares_a_value(one, other, shared):
    assert overlap(one, other) is shared
    assert overlap(other, one) is shared


def test_disjoint_intervals_on_one_quantity_are_a_contradiction():
    (found,) = contradictions([claim("a", (), HIGH), claim("b", [("contradicts", "a")], LOW, params={"steps": 2})])
    assert (found.one.claim.id, found.other.claim.id, found.stated, found.set_apart) == ("b", "a", True, ("steps",))
    assert not found.one.planned


@pytest.mark.parametrize(
    "other",
    [
        claim("b", (), {"below": 0.7}),
        claim("b", (), LOW, metric="rank"),
        claim("b", (), LOW, where={"condition": "two"}),
        claim("b", (), LOW, where={"contrast": {"of": "one", "minus": "two"}}),
        claim("b", (), LOW, scope={"model": "b"}),
        claim("b", [("contradicts", "a")]),
    ],
)
def test_another_quantity_another_scope_or_a_common_number_is_no_contradiction(other):
    assert clashes(claim("a", (), HIGH, scope={"model": "a"}), other) == []


def test_a_planned_check_contradicts_too_and_a_withdrawn_claim_does_not():
    planned = claim("b", (), LOW, kind="planned")
    assert clashes(claim("a", (), HIGH), planned) == [("b", "a")]
    taken_back = {"status": Status.WITHDRAWN, "withdrawn": {"on": date(2025, 1, 2), "because": "b"}}
    assert clashes(claim("a", (), HIGH), planned.model_copy(update=taken_back)) == []


def test_a_contrast_the_other_way_round_is_the_same_quantity_with_the_sign_turned():
    forth = {"contrast": {"of": "one", "minus": "two"}}
    back = {"contrast": {"of": "two", "minus": "one"}}
    assert clashes(claim("a", (), {"above": 0.2}, where=forth), claim("b", (), {"above": -0.1}, where=back)) == [
        ("b", "a")
    ]
    assert clashes(claim("a", (), {"above": 0.2}, where=forth), claim("b", (), {"below": -0.1}, where=back)) == []


def test_an_end_that_is_open_is_not_shared():
    above, below = claim("a", (), {"above": 0.5}), claim("b", (), {"below": 0.5})
    assert clashes(above, below) == [("b", "a")]
    assert clashes(above, claim("b", (), {"between": (0.1, 0.5)})) == [("b", "a")]
    assert clashes(claim("a", (), {"between": (0.5, 0.9)}), claim("b", (), {"between": (0.1, 0.5)})) == []


def test_of_two_intervals_that_begin_alike_only_the_open_one_may_exclude_a_third():
    closed, opened = claim("a", (), {"between": (0.5, 0.9)}), claim("b", (), {"above": 0.5})
    assert clashes(closed, opened, claim("c", (), {"between": (0.1, 0.5)})) == [("c", "b")]


NUMBERS = st.integers(-4, 4).map(float)
EXPECTS = st.one_of(
    NUMBERS.map(lambda x: {"above": x}),
    NUMBERS.map(lambda x: {"below": x}),
    st.tuples(NUMBERS, NUMBERS).filter(lambda p: p[0] < p[1]).map(lambda p: {"between": p}),
    st.tuples(NUMBERS, st.integers(0, 2)).map(lambda p: {"equals": p[0], "within": float(p[1])}),
)


def holds(made, forth):
    """Whether a claim's prediction comes true where one minus two is `forth`."""
    prediction = made.check.predictions[0]
    return (forth if prediction.contrast.of == "one" else -forth) in prediction.expect.interval


GRID = [n / 4 for n in range(-40, 41)]
"""Finer than the ends, and beyond them: two of these intervals that share a number share one of these."""


FORTH, BACK = ({"contrast": {"of": of, "minus": minus}} for of, minus in (("one", "two"), ("two", "one")))


@given(st.lists(st.tuples(EXPECTS, st.sampled_from(["a", "b", "c"]), st.booleans()), max_size=6))
def test_every_pair_without_a_common_number_is_found_once_and_no_other(made):
    claims = [
        claim(f"c{i}", (), expect, scope={"model": m}, where=BACK if turned else FORTH)
        for i, (expect, m, turned) in enumerate(made)
    ]
    said = {
        frozenset((one.id, other.id))
        for i, one in enumerate(claims)
        for other in claims[i + 1 :]
        if one.scope == other.scope and not any(holds(one, n) and holds(other, n) for n in GRID)
    }
    found = [frozenset(pair) for pair in clashes(*claims)]
    assert len(found) == len(set(found))
    assert set(found) == said


def test_two_claims_that_contradict_each_other_and_are_both_supported():
    pair = [claim("a", [("contradicts", "b")], scope={"m": 1}), claim("b", scope={"m": 2})]
    (found,) = both_supported(pair, {"a": HELD, "b": HELD})
    assert (found.one, found.other, found.overlapping) == ("a", "b", False)
    assert both_supported(pair, {"a": HELD, "b": FELL}) == ()
    again = [pair[0], claim("b", [("contradicts", "a")])]
    assert len(both_supported(again, {"a": HELD, "b": HELD})) == 1, "said twice, reported once"

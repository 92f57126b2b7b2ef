"""A status is written, and no other byte changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry_samples import REGISTRY, changed

from claims.domain.claim import Status
from claims.errors import Problems
from claims.registry.edit import with_status
from claims.registry.load import parse_registry
from claims.registry.nodes import plain
from claims.registry.yaml_subset import read_yaml

HEAD = "schema_version: 1\nclaims:\n"
NEW = Status.LEANING_REFUTED


def edited(text, claim_id="a", status=NEW):
    return with_status(text.encode(), claim_id, status).decode()


def test_one_word_is_changed_and_the_comment_stays():
    wanted = changed(("status: untested   # the tool's", "status: leaning-refuted   # the tool's"))
    assert edited(REGISTRY, "bf16-is-sparse") == wanted


def test_a_missing_status_becomes_the_last_line_of_its_claim():
    text = edited(REGISTRY, "rl-is-sparser")
    line = "    grounding: {label: faithful, because: The abstract says this.}\n"
    assert text == changed((line, line + "    status: leaning-refuted\n"))
    assert parse_registry({"claims.yaml": text.encode()}).registry.claim("rl-is-sparser").status is NEW


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  - id: a\n    status: void\n", "  - id: a\n    status: leaning-refuted\n"),
        ("  - id: a\n    status:   'void'  # x\n", "  - id: a\n    status:   'leaning-refuted'  # x\n"),
        ('  - id: a\n    status: "void"\n', '  - id: a\n    status: "leaning-refuted"\n'),
        ("  - id: a\n    status:\n    b: c\n", "  - id: a\n    status: leaning-refuted\n    b: c\n"),
        ("  - id: a\n    status:   # x\n    b: c\n", "  - id: a\n    status: leaning-refuted   # x\n    b: c\n"),
        ("  - id: a\n    status:\n      void\n", "  - id: a\n    status:\n      leaning-refuted\n"),
        ("  - {id: a, status: void, b: c}\n", "  - {id: a, status: leaning-refuted, b: c}\n"),
        ("  - {id: a}\n", "  - {id: a, status: leaning-refuted}\n"),
        ("  - {id: a, b: [1],\n    }\n", "  - {id: a, b: [1], status: leaning-refuted,\n    }\n"),
        ('  [{"id": "a"}]\n', '  [{"id": "a", status: leaning-refuted}]\n'),
        ("- id: a\n- id: b\n", "- id: a\n  status: leaning-refuted\n- id: b\n"),
        (
            "  -   id: a   # x\n\n  # y\n  - id: b\n",
            "  -   id: a   # x\n      status: leaning-refuted\n\n  # y\n  - id: b\n",
        ),
        ("  -\n    id: a\n", "  -\n    id: a\n    status: leaning-refuted\n"),
        ("  - id: a", "  - id: a\n    status: leaning-refuted"),
        ("  - id: a\r\n  - id: b\r\n", "  - id: a\r\n    status: leaning-refuted\r\n  - id: b\r\n"),
        (
            "  - id: a\n    w: >-\n      x\n\n      y\n\n\n  - id: b\n",
            "  - id: a\n    w: >-\n      x\n\n      y\n    status: leaning-refuted\n\n\n  - id: b\n",
        ),
        (
            "  - id: a\n    w: |+\n      x\n\n  - id: b\n",
            "  - id: a\n    w: |+\n      x\n\n    status: leaning-refuted\n  - id: b\n",
        ),
        ("  - id: a\n    w: |-\n      x", "  - id: a\n    w: |-\n      x\n    status: leaning-refuted"),
        (
            "  - id: a\n    w: [x,\n      {y: z}\n    ] # c\ninquiries: []\n",
            "  - id: a\n    w: [x,\n      {y: z}\n    ] # c\n    status: leaning-refuted\ninquiries: []\n",
        ),
        (
            "  - id: a\n    w:\n      - x: [1]\n        y:\n          - long\n            text # c\n# d\n",
            "  - id: a\n    w:\n      - x: [1]\n        y:\n          - long\n            text # c\n"
            "    status: leaning-refuted\n# d\n",
        ),
        (
            "  - w: 'é 😀'\n    id: a\n    status: void # é\n",
            "  - w: 'é 😀'\n    id: a\n    status: leaning-refuted # é\n",
        ),
    ],
)
def test_each_way_to_write_a_claim_keeps_its_form(before, after):
    assert edited(HEAD + before) == HEAD + after


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "  - id: b\n", r"claims\.yaml  a: there is no such claim in this file"),
        (HEAD + "  - id: a\n  - id: a\n", r"claims\.yaml:4:5  a: two claims have this id"),
        (HEAD + "  - id: a\n    status: >-\n      void\n", r"claims\.yaml:4:13  a\.status: cannot be changed where"),
        (HEAD + "  - id: a\n    status: [void]\n", r"a\.status: cannot be changed where it stands"),
        (HEAD + "  - id: a\n    w: |\n      a line break here would be text", r"claims\.yaml:3:5  a\.status: cannot"),
        (HEAD + "  - id: &x a\n", "anchor"),
        ("", "holds no registry"),
        ("- a\n", "no such claim"),
        ("claims: {a: b}\n", "no such claim"),
    ],
)
def test_what_cannot_be_edited_in_place_is_said(text, message):
    with pytest.raises(Problems, match=message):
        edited(text)


def test_the_same_status_again_changes_nothing():
    once = edited(REGISTRY, "rl-is-sparser")
    assert edited(once, "rl-is-sparser") == once


WORD = st.sampled_from(["x", "0.20", "é", "'#'", '"a: b"', "2025-05-16", "no", "😀"])
VALUE = st.one_of(
    WORD,
    st.lists(WORD, max_size=2).map(lambda words: "[" + ", ".join(words) + "]"),
    st.just(">-\n      folded\n\n      text\n"),
    st.just("|\n      kept\n"),
    st.just("\n      - a\n      - {b: c}"),
    st.just("plain\n      text"),
)
TAIL = st.sampled_from(["", "   # comment", "\n", "\n    # own line", "\n\n# far left"])
STATUS = st.sampled_from([None, "untested", "'void'", '"refuted"', "supported  # the tool's"])


@st.composite
def registries(draw):
    """Text with claims in many forms, and the ids in it."""
    count = draw(st.integers(1, 3))
    lines = ["# top", "schema_version: 1", "claims:"]
    for number in range(count):
        fields = [f"id: c{number}"]
        for name in draw(st.lists(st.sampled_from(["question", "scope", "watch"]), unique=True)):
            value = draw(VALUE)
            fields.append(f"{name}: {value}" + (draw(TAIL) if ">" not in value and "|" not in value else ""))
        status = draw(STATUS)
        if status is not None:
            fields.insert(draw(st.integers(0, len(fields))), f"status: {status}")
        lines.append("  - " + "\n    ".join(fields))
    text = "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n# end\n", "\ninquiries: []\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return text, draw(st.integers(0, count - 1))


def shared(one, other):
    """How many characters two texts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@given(registries(), st.sampled_from(Status))
def test_only_the_status_changes_whatever_the_file_looks_like(registry, status):
    text, number = registry
    before = plain(read_yaml(text.encode(), "f").root)
    result = edited(text, f"c{number}", status)
    after = plain(read_yaml(result.encode(), "f").root)
    had = "status" in before["claims"][number]
    before["claims"][number]["status"] = status.value
    assert after == before
    same = shared(text, result)
    rest = shared(text[same:][::-1], result[same:][::-1])
    if had:
        assert len(text) - same - rest <= len("leaning-supported")
        assert result[same : len(result) - rest] in status.value
    else:
        assert same + rest == len(text)
        assert result[same : len(result) - rest].split() == ["status:", status.value]


@given(st.binary(max_size=200))
def test_any_bytes_are_edited_or_refused(data):
    with pytest.raises(Problems):
        with_status(data, "a", NEW)

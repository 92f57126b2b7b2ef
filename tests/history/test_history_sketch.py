"""What is read of an old registry is what stands in it, however it is laid out."""

import subprocess
from pathlib import Path

import pytest

from claims.history import sketch
from claims.history.sketch import nodes, sketch_of, sketches
from tests.history_samples import HEAD, entry

ROOT = Path(__file__).parents[2]


def read(text):
    return sketches({"claims.yaml": text.encode()})


def whole(data):
    """The slow way: the file read as one, which the pieces must agree with."""
    return {s.id: s for node in nodes(data) if (s := sketch_of(node)) is not None}


def test_a_claim_is_read_with_what_shows_of_it():
    found = read(HEAD + entry("a", status="refuted", label="overstated") + entry("b", test="planned"))
    assert list(found) == ["a", "b"]
    assert (found["a"].question, found["a"].status, found["a"].label) == ("Is it so?", "refuted", "overstated")
    assert (found["a"].test, found["b"].test) == ("check", "planned")
    assert read(HEAD + entry("c", test=""))["c"].test == ""


def test_a_claim_without_a_status_is_untested():
    assert read("claims:\n  - id: a\n")["a"].status == "untested"


B = "  - id: b\n    question: R?\n"
LAYOUTS = {
    "flush": "claims:\n- id: a\n  question: Q?\n- id: b\n  question: R?\n",
    "flow": "schema_version: 1\nclaims: [{id: a, question: Q?}, {id: b, question: R?}]\n",
    "indented": "inquiries: []\nclaims:\n    - question: Q?\n      id: a\n\n    # x\n    - {id: b, question: R?}\n",
    "dash in quotes": 'claims:\n  - id: a\n    question: "Q?"\n    watch: "x\n  - id: no\n    y"\n' + B,
    "dash in a block": "claims:\n  - id: a\n    question: >-\n      Q?\n    watch: |\n      - id: no\n      status: x\n"
    + B,
    "comment": "claims:\n  # first\n  - id: a\n    question: Q?\n" + B,
    "inquiries": "claims:\n  - id: a\n    question: Q?\n" + B + "inquiries:\n  - id: no\n    question: S?\n",
    "windows": "claims:\r\n  - id: a\r\n    question: Q?\r\n  - id: b\r\n    question: R?\r\n",
    "another key": "claims:\n  - id: a\n    question: Q?\n" + B + "later: 1\n",
    "nothing after a key": "claims:\n  - question: Q?\n    id: a\n    topics:\n" + B,
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_gives_the_same_claims(text):
    assert {name: s.question for name, s in read(text).items()} == {"a": "Q?", "b": "R?"}


def test_a_text_that_looks_like_an_entry_adds_none():
    planted = '  - id: a\n    watch: "\n  - id: evil\n    status: supported\n    question: x\n  "\n    question: Q?\n'
    assert list(read("claims:\n" + planted)) == ["a"]


def test_a_version_that_is_not_yaml_is_unknown_not_empty():
    assert read("claims:\n  - id: a\n   question: {\n") is None
    assert read("claims:\n  - id: a\n    status: void\n    status: supported\n") is None, "which of both?"
    assert read("claims: []\n") == {}
    assert sketches({}) == {}


def test_layout_and_order_of_keys_are_no_change_and_another_number_is():
    one = read(HEAD + entry("a"))["a"]
    again = HEAD + entry("a").replace("statement: It is so.", "statement: >-\n      It is\n      so.")
    assert read(again)["a"] == one
    assert read(HEAD + entry("a").replace("of: toys", "of: trains"))["a"].judged != one.judged
    assert read(HEAD + entry("a", status="void", label="inverted", question="Or not?"))["a"].judged == one.judged


def test_claims_in_several_files_are_read_as_one():
    files = {"claims.yaml": (HEAD + entry("a")).encode(), "claims.d/more.yaml": ("claims:\n" + entry("b")).encode()}
    assert set(sketches(files)) == {"a", "b"}


def test_this_registry_reads_the_same_in_pieces_and_whole():
    data = (ROOT / "claims.yaml").read_bytes()
    found = sketches({"claims.yaml": data})
    assert found
    assert found == whole(data)
    assert all(sketch._piece(piece) is not None for piece in sketch._pieces(data)), "the quick way is the one taken"


def test_old_versions_of_this_registry_read_the_same_in_pieces_and_whole():
    listed = subprocess.run(
        ["git", "-C", ROOT, "log", "--format=%H", "--", "claims.yaml"], capture_output=True, text=True, check=False
    ).stdout.split()
    for commit in listed[:: max(1, len(listed) // 4)]:
        show = subprocess.run(["git", "-C", ROOT, "show", f"{commit}:claims.yaml"], capture_output=True, check=False)
        assert sketches({"claims.yaml": show.stdout}) == whole(show.stdout)

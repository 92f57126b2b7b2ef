"""The registry is read as one, and everything wrong with it is said at once."""

import os
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_samples import REGISTRY, changed, findings, line_of, linted

from claims.domain.claim import Status
from claims.errors import Problems
from claims.registry.characters import MAX_BYTES
from claims.registry.load import load_registry, parse_registry, read_registry, registry_files

HEAD = "schema_version: 1\n"


def test_a_sound_registry_is_read():
    loaded = parse_registry({"claims.yaml": REGISTRY.encode()})
    claim = loaded.registry.claim("bf16-is-sparse")
    assert claim.scope == {"models": "decoder-only", "precision": ("bf16", "fp32")}
    assert claim.sources[0].reported[0].value == (0.685, 0.960)
    assert claim.check is not None and claim.check.predictions[0].expect.above == 0.2
    assert claim.status is Status.UNTESTED
    assert [i.id for i in loaded.registry.inquiries] == ["is-it-about-rl"]
    assert loaded.findings == () and loaded.whole


def test_places_lead_to_the_value_or_to_what_is_around_it():
    places = parse_registry({"claims.yaml": REGISTRY.encode()}).places
    expect = line_of(REGISTRY, "expect: {above: 0.20}")
    assert places.of("bf16-is-sparse", "check.predictions[0].expect") == ("claims.yaml", expect, 19)
    assert places.of("bf16-is-sparse", "check.predictions[0].expect.within").line == expect
    assert places.of("rl-is-sparser", "status").line == line_of(REGISTRY, "id: rl-is-sparser")
    assert places.inquiries["is-it-about-rl"].place("cites", 1).line == line_of(REGISTRY, "cites:")
    with pytest.raises(KeyError):
        places.of("unknown")


def test_files_are_read_as_one():
    first, second = REGISTRY.split("  - id: rl-is-sparser")
    second = HEAD + "claims:\n  - id: rl-is-sparser" + second
    loaded = parse_registry({"claims.d/b.yaml": second.encode(), "claims.yaml": first.encode()})
    assert [c.id for c in loaded.registry.claims] == ["bf16-is-sparse", "rl-is-sparser"]
    assert loaded.places.of("rl-is-sparser", "watch").file == "claims.d/b.yaml"


def test_ten_mistakes_in_one_file_are_ten_findings_with_their_lines():
    text = changed(
        ("    question: Is the sparsity", "    quesiton: Is the sparsity"),
        ("asserted: 2025-05-16", "asserted: 2025-5-16"),
        ("- arxiv: 2505.11711v2", "- arxiv: 2505.11711"),
        ("stance: asserts", "stance: assert"),
        ("locator: Table 1", "locator:"),
        ("experiment: tiny", "experiment: Tiny Run"),
        ("expect: {above: 0.05}", "expect: {above: .nan}"),
        ("rival: 0.0", "rival: 0.5"),
        ("    watch: A run in fp32 that is as sparse.\n", ""),
        ("label: faithful, because: The", "label: fathful, because: The"),
    )
    first = line_of(text, "id: bf16-is-sparse")
    assert findings(text) == [
        f"{first}:5  bf16-is-sparse.watch: is missing",
        f"{line_of(text, 'quesiton')}:5  bf16-is-sparse.quesiton: unknown key; did you mean question?",
        f"{line_of(text, '2025-5-16')}:15  bf16-is-sparse.asserted: 2025-5-16 is not a date; write it as 2025-05-16",
        f"{line_of(text, 'arxiv')}:16  bf16-is-sparse.sources[0].arxiv: "
        "2505.11711 carries no version; write the one that you read (claims sources show 2505.11711 names them)",
        f"{line_of(text, 'stance')}:17  bf16-is-sparse.sources[0].stance: assert is not one of "
        "asserts, supports, contradicts, qualifies, supersedes, mentions; did you mean asserts?",
        f"{line_of(text, 'locator')}:17  bf16-is-sparse.sources[0].locator: "
        "nothing stands here; write a value or delete the key",
        f"{line_of(text, 'Tiny')}:19  bf16-is-sparse.check.experiment: Tiny Run is not a name: "
        "lower-case letters and digits, joined by _ or -",
        f"{line_of(text, '.nan')}:71  .nan is not a number that can be compared; write a finite one",
        f"{line_of(text, 'bf16-is-sparser')}:11  bf16-is-sparse.check.predictions[0]: "
        "rival 0.5 lies inside the expected interval: nothing would be excluded",
        f"{line_of(text, 'fathful')}:24  rl-is-sparser.grounding.label: fathful is not one of "
        "faithful, overstated, misattributed, inverted, unsupported; did you mean faithful?",
    ]


def test_a_broken_claim_is_still_linted():
    text = changed(("stance: asserts", "stance: assert"), ("metric: unchanged_share\n", "metric: unchanged_shar\n"))
    assert len(findings(text)) == 1
    assert [line for line in linted(text) if "did you mean unchanged_share?" in line]


def test_a_broken_part_keeps_the_position_of_the_others():
    more = "      - {arxiv: 2505.11711v9, stance: asserts, locator: x, says: x}\n"
    text = changed(("stance: asserts", "stance: assert"), ("    relations:\n", more + "    relations:\n"))
    assert "sources[1].arxiv: literature/ knows" in linted(text)[0]
    assert linted(text)[0].startswith(f"{line_of(text, '2505.11711v9')}:17  ")


@pytest.mark.parametrize("edit", [("rival: 0.0", "rival: .nan"), ("kind: refines", "kind: refine")])
def test_what_has_a_problem_is_not_in_the_registry(edit):
    loaded = read_registry({"claims.yaml": changed(edit).encode()})
    assert [c.id for c in loaded.registry.claims] == ["rl-is-sparser"]
    assert [d.id for d in loaded.drafts] == ["bf16-is-sparse", "rl-is-sparser"]


def test_reading_ten_mistakes_is_quick_and_imports_nothing_heavy(tmp_path):
    (tmp_path / "claims.yaml").write_text(REGISTRY.replace("stance: asserts", "stance: assert"))
    code = (
        "import sys; from pathlib import Path; from claims.errors import Problems\n"
        "from claims.registry.load import load_registry; import claims.registry.lint\n"
        f"try: load_registry(Path({str(tmp_path)!r}))\n"
        "except Problems as error: assert len(error.findings) == 2, error\n"
        "heavy = {'torch', 'scipy', 'numpy', 'sqlmodel', 'arxiv'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert time.perf_counter() - began < 2 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (("unit: fraction", "unit: 1"), "unit: 1 is a number here; write it in quotes"),
        (("says: Most bf16 weights stay where they were.", "says: true"), "says: true is a truth value here"),
        (("arxiv: 2505.11711v2", 'arxiv: "2505.11711"'), "2505.11711 carries no version; write the one that you read"),
        (("arxiv: 2505.11711v2", "arxiv: 2505.1171v2"), "2505.1171v2 is not an arXiv id with its version"),
        (("arxiv: 2505.11711v2", "arxiv: 2505.1171"), "2505.1171 is not an arXiv id with its version"),
        (("arxiv: 2505.11711v2", "arxiv: 2513.11711v2"), "2513.11711v2 is not an arXiv id with its version"),
        (("arxiv: 2505.11711v2", "arxiv: paper"), "paper is not an arXiv id with its version"),
        (("above: 0.20", 'above: "0.20"'), '"0.20" is text here; a number is expected, without quotes'),
        (("above: 0.20", "above: 0755"), "0755 is text here; a number is expected"),
        (("above: 0.20", "above: yes"), "yes is text here; a number is expected"),
        (("above: 0.20", "above: [1]"), "a list stands here; a number is expected"),
        (("{above: 0.20}", "{abov: 0.20}"), "unknown key; did you mean above?"),
        (("{above: 0.20}", "{between: [2, 1]}"), "is upside down"),
        (("{above: 0.20}", "0.20"), "0.20 is a number here; a mapping is expected"),
        (("[0.685, 0.960]", "[0.685]"), "a number, or the two ends of a range"),
        (("topics: [post-training]", "topics: []"), "topics: needs at least 1"),
        (("topics: [post-training]", "topics: [Post Training]"), "topics[0]: Post Training is not an id"),
        (("models: decoder-only", "models: {a: b}"), "scope.models: text, a number"),
        (("status: untested", "status: suported"), "did you mean supported?"),
        (("status: untested", "status: no"), "status: no is not one of untested"),
        (("asserted: 2025-05-16", 'asserted: "0"'), "asserted: 0 is not a date"),
        (("      - arxiv: 2505.11711v2", "      - note\n      - arxiv: 2505.11711v2"), "sources[0]: note is text"),
        (("id: bf16-is-sparse ", "id: BF16 "), "claims[0].id: BF16 is not an id"),
        (("schema_version: 1", "schema_version: 2"), "schema_version: 2 is not 1"),
        (("inquiries:", "inquirys:"), "inquirys: unknown key; did you mean inquiries?"),
        (("Partly", "*Partly"), None),
        (("kind: refines", "kind: refine"), "relations[0].kind: refine is not one of"),
        (("status: untested", "withdrawn: {on: 2025-06-01, because: wrong}\n    status: withdrawn"), None),
    ],
)
def test_each_mistake_is_said_in_plain_words(edit, line):
    found = findings(changed(edit))
    if line is None:
        assert found == []
    else:
        assert len(found) == 1 and line in found[0], found


def test_a_syntax_error_stops_its_own_file_only():
    broken = HEAD + "claims:\n  - id: a: b\n"
    other = changed(("label: faithful", "label: fathful"))
    loaded = read_registry({"claims.yaml": other.encode(), "claims.d/a.yaml": broken.encode()})
    assert [(f.file, f.line) for f in loaded.findings] == [
        ("claims.yaml", line_of(other, "fathful")),
        ("claims.d/a.yaml", 3),
    ]
    assert not loaded.whole


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "text\n", "---\n"])
def test_a_file_that_is_no_registry_is_refused(text):
    assert len(findings(text)) == 1


def test_the_main_file_is_needed(tmp_path):
    with pytest.raises(Problems, match=r"claims\.yaml  cannot be read"):
        load_registry(tmp_path)
    with pytest.raises(Problems, match=r"claims\.yaml  is missing"):
        parse_registry({})


def test_a_folder_is_read_in_order_and_nothing_in_it_is_passed_over(tmp_path):
    (tmp_path / "claims.yaml").write_text(HEAD)
    folder = tmp_path / "claims.d"
    folder.mkdir()
    for name in ("b.yaml", "a.yaml", "README.md"):
        (folder / name).write_text(HEAD)
    assert list(registry_files(tmp_path)) == ["claims.yaml", "claims.d/a.yaml", "claims.d/b.yaml"]
    (folder / "c.yml").write_text(HEAD)
    with pytest.raises(Problems, match=r"claims\.d/c\.yml  is not read; name it c\.yaml"):
        registry_files(tmp_path)


def test_a_pipe_in_the_folder_does_not_hang(tmp_path):
    (tmp_path / "claims.d").mkdir()
    (tmp_path / "claims.yaml").write_text(HEAD)
    os.mkfifo(tmp_path / "claims.d/pipe.yaml")
    with pytest.raises(Problems, match="not a file"):
        registry_files(tmp_path)


def test_a_link_out_of_the_repository_is_not_followed(tmp_path):
    (tmp_path / "secret").write_text(HEAD)
    (tmp_path / "claims.yaml").symlink_to("secret")
    with pytest.raises(Problems, match="it is a link"):
        registry_files(tmp_path)


def test_a_huge_file_is_not_read_to_its_end(tmp_path):
    with (tmp_path / "claims.yaml").open("wb") as stream:
        stream.truncate(2**30)
    assert len(registry_files(tmp_path)["claims.yaml"]) == MAX_BYTES + 1


def test_very_many_problems_are_counted_not_listed():
    text = HEAD + "claims:\n" + "  - 1\n" * 5000
    found = findings(text)
    assert len(found) == 1001
    assert "4000 more problems" in found[-1]


def test_a_claim_with_very_many_bad_values_ends_soon():
    text = changed(("topics: [post-training]", "topics:\n" + "      - ~\n      - 1\n" * 20_000))
    began = time.process_time()
    assert len(findings(text)) == 1001
    assert time.process_time() - began < 10


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_registry_or_in_problems(data):
    try:
        parse_registry({"claims.yaml": data})
    except Problems as error:
        assert error.findings


VALUES = st.recursive(
    st.sampled_from(["~", "1", "0.5", "x", "'1'", "true", ".nan", "2025-05-16", "[[a]]", "above", '"\\0"', "no"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.dictionaries(st.sampled_from(["id", "above", "value", "to", "metric", "str"]), inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{k}: {v}" for k, v in items.items()) + "}"
        ),
    ),
    max_leaves=6,
)
LINES = [n for n, line in enumerate(REGISTRY.splitlines()) if ": " in line and not line.startswith("#")]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LINES), VALUES), min_size=1, max_size=4), st.integers(0, 3))
def test_any_value_in_any_field_ends_in_findings_with_a_place(edits, cut):
    lines = REGISTRY.splitlines()
    for number, value in edits:
        lines[number] = lines[number].partition(": ")[0] + ": " + value
    text = "\n".join(lines[: len(lines) - 7 * cut]) + "\n"
    for finding in read_registry({"claims.yaml": text.encode()}).findings:
        assert finding.line >= 1 and finding.message
    linted(text)

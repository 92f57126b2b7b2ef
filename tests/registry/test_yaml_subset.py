"""A file is read as it looks, or refused with its place in bounded time."""

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from claims.registry import yaml_subset
from claims.registry.characters import MAX_BYTES
from claims.registry.nodes import plain
from claims.registry.yaml_subset import read_yaml


@pytest.fixture(params=["libyaml", "python"])
def loader(request, monkeypatch):
    """Both parsers: PyYAML's own one serves where libyaml is missing."""
    if request.param == "python":
        monkeypatch.setattr(yaml_subset, "LOADER", yaml.SafeLoader)
    elif not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without libyaml")


def value(text):
    document = read_yaml(text.encode(), "f.yaml")
    assert document.findings == ()
    return plain(document.root)


def said(data):
    document = read_yaml(data if isinstance(data, bytes) else data.encode(), "f.yaml")
    return [str(finding) for finding in document.findings]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("8", 8),
        ("-3", -3),
        ("+5", 5),
        ("0", 0),
        ("0.20", 0.2),
        ("1e-3", 0.001),
        ("1E5", 100000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("2001.00010", 2001.0001),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("Off", "Off"),
        ("y", "y"),
        ("12:30:45", "12:30:45"),
        ("0755", "0755"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("2025-05-16", "2025-05-16"),
        ("2025-05-16T10:00:00Z", "2025-05-16T10:00:00Z"),
        ("2505.11711v2", "2505.11711v2"),
        ("١٢", "١٢"),
        ("=", "="),
        ("'true'", "true"),
        ('"8"', "8"),
        ('"2001.00010"', "2001.00010"),
        (">-\n    0.20", "0.20"),
        ("nan", "nan"),
        ("infinity", "infinity"),
    ],
)
def test_a_scalar_is_what_it_looks_like(loader, written, meant):
    read = value(f"a: {written}\n")["a"]
    assert (read, type(read)) == (meant, type(meant))


@pytest.mark.parametrize("written", [".nan", ".NaN", ".inf", "-.INF", "1e999", "9007199254740993", "1" * 4000])
def test_a_number_that_json_cannot_carry_is_refused(loader, written):
    [finding] = said(f"a: {written}\n")
    assert finding.startswith("f.yaml:1:4  ")
    assert len(finding) < 160


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: &x [1]\n", "1:4", "anchor &x"),
        ("a: *x\n", "1:4", "alias *x"),
        ("a: !!str 1\n", "1:4", "tag !!str"),
        ("a: !!python/object/apply:os.system [x]\n", "1:4", "tag !!python/object/apply:os.system"),
        ("a: ! x\n", "1:4", "tag !"),
        ("a: 1\nb:\n  <<: {c: 1}\n", "3:3", "merge key"),
        ("a: 1\nb: 2\na: 3\n", "3:1", "key a stands twice; the first one is on line 1"),
        ("a: {b: 1, b: 2}\n", "1:11", "key b stands twice"),
        ("1: a\n", "1:1", "key 1 is a number here"),
        ("true: a\n", "1:1", "key true is a truth value here"),
        ("1e3: a\n", "1:1", "key 1e3 is a number here"),
        ("~: a\n", "1:1", "key ~ is a null here"),
        ("? [a, b]\n: c\n", "1:3", "a key is text"),
        ("a: 1\n---\nb: 2\n", "2:1", "a second document"),
        ("%YAML 1.1\n---\na: 1\n", "1:1", "directives"),
        ("a:\n\t- b\n", "2:1", "U+0009 is a tab"),
        ("a: b\tc\n", "1:5", "U+0009 is a tab"),
        ("a: b\0c\n", "1:5", "U+0000"),
        ("a: b\rc\n", "1:5", "carriage return without a line feed"),
        ("a: b\u2028c\n", "1:5", "U+2028"),
        ("a: b\x85c\n", "1:5", "U+0085"),
        ("é: b\u202ec\n", "1:5", "U+202E"),
        ("\ufeffa: b\n", "1:1", "byte order mark"),
        ('a: "\\0"\n', "1:4", "an escape"),
        ('a: "\\t"\n', "1:4", "an escape"),
        ('a: "\\u202e"\n', "1:4", "an escape"),
        ("a: says: b\n", "1:8", "put the text in quotes or after >-"),
        ("a:\n  see # 3\n  and more\n", "3:3", "' #'"),
        ("a: @b\n", "1:4", "unless it is quoted"),
        ("a: [1, 2\nb: 3\n", "2:2", "not YAML"),
        ('a: "b" c\n', "1:8", "not YAML"),
        ("a: " + "b" * 5000 + "\n", "1:4097", "fold long text"),
    ],
)
def test_what_would_surprise_is_refused_with_its_place(loader, text, place, words):
    [finding] = said(text)
    assert finding.startswith(f"f.yaml:{place}  ")
    assert words in finding


def test_a_byte_that_is_not_utf8_has_its_place():
    assert said(b"a: b\n\xc3\xa9: x\xffy\n") == ["f.yaml:2:5  byte 0xff is not UTF-8; save the file as UTF-8"]
    assert "not UTF-8" in said("a: b\n".encode("utf-16"))[0]


def test_an_escape_beyond_unicode_is_refused(loader):
    for escape in ("\\UFFFFFFFF", "\\uD800"):
        assert len(said(f'a: "{escape}"\n')) == 1


def test_problems_of_form_are_reported_together(loader):
    assert len(said("a: &x 1\nb: *x\na: 2\n3: c\nd: .nan\n")) == 5


def test_columns_count_characters():
    assert said("é: {ü: &x 1}\n")[0].startswith("f.yaml:1:8  ")


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 4000,
        b"[\n" * 100_000,
        b"{a:\n" * 100_000,
        (b"- " * 2000 + b"\n") * 50,
        (b"? " * 2000 + b"\n") * 50,
        b"".join(b" " * n + b"a:\n" for n in range(4000)),
        b"- &a x\n" * 200_000,
        b"\0" * 4_000_000,
        b"\t\n" * 2_000_000,
        b"a" * MAX_BYTES,
        b"a" * (MAX_BYTES + 1),
        b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 121)),
    ],
    ids=["[", "[ lines", "{ lines", "- -", "? ?", "indent", "anchors", "nul", "tabs", "one line", "huge", "bomb"],
)
def test_a_hostile_file_ends_soon_and_in_few_words(loader, data):
    began = time.process_time()
    found = said(data)
    assert time.process_time() - began < 2
    assert 1 <= len(found) <= 101
    assert max(map(len, found)) < 200


def test_places_far_down_and_far_to_the_right_are_exact():
    far = " " * 3000 + "!!str x"
    (found,) = said("# a\n" * 90_000 + f"a:{far}\n")
    assert found.startswith("f.yaml:90001:3003  tag !!str")


def test_the_size_of_a_file_is_capped():
    line = b"# " + b"x" * 62 + b"\n"
    assert said(b"a: b\n" + line * (MAX_BYTES // 65)) == []
    assert "larger than 8 MiB" in said(b"a: b\n" + line * (MAX_BYTES // 65 + 1))[0]


def test_very_many_values_end_soon():
    began = time.process_time()
    assert "more than 200000 values" in said(b"- [" + b"a,\n" * 2_500_000 + b"]")[-1]
    assert time.process_time() - began < 10


def test_a_deep_file_that_a_person_might_write_is_read():
    assert value("a: " + "[" * 30 + "]" * 30)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    read_yaml(data, "f.yaml")


@given(st.text(alphabet="ab:-?#&*!|>'\"%@`[]{},~<\\xuU0. \n\t\r\0é\u2028\U0001f600", max_size=120))
def test_any_text_is_read_or_refused_alike_by_both_parsers(text):
    ours = read_yaml(text.encode(), "f.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_subset, "LOADER", yaml.SafeLoader)
        theirs = read_yaml(text.encode(), "f.yaml")
    if ours.root is not None and theirs.root is not None and not ours.findings and not theirs.findings:
        assert plain(ours.root) == plain(theirs.root)

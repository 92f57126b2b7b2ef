"""Names of experiment files: they become addresses, and a caller must not be able to take another page's place."""

import pytest

from benchmarks.made_registry import write_registry
from claims.project import examine, read_experiments


@pytest.mark.parametrize("name", ["index", "README", "readme", "x y", "ü", "a#b", "a%2e", "a'b", "Upper", "_hidden"])
def test_a_name_that_is_no_address_is_refused_and_named(tmp_path, name):
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / f"{name}.py").write_text("")
    declared, (finding, *_) = read_experiments(tmp_path)
    assert declared == {}
    assert finding.file == f"experiments/{name}.py"
    assert "small letters" in finding.message


@pytest.mark.parametrize(("old", "new"), [("- id: ready", "- id: index"), ("topics: [a-topic]", "topics: [index]")])
def test_an_id_or_topic_that_would_take_the_place_of_a_list_is_refused(tmp_path, old, new):
    (tmp_path / "claims.yaml").write_text(_REGISTRY.replace(old, new))
    assert any("folder's own page" in f.message for f in examine(tmp_path)[1])


def test_the_same_registry_with_other_names_is_sound(tmp_path):
    (tmp_path / "claims.yaml").write_text(_REGISTRY)
    assert examine(tmp_path)[1] == []


@pytest.mark.parametrize("sign", ["\\ud800", "\\uffff", "\\u202e", "\\x07"])
def test_an_escape_that_writes_what_no_file_may_hold_is_refused(tmp_path, sign):
    write_registry(tmp_path, 1)
    path = tmp_path / "experiments" / "scale.py"
    path.write_text(path.read_text().replace('title="Scale"', f'title="Sc{sign}ale"'))
    assert [f.field for f in read_experiments(tmp_path)[1] if "direction of text" in f.message] == ["scale.title"]


_REGISTRY = """\
schema_version: 1
claims:
  - id: ready
    question: Is it so?
    statement: It is so.
    scope: {models: small}
    topics: [a-topic]
    asserted: 2026-01-01
    sources: []
    watch: A run that says otherwise.
    grounding: {label: unsupported, because: Nobody says so.}
    status: untested
"""

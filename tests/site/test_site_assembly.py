"""What MkDocs does not read is on the page all the same, and can be found."""

import json

import pytest
from markupsafe import Markup
from test_site_build import Seen

from claims.errors import SetupError
from claims.site.assembly import assemble, words
from claims.site.markup import finished
from claims.site.render import Page, rendered, templates


@pytest.fixture
def built(tmp_path):
    """A site of one page as MkDocs leaves it, with two places."""
    (tmp_path / "claims" / "a").mkdir(parents=True)
    (tmp_path / "claims" / "a" / "index.html").write_text(
        "<h1>added by the theme</h1>\n<p>claims-part-0</p><h2 id=x>X</h2><p>claims-part-1</p>"
    )
    (tmp_path / "search").mkdir()
    docs = [
        {"location": "claims/a/", "title": "A", "text": "<p>claims-part-0</p>"},
        {"location": "claims/a/#x", "title": "X", "text": "<p>claims-part-1</p>"},
        {"location": "contribute/", "title": "C", "text": "<p>as it was</p>"},
    ]
    (tmp_path / "search" / "search_index.json").write_text(json.dumps({"docs": docs}))
    return tmp_path


def test_parts_take_their_places_and_their_words_become_findable(built):
    parts = (Markup("<p>one &lt;b&gt;</p>"), Markup("<div>two<svg><text>0.5</text></svg></div>"))
    assemble(built, {"claims/a.md": parts})
    text = (built / "claims" / "a" / "index.html").read_text()
    assert text.strip() == f"{parts[0]}<h2 id=x>X</h2>{parts[1]}"
    docs = json.loads((built / "search" / "search_index.json").read_text())["docs"]
    assert [d["text"] for d in docs] == ["one &lt;b&gt;", "two", "<p>as it was</p>"]


def test_a_part_without_a_place_is_an_error_that_names_the_page(built):
    with pytest.raises(SetupError, match="claims/a/"):
        assemble(built, {"claims/a.md": (Markup("1"), Markup("2"), Markup("3"))})


def test_a_part_that_holds_the_words_of_a_place_is_left_alone(built):
    parts = (Markup("<p>claims-part-1</p>"), Markup("<i>two</i>"))
    assemble(built, {"claims/a.md": parts})
    assert (built / "claims" / "a" / "index.html").read_text().count("<i>two</i>") == 1


def test_numbers_on_an_axis_and_source_code_are_not_words():
    assert words("<p>a</p><svg><text>0.5</text></svg><pre data-search-exclude>def</pre><b>c</b>") == "a c"


def test_mkdocs_reads_the_headings_and_nothing_that_was_placed(tmp_path):
    (tmp_path / "t.md.j2").write_text("<p>{{ page.a }}</p>\n\n## Heading\n\n<p>{{ page.b }}</p>\n")
    view = type("View", (), {"a": "**one**", "b": Markup("<pre>\n\n## two\n\n</pre>")})()
    made = rendered(templates(tmp_path), Page("t.md", "t.md.j2", "T", view))
    assert [line for line in made.markdown.splitlines() if line.startswith("#")] == ["## Heading"]
    assert "one" not in made.markdown
    assert len(made.parts) == 2


@pytest.mark.parametrize("text", ["# a", "## a", "x\n## a", "x\n  ## a"])
def test_no_line_of_a_value_can_be_taken_for_a_heading(text):
    assert not [line for line in finished(Markup(text)).splitlines() if line.lstrip().startswith("#")]


def test_every_page_of_the_site_has_its_parts_and_one_title(site):
    for path in site.rglob("index.html"):
        seen = Seen(path)
        assert "claims-part-" not in seen.text, path
        assert [tag for tag, _ in seen.tags].count("h1") == 1, path

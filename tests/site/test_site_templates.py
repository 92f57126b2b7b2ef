"""Templates place values. They compute, format, compare and filter nothing."""

import re
from pathlib import Path

import pytest
from jinja2 import nodes

from claims.errors import SetupError
from claims.site.render import Page, rendered, templates

FOLDER = Path(__file__).parents[2] / "site" / "templates"
PLACING = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If, nodes.Macro),
    *(nodes.Call, nodes.FromImport, nodes.Tuple, nodes.Const),
)
ALL = sorted(FOLDER.glob("*.j2"))


def computing(source):
    tree = templates(FOLDER).parse(source)
    macros = {name for node in tree.find_all(nodes.FromImport) for name in node.names}
    macros |= {node.name for node in tree.find_all(nodes.Macro)}
    wrong = [type(n).__name__ for n in tree.find_all(nodes.Node) if not isinstance(n, PLACING)]
    return wrong + [c.node for c in tree.find_all(nodes.Call) if getattr(c.node, "name", None) not in macros]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_a_template_only_places(path):
    assert computing(path.read_text()) == []


@pytest.mark.parametrize(
    "source", ["{{ a + 1 }}", "{{ a|safe }}", "{{ a.b() }}", "{% if a > 1 %}{% endif %}", "{{ a[0] }}"]
)
def test_a_template_that_computes_is_seen(source):
    assert computing(source)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_values_in_attributes_stand_in_quotes(path):
    assert not re.findall(r"=\s*\{\{", path.read_text())


@pytest.mark.parametrize("template", ["{{ page.nothing }}", "{{ page.number }}"])
def test_a_template_that_does_not_fit_its_view_is_an_error_that_names_it(tmp_path, template):
    (tmp_path / "t.md.j2").write_text(template)
    view = type("View", (), {"number": 3})()
    with pytest.raises(SetupError, match=r"site/templates/t\.md\.j2"):
        rendered(templates(tmp_path), Page("t.md", "t.md.j2", "T", view))

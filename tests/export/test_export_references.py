"""BibTeX and CSL-JSON, as programs by others read them.

The official CSL-JSON schema comes in no package that can be installed, so items are held against what its
documentation requires (id and type, names, dates), and read by a citation processor that refuses unknown fields.
"""

import json
import re
from pathlib import Path

import pytest
import yaml
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from claims.errors import SetupError
from claims.export.export import export
from claims.export.references import AUTHOR, REGISTRY
from claims.literature.bibtex import entry, names, tex
from claims.literature.csl import name
from claims.project import load
from tests.exchange_samples import HELD, TITLE, UNCITED, add_papers

ROOT = Path(__file__).parents[2]
SIGNS = st.text(st.one_of(st.characters(), st.sampled_from("{}\\$&#%_^~\"@-`',=<>?!\n\t ")))
TYPES = {"article", "entry"}
TEXTS = {"id", "type", "title", "publisher", "number", "URL", "abstract", "DOI", "container-title", "note"}


def printed(source: str) -> str:
    """What TeX prints; its reader lacks the names of three signs."""
    context = get_default_latex_context_db()
    signs = {"textbraceleft": "{", "textbraceright": "}", "textasciicircum": "^"}
    context.add_context_category("signs", prepend=True, macros=[MacroTextSpec(n, s) for n, s in signs.items()])
    return str(LatexNodes2Text(latex_context=context, strict_latex_spaces=True).latex_to_text(source))


@given(SIGNS)
def test_any_text_is_one_field_and_is_printed_sign_by_sign(text: str) -> None:
    read = parse_string(entry("misc", "key", {"title": tex(text), "year": "2025"}), "bibtex").entries["key"]
    assert read.fields["year"] == "2025"
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    assert printed(read.fields["title"]) == plain


def test_no_command_of_tex_survives() -> None:
    assert set(re.findall(r"\\[a-z]+", tex("\\input{/etc/passwd} $\\write18$"))) == {
        "\\textbackslash", "\\textbraceleft", "\\textbraceright",
    }  # fmt: skip


@given(
    st.lists(st.sampled_from(["Ada Lovelace", "Plato", "Coins, Inc.", "A and B", "Laurens van der Maaten"]), min_size=1)
)
def test_as_many_authors_are_read_as_were_written(authors: list[str]) -> None:
    read = parse_string(entry("misc", "key", {"author": names(authors)}), "bibtex").entries["key"]
    assert len(read.persons["author"]) == len(authors)


@pytest.mark.parametrize(
    ("author", "parts"),
    [
        ("Ada Lovelace", {"given": "Ada", "family": "Lovelace"}),
        ("Laurens van der Maaten", {"given": "Laurens", "non-dropping-particle": "van der", "family": "Maaten"}),
        ("C. de la Vallée Poussin", {"given": "C.", "non-dropping-particle": "de la", "family": "Vallée Poussin"}),
        ("de Vries", {"non-dropping-particle": "de", "family": "Vries"}),
        ("Plato", {"literal": "Plato"}),
        ("Coins, Inc.", {"literal": "Coins, Inc."}),
    ],
)  # fmt: skip
def test_a_name_has_the_parts_that_bibtex_sees(author: str, parts: dict[str, str]) -> None:
    assert name(author) == parts


@pytest.fixture
def project(toy: Path) -> Path:
    """The small project with papers, and a claim that means harm."""
    add_papers(toy)
    statement = json.dumps('}\n@misc{evil, title={x}}\n"quoted" \\input{x} 5% {')
    text = (toy / "claims.yaml").read_text()
    (toy / "claims.yaml").write_text(text.replace("statement: One and one is two.", f"statement: {statement}"))
    return toy


def test_bibtex_has_an_entry_a_paper_and_a_claim(project: Path) -> None:
    loaded = load(project)
    entries = parse_string(export(loaded, "bibtex", None), "bibtex").entries
    assert set(entries) == {
        f"arxiv-{HELD}", f"arxiv-{UNCITED.replace('/', '-')}",
        "claim-coins-audited", "claim-coins-differ", "claim-coins-sum",
    }  # fmt: skip
    fields = entries[f"arxiv-{HELD}"].fields
    assert (fields["eprint"], fields["archiveprefix"], fields["year"]) == (HELD, "arXiv", "2025")
    assert printed(fields["title"]) == TITLE
    people = entries[f"arxiv-{HELD}"].persons["author"]
    assert [str(p) for p in people] == [
        "Lovelace, Ada",
        "van der Maaten, Laurens",
        "Plato",
        "{Coins, Inc. and Friends}",
    ]
    evil = printed(entries["claim-coins-audited"].fields["title"])
    assert evil == '} @misc{evil, title={x}} "quoted" \\input{x} 5% {'
    assert "untested" in entries["claim-coins-differ"].fields["note"]
    assert "year" not in entries["claim-coins-differ"].fields, "it has no record yet"


def test_csl_items_are_what_the_format_asks_for(project: Path) -> None:
    items = json.loads(export(load(project), "csl-json", None))
    assert len({item["id"] for item in items}) == len(items) == 5
    for item in items:
        assert item["type"] in TYPES
        assert all(isinstance(item[key], str) for key in item.keys() & TEXTS)
        assert item.keys() <= TEXTS | {"author", "issued"}
        assert all(set(a) <= {"given", "family", "non-dropping-particle", "literal"} for a in item["author"])
        for parts in item.get("issued", {}).get("date-parts", []):
            assert all(isinstance(part, int) for part in parts) and 1 <= len(parts) <= 3
    assert items[0]["title"] == TITLE
    assert items[2]["title"] == load(project).claim("coins-audited").statement


def test_a_citation_processor_reads_every_item_of_this_repository() -> None:
    loaded = load(ROOT)
    text = export(loaded, "csl-json", None)
    references = CiteProcJSON(json.loads(text))  # warns of what it does not know, and a warning is an error here
    assert len(references) == len(loaded.papers) + len(loaded.registry.claims)
    assert str(references["arxiv-2505.11711"]["title"]).startswith("Reinforcement Learning Finetunes")
    assert [str(a["family"]) for a in references["arxiv-2505.11711"]["author"]][-1] == "Peng"


def test_bibtex_of_this_repository_is_read_whole() -> None:
    loaded = load(ROOT)
    entries = parse_string(export(loaded, "bibtex", None), "bibtex").entries
    assert len(entries) == len(loaded.papers) + len(loaded.registry.claims)
    for paper in loaded.papers.values():
        read = entries[f"arxiv-{paper.id.replace('/', '-')}"]
        assert printed(read.fields["title"]) == paper.title
        assert len(read.persons["author"]) == len(paper.authors)


def test_the_parts_can_be_had_alone_and_verdicts_are_no_references(project: Path) -> None:
    loaded = load(project)
    assert all(key.startswith("claim-") for key in parse_string(export(loaded, "bibtex", "claims"), "bibtex").entries)
    assert all(item["id"].startswith("arxiv-") for item in json.loads(export(loaded, "csl-json", "sources")))
    with pytest.raises(SetupError, match="use csv or jsonl"):
        export(loaded, "bibtex", "verdicts")


def test_claims_are_cited_as_the_citation_file_says() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert [author["name"] for author in citation["authors"]] == [AUTHOR]
    assert citation["title"].startswith(REGISTRY)

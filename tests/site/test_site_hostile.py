"""Ten and more hostile strings in every field that holds text: the built site shows them and does nothing with them."""

import dataclasses
import json
import random
import re
import shutil
import typing
from collections import Counter
from datetime import date
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from site_attacks import ATTACKS, LEADING, MARKER, attacked, textual
from site_samples import ABOVE_HALF, PAPER, SOURCE, assemble, claim, filed, record, replicate
from test_site_build import ROOT, Seen

from claims.declaration import parse
from claims.domain.claim import Circulated, Forecast, Grounding, Inquiry, Registry, Relation, Status, Withdrawal
from claims.domain.dispute import Dispute, Reply, Resolution
from claims.domain.paper import Paper, QuoteCheck, Reading
from claims.domain.record import Record
from claims.errors import DeclarationError, SiteRefused
from claims.experiment import Control, Experiment, Metric
from claims.ledger.evidence import Erratum
from claims.neighbours import Entry, Method, Neighbour, Neighbours, digest, texts_of
from claims.registry.lint_experiment import lint_experiment
from claims.site.audit import audit
from claims.site.build import build

ROOTS = (Registry, Paper, Record, Erratum, Neighbours, Dispute, Reply)
RULED = {
    "Paper.id": "the name of its file",
    "Record.started": "part of the name of its file",
    "Record.finished": "a time; the build reads it",
    "Check.params": "names are the experiment's; a value is attacked below",
    "Neighbour.id": "looked up among the claims and papers",
    "Neighbours.claims": "looked up by id",
    "Neighbours.papers": "looked up by id",
}
"""Fields of text that something else rules, with what does."""
LINKED = frozenset({"Record.digest", "Judged.digest", "Closure.digest"})
"""Digests that make a record count; the second record of each claim goes without."""
EXPERIMENT = """{text}
# {comment}
from claims.experiment import Control, Experiment, Metric, Run, Settings

class Params(Settings):
    note: str = {text}

EXPERIMENT = Experiment(
    title={text}, papers=("{paper}v1",), differs={text},
    conditions={{"coarse": {text}, "fine": {text}}}, control_conditions={{"shuffled": {text}}},
    metrics=(Metric("unchanged_share", {text}, 0, 1, {text}), Metric("reward_gain", {text}, -1, 1, {text}),
             Metric("rank_agreement", {text}, -1, 1, {text}, combined=True)),
    controls=(Control("planted-sparse", "positive", "unchanged_share", {{"above": 0.9}}, condition="coarse",
                      doc={text}, params={{"note": {text}}}, trains=True),
              Control("planted-dense", "negative", "unchanged_share", {{"below": 0.1}}, condition="shuffled")),
    scales={{"smoke": {{}}, "cpu": {{"note": {text}}}, "gpu": {{}}}},
)

def measure(run: Run[Params]) -> dict[str, float]:
    return {{"unchanged_share": 1.0}}

def combine(arms, params):
    return {{"rank_agreement": 1.0}}
"""
NAMES = {  # fields of a declaration that are names, and a way to write an attack into each
    "Experiment.papers": ('"0001.00001v1"', "TEXT"),
    "Experiment.conditions": ('"coarse": ', "TEXT: "),
    "Experiment.control_conditions": ('"shuffled": ', "TEXT: "),
    "Experiment.scales": ('"gpu": {}', "TEXT: {}"),
    "Experiment.time_limit": ("scales=", "time_limit={TEXT: 1.0}, scales="),
    "Metric.name": ('Metric("reward_gain"', "Metric(TEXT"),
    "Control.name": ('Control("planted-sparse"', "Control(TEXT"),
    "Control.kind": ('"positive"', "TEXT"),
    "Control.metric": ('"unchanged_share", {"above"', 'TEXT, {"above"'),
    "Control.expect": ('"above"', "TEXT"),
    "Control.condition": ('condition="coarse"', "condition=TEXT"),
    "Control.params": ('params={"note": ', "params=TEXT: "),
}
FILES = {"Experiment.data"}
"""Names of files that must be there; no page shows them."""
WORDS = {"Experiment.title", "Experiment.differs", "Metric.unit", "Metric.doc", "Control.doc"}


def declaration(text, paper):
    comment = re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", text)
    return EXPERIMENT.format(text=json.dumps(text), comment=comment, paper=paper)


def kinds(name, paper, text):
    """Three claims that hold every field between them: one that was run, one taken back, one that is planned."""
    source = SOURCE.model_copy(update={"arxiv": f"{paper}v1"})
    common = {
        "sources": (source, source.model_copy(update={"arxiv": f"{paper}v2", "stance": "mentions"})),
        "circulated": (Circulated(text="x", where="y", label=Grounding.INVERTED, because="z"),),
        "relations": (Relation(to=f"plan-{name}", kind="supports", because="x"),),
        "forecasts": (Forecast(by="x", on=date(2025, 12, 1), supported=0.5),),
    }
    ran = claim(f"claim-{name}", "Q?", predictions=[ABOVE_HALF], experiment=f"exp_{name}", **common)
    ran = ran.model_copy(update={"check": ran.check.model_copy(update={"params": {"note": text}})})
    back = claim(
        f"back-{name}", "Q?", status=Status.WITHDRAWN, withdrawn=Withdrawal(on=date(2026, 1, 1), because="x"), **common
    )
    plan = claim(f"plan-{name}", "Q?")
    return ran, back, plan.model_copy(update={"planned": ran.check})


def held(paper):
    return PAPER.model_copy(
        update={
            "id": paper,
            "quotes": (QuoteCheck(quote=SOURCE.quote, found=True, text="x", checked=date(2026, 1, 1)),),
            "readings": (Reading(version=1, what="abstract", how="x", on=date(2026, 1, 1)),),
            "categories": ("x",),
        }
    )


def runs(claim, text, reached):
    rng = random.Random(3)
    good = [replicate(i, rng, coarse=0.6) for i in range(8)]
    bad = replicate(8, rng, coarse=0, outcome="crash", message="x")
    made = record(claim, [*good, bad], previous=("x",), exploratory_because="x")
    rows = []
    for day, keep in (("02", LINKED), ("01", frozenset())):
        struck = attacked(made, text, reached, keep | RULED.keys())
        struck = struck.model_copy(update={"started": f"2026-01-{day}T03:04:05Z", "confirmatory": keep == LINKED})
        struck = struck.model_copy(update={"digest": struck.computed_digest()})
        erratum = attacked(Erratum(person="x", date=date(2026, 1, 1), what="x"), text, reached)
        rows.append((struck, None if keep else erratum))
    return rows


def spoken(paper, claim_id, text, reached):
    """An open dispute, one that has ended, and an author's replies to the first and to the claim."""
    on, kind = date(2026, 1, 1), {"schema_version": 1, "kind": "reply", "as": "author"}
    open_ = Dispute(schema_version=1, kind="dispute", by="x", on=on, about="other", reason="x", evidence=(paper,))
    ended = open_.model_copy(update={"resolved": Resolution(by="x", on=on, outcome="upheld", because="x")})
    reply = Reply(**kind, by="x", on=on, paper=paper, to="2026-01-01-open", text="x")
    general = reply.model_copy(update={"to": None})
    said = {"open": open_, "ended": ended, "reply": reply, "general": general}
    return tuple(filed(attacked(one, text, reached), slug, claim_id) for slug, one in said.items())


@pytest.fixture(scope="module")
def reached():
    """The fields that held an attack, once the site was built."""
    return {"Record.digest"}  # every record's own; it is computed


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, reached):
    """A site of which every text is an attack."""
    project = assembled(tmp_path_factory.mktemp("hostile") / "root", ATTACKS, reached)
    return build(project, project.root / "build" / "site", log=lambda line: None)


def assembled(root, attacks, reached):
    """A project with claims, records, a paper, an inquiry and an experiment for each attack."""
    claims, records, papers, inquiries, experiments = [], {}, {}, [], {}
    for i, (name, text) in enumerate(attacks.items()):
        paper = f"0001.{i:05d}"
        for one in kinds(name, paper, text):
            struck = attacked(one, text, reached, frozenset(RULED))
            claims.append(struck)
            if one.id.startswith("claim-"):
                records[one.id] = runs(struck, text, reached)
        papers[paper] = attacked(held(paper), text, reached, frozenset(RULED))
        inquiry = Inquiry(id=f"inquiry-{name}", question="Q?", answer="A.", cites=(f"claim-{name}",))
        inquiries.append(attacked(inquiry, text, reached))
        experiments[f"exp_{name}"] = declaration(text, paper)
    project = assemble(root, claims, records, tuple(inquiries), papers, experiments)
    for i, (name, text) in enumerate(attacks.items()):
        project.disputes[f"claim-{name}"] = spoken(f"0001.{i:05d}v1", f"claim-{name}", text, reached)
    shutil.copytree(ROOT / "site", root / "site")
    near = (Neighbour(id=claims[-1].id, cosine=0.5),)
    texts = texts_of(project.registry.claims, papers)
    kept = Neighbours(
        schema_version=1,
        method=Method(name="x", about="x"),
        texts="0" * 64,
        claims={name: Entry(text=digest(text), near=near) for name, text in texts.claims.items()},
        papers={},
    )
    struck = attacked(kept, " ".join(attacks.values())[:4000], reached, frozenset(RULED))
    (root / "site" / "data" / "related.json").write_text(struck.model_dump_json())
    return project


@pytest.fixture(scope="module")
def pages(hostile):
    return {path.relative_to(hostile).as_posix(): Seen(path) for path in sorted(hostile.rglob("*.html"))}


def test_every_field_that_holds_text_was_attacked(hostile, reached):
    assert sorted(textual(*ROOTS) - reached - RULED.keys()) == []
    assert sorted(RULED.keys() - textual(*ROOTS)) == [], "no longer a field of text"


def test_every_field_of_a_declaration_is_attacked_or_a_name_that_is_refused():
    told = set()
    for kind in (Experiment, Metric, Control):
        hints = typing.get_type_hints(kind)
        told |= {f"{kind.__name__}.{f.name}" for f in dataclasses.fields(kind) if "str" in str(hints[f.name])}
    told |= {"Control.kind"}
    assert told == NAMES.keys() | WORDS | FILES


@pytest.mark.parametrize("place", NAMES)
def test_a_name_in_a_declaration_that_is_no_name_is_refused(place):
    source = declaration("fine", "0001.00001")
    assert wrong(source) == ()
    old, new = NAMES[place]
    assert old in source
    for text in ATTACKS.values():
        assert wrong(source.replace(old, new.replace("TEXT", json.dumps(text)), 1)), text


def wrong(source):
    """Why a build refuses a project with this experiment."""
    try:
        return lint_experiment(parse(source, "experiments/x.py"))
    except DeclarationError as error:
        return (str(error),)


def test_the_audit_finds_nothing(hostile):
    assert audit(hostile) == []


@pytest.mark.parametrize("attack", ["script", "attribute", "drawing", "style"])
def test_the_audit_refuses_what_was_not_made_inert(tmp_path, monkeypatch, attack):
    monkeypatch.setattr("claims.site.markup._inert", lambda text: " ".join(text.split()))
    project = assembled(tmp_path / "root", {attack: ATTACKS[attack]}, set())
    with pytest.raises(SiteRefused) as refused:
        build(project, tmp_path / "site", log=lambda line: None)
    pages = {finding.file.partition("/")[0] for finding in refused.value.findings}
    assert pages >= {"claims", "papers", "experiments", "index.html", "search"}


def test_no_attack_is_an_element_or_an_attribute(pages):
    clean = Counter(tag for tag, given in pages["contribute/index.html"].tags if "src" not in given)
    for name, page in pages.items():
        tags = Counter(t for t, given in page.tags if given.get("type") != "application/ld+json" and "src" not in given)
        for once in ("script", "meta", "textarea", "h1", "body"):
            assert tags[once] <= clean[once], (name, once)
        loaded = [given["src"] for _, given in page.tags if "src" in given]
        assert not [s for s in loaded if not re.fullmatch(r"/?(\.\./)*assets/[\w./-]+\.js", s)], name
        acting = {
            *("img", "iframe", "object", "embed", "math", "style", "base", "template", "foreignobject", "animate")
        }
        assert not acting & tags.keys(), name
        assert not [t for t in tags if MARKER in t or not re.fullmatch(r"[a-z][a-z0-9]*", t)], name
        for tag, attributes in page.tags:
            odd = [
                a for a in attributes if a.startswith("on") or MARKER in a or not re.fullmatch(r"[a-z][a-z0-9:-]*", a)
            ]
            assert not odd, (name, tag, attributes)


def test_no_attack_is_an_address_a_class_or_a_name(pages):
    for name, page in pages.items():
        for tag, attributes in page.tags:
            spoken = {"title", "aria-label", "alt", "content", "data-label"}  # read out or shown, never followed
            marked = {a: v for a, v in attributes.items() if a not in spoken and v and MARKER in v.lower()}
            assert tag != "meta" or marked.keys() <= {"content"}, name
            if tag == "a" and name.startswith("inquiries/") and marked.keys() == {"href"}:
                assert marked["href"].startswith("https://evil.example/"), (name, marked)
                assert attributes["rel"] == "noopener noreferrer"
            else:
                assert not marked, (name, tag, marked)


def test_no_markdown_of_an_attack_was_read_outside_of_an_answer(pages):
    for name, page in pages.items():
        if not name.startswith(("inquiries/", "contribute/", "method/", "data/")):  # Markdown, by a person of ours
            tags = {tag for tag, _ in page.tags}
            assert not tags & {"strong", "em", "del", "mark", "sup", "sub", "abbr", "hr"}, name
        assert not [t for t in page.tags if t[0] in {"details"} and "open" in t[1]], name


def test_nothing_was_computed_or_included(pages):
    for name, page in pages.items():
        assert not re.search(r"[\x00-\x08\x1b\x7f\x85\u202a-\u202e\u2066-\u2069]", page.text), name
        assert "evil49" not in page.text, name
        assert "site_description" not in page.text, name
        assert "MkDocsConfig" not in page.text, name
        assert "default-src" not in page.text, name


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_is_there_to_be_read(pages, hostile, name):
    paper = f"0001.{list(ATTACKS).index(name):05d}"
    places = (
        f"claims/claim-{name}",
        f"claims/back-{name}",
        f"claims/plan-{name}",
        f"papers/{paper}",
        f"experiments/exp_{name}",
    )
    for place in places:
        assert LEADING[name] in pages[f"{place}/index.html"].text.replace("\ufeff", ""), place


def test_the_search_index_holds_no_attack_as_markup(hostile):
    for entry in json.loads((hostile / "search" / "search_index.json").read_text())["docs"]:
        for part in (entry["title"], entry["text"]):
            page = Seen(html=part)
            assert {tag for tag, _ in page.tags} <= {"p", "code", "pre", "ul", "ol", "li"}, entry["location"]
            assert not [a for _, a in page.tags if a], entry["location"]
        assert MARKER not in entry["location"]


def test_every_other_file_can_be_parsed_and_holds_no_attack_as_markup(hostile):
    seen = Counter()
    for path in sorted(p for p in hostile.rglob("*") if p.is_file()):
        seen[path.suffix] += 1
        if path.suffix == ".json":
            json.loads(path.read_bytes())
        elif path.suffix in {".xml", ".svg", ".atom"}:
            for element in ElementTree.fromstring(path.read_bytes()).iter():
                assert MARKER not in element.tag, path
                assert not [a for a in element.attrib if MARKER in a or a.startswith("on")], path
                for where in ("href", "src", "{http://www.w3.org/1999/xlink}href"):
                    assert MARKER not in element.get(where, ""), path
        elif path.suffix in {".txt", ".md"}:
            tokens = MarkdownIt("commonmark").parse(path.read_text())
            inner = [t for token in tokens for t in (token, *(token.children or ()))]
            kinds = {"paragraph", "inline", "text", "heading", "bullet", "list", "link", "blockquote", "softbreak"}
            assert {t.type.split("_")[0] for t in inner} <= kinds, path
            addresses = [t.attrs["href"] for t in inner if t.type == "link_open"]
            assert not [a for a in addresses if MARKER in a or not re.fullmatch(r"[\w./-]+", a)], path
    assert seen[".json"] > len(ATTACKS)


def test_data_blocks_in_pages_are_json_without_an_open_end(hostile):
    for path in sorted(hostile.rglob("*.html")):
        blocks = re.findall(r'<script[^>]*type="application/[^>]*>(.*?)</script>', path.read_text(), re.DOTALL)
        assert blocks
        for block in blocks:
            json.loads(block)
            assert "<" not in block, path


def test_the_map_holds_attacks_as_text_that_no_reader_takes_for_markup(hostile):
    raw = (hostile / "map" / "graph.json").read_text()
    assert not set("<>&\u202e\x07") & set(raw)
    assert {text for text in ATTACKS.values() if text in {node[2] for node in json.loads(raw)["nodes"]}}

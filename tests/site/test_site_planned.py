"""Planned claims, related entries, indexes: what the pages say of them."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from site_samples import CONTRAST, GATE, PAPER, Sample, claim
from test_site_build import page

from claims.cli import browse
from claims.domain.claim import Circulated, Grounding, Inquiry, Label, Registry, Relation, Source
from claims.neighbours import PLACE, read
from claims.project import load
from claims.related.update import update
from claims.site.build import build
from claims.site.view.claim import claim_page
from claims.site.view.context import context
from claims.site.view.overview import lists, overview
from claims.site.view.tables import papers, short_answer

ROOT = Path(__file__).parents[2]
NOTE = "The margins are ours."


@dataclass
class Planned(Sample):
    """A project with claims that wait for an experiment, and papers that read alike."""


def _planned(id, question, **other):
    made = claim(id, question, predictions=[CONTRAST], experiment="not-there", gates=(GATE,), **other)
    return made.model_copy(update={"check": None, "planned": made.check.model_copy(update={"note": NOTE})})


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("planned") / "root"
    (root / "site").mkdir(parents=True)
    for name in ("mkdocs.yml", "docs", "overrides", "assets", "templates"):
        (root / "site" / name).symlink_to(ROOT / "site" / name)
    (root / "site" / "data").mkdir()
    rates = "rule-v1-error-rates.json"
    (root / "site" / "data" / rates).symlink_to(ROOT / "site" / "data" / rates)
    told = Circulated(text="it always goes up", label=Grounding.INVERTED, because="The table says down.")
    source = Source(arxiv="0001.00001v2", stance="asserts", locator="Table 1", says="Weights stay where they were.")
    claims = (
        _planned("first-plan", "Do the weights stay where they were?", sources=(source,), circulated=(told,)),
        _planned("second-plan", "Do weights stay where they are?"),
        _planned(
            "third-plan",
            "Is it that the weights stay?",
            relations=(Relation(to="first-plan", kind="refines", because="it says less"),),
            grounding=Label(label=Grounding.INVERTED, because="The table says down."),
        ),
        claim("ready", "Could this one be run?", predictions=[CONTRAST]),
    )
    other = PAPER.model_copy(update={"id": "0004.00004", "title": "A paper that was made up for more tests"})
    inquiry = Inquiry(id="do-they", question="Do they?", answer="**Not shown [[first-plan]].** More.", cites=("ready",))
    registry = Registry(schema_version=1, claims=claims, inquiries=(inquiry,))
    made = Planned(root, registry, papers={PAPER.id: PAPER, other.id: other})
    update(made, "words")
    return made


@pytest.fixture(scope="module")
def site(project):
    return build(project, project.root / "build" / "site", log=lambda line: None)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (
            "claims/first-plan",
            [
                *("Not tested: its experiment is still to be written.", "untested planned", "What is predicted"),
                *("experiments/not-there.py is still to be written", NOTE, "coarse-stays-more", "above 0.2"),
                *("unchanged share, coarse minus fine", "Value it excludes", "reward gain in fine is above 0.05"),
                *("Nothing can be run yet", "It would decide", "claims prompt first-plan"),
                *("Related claims", "Do weights stay where they are?", "tf-idf", "Nobody has judged these links"),
            ],
        ),
        ("claims/ready", ["Not tested here yet: 1 prediction is registered", "claims verify ready"]),
        ("papers/0001.00001", ["Related papers", "A paper that was made up for more tests", "tf-idf"]),
        ("", ["4 claims", "untested 4, 3 of them planned", "planned: predictions are written down", "inverted 1"]),
        ("inquiries", ["Do they?", "Not shown first-plan.", "rests on 1 claim", "untested 1"]),
        ("papers", ["2025", "2025-05-16, arXiv:0001.00001, named by 1 claim", "named by no claim"]),
        ("grounding/inverted", ["1 claim: the sources say the opposite. Below them one more is told so elsewhere"]),
    ],
)
def test_a_page_says_what_it_must(site, place, words):
    text = page(site, place).text
    assert [word for word in words if word not in text] == []


def test_what_a_relation_links_already_is_not_told_twice(project):
    found = claim_page(context(project).at(2), project.registry.claims[0])
    assert [a.title for a in found.alike] == ["Do weights stay where they are?", "Could this one be run?"]
    assert all(a.cosine.startswith("0.") for a in found.alike)


def test_a_claim_whose_text_has_changed_is_shown_to_nobody(project):
    first, second, *rest = project.registry.claims
    edited = second.model_copy(update={"statement": "Something else."})
    changed = replace(project, registry=project.registry.model_copy(update={"claims": (first, edited, *rest)}))
    now = context(changed).at(2)
    assert claim_page(now, edited).alike == ()
    assert [a.title for a in claim_page(now, first).alike] == ["Could this one be run?"]


def test_without_the_file_nothing_is_related(project, tmp_path):
    bare = replace(project, root=tmp_path)
    found = claim_page(context(bare).at(2), project.registry.claims[0])
    assert (found.alike, found.alike_note) == ((), "")


def test_the_file_is_sorted_and_small(project):
    text = (project.root / PLACE).read_text()
    assert json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True) + "\n" == text
    kept = read(project.root)
    assert kept is not None and set(kept.papers) == {"0001.00001", "0004.00004"}


def test_papers_stand_by_year_the_newest_first(project):
    titles = [[row.title for row in group.rows] for group in papers(context(project).at(1)).groups]
    assert titles == [["A paper that was made up for more tests", "A paper that was made up for tests"]]


def test_planned_claims_come_after_those_that_can_be_run(project):
    found = overview(context(project))
    assert [len(group.rows) for group in (*found.groups, *found.planned)] == [1, 3]
    assert all(row.answer.startswith("Claimed: ") and row.grade == "planned" for row in found.planned[0].rows)
    assert found.planned_words == "3 more claims are planned"


def test_planned_claims_are_not_folded_away_where_there_are_no_others(project):
    only = tuple(c for c in project.registry.claims if c.planned is not None)
    found = overview(context(replace(project, registry=Registry(schema_version=1, claims=only))))
    assert [len(group.rows) for group in found.groups] == [3]
    assert found.planned == ()


def test_a_short_answer_is_what_stands_in_bold_at_the_beginning():
    assert short_answer("**No, see [[a-b]].** Then more.") == "No, see a-b."
    assert short_answer("No. **Bold** later.") == ""


@pytest.fixture(scope="module")
def real():
    return load(ROOT)


@pytest.mark.parametrize("label", list(Grounding))
def test_each_label_has_cases_with_reason_and_locator_on_page_and_screen(real, label, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "4000")
    browse.list_claims(real, topic=None, status=None, grounding=label.value, as_json=True)
    listed = [row["id"] for row in json.loads(capsys.readouterr().out)]
    assert len(listed) >= 2
    top = context(real)
    linked = [row.href for row in lists(top)[f"grounding/{label.value}"].rows]
    assert sorted(linked) == sorted(top.at(2).links.claim(name) for name in listed)
    for name in listed:
        made = real.claim(name)
        browse.show(real, name)
        shown, found = capsys.readouterr().out, claim_page(top.at(2), made)
        for own in (made.grounding, *made.circulated):
            assert f"{own.label.value}: {own.because}" in shown
        for source in made.sources:
            assert (source.unverified or source.locator) in shown
        assert found.box.grounding.word == made.grounding.label.value and found.box.grounding_because
        told = [step for step in found.chain if step.who == "told"]
        assert [t.mark.word for t in told if t.mark] == [c.label.value for c in made.circulated]
        assert all(t.because for t in told)
        pairs = zip(found.sources, made.sources, strict=True)
        assert all(s.locator.endswith(x.unverified or x.locator) for s, x in pairs)

"""What a claim's page says in words must be readable alone, and must say where its ground is thin."""

from dataclasses import replace

from site_samples import claim

from claims.domain.claim import Source
from claims.experiment import Metric
from claims.site.view.claim import claim_page
from claims.site.view.context import context
from claims.site.view.overview import overview
from claims.site.view.predictions import defined
from claims.site.view.tables import papers

SEEN = Source(arxiv="2505.11711v2", stance="asserts", locator="Table 1", says="So.")
UNSEEN = SEEN.model_copy(update={"locator": "unverified", "unverified": "Known from notes."})


def metric(name: str, doc: str) -> Metric:
    return Metric(name, "1", 0, 1, doc)


def test_a_definition_that_leans_on_another_brings_it_along() -> None:
    metrics = {m.name: m for m in (
        metric("gap", "budget less none"), metric("late", "the same at two steps"), metric("later", "the same at one"),
        metric("own", "something else"), metric("half", "the same as gap, halved"),
    )}  # fmt: skip
    assert defined(metrics, "gap") == metrics["gap"]
    assert defined(metrics, "late").doc == "the same at two steps; gap is budget less none"
    assert defined(metrics, "later").doc == "the same at one; gap is budget less none"
    assert defined(metrics, "half").doc == "the same as gap, halved; gap is budget less none"
    assert defined({"late": metrics["late"]}, "late") == metrics["late"]
    assert defined(metrics, "none") is None


def test_a_claim_whose_paper_nobody_saw_says_so(project) -> None:
    assert not claim("c", "Q?", sources=()).secondhand
    assert not claim("c", "Q?", sources=(UNSEEN, SEEN)).secondhand
    told = claim("told", "Q?", sources=(UNSEEN,))
    assert told.secondhand
    registry = project.registry.model_copy(update={"claims": (*project.registry.claims, told)})
    top = context(replace(project, registry=registry))
    assert claim_page(top.at(2), told).box.secondhand.startswith("From notes")
    numbers = {counted.mark.word: counted.number for counted in overview(top).groundings}
    assert numbers["faithful"].endswith(", 1 from notes")


def test_a_verdict_stands_beside_a_paper_only_where_the_paper_asserts_the_claim(project) -> None:
    stayed = next(c for c in project.registry.claims if c.id == "most-weights-stay")
    mentions = SEEN.model_copy(update={"arxiv": "2601.00009v1", "stance": "mentions"})
    asserts = SEEN.model_copy(update={"arxiv": "2601.00010v1"})
    changed = stayed.model_copy(update={"sources": (mentions, asserts)})
    claims = tuple(changed if c.id == stayed.id else c for c in project.registry.claims)
    page = papers(context(replace(project, registry=project.registry.model_copy(update={"claims": claims}))).at(1))
    rows = {row.title: [c.mark.word for c in row.verdicts] for group in page.groups for row in group.rows}
    assert rows["arXiv:2601.00009"] == [] and rows["arXiv:2601.00010"] == ["refuted"]
    assert "never the paper" in page.lead

"""Pages: which ones the site has, each with its template and its view-model."""

from collections.abc import Iterator

from claims.history.timeline import Timeline
from claims.site.links import folder
from claims.site.map.graph import Graph
from claims.site.map.page import map_page
from claims.site.render import Page
from claims.site.view.changes import changes_page
from claims.site.view.claim import claim_page
from claims.site.view.context import Context
from claims.site.view.data import data_page
from claims.site.view.experiment import experiment_page
from claims.site.view.inquiry import inquiry_page
from claims.site.view.method import method_page
from claims.site.view.overview import lists, overview
from claims.site.view.paper import paper_page
from claims.site.view.tables import experiments, inquiries, papers
from claims.site.view.track_record import track_record_page


def pages(top: Context, then: Timeline, drawn: Graph) -> Iterator[Page]:
    """Every generated page; some of them show the history and the map.

    Raises:
        SetupError: a file that a page needs is missing.
    """
    project = top.project
    inside, deep = top.at(1), top.at(2)
    yield Page("index.md", "overview.md.j2", "Claims", overview(top), _BOTH)
    yield Page("method.md", "method.md.j2", "Method", method_page(inside), prose=True)
    yield Page("data.md", "data.md.j2", "Data", data_page(inside), prose=True)
    yield Page("changes.md", "changes.md.j2", "What changed", changes_page(inside, then), _BOTH)
    yield Page("track-record.md", "track_record.md.j2", "Track record", track_record_page(inside, then))
    yield Page("map/index.md", "map.md.j2", "Map", map_page(drawn, inside.links), _BOTH)
    for name, index in (("inquiries", inquiries), ("papers", papers), ("experiments", experiments)):
        view = index(inside)
        yield Page(f"{name}/index.md", "index.md.j2", view.title, view, _BOTH)
    for claim in deep.claims:
        yield Page(
            f"claims/{claim.id}.md",
            "claim.md.j2",
            f"Withdrawn: {claim.question}" if claim.withdrawn else claim.question,
            claim_page(deep, claim),
            boost=2,
            tags=(claim.id,),
        )
    for inquiry in project.registry.inquiries:
        yield Page(f"inquiries/{inquiry.id}.md", "inquiry.md.j2", inquiry.question, inquiry_page(deep, inquiry), _BOTH)
    for paper_id in deep.paper_ids():
        paper = paper_page(deep, paper_id)
        yield Page(f"papers/{folder(paper_id)}.md", "paper.md.j2", paper.title, paper, _BOTH)
    for name, declared in project.declared.items():
        experiment = experiment_page(deep, declared)
        yield Page(f"experiments/{name}.md", "experiment.md.j2", experiment.title, experiment)
    for place, chosen in lists(top).items():
        yield Page(f"{place}.md", "list.md.j2", chosen.title, chosen, _BOTH, findable=False)


_BOTH = ("navigation", "toc")

"""The files of the API, and the badges that speak for it elsewhere."""

import json
from collections.abc import Iterator

from claims.site.api.badge import badge_data, badge_svg
from claims.site.api.claim import TOP, claim_document, claim_entry, run_entry
from claims.site.api.documents import RunEntry
from claims.site.api.openapi import openapi
from claims.site.api.paper import paper_documents, paper_entry
from claims.site.api.status import status_document
from claims.site.files import File, json_file, json_list
from claims.site.links import API
from claims.site.view.context import Context


def api_files(context: Context) -> Iterator[File]:
    """Every document of the API, its description, and the badges."""
    claims = [claim_entry(context, claim) for claim in context.claims]
    runs = run_entries(context)
    papers = paper_documents(context)
    yield json_file(f"{API}status.json", status_document(context))
    yield json_list(f"{API}claims.json", claims)
    yield json_list(f"{API}papers.json", map(paper_entry, papers))
    yield json_list(f"{API}runs.json", (run for found in runs.values() for run in found))
    yield File(f"{API}openapi.json", json.dumps(openapi(context.address), indent=1).encode() + b"\n")
    yield from _claims(context, runs)
    for paper in papers:
        yield json_file(TOP.paper_document(paper.id), paper)


def run_entries(context: Context) -> dict[str, list[RunEntry]]:
    """All records in short, by claim, oldest first; also of claims that are not in the registry any more."""
    deciding = {s.record.digest for s in context.standings.values() if s.record is not None}
    return {
        claim_id: [run_entry(stored, decides=stored.record.digest in deciding) for stored in context.records(claim_id)]
        for claim_id in context.project.records
    }


def _claims(context: Context, runs: dict[str, list[RunEntry]]) -> Iterator[File]:
    for claim in context.claims:
        standing = context.standings[claim.id]
        yield json_file(TOP.document(claim.id), claim_document(context, claim, runs.get(claim.id, ())))
        yield json_file(TOP.badge(claim.id, "json"), badge_data(claim, standing))
        yield File(TOP.badge(claim.id), badge_svg(claim, standing))

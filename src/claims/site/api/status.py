"""The status document: what the site holds, in numbers."""

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from claims.domain.record import Record
from claims.site.api.documents import Counts, StatusDocument, StatusLinks
from claims.site.links import API, DATABASE
from claims.site.view.context import Context

_RULE = max(get_args(Record.model_fields["rule"].annotation))
"""The newest rule that a record can name. Asking `claims.stats` for it would load scipy."""


def status_document(context: Context) -> StatusDocument:
    """The site in numbers, as of its newest record."""
    project = context.project
    records = [stored.record for found in project.records.values() for stored in found]
    standings = [context.standings[claim.id] for claim in context.claims]
    return StatusDocument(
        api="1",
        schema_version=project.registry.schema_version,
        rule=_RULE,
        newest_record=max((record.finished for record in records), default=None),
        address=context.address.root or None,
        counts=Counts(
            claims=len(context.claims),
            inquiries=len(project.registry.inquiries),
            papers=len(context.paper_ids()),
            experiments=len(project.declared),
            records=len(records),
        ),
        statuses=_counted(standing.status.value for standing in standings),
        groundings=_counted(claim.grounding.label.value for claim in context.claims),
        flags=_counted(flag for standing in standings for flag in standing.flags),
        links=StatusLinks(
            claims=f"{API}claims.json",
            papers=f"{API}papers.json",
            runs=f"{API}runs.json",
            openapi=f"{API}openapi.json",
            database=DATABASE,
        ),
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))

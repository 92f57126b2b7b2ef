"""A claim's document, and its row in the list."""

from collections.abc import Mapping, Sequence

from pydantic_core import to_jsonable_python

from claims.domain.claim import Claim, Prediction
from claims.domain.verdict import PredictionVerdict
from claims.export.references import claim_entry as bibtex_entry
from claims.export.references import claim_item
from claims.export.rows import claim_row, finite, listed, sources_of
from claims.export.said import dispute_rows, reply_rows
from claims.ledger.evidence import StoredRecord
from claims.site.api.documents import (
    Cite,
    ClaimDocument,
    ClaimEntry,
    ClaimLinks,
    InwardRelation,
    PredictionEntry,
    RerunEntry,
    RunEntry,
    RunLinks,
)
from claims.site.links import Links
from claims.site.view.context import Context
from claims.site.words import findings, headline

TOP = Links("")


def claim_entry(context: Context, claim: Claim) -> ClaimEntry:
    """A claim in the list of all."""
    row = listed(context.project, claim, context.standings[claim.id])
    return ClaimEntry(**dict(row), links=_links(context, claim, row.record))


def claim_document(context: Context, claim: Claim, runs: Sequence[RunEntry]) -> ClaimDocument:
    """Everything on a claim; `runs` are all records of it, oldest first."""
    standing = context.standings[claim.id]
    row = claim_row(context.project, claim, standing)
    found = {p.id: p for p in standing.record.verdict.predictions} if standing.record else {}
    asked = claim.check or claim.planned
    said = context.project.disputes.get(claim.id, ())
    return ClaimDocument(
        **dict(row),
        headline=headline(claim, standing),
        findings=findings(claim, standing),
        sources=tuple(sources_of(context.project, claim)),
        circulated=claim.circulated,
        relations=claim.relations,
        named_by=tuple(
            InwardRelation(claim=other.id, kind=r.kind, because=r.because) for other, r in context.relating(claim.id)
        ),
        check=claim.check,
        planned_check=claim.planned,
        predictions=tuple(_prediction(p, found) for p in asked.predictions) if asked else (),
        disputes=tuple(dispute_rows(said)),
        replies=tuple(reply_rows(said)),
        inquiries=tuple(inquiry.id for inquiry in context.citing(claim.id)),
        records=tuple(runs),
        cite=Cite(bibtex=bibtex_entry(claim, standing), csl=to_jsonable_python(claim_item(claim, standing))),
        links=_links(context, claim, row.record),
    )


def run_entry(stored: StoredRecord, *, decides: bool) -> RunEntry:
    """A record in short."""
    record = stored.record
    verdict = record.verdict
    return RunEntry(
        claim=record.claim.id,
        record=stored.path,
        digest=record.digest,
        verdict=verdict.verdict.value if verdict.verdict else None,
        grade=verdict.grade,
        n=verdict.n,
        replicates=len(record.replicates),
        reason=verdict.reason,
        predictions=verdict.predictions,
        decides=decides,
        confirmatory=record.confirmatory,
        exploratory_because=record.exploratory_because,
        erratum=stored.erratum.what if stored.erratum else None,
        experiment=record.experiment,
        closure=record.closure.digest,
        scale=record.scale,
        batch=record.batch,
        rule=record.rule,
        tier=stored.tier,
        contributor=record.contributor,
        reruns=tuple(
            RerunEntry(
                digest=r.digest,
                recorded=r.comparison.recorded,
                fresh=r.comparison.fresh,
                because=r.comparison.because,
                replicates=len(r.replicates),
                contributor=r.contributor,
                finished=r.finished,
                entropy=r.entropy,
            )
            for r in stored.reruns
        ),
        commit=record.commit,
        dirty=record.dirty,
        started=record.started,
        finished=record.finished,
        environment=record.environment,
        links=RunLinks(
            record=TOP.evidence(stored.path),
            claim=TOP.document(record.claim.id),
            page=TOP.claim(record.claim.id),
        ),
    )


def _links(context: Context, claim: Claim, record: str | None) -> ClaimLinks:
    return ClaimLinks(
        page=TOP.claim(claim.id),
        document=TOP.document(claim.id),
        badge=TOP.badge(claim.id),
        badge_data=TOP.badge(claim.id, "json"),
        record=TOP.evidence(record) if record else None,
        crate=TOP.crate(claim.id) if claim.id in context.project.records else None,
    )


def _prediction(asked: Prediction, found: Mapping[str, PredictionVerdict]) -> PredictionEntry:
    interval = asked.expect.interval
    return PredictionEntry(
        id=asked.id,
        metric=asked.metric,
        condition=asked.condition,
        contrast=asked.contrast,
        expected=str(asked.expect),
        expected_low=finite(interval.low),
        expected_high=finite(interval.high),
        rival=asked.rival,
        result=found.get(asked.id),
    )

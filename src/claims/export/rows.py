"""Rows: claims, their sources, and the verdicts of their records, flat, as tables and line-wise readers want them."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from pydantic import ConfigDict

from claims.domain.claim import Claim, Model, Reported, Scalar, Withdrawal
from claims.domain.digest import claim_digest
from claims.domain.paper import moves
from claims.domain.status import Standing
from claims.domain.verdict import PredictionVerdict
from claims.ledger.evidence import StoredRecord
from claims.project import Project

Texts: TypeAlias = tuple[str, ...]


class Row(Model):
    """A row. What stands below a field describes it wherever the row is read: the schemas are made of it."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class ListedClaim(Row):
    """A claim in a list: what it says, and where it stands."""

    id: str
    question: str
    statement: str
    topics: Texts
    grounding: str
    """Whether the statement is what its sources say."""
    told: Texts
    """Grounding labels of how it is told elsewhere."""
    planned: str | None
    """The experiment that is still to be written."""
    status: str
    verdict: str | None
    """Of the record that the status rests on."""
    grade: str | None
    tier: str | None
    """Who ran it."""
    flags: Texts
    contested_by: Texts
    """Who contests it: `records` (another batch came to the opposite verdict), `dispute` (one is open),
    `rerun` (it came to other numbers)."""
    withdrawn: Withdrawal | None
    """When and why it was taken back."""
    confirmatory: bool | None
    record: str | None
    """The file that the status rests on."""


class ClaimRow(ListedClaim):
    """A claim with all that is one value: what it says, and where it stands."""

    scope: dict[str, Scalar | tuple[Scalar, ...]]
    asserted: str
    """The day on which it was first said."""
    papers: Texts
    """arXiv ids with version, each once."""
    grounding_because: str
    experiment: str | None
    watch: str
    """What newer result would change it."""
    digest: str
    """Of what a registration fixes: id, statement, scope and check."""


class SourceRow(Row):
    """A source of a claim: what which version of which paper says, and where."""

    claim: str
    paper: str
    version: int
    title: str | None
    authors: Texts
    published: str | None
    stance: str
    locator: str
    unverified: str | None
    says: str
    quote: str | None
    reported: tuple[Reported, ...]
    """Numbers that it prints."""
    moves: Texts
    """How the paper has moved on from this version."""


class VerdictRow(Row):
    """A prediction in a record. Estimates and ends are in the metric's unit; None: no number, no end."""

    claim: str
    prediction: str
    metric: str
    condition: str | None
    of: str | None
    minus: str | None
    expected: str
    expected_low: float | None
    expected_high: float | None
    estimate: float | None
    low: float | None
    high: float | None
    level: float | None
    n: int
    outside: int
    verdict: str
    claim_verdict: str | None
    grade: str
    tier: str
    confirmatory: bool
    decides: bool
    """Whether the claim's status rests on this record."""
    erratum: str | None
    experiment: str
    scale: str
    batch: int
    commit: str | None
    finished: str
    contributor: str
    record: str


def claim_rows(project: Project) -> Iterator[ClaimRow]:
    """One row a claim."""
    for claim in project.registry.claims:
        yield claim_row(project, claim, project.standing(claim))


def listed(project: Project, claim: Claim, standing: Standing) -> ListedClaim:
    """A claim as a list shows it."""
    return ListedClaim(**_listed(project, claim, standing))


def claim_row(project: Project, claim: Claim, standing: Standing) -> ClaimRow:
    """A claim's row."""
    return ClaimRow(
        **_listed(project, claim, standing),
        scope=claim.scope,
        asserted=claim.asserted.isoformat(),
        papers=tuple(dict.fromkeys(source.arxiv for source in claim.sources)),
        grounding_because=claim.grounding.because,
        experiment=claim.check.experiment if claim.check else None,
        watch=claim.watch,
        digest=claim_digest(claim),
    )


def _listed(project: Project, claim: Claim, standing: Standing) -> dict[str, Any]:
    record = standing.record
    return {
        "id": claim.id,
        "question": claim.question,
        "statement": claim.statement,
        "topics": claim.topics,
        "grounding": claim.grounding.label.value,
        "told": tuple(sorted({told.label.value for told in claim.circulated})),
        "planned": claim.planned.experiment if claim.planned else None,
        "status": standing.status.value,
        "verdict": record.verdict.verdict.value if record and record.verdict.verdict else None,
        "grade": standing.grade,
        "tier": project.tier(standing),
        "flags": standing.flags,
        "contested_by": standing.contested_by,
        "withdrawn": claim.withdrawn,
        "confirmatory": record.confirmatory if record else None,
        "record": _path(project, claim, record.digest) if record else None,
    }


def source_rows(project: Project) -> Iterator[SourceRow]:
    """One row a source, in the order of the claims."""
    for claim in project.registry.claims:
        yield from sources_of(project, claim)


def sources_of(project: Project, claim: Claim) -> Iterator[SourceRow]:
    """One row a source of a claim."""
    for source in claim.sources:
        name, _, version = source.arxiv.rpartition("v")
        paper = project.papers.get(name)
        yield SourceRow(
            claim=claim.id,
            paper=name,
            version=int(version),
            title=paper.title if paper else None,
            authors=paper.authors if paper else (),
            published=paper.published.isoformat() if paper else None,
            stance=source.stance,
            locator=source.locator,
            unverified=source.unverified,
            says=source.says,
            quote=source.quote,
            reported=source.reported,
            moves=moves(paper, int(version), source.quote) if paper else (),
        )


def verdict_rows(project: Project) -> Iterator[VerdictRow]:
    """One row a prediction of a record; all records, also those that decide nothing any more."""
    for claim in project.registry.claims:
        standing = project.standing(claim)
        deciding = standing.record.digest if standing.record else None
        for stored in project.records.get(claim.id, ()):
            for found in stored.record.verdict.predictions:
                yield _verdict(stored, found, decides=stored.record.digest == deciding)


def _verdict(stored: StoredRecord, found: PredictionVerdict, *, decides: bool) -> VerdictRow:
    record = stored.record
    asked = next(p for p in record.claim.check.predictions if p.id == found.id)
    interval = asked.expect.interval
    return VerdictRow(
        claim=record.claim.id,
        prediction=found.id,
        metric=asked.metric,
        condition=asked.condition,
        of=asked.contrast.of if asked.contrast else None,
        minus=asked.contrast.minus if asked.contrast else None,
        expected=str(asked.expect),
        expected_low=finite(interval.low),
        expected_high=finite(interval.high),
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        level=found.level,
        n=found.n,
        outside=found.outside,
        verdict=found.verdict.value,
        claim_verdict=record.verdict.verdict.value if record.verdict.verdict else None,
        grade=record.verdict.grade,
        tier=stored.tier,
        confirmatory=record.confirmatory,
        decides=decides,
        erratum=stored.erratum.what if stored.erratum else None,
        experiment=record.experiment,
        scale=record.scale,
        batch=record.batch,
        commit=record.commit,
        finished=record.finished,
        contributor=record.contributor,
        record=stored.path,
    )


def _path(project: Project, claim: Claim, digest: str) -> str | None:
    return next((s.path for s in project.records.get(claim.id, ()) if s.record.digest == digest), None)


def finite(end: float) -> float | None:
    """An end of an interval; None where it has none on that side."""
    return end if abs(end) != float("inf") else None

"""Rows: claims, their sources, and the verdicts of their records, flat, as tables and line-wise readers want them."""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from claims.domain.claim import Claim
from claims.domain.digest import Json, as_json, claim_digest
from claims.domain.paper import moves
from claims.domain.verdict import PredictionVerdict
from claims.ledger.evidence import StoredRecord
from claims.project import Project

Texts: TypeAlias = list[str]


class ClaimRow(NamedTuple):
    """A claim: what it says, and where it stands."""

    id: str
    question: str
    statement: str
    scope: dict[str, Json]
    topics: Texts
    asserted: str
    papers: Texts
    """With version, each once."""
    grounding: str
    grounding_because: str
    told: Texts
    """Grounding labels of how it is told elsewhere."""
    status: str
    verdict: str | None
    grade: str | None
    tier: str | None
    flags: Texts
    confirmatory: bool | None
    record: str | None
    """The file that the status rests on."""
    experiment: str | None
    planned: str | None
    """The experiment that is still to be written."""
    watch: str
    digest: str
    """Of what a registration fixes: id, statement, scope and check."""


class SourceRow(NamedTuple):
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
    reported: list[Json]
    moves: Texts
    """How the paper has moved on from this version."""


class VerdictRow(NamedTuple):
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


Row: TypeAlias = ClaimRow | SourceRow | VerdictRow


def claim_rows(project: Project) -> Iterator[ClaimRow]:
    """One row a claim."""
    for claim in project.registry.claims:
        standing = project.standing(claim)
        record = standing.record
        yield ClaimRow(
            id=claim.id,
            question=claim.question,
            statement=claim.statement,
            scope={key: list(value) if isinstance(value, tuple) else value for key, value in claim.scope.items()},
            topics=list(claim.topics),
            asserted=claim.asserted.isoformat(),
            papers=list(dict.fromkeys(source.arxiv for source in claim.sources)),
            grounding=claim.grounding.label.value,
            grounding_because=claim.grounding.because,
            told=sorted({told.label.value for told in claim.circulated}),
            status=standing.status.value,
            verdict=record.verdict.verdict.value if record and record.verdict.verdict else None,
            grade=standing.grade,
            tier=record.tier if record else None,
            flags=list(standing.flags),
            confirmatory=record.confirmatory if record else None,
            record=_path(project, claim, record.digest) if record else None,
            experiment=claim.check.experiment if claim.check else None,
            planned=claim.planned.experiment if claim.planned else None,
            watch=claim.watch,
            digest=claim_digest(claim),
        )


def source_rows(project: Project) -> Iterator[SourceRow]:
    """One row a source, in the order of the claims."""
    for claim in project.registry.claims:
        for source in claim.sources:
            name, _, version = source.arxiv.rpartition("v")
            paper = project.papers.get(name)
            yield SourceRow(
                claim=claim.id,
                paper=name,
                version=int(version),
                title=paper.title if paper else None,
                authors=list(paper.authors) if paper else [],
                published=paper.published.isoformat() if paper else None,
                stance=source.stance,
                locator=source.locator,
                unverified=source.unverified,
                says=source.says,
                quote=source.quote,
                reported=[as_json(reported) for reported in source.reported],
                moves=list(moves(paper, int(version), source.quote)) if paper else [],
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
        expected_low=_finite(interval.low),
        expected_high=_finite(interval.high),
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        level=found.level,
        n=found.n,
        outside=found.outside,
        verdict=found.verdict.value,
        claim_verdict=record.verdict.verdict.value if record.verdict.verdict else None,
        grade=record.verdict.grade,
        tier=record.tier,
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


def _finite(end: float) -> float | None:
    return end if abs(end) != float("inf") else None

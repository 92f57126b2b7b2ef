"""Documents: the JSON that programs fetch. Links lead from the site's top; what is not known is null.

What stands below a field becomes its description in the OpenAPI document.
"""

from typing import Literal

from pydantic import JsonValue

from claims.domain.claim import Check, Circulated, Contrast, Relation
from claims.domain.paper import Paper
from claims.domain.rerun import Agreement
from claims.domain.run import Environment
from claims.domain.verdict import PredictionVerdict
from claims.export.rows import ClaimRow, ListedClaim, Row, SourceRow
from claims.export.said import DisputeRow, ReplyRow


class ClaimLinks(Row):
    """Where everything on a claim is."""

    page: str
    document: str
    badge: str
    badge_data: str
    record: str | None
    """The record that the status rests on, with every measurement."""
    crate: str | None
    """RO-Crate metadata of all its records."""


class ClaimEntry(ListedClaim):
    """A claim in `claims.json`: what `claims list --json` says of it, and where the rest is."""

    links: ClaimLinks


class PredictionEntry(Row):
    """A registered prediction, and what the record that decides says of it. Numbers are in the metric's unit."""

    id: str
    metric: str
    condition: str | None
    contrast: Contrast | None
    """A difference of two conditions, paired by seed."""
    expected: str
    expected_low: float | None
    """Null: no end on this side."""
    expected_high: float | None
    rival: float | None
    """The value that the prediction excludes."""
    result: PredictionVerdict | None


class InwardRelation(Row):
    """What another claim says of this one."""

    claim: str
    kind: str
    because: str


class RunLinks(Row):
    """Where everything on a run is."""

    record: str
    claim: str
    page: str


class RerunEntry(Row):
    """What came of running a record again. The file beside the record holds every number."""

    digest: str
    recorded: Agreement
    """Of the numbers at the record's seeds."""
    fresh: str | None
    """Of the means at fresh seeds; null where none were run, or too few were valid."""
    because: str
    replicates: int
    """How many of the record's seeds were run again."""
    contributor: str
    finished: str
    entropy: str
    """What the sample was drawn with."""


class RunEntry(Row):
    """A record in short. The file itself holds every measurement."""

    claim: str
    record: str
    """The file, from the site's top as from the repository's."""
    digest: str
    verdict: str | None
    """Null below five replicates."""
    grade: str
    n: int
    """Valid replicates that the decision used."""
    replicates: int
    """All that were run, valid or not."""
    reason: str
    predictions: tuple[PredictionVerdict, ...]
    decides: bool
    """Whether the claim's status rests on this record."""
    confirmatory: bool
    exploratory_because: str | None
    erratum: str | None
    """What was wrong with the code that it rests on."""
    experiment: str
    closure: str
    """Digest of the code and data that it rests on."""
    scale: str
    batch: int
    rule: int
    tier: str
    contributor: str
    reruns: tuple[RerunEntry, ...]
    """What came of running the record again, oldest first."""
    commit: str | None
    dirty: bool
    started: str
    finished: str
    environment: Environment
    links: RunLinks


class Cite(Row):
    """A claim as a reference. Its note says which wording and which verdict are meant."""

    bibtex: str
    csl: dict[str, JsonValue]
    """CSL-JSON."""


class ClaimDocument(ClaimRow):
    """Everything on a claim."""

    headline: str
    """The verdict in words, with what it holds for."""
    findings: str
    """What was measured, in words; empty where nothing was."""
    sources: tuple[SourceRow, ...]
    circulated: tuple[Circulated, ...]
    relations: tuple[Relation, ...]
    named_by: tuple[InwardRelation, ...]
    check: Check | None
    planned_check: Check | None
    """A check whose experiment is still to be written."""
    predictions: tuple[PredictionEntry, ...]
    disputes: tuple[DisputeRow, ...]
    """Also those that have ended; oldest first."""
    replies: tuple[ReplyRow, ...]
    inquiries: tuple[str, ...]
    """Inquiries whose answers rest on it."""
    records: tuple[RunEntry, ...]
    """Oldest first."""
    cite: Cite
    links: ClaimLinks


class PaperLinks(Row):
    """Where everything on a paper is."""

    page: str
    document: str


class PaperEntry(Row):
    """A paper that a claim or an experiment names. Null: arXiv has not been asked."""

    id: str
    """arXiv id without version."""
    title: str | None
    authors: tuple[str, ...]
    published: str | None
    newest_version: int | None
    claims: tuple[str, ...]
    experiments: tuple[str, ...]
    links: PaperLinks


class PaperDocument(PaperEntry):
    """Everything on a paper."""

    sources: tuple[SourceRow, ...]
    """What claims cite of it, and how it has moved on since."""
    paper: Paper | None
    """What is held of it, and what of it was read."""


class Counts(Row):
    """How many there are."""

    claims: int
    inquiries: int
    papers: int
    experiments: int
    records: int


class StatusLinks(Row):
    """The other documents."""

    claims: str
    papers: str
    runs: str
    openapi: str
    database: str


class StatusDocument(Row):
    """What the site holds, as of its newest record. Small: ask it before anything else."""

    api: Literal["1"]
    schema_version: int
    """Of the registry."""
    rule: int
    """Version of the rule that decides."""
    newest_record: str | None
    """When it was finished, UTC."""
    address: str | None
    """Where links begin, if the site was built knowing it."""
    counts: Counts
    statuses: dict[str, int]
    groundings: dict[str, int]
    flags: dict[str, int]
    links: StatusLinks


class BadgeData(Row):
    """A badge as shields.io reads it (endpoint schema, version 1)."""

    schemaVersion: Literal[1]
    label: str
    message: str
    color: str
    labelColor: str

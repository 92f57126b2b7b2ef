"""Rows of what people said of a claim: disputes, and replies."""

from collections.abc import Iterator

from claims.domain.dispute import Dispute, Filed, Reply
from claims.export.rows import Row, Texts


class DisputeRow(Row):
    """Somebody's word that something of a claim is wrong."""

    claim: str
    name: str
    """Of its file, without .yaml; a claim has it once."""
    by: str
    on: str
    about: str
    """statement, grounding, source, prediction, experiment, evidence or other."""
    reason: str
    """Plain text; a blank line ends a paragraph."""
    evidence: Texts
    """arXiv ids with version, and digests of records."""
    outcome: str | None
    """upheld, rejected or fixed; None: it is open, and the claim is contested."""
    resolved_by: str | None
    resolved_on: str | None
    resolved_because: str | None


class ReplyRow(Row):
    """An answer to a claim, or to a dispute of it. That the name is the writer's has not been checked."""

    claim: str
    name: str
    by: str
    on: str
    signed_as: str
    """author or contributor."""
    paper: str | None
    """Of an author: the paper, at a version."""
    to: str | None
    """The dispute that it answers; None: the claim itself."""
    text: str


def dispute_rows(said: tuple[Filed, ...]) -> Iterator[DisputeRow]:
    """The disputes of a claim, oldest first."""
    for filed in said:
        if isinstance(filed.said, Dispute):
            dispute, end = filed.said, filed.said.resolved
            yield DisputeRow(
                claim=filed.claim,
                name=filed.name,
                by=dispute.by,
                on=dispute.on.isoformat(),
                about=dispute.about,
                reason=dispute.reason,
                evidence=dispute.evidence,
                outcome=end.outcome if end else None,
                resolved_by=end.by if end else None,
                resolved_on=end.on.isoformat() if end else None,
                resolved_because=end.because if end else None,
            )


def reply_rows(said: tuple[Filed, ...]) -> Iterator[ReplyRow]:
    """The replies to a claim and to its disputes, oldest first."""
    for filed in said:
        if isinstance(filed.said, Reply):
            reply = filed.said
            yield ReplyRow(
                claim=filed.claim,
                name=filed.name,
                by=reply.by,
                on=reply.on.isoformat(),
                signed_as=reply.as_,
                paper=reply.paper,
                to=reply.to,
                text=reply.text,
            )

"""Disputes of a claim and replies: who signed what, when, about what, and how it ended."""

from collections.abc import Iterable
from dataclasses import dataclass

from claims.domain.claim import Claim, Source
from claims.domain.dispute import Dispute, Filed, Reply, paragraphs
from claims.site.links import anchor_of, arxiv_page, bare
from claims.site.view.context import Context
from claims.site.view.marks import Link

_ABOUT = {
    "statement": "the statement",
    "grounding": "the grounding",
    "source": "a source",
    "prediction": "a prediction",
    "experiment": "the experiment",
    "evidence": "the evidence",
    "other": "something else",
}
_OUTCOMES = {
    "upheld": "Upheld: it is right, and stands beside the claim",
    "rejected": "Rejected",
    "fixed": "Fixed: it was right, and the claim was changed",
}
_LEAD = (
    "Anyone may dispute a claim or reply to it, by pull request. A claim is contested as long as a dispute is open. "
    "What was said stays, also afterwards. Names are as signed: we cannot check who wrote a text; the pull request "
    "shows who sent it."
)
_MOST = 3
"""Open disputes that are named in the box at the top; the section has all."""


@dataclass(frozen=True)
class ReplyItem:
    """A reply. `paper` is whose author signs; nothing for a contributor."""

    anchor: str
    heading: str
    by: str
    date: str
    signed: str
    paper: tuple[Link, ...]
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class DisputeItem:
    """A dispute with its replies and, where it has ended, how."""

    anchor: str
    heading: str
    state: str
    by: str
    date: str
    paragraphs: tuple[str, ...]
    evidence: tuple[Link, ...]
    end: str
    end_by: str
    end_date: str
    because: tuple[str, ...]
    replies: tuple[ReplyItem, ...]


@dataclass(frozen=True)
class Disputes:
    """The section of a claim's page. `open` leads to it from the top."""

    lead: str
    open: tuple[Link, ...]
    more: str
    disputes: tuple[DisputeItem, ...]
    replies: tuple[ReplyItem, ...]
    """Those to the claim itself."""


def disputes(context: Context, claim: Claim) -> Disputes | None:
    """What people said of a claim; None where nobody said anything."""
    said = context.project.disputes.get(claim.id, ())
    if not said:
        return None
    open_ = [_open(filed, filed.said) for filed in said if filed.is_open and isinstance(filed.said, Dispute)]
    hidden = len(open_) - _MOST
    items = [_dispute(context, filed, filed.said, said) for filed in said if isinstance(filed.said, Dispute)]
    return Disputes(
        lead=_LEAD,
        open=tuple(open_[:_MOST]),
        more=f"and {hidden} more below" if hidden > 0 else "",
        disputes=tuple(items),
        replies=_replies(context, said, None),
    )


def authors_replies(context: Context, claim: Claim, source: Source) -> tuple[Link, ...]:
    """What is signed as an author's of a source's paper, each with the way there."""
    return tuple(
        Link(f"Reply of {filed.said.on.isoformat()}, signed as an author of this paper:", filed.said.by, anchor, "")
        for filed in context.project.disputes.get(claim.id, ())
        if isinstance(filed.said, Reply) and filed.said.paper and bare(filed.said.paper) == bare(source.arxiv)
        if (anchor := f"#{anchor_of(filed.name)}")
    )


def about(dispute: Dispute) -> str:
    """What of a claim a dispute is about, in words."""
    return _ABOUT[dispute.about]


def _open(filed: Filed, dispute: Dispute) -> Link:
    words = f"about {about(dispute)}, {dispute.by}, {dispute.on.isoformat()}"
    return Link("open:", words, f"#{anchor_of(filed.name)}", "")


def _dispute(context: Context, filed: Filed, dispute: Dispute, said: Iterable[Filed]) -> DisputeItem:
    end = dispute.resolved
    return DisputeItem(
        anchor=anchor_of(filed.name),
        heading=f"Dispute about {about(dispute)}",
        state=end.outcome if end else "open",
        by=dispute.by,
        date=dispute.on.isoformat(),
        paragraphs=paragraphs(dispute.reason),
        evidence=tuple(_evidence(context, named) for named in dispute.evidence),
        end=_OUTCOMES[end.outcome] if end else "",
        end_by=end.by if end else "",
        end_date=end.on.isoformat() if end else "",
        because=paragraphs(end.because) if end else (),
        replies=_replies(context, said, filed.name),
    )


def _replies(context: Context, said: Iterable[Filed], to: str | None) -> tuple[ReplyItem, ...]:
    return tuple(_reply(context, f, f.said) for f in said if isinstance(f.said, Reply) and f.said.to == to)


def _reply(context: Context, filed: Filed, reply: Reply) -> ReplyItem:
    return ReplyItem(
        anchor=anchor_of(filed.name),
        heading="Reply, signed as an author" if reply.paper else "Reply",
        by=reply.by,
        date=reply.on.isoformat(),
        signed="signed as an author of" if reply.paper else "",
        paper=(_paper(context, reply.paper),) if reply.paper else (),
        paragraphs=paragraphs(reply.text),
    )


def _evidence(context: Context, named: str) -> Link:
    if "v" in named:  # a digest has no letter beyond f
        return _paper(context, named)
    stored = (s for found in context.project.records.values() for s in found)
    path = next((s.path for s in stored if s.record.digest == named), None)
    return Link("", f"record {named[:8]}", context.links.evidence(path) if path else "#history", "")


def _paper(context: Context, arxiv: str) -> Link:
    paper = context.project.papers.get(bare(arxiv))
    held = paper is not None or bare(arxiv) in context.index.sourced
    href = context.links.paper(arxiv) if held else arxiv_page(arxiv)
    return Link("", f"{paper.title} (arXiv:{arxiv})" if paper else f"arXiv:{arxiv}", href, "")

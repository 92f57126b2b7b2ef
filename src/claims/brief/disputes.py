"""What people hold against a claim, and what was answered, as Markdown."""

from collections.abc import Iterator

from claims.brief.quoting import code, paragraphs
from claims.domain.claim import Claim
from claims.domain.dispute import Dispute, Reply
from claims.project import Project


def disputes(project: Project, claim: Claim) -> Iterator[str]:
    """Paragraphs: open disputes with the replies to them, replies to the claim itself, and how other disputes ended."""
    said = project.disputes.get(claim.id, ())
    replies = [(filed.said, filed.said.to) for filed in said if isinstance(filed.said, Reply)]
    for filed in said:
        if isinstance(filed.said, Dispute) and filed.is_open:
            yield from _dispute(filed.said)
            for reply in (reply for reply, to in replies if to == filed.name):
                yield from _reply(reply, "A reply to that dispute")
    for reply in (reply for reply, to in replies if to is None):
        yield from _reply(reply, "A reply to the claim")
    ended = [filed.said for filed in said if isinstance(filed.said, Dispute) and filed.said.resolved is not None]
    if ended:
        yield "Disputes that have ended:\n\n" + "\n".join(_ended(dispute) for dispute in ended)


def _dispute(dispute: Dispute) -> Iterator[str]:
    yield f"An open dispute of its {dispute.about}, of {dispute.on.isoformat()}, signed {code(dispute.by)}:"
    yield paragraphs(dispute.reason)
    if dispute.evidence:
        yield f"It names: {', '.join(map(code, dispute.evidence))}."


def _reply(reply: Reply, what: str) -> Iterator[str]:
    of = f", as an author of {code(reply.paper)} (who wrote it could not be checked)" if reply.paper else ""
    yield f"{what}, of {reply.on.isoformat()}, signed {code(reply.by)}{of}:"
    yield paragraphs(reply.text)


def _ended(dispute: Dispute) -> str:
    end = dispute.resolved
    assert end is not None, "only those that ended are asked"
    return f"- of its {dispute.about}, {dispute.on.isoformat()}: {end.outcome} on {end.on.isoformat()}"

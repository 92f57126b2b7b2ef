"""What people said of a claim, in the terminal."""

from collections.abc import Iterator

from claims.domain.dispute import Dispute, Filed, Reply, paragraphs


def lines(said: tuple[Filed, ...]) -> Iterator[tuple[str, str]]:
    """A word and a text for each dispute, its end, and each reply, oldest first."""
    for filed in said:
        match filed.said:
            case Dispute() as dispute:
                evidence = f" (names {', '.join(dispute.evidence)})" if dispute.evidence else ""
                state = "open, " if dispute.resolved is None else ""
                head = f"{state}about the {dispute.about}, {dispute.by}, {dispute.on}"
                yield "dispute", f"{head}: {_text(dispute.reason)}{evidence}"
                if (end := dispute.resolved) is not None:
                    yield "", f"{end.outcome} on {end.on} by {end.by}: {_text(end.because)}"
            case Reply() as reply:
                of = f" signed as an author of {reply.paper}, unchecked" if reply.paper else ""
                to = f" to {reply.to}" if reply.to else ""
                yield "reply", f"{reply.by}{of}, {reply.on}{to}: {_text(reply.text)}"


def _text(text: str) -> str:
    return "\n".join(paragraphs(text))

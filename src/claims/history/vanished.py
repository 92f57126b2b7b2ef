"""Claims that once stood in the registry and do not any more, though ids are never reused."""

from collections.abc import Collection, Iterator
from pathlib import Path

from claims.domain.finding import Finding
from claims.history.timeline import timeline
from claims.registry.load import MAIN


def vanished(root: Path, ids: Collection[str]) -> Iterator[Finding]:
    """A finding for each claim that any commit held and that is not among `ids`; none without a whole history."""
    last: dict[str, str] = {}
    for step in timeline(root).steps:  # newest first: what is seen first is what happened last
        for change in step.changes:
            last.setdefault(change.claim, step.commit)
    for claim_id in sorted(last.keys() - set(ids)):
        message = (
            f"was in the registry and is gone (commit {last[claim_id][:10]}); ids are never reused: "
            "bring it back, and withdraw it with withdrawn: {on, because} and status: withdrawn"
        )
        yield Finding(file=MAIN, field=claim_id, message=message)

"""Registration: was this claim, as it is judged now, in the repository when its replicates ran? (DESIGN §6)"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from claims.domain.digest import claim_digest
from claims.domain.record import Record
from claims.errors import ClaimsError
from claims.registry.load import parse_registry
from claims.runner import git
from claims.runner.closure import closure_of
from claims.runner.sources import at_commit


def why_exploratory(root: Path, claim_id: str, digest: str, record: Record, others: Iterable[Record]) -> str | None:
    """Why the replicates of `record` are exploratory for a claim with this digest; None when they are confirmatory.

    `others` are all records of the project: a batch that somebody saw before the claim was registered
    confirms nothing, whoever runs it again.
    """
    commits = _commits(record)
    if not commits or None in commits:
        return "it ran outside a git commit"
    for commit in sorted(c for c in commits if c):
        then = claim_digest_at(root, commit, claim_id)
        if then is None:
            return f"claims.yaml at commit {commit[:10]} does not hold this claim: commit it, then run --batch next"
        if then != digest:
            return (
                f"this claim was changed after commit {commit[:10]}, at which it ran: commit it, then run --batch next"
            )
        if closure_digest_at(root, commit, record.experiment) != record.closure.digest:
            return f"the experiment that ran is not the one at commit {commit[:10]}: commit it, then run again"
    for other in others:
        if _same_batch(record, other):
            for commit in sorted(c for c in _commits(other) if c):
                if git.is_ancestor(root, commit) and claim_digest_at(root, commit, claim_id) != digest:
                    return (
                        f"batch {record.batch} was run for {other.claim.id} at {commit[:10]}, "
                        "before this claim was registered: run --batch next"
                    )
    return None


def is_registered(root: Path, record: Record) -> bool:
    """Whether the commits of a record are in the history of HEAD."""
    return all(commit is not None and git.is_ancestor(root, commit) for commit in _commits(record))


def claim_digest_at(root: Path, commit: str, claim_id: str) -> str | None:
    """The digest of a claim as a commit holds it; None when it does not."""
    return _digests_at(root, commit).get(claim_id)


@lru_cache(maxsize=256)
def closure_digest_at(root: Path, commit: str, experiment: str) -> str | None:
    """The closure digest of an experiment as a commit holds it; None when it cannot be read there."""
    try:
        return closure_of(experiment, at_commit(root, commit))[0].digest
    except ClaimsError:
        return None


@lru_cache(maxsize=256)
def _digests_at(root: Path, commit: str) -> dict[str, str]:
    names = ("claims.yaml", *(n for n in git.names_at(root, commit, "claims.d") if n.endswith(".yaml")))
    files = {name: data for name in names if (data := git.file_at(root, commit, name)) is not None}
    try:
        return {claim.id: claim_digest(claim) for claim in parse_registry(files).registry.claims}
    except ClaimsError:
        return {}


def _commits(record: Record) -> set[str | None]:
    return {r.replicate.commit for r in record.replicates} | ({record.commit} if not record.replicates else set())


def _same_batch(one: Record, other: Record) -> bool:
    return (one.experiment, one.closure.digest, one.scale, one.batch, one.params) == (
        other.experiment,
        other.closure.digest,
        other.scale,
        other.batch,
        other.params,
    )

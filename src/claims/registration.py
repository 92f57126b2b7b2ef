"""Registration: was this claim, as it is judged now, in the repository when its replicates ran? (DESIGN §6)"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from claims.domain.digest import claim_digest, digest_of
from claims.domain.record import Closure, Record
from claims.errors import ClaimsError
from claims.registry.load import read_registry
from claims.runner import git
from claims.runner.closure import closure_of
from claims.runner.sources import at_commit, holds_package


@dataclass(frozen=True)
class Batch:
    """Which replicates are meant: those of one experiment, parameters, scale and batch number."""

    experiment: str
    closure: Closure
    params: str
    """Digest of the canonical parameters."""
    scale: str
    number: int

    @classmethod
    def of(cls, record: Record) -> "Batch":
        """The batch of a record."""
        params = digest_of(record.model_dump(mode="json", include={"params"})["params"])
        return cls(record.experiment, record.closure, params, record.scale, record.batch)


def why_exploratory(
    root: Path, claim_id: str, digest: str, batch: Batch, commits: Collection[str | None], others: Iterable[Record]
) -> str | None:
    """Why replicates that ran at `commits` are exploratory for a claim with this digest; None if confirmatory.

    `others` are all records of the project. A batch that somebody saw before the claim was registered confirms
    nothing, whoever runs it again; and a later batch may be begun only when the one before it is on record.
    """
    others = tuple(others)
    if not commits or None in commits:
        return "it ran outside a git commit"
    known = sorted(c for c in commits if c)
    for commit in known:
        why = _unlike(root, commit, claim_id, digest, batch)
        if why is not None:
            return why
    if batch.number > 1 and not any(_is_before(other, batch) for other in others):
        return f"batch {batch.number} was begun with no record of batch {batch.number - 1}"
    for other in others:
        if Batch.of(other) == batch:
            for commit in sorted(c for c in commits_of(other) if c):
                later = any(git.is_ancestor(root, own, commit) for own in known)
                if not later and _in_history(root, commit) and claim_digest_at(root, commit, claim_id) != digest:
                    return (
                        f"batch {batch.number} was run for {other.claim.id} at {commit[:10]}, "
                        "before this claim was registered: run --batch next"
                    )
    return None


def _unlike(root: Path, commit: str, claim_id: str, digest: str, batch: Batch) -> str | None:
    then = claim_digest_at(root, commit, claim_id)
    if then is None:
        return f"claims.yaml at commit {commit[:10]} does not hold this claim: commit it, then run --batch next"
    if then != digest:
        return f"this claim was changed after commit {commit[:10]}, at which it ran: commit it, then run --batch next"
    if not ran_as_committed(root, commit, batch.experiment, batch.closure):
        return f"the experiment that ran is not the one at commit {commit[:10]}: commit it, then run again"
    return None


def _is_before(other: Record, batch: Batch) -> bool:
    return (other.experiment, other.scale, other.batch) == (batch.experiment, batch.scale, batch.number - 1)


def is_registered(root: Path, record: Record, history: Collection[str] | None = None) -> bool:
    """Whether the commits of a record are in the history of HEAD, which git is asked for unless it is given."""
    if history is not None:
        return all(commit in history for commit in commits_of(record))
    return all(commit is not None and _in_history(root, commit) for commit in commits_of(record))


def _in_history(root: Path, commit: str) -> bool:
    head = git.head(root)
    return head is not None and git.is_ancestor(root, commit, head)


def claim_digest_at(root: Path, commit: str, claim_id: str) -> str | None:
    """The digest of a claim as a commit holds it; None when it does not."""
    return _digests_at(root, commit).get(claim_id)


def ran_as_committed(root: Path, commit: str, experiment: str, closure: Closure) -> bool:
    """Whether a commit holds the code of a closure.

    A project that does not hold this package cannot say which one it had then: only its own files are compared.
    """
    then = _closure_at(root, commit, experiment)
    if then is None:
        return False
    if holds_package(root, commit):
        return then.digest == closure.digest
    own = [{(f.path, f.sha256) for f in c.files if not f.path.startswith("src/")} for c in (then, closure)]
    return own[0] == own[1]


@lru_cache(maxsize=256)
def _closure_at(root: Path, commit: str, experiment: str) -> Closure | None:
    try:
        return closure_of(experiment, at_commit(root, commit))[0]
    except ClaimsError:
        return None


@lru_cache(maxsize=256)
def _digests_at(root: Path, commit: str) -> dict[str, str]:
    names = ("claims.yaml", *(n for n in git.names_at(root, commit, "claims.d") if n.endswith(".yaml")))
    files = {name: data for name in names if (data := git.file_at(root, commit, name)) is not None}
    return {claim.id: claim_digest(claim) for claim in read_registry(files).registry.claims if claim.check is not None}


def commits_of(record: Record) -> set[str | None]:
    """At which commits the replicates of a record ran; of one without replicates, at which its controls did."""
    return {r.replicate.commit for r in record.replicates} | ({record.commit} if not record.replicates else set())

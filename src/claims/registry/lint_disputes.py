"""What disputes and replies must keep to beyond their form: they name what is there, in an order that can be. Pure."""

from collections.abc import Collection, Iterator, Mapping

from claims.domain.claim import Claim
from claims.domain.dispute import Dispute, Filed, Reply
from claims.domain.finding import Finding
from claims.registry.disputes import FOLDER, Filings
from claims.registry.messages import did_you_mean

_DIGEST = 64


def lint_disputes(
    filings: Filings, ids: Collection[str] | None, claims: Mapping[str, Claim], records: Collection[str] | None
) -> Iterator[Finding]:
    """Everything wrong between disputes, replies and the registry.

    `ids` are those of all claims and `records` the digests of all records; None where not all could be read. `claims`
    are those that are sound.
    """
    for claim_id, said in filings.said.items():
        if ids is not None and claim_id not in ids:
            message = f"no claim {claim_id} in the registry{_near(claim_id, ids)}"
            yield Finding(file=f"{FOLDER}/{claim_id}", message=message)
        by_name = {filed.name: filed for filed in said}
        for filed in said:
            yield from _of_any(filings, filed)
            if isinstance(filed.said, Reply):
                yield from _of_reply(filings, filed, filed.said, by_name, claims.get(claim_id))
            elif records is not None:
                yield from _of_dispute(filings, filed, filed.said, records)


def _of_any(filings: Filings, filed: Filed) -> Iterator[Finding]:
    if not filed.name.startswith(f"{filed.said.on.isoformat()}-"):
        yield filings.entries[filed.path].finding(("on",), "is not the date in the file's name")


def _of_dispute(filings: Filings, filed: Filed, said: Dispute, records: Collection[str]) -> Iterator[Finding]:
    for index, named in enumerate(said.evidence):
        if len(named) == _DIGEST and named not in records:
            message = f"no record has the digest {named[:8]}…; it stands in a record as digest"
            yield filings.entries[filed.path].finding(("evidence", index), message)


def _of_reply(
    filings: Filings, filed: Filed, said: Reply, by_name: Mapping[str, Filed], claim: Claim | None
) -> Iterator[Finding]:
    entry = filings.entries[filed.path]
    if said.to is not None:
        path = f"{FOLDER}/{filed.claim}/{said.to}.yaml"
        answered = by_name.get(said.to)
        if answered is None:
            if path not in filings.entries and not any(f.file == path for f in filings.findings):
                near = _near(said.to, [name for name, other in by_name.items() if isinstance(other.said, Dispute)])
                yield entry.finding(("to",), f"there is no dispute {path} to answer{near}")
        elif not isinstance(answered.said, Dispute):
            yield entry.finding(("to",), f"{said.to} is a reply; name the dispute that is answered, or leave it out")
        elif said.on < answered.said.on:
            yield entry.finding(("on",), f"is before the dispute that it answers, {answered.said.on.isoformat()}")
    if (
        said.paper is not None
        and claim is not None
        and _bare(said.paper) not in {_bare(s.arxiv) for s in claim.sources}
    ):
        cited = ", ".join(dict.fromkeys(s.arxiv for s in claim.sources)) or "no paper"
        yield entry.finding(("paper",), f"{claim.id} does not cite {said.paper}; it cites {cited}")


def _near(word: str, known: Collection[str]) -> str:
    """`; did you mean …?`, or nothing: of all names there may be too many."""
    said = did_you_mean(word, known)
    return said if "?" in said else ""


def _bare(arxiv: str) -> str:
    return arxiv.rpartition("v")[0]

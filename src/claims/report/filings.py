"""Filings: disputes and replies that a change brings, and the disputes that it ends."""

from collections.abc import Mapping

from claims.domain.dispute import Dispute, Said
from claims.project import Project
from claims.registry.disputes import FOLDER, read_said
from claims.report.entries import KINDS
from claims.report.facts import Filing, Kind
from claims.runner import git


def filings_of(project: Project, base: str, changed: Mapping[str, str]) -> tuple[Filing, ...]:
    """Every dispute or reply that is not as it was; of one that cannot be read the findings tell."""
    now = {filed.path: filed.said for said in project.disputes.values() for filed in said}
    found = []
    for path, letter in sorted(changed.items()):
        if path.startswith(f"{FOLDER}/") and letter in KINDS:
            data = git.file_at(project.root, base, path) if letter != "A" else None
            before = read_said(data, path)[0] if data is not None else None
            if (said := now.get(path)) is not None:
                found.append(_filing(path, KINDS[letter], said, before))
            elif before is not None:
                found.append(Filing(path, "removed", _noun(before), by=before.by))
    return tuple(found)


def _filing(path: str, kind: Kind, said: Said, before: Said | None) -> Filing:
    claim = path.split("/")[1]
    if not isinstance(said, Dispute):
        look = "is signed as an author's, which only who sent it can show" if said.paper is not None else ""
        return Filing(path, kind, "reply", look, said.by)
    ended = said.resolved
    if ended is None:
        look = f"contests {claim} until somebody ends it, by" if before is None else ""
        return Filing(path, kind, "dispute", look, said.by)
    if isinstance(before, Dispute) and before.resolved is not None:
        return Filing(path, kind, "dispute", by=said.by)
    look = f"ends a dispute of {claim} as {ended.outcome}"
    return Filing(path, kind, "dispute", look, f"opened by {said.by}, ended by {ended.by}")


def _noun(said: Said) -> str:
    return "dispute" if isinstance(said, Dispute) else "reply"

"""A paper with the claims on it."""

from typing import NamedTuple

from claims.domain.paper import Move, Paper, moves
from claims.domain.status import Flag
from claims.errors import SetupError
from claims.literature.entry import paper_id
from claims.project import Project


class Mention(NamedTuple):
    """A claim's source, and where the claim stands."""

    claim: str
    status: str
    grounding: str
    flags: tuple[Flag, ...]
    arxiv: str
    stance: str
    locator: str
    says: str
    moves: tuple[Move, ...]


class Held(NamedTuple):
    """What is held of a paper, and every claim that names it."""

    paper: Paper
    claims: tuple[Mention, ...]


def held(project: Project, named: str) -> Held:
    """A paper by its id, with or without a version. Raises SetupError where it is not in `literature/`."""
    identity = paper_id(named)
    if identity is None:
        raise SetupError(f"{named!r:.80} is not an arXiv id; write 2505.11711, or 2505.11711v2")
    one = identity[0]
    paper = project.papers.get(one)
    if paper is None:
        raise SetupError(f"{one} is not in literature/: `claims sources sync {one}` fetches it")
    mentions = []
    for claim in project.registry.claims:
        for source in claim.sources:
            cited, _, version = source.arxiv.rpartition("v")
            if cited == one:
                standing = project.standing(claim)
                mentions.append(
                    Mention(
                        claim.id,
                        standing.status.value,
                        claim.grounding.label.value,
                        standing.flags,
                        source.arxiv,
                        source.stance,
                        source.locator,
                        source.says,
                        moves(paper, int(version), source.quote),
                    )
                )
    return Held(paper, tuple(mentions))

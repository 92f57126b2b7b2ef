"""Context: a project as the pages see it, with what several pages need worked out once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from claims.declaration import Declared
from claims.domain.claim import Claim, Inquiry, Registry, Relation, Source
from claims.domain.status import Standing
from claims.ledger.evidence import StoredRecord
from claims.neighbours import Fresh, fresh, read, texts_of
from claims.project import Project
from claims.site.address import UNKNOWN, Address
from claims.site.links import Links, bare

_T = TypeVar("_T")


@dataclass(frozen=True)
class Index:
    """Who names whom, looked up instead of searched: pages are as many as claims, and so are the claims."""

    claims: Mapping[str, Claim]
    relating: Mapping[str, tuple[tuple[Claim, Relation], ...]]
    """By claim: the claims that relate themselves to it."""
    citing: Mapping[str, tuple[Inquiry, ...]]
    using: Mapping[str, tuple[Claim, ...]]
    sourced: Mapping[str, tuple[tuple[Claim, Source], ...]]

    @classmethod
    def of(cls, registry: Registry) -> "Index":
        """The index of a registry, everything in its order."""
        claims = registry.claims
        return cls(
            {c.id: c for c in claims},
            _grouped((r.to, (c, r)) for c in claims for r in c.relations),
            _grouped((claim_id, i) for i in registry.inquiries for claim_id in dict.fromkeys(i.cites)),
            _grouped((c.check.experiment, c) for c in claims if c.check is not None),
            _grouped((bare(s.arxiv), (c, s)) for c in claims for s in c.sources),
        )


@dataclass(frozen=True)
class Context:
    """A project, where its claims stand, and the way back to the top of the site from the page being written."""

    project: Project
    standings: Mapping[str, Standing]
    links: Links
    index: Index
    alike: Fresh
    alike_by: str
    """The method that the neighbours in `alike` were found with."""
    address: Address = UNKNOWN

    def at(self, depth: int) -> "Context":
        """The same, for a page that lies this many folders deep."""
        return replace(self, links=Links("../" * depth))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims, in the registry's order."""
        return self.project.registry.claims

    def known(self, claim_id: str) -> Claim | None:
        """The claim with this id, if there is one."""
        return self.index.claims.get(claim_id)

    def relating(self, claim_id: str) -> tuple[tuple[Claim, Relation], ...]:
        """The claims that relate themselves to this one, each with the relation."""
        return self.index.relating.get(claim_id, ())

    def records(self, claim_id: str) -> tuple[StoredRecord, ...]:
        """A claim's records, oldest first."""
        return tuple(sorted(self.project.records.get(claim_id, ()), key=lambda s: s.record.finished))

    def citing(self, claim_id: str) -> tuple[Inquiry, ...]:
        """The inquiries whose answers rest on a claim."""
        return self.index.citing.get(claim_id, ())

    def using(self, experiment: str) -> tuple[Claim, ...]:
        """The claims that an experiment tests."""
        return self.index.using.get(experiment, ())

    def sourced(self, paper_id: str) -> tuple[tuple[Claim, Source], ...]:
        """The claims that name a paper, with how each names it."""
        return self.index.sourced.get(paper_id, ())

    def naming(self, paper_id: str) -> tuple[Declared, ...]:
        """The experiments that name a paper."""
        return tuple(d for d in self.project.declared.values() if paper_id in map(bare, d.experiment.papers))

    def paper_ids(self) -> tuple[str, ...]:
        """Every paper that we hold or that a claim or an experiment names, without version."""
        named = set(self.index.sourced)
        named |= {bare(p) for declared in self.project.declared.values() for p in declared.experiment.papers}
        return tuple(sorted(named | set(self.project.papers)))


def context(project: Project, address: Address = UNKNOWN) -> Context:
    """The context of the overview page."""
    claims, kept = project.registry.claims, read(project.root)
    return Context(
        project,
        {c.id: project.standing(c) for c in claims},
        Links(""),
        Index.of(project.registry),
        fresh(kept, texts_of(claims, project.papers)),
        kept.method.name if kept else "",
        address,
    )


def _grouped(pairs: Iterable[tuple[str, _T]]) -> dict[str, tuple[_T, ...]]:
    found: dict[str, list[_T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}

"""Context: a project as the pages see it, with what several pages need worked out once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from claims.declaration import Declared
from claims.domain.claim import Claim, Inquiry, Source
from claims.domain.status import Standing
from claims.ledger.evidence import StoredRecord
from claims.neighbours import Fresh, fresh, read, texts_of
from claims.project import Project
from claims.site.links import Links, bare


@dataclass(frozen=True)
class Context:
    """A project, where its claims stand, and the way back to the top of the site from the page being written."""

    project: Project
    standings: Mapping[str, Standing]
    links: Links
    alike: Fresh
    alike_by: str
    """The method that the neighbours in `alike` were found with."""

    def at(self, depth: int) -> "Context":
        """The same, for a page that lies this many folders deep."""
        return replace(self, links=Links("../" * depth))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims, in the registry's order."""
        return self.project.registry.claims

    def known(self, claim_id: str) -> Claim | None:
        """The claim with this id, if there is one."""
        return next((c for c in self.claims if c.id == claim_id), None)

    def records(self, claim_id: str) -> tuple[StoredRecord, ...]:
        """A claim's records, oldest first."""
        return tuple(sorted(self.project.records.get(claim_id, ()), key=lambda s: s.record.finished))

    def citing(self, claim_id: str) -> tuple[Inquiry, ...]:
        """The inquiries whose answers rest on a claim."""
        return tuple(i for i in self.project.registry.inquiries if claim_id in i.cites)

    def using(self, experiment: str) -> tuple[Claim, ...]:
        """The claims that an experiment tests."""
        return tuple(c for c in self.claims if c.check is not None and c.check.experiment == experiment)

    def sourced(self, paper_id: str) -> tuple[tuple[Claim, Source], ...]:
        """The claims that name a paper, with how each names it."""
        return tuple((c, s) for c in self.claims for s in c.sources if bare(s.arxiv) == paper_id)

    def naming(self, paper_id: str) -> tuple[Declared, ...]:
        """The experiments that name a paper."""
        return tuple(d for d in self.project.declared.values() if paper_id in map(bare, d.experiment.papers))

    def paper_ids(self) -> tuple[str, ...]:
        """Every paper that we hold or that a claim or an experiment names, without version."""
        named = {bare(s.arxiv) for c in self.claims for s in c.sources}
        named |= {bare(p) for declared in self.project.declared.values() for p in declared.experiment.papers}
        return tuple(sorted(named | set(self.project.papers)))


def context(project: Project) -> Context:
    """The context of the overview page."""
    claims, kept = project.registry.claims, read(project.root)
    return Context(
        project,
        {c.id: project.standing(c) for c in claims},
        Links(""),
        fresh(kept, texts_of(claims, project.papers)),
        kept.method.name if kept else "",
    )

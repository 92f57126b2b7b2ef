"""What was said of a claim: by the papers, by those who told it on, by other claims."""

from collections.abc import Iterator, Sequence

from claims.brief.evidence import quantity
from claims.brief.quoting import code, paragraphs, quoted
from claims.domain.claim import Claim, Reported, Source
from claims.domain.paper import Paper, moves
from claims.domain.relations import Expected
from claims.project import Project

UNKNOWN = "unknown"


def sources(project: Project, claim: Claim, first: int) -> Iterator[str]:
    """Each source of a claim, numbered from `first`: S1, S2, …"""
    for number, source in enumerate(claim.sources, first):
        yield from _source(source, project.papers.get(bare(source.arxiv)), f"S{number}")
    if not claim.sources:
        yield "No source is named."


def _source(source: Source, paper: Paper | None, name: str) -> Iterator[str]:
    date = paper.published.isoformat() if paper else UNKNOWN
    paper_name = code(f"arXiv:{source.arxiv}")
    yield f"**{name}** {paper_name} **{source.stance}** (first published {date}). In the words of this registry:"
    yield paragraphs(source.says)
    if source.unverified is not None:
        yield "Where it says so is not verified, because:"
        yield quoted(source.unverified)
    else:
        yield f"Where: {code(source.locator)}"
    if source.quote is not None:
        yield f"Word for word ({_looked_up(source.quote, paper)}):"
        yield quoted(source.quote)
    if source.reported:
        yield "Numbers it reports:\n\n" + "\n".join(_reported(r) for r in source.reported)
    moved = moves(paper, int(source.arxiv.rpartition("v")[2]), source.quote) if paper else ()
    if moved:
        yield f"It has moved on since: {', '.join(moved)}."


def _reported(r: Reported) -> str:
    value = f"{r.value[0]:g} to {r.value[1]:g}" if isinstance(r.value, tuple) else f"{r.value:g}"
    given = f"; {code(r.conditions)}" if r.conditions else ""
    return f"- {code(r.metric)}: {value} {code(r.unit)} ({code(r.locator)}{given})"


def _looked_up(quote: str, paper: Paper | None) -> str:
    checks = [check for check in (paper.quotes if paper else ()) if check.quote.split() == quote.split()]
    if not checks:
        return "not looked up"
    last = checks[-1]
    return f"{'found in' if last.found else 'NOT found in'} {code(last.text)}, {last.checked.isoformat()}"


def tellings(claim: Claim) -> Iterator[str]:
    """How the claim is told elsewhere, each with its label."""
    for told in claim.circulated:
        yield f"Told as follows{f', in {code(told.where)}' if told.where else ''}:"
        yield paragraphs(told.text)
        yield f"We call this **{told.label.value}**, because:"
        yield paragraphs(told.because)


def relations(project: Project, claim: Claim) -> Iterator[str]:
    """What is written down between this claim and others, and which predictions cannot both come true."""
    for r in claim.relations:
        yield f"This claim {_verb(r.kind)} {_named(project, r.to)}, because:"
        yield quoted(r.because)
    for link in project.backlinks.get(claim.id, ()):
        yield f"{_named(project, link.of)} {_verb(link.relation.kind)} this claim, because:"
        yield quoted(link.relation.because)
    for clash in project.contradictions.get(claim.id, ()):
        yield f"Cannot both come true, in scopes that overlap: {_side(clash.one)} and {_side(clash.other)}."


def _verb(kind: str) -> str:
    return kind.replace("-", " ")


def _named(project: Project, claim_id: str) -> str:
    claim = project.by_id.get(claim_id)
    return f"{code(claim_id)} ({project.standing(claim).status.value})" if claim else code(claim_id)


def _side(side: Expected) -> str:
    return f"{code(side.claim.id)} expects {quantity(side.prediction)} to be {side.prediction.expect}"


def anchors(project: Project, claims: Sequence[Claim]) -> Iterator[str]:
    """Every paper that the claims name, the oldest first: dates, versions, what of it was read."""
    cited: dict[str, set[str]] = {}
    for claim in claims:
        for source in claim.sources:
            cited.setdefault(bare(source.arxiv), set()).add(source.arxiv)
    known = [p for name in cited if (p := project.papers.get(name)) is not None]
    for paper in sorted(known, key=lambda p: (p.published, p.id)):
        newest = paper.newest
        date = f" of {newest.submitted.isoformat()}" if newest.submitted else ""
        versions = ", ".join(sorted(f"v{name.rpartition('v')[2]}" for name in cited[paper.id]))
        yield (
            f"{paper.published.isoformat()} {code(f'arXiv:{paper.id}')}, cited at {versions}; newest that we know of: "
            f"v{newest.version}{date}. Read here: {_read(paper)}. Title:"
        )
        yield quoted(paper.title)
    for name in sorted(set(cited) - {p.id for p in known}):
        yield f"{code(f'arXiv:{name}')}: nothing is held of it."
    if not cited:
        yield "No paper is named."


def _read(paper: Paper) -> str:
    seen = dict.fromkeys(
        f"{r.what} of {f'v{r.version}' if r.version else 'an unknown version'}" for r in paper.readings
    )
    return ", ".join(seen) or "nothing, as far as is written down"


def bare(arxiv: str) -> str:
    """An id without its version."""
    return arxiv.rpartition("v")[0]

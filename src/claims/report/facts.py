"""Facts: everything that a report says, before it is put into any form. Texts are as contributors wrote them."""

from dataclasses import dataclass
from typing import Literal

from claims.domain.finding import Finding

Kind = Literal["added", "changed", "removed"]


@dataclass(frozen=True)
class Look:
    """Something that no machine can settle: where it is, what a person must look at, and in which words it stands.

    `what` is ours; `where` and `said` may hold text of the contributor.
    """

    where: str
    what: str
    said: str = ""


@dataclass(frozen=True)
class Delta:
    """A field before and after; None where it was not there. `judged`: the digest of the claim hangs on it."""

    field: str
    before: str | None
    after: str | None
    judged: bool


@dataclass(frozen=True)
class Grounds:
    """A source of a claim, against what `literature/` holds of its paper."""

    arxiv: str
    stance: str
    locator: str
    says: str
    paper: str
    """Title, or why there is none."""
    quote: str | None
    quote_state: str
    """`found`, `NOT FOUND`, `text not held`, or empty without a quote."""
    reported: tuple[str, ...]
    doubts: tuple[str, ...]
    read: tuple[str, ...] = ()
    """What of this version somebody read, and where."""
    unchecked: str = ""
    """Why nobody checked the place; empty where somebody did."""


@dataclass(frozen=True)
class Risk:
    """What a prediction excludes. `share` is the expected part of the metric's declared bounds."""

    id: str
    what: str
    expected: str
    bounds: str
    share: float | None
    rival: float | None
    weak: str
    """Why it could hardly come out wrong; empty where it could."""
    seen: int = 0
    """Recorded replicates of other claims that measured what it is about."""
    inside: int = 0
    """Those of them that lie where it expects them."""


@dataclass(frozen=True)
class Seeds:
    """How many replicates a prediction needs at one spread, for a power of .8. None: no look is enough."""

    prediction: str
    spread: float
    spread_from: str
    truth: str
    needed: int | None


@dataclass(frozen=True)
class Card:
    """A claim that a change adds, changes or removes."""

    id: str
    kind: Kind
    question: str = ""
    statement: str = ""
    scope: str = ""
    deltas: tuple[Delta, ...] = ()
    digest_changed: bool = False
    sources_changed: bool = False
    lost: int = 0
    """Records that speak of the claim as it was, and not any more."""
    label: str = ""
    because: str = ""
    grounds: tuple[Grounds, ...] = ()
    experiment: str = ""
    risks: tuple[Risk, ...] = ()
    seeds: tuple[Seeds, ...] = ()
    together: str = ""
    """Replicates that all predictions need together, in words."""
    gates: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    """Of each kind, in words."""
    may_fail: tuple[str, ...] = ()
    """Arms in which the claim should not show up."""
    differs: str = ""
    note: str = ""
    cost: str = ""
    status: str = ""


@dataclass(frozen=True)
class Suspect:
    """A line that reaches further than a measurement needs to, as a static reader sees it."""

    path: str
    line: int
    what: str
    code: str
    new: bool


@dataclass(frozen=True)
class Trial:
    """An experiment that a change adds, changes or reaches through what it imports."""

    name: str
    kind: Kind
    title: str = ""
    differs: str = ""
    papers: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    """arXiv ids that its docstring names."""
    conditions: tuple[tuple[str, str], ...] = ()
    metrics: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    lines: int = 0
    imports: tuple[str, ...] = ()
    closure: tuple[str, ...] = ()
    """The files that its numbers depend on and that the change touches."""
    files: int = 0
    stale: tuple[str, ...] = ()
    """Claims whose verdict rests on the code as it was."""


@dataclass(frozen=True)
class Entry:
    """A record that a change adds."""

    path: str
    claim: str
    verdict: str
    n: int
    seeds: str
    batch: int
    contributor: str
    confirmatory: str
    tier: str
    isolation: str
    digest: str
    commits: str
    previous: str
    decides: str = ""
    """The status that rests on it and on nobody else's rerun; empty where none does."""
    seen: str = ""
    """Of one that decides: what earlier records had shown of the claim when it was checked or worded otherwise."""


@dataclass(frozen=True)
class Again:
    """A rerun that a change adds: somebody's word on somebody's record."""

    path: str
    claim: str
    digest: str
    of: str
    contributor: str
    said: str
    raises: str = ""
    """The tier that its record has with it and had not without; empty where that is the same."""
    contests: bool = False


@dataclass(frozen=True)
class Filing:
    """A dispute or a reply that comes, goes or changes. `what` is ours."""

    path: str
    kind: Kind
    what: str
    look: str = ""
    """What a person must look at; empty where it moves nothing."""
    by: str = ""


@dataclass(frozen=True)
class Dependency:
    """A package that other code than before would be installed for."""

    file: str
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Smoke:
    """What came of an experiment at scale smoke, for one claim."""

    claim: str
    experiment: str
    outcome: str
    passed: bool
    replicates: str
    controls: str
    seconds: float
    isolation: str


@dataclass(frozen=True)
class Bound:
    """A paper's file that comes, goes or changes."""

    id: str
    kind: Kind
    title: str
    origin: str
    """Whether arXiv gave its data, or a person wrote them."""


@dataclass(frozen=True)
class Facts:
    """A change, read against a commit."""

    base: str
    head: str
    findings: tuple[Finding, ...]
    cards: tuple[Card, ...] = ()
    trials: tuple[Trial, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    """In every file that the change touches and an experiment depends on."""
    papers: tuple[Bound, ...] = ()
    entries: tuple[Entry, ...] = ()
    rewritten: tuple[Kind, ...] = ()
    """What became of records that were there, one word each; the findings name them."""
    reruns: tuple[Again, ...] = ()
    filings: tuple[Filing, ...] = ()
    errata: tuple[tuple[str, Kind], ...] = ()
    touched: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What else the change reaches, by area, with its files."""
    dependencies: tuple[Dependency, ...] = ()
    mixed: tuple[str, ...] = ()
    """Commits that hold evidence and code."""
    looks: tuple[Look, ...] = ()
    smoke: tuple[Smoke, ...] | None = None
    """None where no smoke run was asked for."""
    not_run: int = 0
    """Claims beyond what a smoke run takes on."""
    unread: str = ""
    """Which facts are missing, and why; empty where all are there. Our words."""
    files: int = 0
    """How many files the change touches."""

    @property
    def tampered(self) -> int:
        """Findings about records or statuses that do not re-derive."""
        return sum(f.kind == "tampered" for f in self.findings)

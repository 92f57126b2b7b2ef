"""Project: everything that a use case reads, parsed once."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from claims.declaration import Declared, parse
from claims.domain.claim import Claim, Registry
from claims.domain.dispute import Filed
from claims.domain.finding import Finding
from claims.domain.paper import Paper, moves
from claims.domain.record import Closure, Record, Tier
from claims.domain.relations import Backlink, Contradiction, backlinks, contradictions, fallen
from claims.domain.status import Standing, contested, disputed, standing_of
from claims.errors import DeclarationError, Problems, SetupError
from claims.ledger.evidence import StoredRecord, read_records
from claims.ledger.known import Known
from claims.literature.snapshot import read_papers
from claims.registration import is_registered
from claims.registry.disputes import Filings, read_disputes
from claims.registry.lint import lint
from claims.registry.lint_disputes import lint_disputes
from claims.registry.lint_experiment import lint_experiment
from claims.registry.load import LoadedRegistry, read_registry, registry_files
from claims.runner import git
from claims.runner.closure import MAX_BYTES, closure_of
from claims.runner.sources import in_tree, is_link

_EXPERIMENT = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\.py", re.ASCII)
RESERVED = frozenset({"index", "readme"})
"""Names that mean a folder's own page to those who serve it."""


@dataclass(frozen=True)
class Project:
    """A folder with a registry, as read at one moment."""

    root: Path
    loaded: LoadedRegistry
    declared: dict[str, Declared]
    papers: dict[str, Paper]
    records: dict[str, tuple[StoredRecord, ...]]
    closures: dict[str, Closure]
    disputes: dict[str, tuple[Filed, ...]] = field(default_factory=dict)
    """By claim: disputes and replies, oldest first."""

    @property
    def registry(self) -> Registry:
        """What people wrote."""
        return self.loaded.registry

    @cached_property
    def all_records(self) -> tuple[Record, ...]:
        """Every record, of all claims."""
        return tuple(stored.record for records in self.records.values() for stored in records)

    def stored(self, record: Record) -> StoredRecord:
        """A record of this project with what stands beside it."""
        return next(s for s in self.records[record.claim.id] if s.record.digest == record.digest)

    def tier(self, standing: Standing) -> Tier | None:
        """Who stands behind the record that a status rests on."""
        return self.stored(standing.record).tier if standing.record is not None else None

    def claim(self, claim_id: str) -> Claim:
        """The claim with this id. Raises SetupError with the nearest ids when there is none."""
        found = self.by_id.get(claim_id)
        if found is not None:
            return found
        from difflib import get_close_matches

        near = get_close_matches(claim_id, [c.id for c in self.registry.claims], n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "`claims list` names them all"
        raise SetupError(f"no claim {claim_id} in claims.yaml: {hint}")

    @cached_property
    def by_id(self) -> dict[str, Claim]:
        """Every claim."""
        return {claim.id: claim for claim in self.registry.claims}

    @cached_property
    def backlinks(self) -> dict[str, tuple[Backlink, ...]]:
        """By claim, what others say of it."""
        return backlinks(self.registry.claims)

    @cached_property
    def contradictions(self) -> dict[str, tuple[Contradiction, ...]]:
        """By claim, the predictions of others that cannot come true together with its own."""
        found: dict[str, list[Contradiction]] = {}
        for clash in contradictions(self.registry.claims):
            for claim_id in (clash.one.claim.id, clash.other.claim.id):
                found.setdefault(claim_id, []).append(clash)
        return {claim_id: tuple(clashes) for claim_id, clashes in found.items()}

    def standing(self, claim: Claim) -> Standing:
        """Where a claim stands by its records, today's code and what it depends on."""
        if claim.id not in self._standings:
            self._standings[claim.id] = self._standing(claim)
        return self._standings[claim.id]

    @cached_property
    def _standings(self) -> dict[str, Standing]:
        return {}

    def _standing(self, claim: Claim) -> Standing:
        standing = self._derived(claim)
        if (
            standing.record is not None
            and self._history is not None
            and not is_registered(self.root, standing.record, self._history)
        ):
            standing = standing._replace(flags=(*standing.flags, "unregistered"))
        if self._disputed_by_rerun(standing):
            standing = contested(standing, "rerun")
        if claim.id in self.rests_on_fallen:
            standing = standing._replace(flags=(*standing.flags, "rests-on-fallen"))
        if claim.withdrawn is None and self._source_moved(claim):
            standing = standing._replace(flags=(*standing.flags, "source-moved"))
        return standing

    def _disputed_by_rerun(self, standing: Standing) -> bool:
        """Whether somebody ran what it rests on again, and got other numbers.

        Runs are told by several records: one that adds seeds to another, or of a claim that shares them. What a rerun
        says of them does not go away by being told once more.
        """
        if standing.record is None or not self._doubted:
            return False
        rests_on = _runs(standing.record)
        return any(not rests_on.isdisjoint(_runs(stored.record)) for stored in self._doubted)

    @cached_property
    def _doubted(self) -> tuple[StoredRecord, ...]:
        """The records that somebody ran again with other numbers."""
        return tuple(s for found in self.records.values() for s in found if any(r.disagrees for r in s.reruns))

    def _source_moved(self, claim: Claim) -> bool:
        """Whether a paper is not any more what the claim cites."""
        for source in claim.sources:
            paper, _, version = source.arxiv.rpartition("v")
            if paper in self.papers and moves(self.papers[paper], int(version), source.quote):
                return True
        return False

    @cached_property
    def _history(self) -> frozenset[str] | None:
        """Every commit up to HEAD; None in a shallow clone, which cannot know.

        One question: asking git for each of a thousand records takes seconds.
        """
        return None if git.trouble(self.root) else git.history(self.root)

    @cached_property
    def rests_on_fallen(self) -> dict[str, tuple[str, ...]]:
        """The claims that depend on fallen ones, with those."""
        claims = self.registry.claims
        grounds = {r.to for claim in claims for r in claim.relations if r.kind == "depends-on"}
        return fallen(claims, {claim.id: self._derived(claim) for claim in claims if claim.id in grounds})

    def _derived(self, claim: Claim) -> Standing:
        """A claim's standing by its own records and the disputes of it."""
        stored = self.records.get(claim.id, ())
        closure = self.closures.get(claim.check.experiment) if claim.check else None
        erred = {s.record.digest for s in stored if s.erratum is not None}
        standing = standing_of(claim, [s.record for s in stored], closure.digest if closure else None, erred)
        return disputed(standing, self.disputes.get(claim.id, ()))


def _runs(record: Record) -> set[tuple[int, str]]:
    """What a record tells: a seed belongs to one experiment, closure, scale and batch, a time to one run of it."""
    return {(r.replicate.seed, r.replicate.utc) for r in record.replicates}


def examine(root: Path, known: Known | None = None) -> tuple[Project | None, list[Finding]]:
    """Read a project and everything that is wrong with it; what is sound of it, unless no registry can be had.

    Records that are `known` to be sound are not proved again.
    """
    declared, findings = read_experiments(root)
    # Whoever brought it could have run what is in it: replicates, records that count as proved.
    findings += [
        Finding(file=path, message="is a cache of one machine and must not be committed: git rm --cached it")
        for path in git.tracked(root, ":(icase).claims")
    ]
    papers, wrong_papers = read_papers(root)
    records, wrong_records = read_records(root, known)
    filings = read_disputes(root)
    try:
        loaded = read_registry(registry_files(root))
    except Problems as problems:
        return None, [*problems.findings, *findings, *wrong_papers, *wrong_records, *filings.findings]
    findings += [*loaded.findings, *lint(loaded, declared, papers)]
    closures: dict[str, Closure] = {}
    read = in_tree(root)
    for name in declared:
        try:
            closures[name] = closure_of(name, read)[0]
        except DeclarationError as error:
            findings.append(_finding(error))
    findings += [*filings.findings, *_disputes(filings, loaded, None if wrong_records else records)]
    project = Project(root, loaded, declared, papers, records, closures, filings.said)
    return project, [*findings, *wrong_papers, *wrong_records]


def _disputes(
    filings: Filings, loaded: LoadedRegistry, records: dict[str, tuple[StoredRecord, ...]] | None
) -> Iterator[Finding]:
    ids = loaded.places.claims.keys() if loaded.whole else None
    digests = {s.record.digest for found in records.values() for s in found} if records is not None else None
    return lint_disputes(filings, ids, {c.id: c for c in loaded.registry.claims}, digests)


def load(root: Path, known: Known | None = None) -> Project:
    """Read a project that is sound. Raises Problems with everything that is not."""
    project, findings = examine(root, known)
    if findings or project is None:
        raise Problems(findings)
    return project


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that holds a registry. Raises SetupError when none does."""
    for folder in (start, *start.parents):
        if (folder / "claims.yaml").is_file():
            return folder
    raise SetupError(f"no claims.yaml in {start} or above it: run this inside a project, or name one with --root")


def read_experiments(root: Path) -> tuple[dict[str, Declared], list[Finding]]:
    """Every experiment's declaration, by name, and what is wrong with them. Executes nothing."""
    declared: dict[str, Declared] = {}
    findings: list[Finding] = []
    for path in sorted((root / "experiments").glob("*.py")):
        if path.name == "__init__.py" or path.name.startswith(".") or not path.is_file():
            continue
        place = path.relative_to(root).as_posix()
        try:
            if not _EXPERIMENT.fullmatch(path.name) or path.stem in RESERVED:
                raise DeclarationError(f"{place}:1: name it in small letters, digits and _, and not index or readme")
            if is_link(root, place):
                raise DeclarationError(f"{place}:1: is a link; put the file itself here")
            if path.stat().st_size > MAX_BYTES:
                raise DeclarationError(f"{place}:1: more than {MAX_BYTES // 1024} KiB")
            found = parse(path.read_bytes().decode(), place)
        except DeclarationError as error:
            findings.append(_finding(error))
        except UnicodeDecodeError as error:
            findings.append(Finding(file=place, message=f"not UTF-8: {error}"))
        else:
            declared[found.name] = found
            findings += lint_experiment(found)
    return declared, findings


def _finding(error: DeclarationError) -> Finding:
    """`file:line: message` taken apart."""
    place, _, message = str(error).partition(": ")
    file, _, line = place.partition(":")
    return Finding(file=file, line=int(line) if line.isdigit() else 0, message=message)


def tampered(findings: Sequence[Finding]) -> bool:
    """Whether any finding is about a record or status that does not re-derive."""
    return any(f.kind == "tampered" for f in findings)

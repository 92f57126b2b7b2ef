"""Records as files, `evidence/<claim>/<utc>-<scale>-<digest8>.json`, with errata and reruns beside them.

A record is written once and never edited. Whatever in `evidence/` is not exactly what `write_record` wrote
is a finding, and does not count.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from claims.domain.claim import Model, Text
from claims.domain.finding import Finding
from claims.domain.record import Record, Tier
from claims.domain.rerun import Rerun, tier_of
from claims.errors import LedgerError, Problems
from claims.ledger.document import LIMIT, digest_in, parse, render
from claims.ledger.files import create, make_folder, read_plain, remove_temporaries
from claims.ledger.known import Known
from claims.ledger.reruns import is_rerun, load_rerun, stem_of
from claims.ledger.thinning import thinned
from claims.ledger.times import is_time

FOLDER = "evidence"
_ERRATUM = ".erratum.json"
_NAME = re.compile(r"[0-9TZ.+]+-(cpu|gpu)-[0-9a-f]{8}\.json")


class Erratum(Model):
    """A person's word that a record should no longer be held against newer ones, `<record's name>.erratum.json`."""

    person: Text
    date: datetime.date
    what: Text
    """What was wrong with the code that the record rests on."""


@dataclass(frozen=True)
class StoredRecord:
    """A record, where it lies (relative to the root, with `/`), its erratum where there is one, and its reruns."""

    path: str
    record: Record
    erratum: Erratum | None = None
    reruns: tuple[Rerun, ...] = ()

    @property
    def tier(self) -> Tier:
        """How far others stand behind the record today."""
        return tier_of(self.record, self.reruns)


def read_records(root: Path, known: Known | None = None) -> tuple[dict[str, tuple[StoredRecord, ...]], list[Finding]]:
    """Every sound record by claim, oldest name first, and a finding for everything else under `evidence/`.

    Files that are `known` to be sound are parsed, not proved again.
    """
    stored: dict[str, tuple[StoredRecord, ...]] = {}
    findings: list[Finding] = []
    for folder in _entries(root / FOLDER):
        if folder.is_symlink():
            findings.append(Finding(file=_shown(root, folder), message="is a link: put the folder itself there"))
        elif folder.is_dir():
            records, wrong = _read_folder(root, folder, known)
            findings += wrong
            if records:
                stored[folder.name] = records
        elif folder.suffix == ".json":
            findings.append(Finding(file=_shown(root, folder), message="belongs in a folder named as its claim"))
    if known is not None:
        known.save()
    return stored, findings


def write_record(root: Path, record: Record) -> Path:
    """Seal `record` with its digest and write it; returns its file. The caller holds the lock of all writers.

    The same record twice is one file. Traces are thinned until the file fits.

    Raises:
        Problems: the record is one that `read_records` would refuse; nothing is written.
        LedgerError: too large even without traces, or the disk does not take it; nothing is written.
    """
    fitted = fit(record)
    sealed = fitted.model_copy(update={"digest": fitted.computed_digest()})
    if not _NAME.fullmatch(sealed.name):
        raise LedgerError(f"{record.claim.id}: {sealed.name!r} is no file name: `started` must be UTC ISO-8601")
    folder = root / FOLDER / sealed.claim.id
    data = render(sealed)
    _load(data, _shown(root, folder / sealed.name))
    make_folder(root / FOLDER)
    make_folder(folder)
    create(folder / sealed.name, data)
    return folder / sealed.name


def fit(record: Record) -> Record:
    """The record with as many points of its traces as its file can hold. Raises LedgerError if none is too many."""
    longest = max(
        (len(t.x) for r in record.replicates for a in r.replicate.traces.values() for t in a.values()), default=0
    )
    fitted, keep = record, longest
    while (size := len(render(fitted.model_copy(update={"digest": "0" * 64})))) > LIMIT:
        if keep == 0:
            raise LedgerError(f"{record.claim.id}: the record needs {size} bytes without traces, {LIMIT} are allowed")
        keep = keep // 2 if keep > 3 else 0
        fitted = thinned(record, keep)
    return fitted


def clean_temporaries(root: Path) -> None:
    """Remove what killed writers left under `evidence/`. The caller holds the lock of all writers."""
    for folder in (root / FOLDER, *_entries(root / FOLDER)):
        if folder.is_dir() and not folder.is_symlink():
            remove_temporaries(folder)


def _read_folder(root: Path, folder: Path, known: Known | None) -> tuple[tuple[StoredRecord, ...], list[Finding]]:
    records: dict[str, StoredRecord] = {}
    errata: dict[str, Erratum] = {}
    reruns: dict[str, Rerun] = {}
    findings: list[Finding] = []
    for path in _entries(folder):
        shown = _shown(root, path)
        try:
            if path.name.endswith(_ERRATUM):
                errata[path.name.removesuffix(_ERRATUM)] = _load_erratum(_bytes(path, shown), shown)
            elif is_rerun(path.name):
                reruns[path.name] = load_rerun(_bytes(path, shown), shown)
            elif path.suffix == ".json":
                records[path.stem] = StoredRecord(shown, _sound(_bytes(path, shown), shown, known))
            else:
                findings.append(Finding(file=shown, message="is no record, erratum or rerun"))
        except Problems as problems:
            findings += problems.findings
    for stem in sorted(errata):
        if not (folder / f"{stem}.json").exists():
            shown = _shown(root, folder / f"{stem}{_ERRATUM}")
            findings.append(Finding(file=shown, message=f"there is no record {stem}.json for this erratum"))
    for name, rerun in reruns.items():
        of = records.get(stem_of(name))
        if of is None or of.record.digest != rerun.record:
            shown = _shown(root, folder / name)
            findings.append(_tampered(shown, "record", f"there is no record {stem_of(name)}.json with this digest"))
    return tuple(
        StoredRecord(r.path, r.record, errata.get(stem), _reruns_of(stem, r.record, reruns))
        for stem, r in records.items()
    ), findings


def _reruns_of(stem: str, record: Record, reruns: Mapping[str, Rerun]) -> tuple[Rerun, ...]:
    """The reruns of a record, oldest first."""
    own = [r for name, r in reruns.items() if stem_of(name) == stem and r.record == record.digest]
    return tuple(sorted(own, key=lambda r: (r.finished, r.digest)))


def _sound(data: bytes, file: str, known: Known | None) -> Record:
    if known is None:
        return _load(data, file)
    key = known.key(data, file)
    record = Record.model_validate_json(data) if key in known else _load(data, file)
    known.add(key)
    return record


@lru_cache(maxsize=256)
def _load(data: bytes, file: str) -> Record:
    """A record from its bytes. Raises Problems with all that is wrong with them, or with `file` as their place.

    Once a process for the same bytes: a verify looks at all records several times.
    """
    raw = parse(data, file)
    findings = []
    computed = digest_in(raw)
    if computed is None or raw.get("digest") != computed:
        findings.append(_tampered(file, "digest", f"is not that of the content ({computed}): the record was edited"))
    try:
        record = Record.model_validate_json(data)
    except ValidationError as error:
        raise Problems([*findings, *_invalid(file, error)]) from None
    if not findings and render(record) != data:
        findings.append(_tampered(file, "", "is not in the form that was written: it was edited or reformatted"))
    folder, _, name = file.removeprefix(f"{FOLDER}/").rpartition("/")
    if name != record.name:
        findings.append(_tampered(file, "", f"a record with this content is named {record.name}"))
    if folder != record.claim.id:
        findings.append(_tampered(file, "claim.id", f"is {record.claim.id}, the folder is {folder}"))
    findings += _order(file, record)
    findings += _times(file, record)
    if findings:
        raise Problems(findings)
    return record


def _order(file: str, record: Record) -> Iterator[Finding]:
    indices = [r.replicate.index for r in record.replicates]
    seeds = [r.replicate.seed for r in record.replicates]
    if any(later <= earlier for earlier, later in pairwise(indices)):
        yield Finding(file=file, field="replicates", message=f"must be sorted by index, each once, not {indices}")
    if len(set(seeds)) != len(seeds):
        yield Finding(file=file, field="replicates", message="two replicates have the same seed")


def _times(file: str, record: Record) -> Iterator[Finding]:
    """Times that are none, or that contradict each other: which record came first decides a status."""
    times = {"started": record.started, "finished": record.finished}
    times |= {f"replicates[{i}].utc": r.replicate.utc for i, r in enumerate(record.replicates) if r.replicate.utc}
    wrong = [field for field, time in times.items() if not is_time(time)]
    for field in wrong:
        yield Finding(file=file, field=field, message=f"is {times[field]!r}, not a time as 2026-01-02T03:04:05Z")
    if not wrong:
        for field, time in times.items():
            if time > record.finished:
                yield Finding(file=file, field=field, message=f"{time} is after the record was finished")


def _load_erratum(data: bytes, file: str) -> Erratum:
    parse(data, file)
    try:
        return Erratum.model_validate_json(data)
    except ValidationError as error:
        raise Problems(_invalid(file, error)) from None


def _bytes(path: Path, shown: str) -> bytes:
    try:
        return read_plain(path, LIMIT)
    except OSError as error:
        message = "is a link or no regular file" if path.is_symlink() else f"cannot be read ({error.strerror or error})"
        raise Problems([Finding(file=shown, message=message)]) from None


def _invalid(file: str, error: ValidationError) -> list[Finding]:
    return [Finding(file=file, field=".".join(map(str, e["loc"])), message=e["msg"]) for e in error.errors()]


def _tampered(file: str, field: str, message: str) -> Finding:
    return Finding(file=file, field=field, message=message, kind="tampered")


def _entries(folder: Path) -> list[Path]:
    """What a person put or the tool wrote there, by name; temporary and other hidden files do not count."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _shown(root: Path, path: Path) -> str:
    # A file name need not be UTF-8, a message must be.
    return path.relative_to(root).as_posix().encode("utf-8", "replace").decode()

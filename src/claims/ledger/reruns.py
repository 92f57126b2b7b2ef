"""Reruns as files beside the record that they ran again, `<record's name>.rerun-<digest8>.json`; never edited."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from claims.domain.finding import Finding
from claims.domain.rerun import Rerun
from claims.errors import Problems
from claims.ledger.document import digest_in, parse, render
from claims.ledger.files import create
from claims.ledger.times import is_time

_NAME = re.compile(r"(.+)\.rerun-[0-9a-f]{8}\.json")


def is_rerun(name: str) -> bool:
    """Whether a file's name is that of a rerun."""
    return _NAME.fullmatch(name) is not None


def stem_of(name: str) -> str:
    """The name of the record that a rerun is of, without `.json`."""
    return name.rpartition(".rerun-")[0]


def rerun_path(record: str, rerun: Rerun) -> str:
    """Where a rerun of the record at a path lies."""
    return f"{record.removesuffix('.json')}.rerun-{rerun.digest[:8]}.json"


def load_rerun(data: bytes, file: str) -> Rerun:
    """A rerun from its bytes. Raises Problems with all that is wrong with them, `file` as their place."""
    raw = parse(data, file)
    findings = []
    computed = digest_in(raw)
    if computed is None or raw.get("digest") != computed:
        findings.append(_tampered(file, f"is not that of the content ({computed}): the rerun was edited"))
    try:
        rerun = Rerun.model_validate_json(data)
    except ValidationError as error:
        invalid = [Finding(file=file, field=".".join(map(str, e["loc"])), message=e["msg"]) for e in error.errors()]
        raise Problems([*findings, *invalid]) from None
    if not findings and render(rerun) != data:
        findings.append(_tampered(file, "the file is not in the form that was written"))
    if not file.endswith(f".rerun-{rerun.digest[:8]}.json"):
        findings.append(_tampered(file, f"is {rerun.digest[:8]}…, which the file's name does not say"))
    findings += _times(file, rerun)
    if findings:
        raise Problems(findings)
    return rerun


def write_rerun(record: Path, rerun: Rerun) -> Path:
    """Seal a rerun and write it beside the file of its `record`; returns its file. The caller holds the lock.

    Raises LedgerError where the disk does not take it; nothing is written.
    """
    sealed = rerun.model_copy(update={"digest": rerun.computed_digest()})
    place = record.with_name(f"{record.stem}.rerun-{sealed.digest[:8]}.json")
    data = render(sealed)
    load_rerun(data, place.name)
    create(place, data)
    return place


def _times(file: str, rerun: Rerun) -> Iterator[Finding]:
    """Times that are none, and runs outside of the time of the rerun, as those of its record would be."""
    runs = {"replicates": rerun.replicates, "repeated": rerun.repeated, "fresh": rerun.fresh}
    ran = {f"{name}[{i}].utc": r.utc for name, found in runs.items() for i, r in enumerate(found)}
    times = {"started": rerun.started, "finished": rerun.finished} | ran
    wrong = [field for field, time in times.items() if not is_time(time)]
    for field in wrong:
        yield Finding(file=file, field=field, message=f"is {times[field]!r}, not a time as 2026-01-02T03:04:05Z")
    if not wrong:
        for field, time in times.items():
            if not rerun.started <= time <= rerun.finished:
                message = f"{time} is not between {rerun.started}, when the rerun began, and {rerun.finished}, its end"
                yield Finding(file=file, field=field, message=message)


def _tampered(file: str, message: str) -> Finding:
    return Finding(file=file, field="digest", message=message, kind="tampered")

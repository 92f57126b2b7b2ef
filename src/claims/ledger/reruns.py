"""Reruns as files beside the record that they ran again, `<record's name>.rerun-<digest8>.json`; never edited."""

import re
from pathlib import Path

from pydantic import ValidationError

from claims.domain.finding import Finding
from claims.domain.rerun import Rerun
from claims.errors import Problems
from claims.ledger.document import digest_in, parse, render
from claims.ledger.files import create

_NAME = re.compile(r"(.+)\.rerun-[0-9a-f]{8}\.json")


def is_rerun(name: str) -> bool:
    """Whether a file's name is that of a rerun."""
    return _NAME.fullmatch(name) is not None


def stem_of(name: str) -> str:
    """The name of the record that a rerun is of, without `.json`."""
    return name.rpartition(".rerun-")[0]


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


def _tampered(file: str, message: str) -> Finding:
    return Finding(file=file, field="digest", message=message, kind="tampered")

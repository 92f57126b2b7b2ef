"""Begin a dispute: a file that `claims check` takes, from what a person says. Nothing that is there is overwritten."""

import json
import re
import textwrap
from datetime import date
from pathlib import Path
from typing import NamedTuple

from claims.domain.dispute import Filed, paragraphs
from claims.errors import SetupError
from claims.ledger.files import create, make_folder
from claims.project import Project
from claims.registry.disputes import FOLDER, Filings, read_said
from claims.registry.lint_disputes import lint_disputes
from claims.runner import git

_WIDTH = 100
_WORDS = 6
"""Of the reason, that name the file."""


class Objection(NamedTuple):
    """What a person says against a claim."""

    about: str
    reason: str
    evidence: tuple[str, ...]
    by: str | None
    """Default: as git knows them."""


def dispute(project: Project, claim_id: str, said: Objection, today: date) -> Path:
    """Write the dispute of a claim; returns its file.

    Raises SetupError for an unknown claim, for somebody without a name, and for whatever `claims check` would refuse.
    """
    claim = project.claim(claim_id)
    by = said.by or git.contributor(project.root)
    if said.by is None and by == "unknown":
        raise SetupError("a dispute is signed: --by NAME, or git config user.name NAME")
    name = _name(project.root / FOLDER / claim.id, f"{today.isoformat()}-{_slug(said.reason, said.about)}")
    place = f"{FOLDER}/{claim.id}/{name}.yaml"
    data = _text(said, by, today).encode("utf-8", "replace")
    filed, entry, findings = read_said(data, place)
    if filed is not None and entry is not None:
        alone = Filings({claim.id: (Filed(claim.id, name, place, filed),)}, {place: entry})
        findings += lint_disputes(alone, None, project.by_id, {record.digest for record in project.all_records})
    if findings:
        wrong = findings[0]
        raise SetupError(f"{f'{wrong.field}: ' if wrong.field else ''}{wrong.message}; nothing was written")
    make_folder(project.root / FOLDER)
    make_folder(project.root / FOLDER / claim.id)
    create(project.root / place, data)
    return project.root / place


def _text(said: Objection, by: str, today: date) -> str:
    lines = [
        "# yaml-language-server: $schema=../../site/assets/dispute.schema.json",
        "schema_version: 1",
        "kind: dispute",
        f"by: {_quoted(by)}",
        f"on: {today.isoformat()}",
        f"about: {_quoted(said.about)}",
        *(["evidence:", *(f"  - {_quoted(named)}" for named in said.evidence)] if said.evidence else []),
        "reason: |",
        textwrap.indent("\n\n".join(map(_wrapped, paragraphs(said.reason))), "  "),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _wrapped(paragraph: str) -> str:
    """Broken at spaces only: what is read again is what was said."""
    return textwrap.fill(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _quoted(text: str) -> str:
    """Text for YAML, which reads JSON's quotes."""
    return json.dumps(text, ensure_ascii=False)


def _slug(reason: str, about: str) -> str:
    words = re.findall(r"[a-z0-9]+", reason.lower(), re.ASCII)[:_WORDS]
    return "-".join(words)[:50].strip("-") or about


def _name(folder: Path, wanted: str) -> str:
    """A name that no file has yet."""
    numbered = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, 1000))
    return next(name for name in numbered if not (folder / f"{name}.yaml").exists())

"""Begin a claim: from a paper's id to files. Nothing that is there is ever overwritten."""

import keyword
import re
from pathlib import Path
from typing import NamedTuple

from claims.domain.paper import Paper
from claims.errors import Problems, SetupError
from claims.ledger.files import create, make_folder
from claims.literature.entry import paper_id
from claims.literature.mentions import without_class
from claims.literature.snapshot import file_name, read_papers
from claims.registry.load import FOLDER, read_registry, registry_files
from claims.scaffold.entry import entry_text, slug_of
from claims.scaffold.experiment import experiment_text


class Begun(NamedTuple):
    """The text of an entry and the files to make, as path under the root and text. Nothing is written yet."""

    entry: str
    files: dict[str, str]


def begin(root: Path, named: str, *, claim_id: str | None, experiment: str | None) -> Begun:
    """A claim on a paper that `literature/` holds, at the version in `named`, else at the newest one known.

    Raises SetupError for an id that is none, a paper or version that is not held, a name that cannot be used, and
    a file that is there already; Problems for a paper's file, or a registry, that cannot be read.
    """
    paper, version = _paper(root, named)
    if claim_id is not None:
        _free(root, claim_id)
    text = entry_text(paper, version, claim_id, experiment)
    files = {f"{FOLDER}/{claim_id or slug_of(paper)}.yaml": text}
    if experiment is not None:
        _usable(experiment)
        files[f"experiments/{experiment}.py"] = experiment_text(paper, version)
    taken = [place for place in files if (root / place).exists() or (root / place).is_symlink()]
    if taken:
        way_out = "" if taken == [f"experiments/{experiment}.py"] else "; --id ID gives the new file another name"
        raise SetupError(f"{taken[0]}: is there already, and nothing was written{way_out}")
    return Begun(text, files)


def write(root: Path, begun: Begun) -> tuple[Path, ...]:
    """Make the files. Raises LedgerError where the disk does not take one, or where one has come in between."""
    made = []
    for place, text in begun.files.items():
        folder = (root / place).parent
        make_folder(folder)
        if folder.name == "experiments" and not (folder / "__init__.py").exists():
            create(folder / "__init__.py", b'"""Experiments: one file each."""\n')
        create(root / place, text.encode())
        made.append(root / place)
    return tuple(made)


def _paper(root: Path, named: str) -> tuple[Paper, int]:
    identity = paper_id(named)
    if identity is None:
        raise SetupError(f"{named!r:.80} is not an arXiv id; write 2505.11711, or 2505.11711v2")
    papers, findings = read_papers(root)
    name, version = without_class(identity[0]), identity[1]
    paper = next((paper for key, paper in papers.items() if without_class(key) == name), None)
    if paper is None:
        broken = [f for f in findings if f.file.endswith(f"/{file_name(identity[0])}")]
        if broken:
            raise Problems(broken)
        raise SetupError(f"{identity[0]} is not in literature/: `claims sources sync {identity[0]}` fetches it")
    newest = paper.newest.version
    if version is not None and version > newest:
        raise SetupError(f"literature/ knows {paper.id} up to v{newest}: `claims sources sync {paper.id}` looks again")
    return paper, version or newest


def _free(root: Path, claim_id: str) -> None:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", claim_id) or len(claim_id) > 80:
        raise SetupError(f"{claim_id!r:.80} is not an id: lower-case letters and digits, joined by hyphens")
    places = read_registry(registry_files(root)).places.claims
    if claim_id in places:
        place = places[claim_id].place("id")
        raise SetupError(f"{claim_id} stands at {place.file}:{place.line} already; ids are never reused")


def _usable(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or len(name) > 80 or keyword.iskeyword(name):
        raise SetupError(f"{name!r:.80} cannot name an experiment: lower-case letters and digits, joined by _")

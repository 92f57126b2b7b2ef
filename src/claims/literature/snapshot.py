"""Papers as files: `literature/<arxiv-id>.json`."""

import json
from pathlib import Path

from pydantic import ValidationError

from claims.domain.digest import as_json
from claims.domain.finding import Finding
from claims.domain.paper import Paper

MAX_BYTES = 256 * 1024


def file_name(paper_id: str) -> str:
    """The file of a paper; an old-style id holds a slash, a file name does not."""
    return f"{paper_id.replace('/', '_')}.json"


def read_papers(root: Path) -> tuple[dict[str, Paper], list[Finding]]:
    """All papers under `literature/` by id without version, and what is wrong with the files."""
    papers: dict[str, Paper] = {}
    findings: list[Finding] = []
    for path in sorted((root / "literature").glob("*.json")):
        place = path.relative_to(root).as_posix()
        if path.is_symlink() or path.stat().st_size > MAX_BYTES:
            findings.append(Finding(file=place, message=f"not a plain file of at most {MAX_BYTES // 1024} KiB"))
            continue
        try:
            paper = Paper.model_validate_json(path.read_bytes())
        except ValidationError as error:
            for problem in error.errors():
                field = ".".join(str(part) for part in problem["loc"])
                findings.append(Finding(file=place, field=field, message=problem["msg"]))
            continue
        if path.name != file_name(paper.id):
            findings.append(
                Finding(file=place, field="id", message=f"is {paper.id}; the file must be {file_name(paper.id)}")
            )
        papers[paper.id] = paper
    return papers, findings


def paper_bytes(paper: Paper) -> bytes:
    """The content of a paper's file: sorted keys, one trailing newline. Raises ValueError beyond MAX_BYTES."""
    data = (json.dumps(as_json(paper), indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    if len(data) > MAX_BYTES:
        raise ValueError(f"{paper.id} takes {len(data)} bytes, more than {MAX_BYTES // 1024} KiB")
    return data

"""`prompt`: a brief on standard output."""

import json

from claims.brief.prompt import brief
from claims.domain.digest import as_json as plain
from claims.project import Project


def run(project: Project, name: str, *, as_json: bool) -> None:
    """Print the brief of a claim or an inquiry."""
    found = brief(project, name)
    if not as_json:
        print(found.text, end="")
        return
    rows = []
    for claim in found.claims:
        standing = project.standing(claim)
        rows.append(
            {
                "claim": plain(claim),
                "status": standing.status.value,
                "grade": standing.grade,
                "flags": list(standing.flags),
                "result": plain(standing.record.verdict) if standing.record else None,
            }
        )
    whole = {"kind": found.kind, "id": found.id, "claims": rows, "prompt": found.text}
    print(json.dumps(whole, indent=1, ensure_ascii=False))

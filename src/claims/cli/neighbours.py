"""`related`: which claims and papers read alike."""

import json
from collections.abc import Mapping
from typing import get_args

from claims.cli.browse import console
from claims.errors import SetupError
from claims.literature.entry import paper_id
from claims.neighbours import PLACE, Fresh, Neighbour, Neighbours, fresh, read, stale, texts_of
from claims.project import Project
from claims.related.update import Choice, update

_UPDATE = "claims related --update"


def run(project: Project, named: str | None, *, renew: bool, method: str, as_json: bool) -> None:
    """Print the neighbours of a claim or a paper, or of how many the file speaks; with `renew`, write it first."""
    if method not in get_args(Choice):
        raise SetupError(f"--method {method!r:.40}: use one of {', '.join(get_args(Choice))}")
    kept = update(project, method) if renew else read(project.root)  # type: ignore[arg-type]  # checked above
    texts = texts_of(project.registry.claims, project.papers)
    holding, changed = fresh(kept, texts), stale(kept, texts) if kept else ()
    if named is not None:
        _show_one(project, named, holding, as_json=as_json)
        return
    if as_json:
        print(json.dumps(_summary(kept, holding, changed), indent=1, ensure_ascii=False))
        return
    out = console()
    if kept is None:
        out.print(f"{PLACE} is not there yet: `{_UPDATE}` computes it")
        return
    weights = f" (weights {kept.method.weights[:12]})" if kept.method.weights else ""
    out.print(f"{PLACE}{' written' if renew else ''}: {kept.method.name}{weights}, {kept.method.about}")
    out.print(f"neighbours of {len(holding.claims)} claims and {len(holding.papers)} papers", style="dim")
    if changed:
        some = ", ".join(changed[:5]) + (", …" if len(changed) > 5 else "")
        out.print(f"left out, since their texts are new, changed or gone: {len(changed)} ({some})")
        out.print(f"to renew it: {_UPDATE}")


def _summary(kept: Neighbours | None, holding: Fresh, changed: tuple[str, ...]) -> dict[str, object]:
    return {
        "file": PLACE.as_posix() if kept else None,
        "method": kept.method.model_dump() if kept else None,
        "texts": kept.texts if kept else None,
        "claims": {name: _plain(near) for name, near in sorted(holding.claims.items())},
        "papers": {name: _plain(near) for name, near in sorted(holding.papers.items())},
        "stale": list(changed),
    }


def _show_one(project: Project, named: str, holding: Fresh, *, as_json: bool) -> None:
    one = (paper_id(named) or (None,))[0]
    if one is not None and one not in project.papers:
        raise SetupError(f"{one} is not in literature/: `claims sources sync {one}` fetches it")
    if one is not None:
        near, names = holding.papers.get(one, ()), {p.id: p.title for p in project.papers.values()}
    else:
        one = project.claim(named).id
        near, names = holding.claims.get(one, ()), {c.id: c.question for c in project.registry.claims}
    if as_json:
        print(json.dumps(_plain(near), indent=1, ensure_ascii=False))
        return
    out = console()
    out.print(f"{one}  {names[one]}", style="bold")
    _print_near(near, names)


def _print_near(near: tuple[Neighbour, ...], names: Mapping[str, str]) -> None:
    out = console()
    for n in near:
        out.print(f"  {n.cosine:.2f}  {n.id}")
        out.print(f"        {names[n.id]}", style="dim")
    if not near:
        out.print(f"  nothing is held for this text as it is now: `{_UPDATE}`")


def _plain(near: tuple[Neighbour, ...]) -> list[dict[str, object]]:
    return [n.model_dump() for n in near]

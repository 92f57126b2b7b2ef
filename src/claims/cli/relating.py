"""`relations`: what rests on what, and what cannot both hold."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from claims.cli.browse import console
from claims.domain.claim import Claim, Status
from claims.domain.counting import count
from claims.domain.relations import (
    Backlink,
    BothSupported,
    Contradiction,
    Expected,
    backlinks,
    both_supported,
    contradictions,
)
from claims.project import Project


@dataclass(frozen=True)
class Related:
    """What the relations of some claims come to."""

    links: tuple[Backlink, ...]
    """Relations as people wrote them, with the claim that each stands in."""
    fallen: dict[str, tuple[str, ...]]
    contradictions: tuple[Contradiction, ...]
    both: tuple[BothSupported, ...]


def relations(project: Project, claim_id: str | None, *, as_json: bool) -> None:
    """Print the relations of one claim, or of the whole registry what follows from them."""
    found = _related(project, project.claim(claim_id) if claim_id is not None else None)
    if as_json:
        print(json.dumps(_plain(project, found), indent=1, ensure_ascii=False))
        return
    out = console()
    if claim_id is not None:
        out.print(claim_id, style="bold")
        for link in found.links:
            verb = link.relation.kind.replace("-", " ")
            pair = f"{verb} {link.relation.to}" if link.of == claim_id else f"{link.of} {verb} this"
            _line(out, f"{pair}: {link.relation.because}")
        if not found.links:
            _line(out, "no relation to another claim is written down")
    else:
        by = count(len({k.of for k in found.links}), "claim")
        out.print(f"relations written down: {len(found.links)}, by {by}")
    _show_fallen(out, project, found.fallen)
    _show_contradictions(out, project, found.contradictions)
    _show_both(out, found.both)
    if not (found.fallen or found.contradictions or found.both):
        out.print("nothing rests on a fallen claim, and no two predictions exclude each other", style="dim")


def _related(project: Project, claim: Claim | None) -> Related:
    """For one claim, what names it; for none, everything."""
    claims = project.registry.claims
    grounds = project.rests_on_fallen
    clashes, links = tuple(contradictions(claims)), tuple(Backlink(c.id, r) for c in claims for r in c.relations)
    both = both_supported(_with_contradicts(claims), {c.id: project.standing(c) for c in _with_contradicts(claims)})
    if claim is None:
        return Related(links, grounds, clashes, both)
    own = tuple(Backlink(claim.id, relation) for relation in claim.relations)
    return Related(
        links=(*own, *backlinks(claims).get(claim.id, ())),
        fallen={name: ids for name, ids in grounds.items() if claim.id in (name, *ids)},
        contradictions=tuple(c for c in clashes if claim.id in (c.one.claim.id, c.other.claim.id)),
        both=tuple(pair for pair in both if claim.id in (pair.one, pair.other)),
    )


def _with_contradicts(claims: Iterable[Claim]) -> list[Claim]:
    """Both ends of every `contradicts`, so that nobody else's records need be looked at."""
    claims = tuple(claims)
    pairs = [(claim.id, r.to) for claim in claims for r in claim.relations if r.kind == "contradicts"]
    named = {name for pair in pairs for name in pair}
    return [claim for claim in claims if claim.id in named]


def _show_fallen(out: Console, project: Project, fallen: dict[str, tuple[str, ...]]) -> None:
    if fallen:
        out.print("\nrests on a fallen claim", style="bold")
    for name, grounds in sorted(fallen.items()):
        words = [f"{ground} ({_state(project, ground)})" for ground in grounds]
        _line(out, f"{name} depends on {', '.join(words)}")


def _state(project: Project, claim_id: str) -> str:
    standing = project.standing(project.claim(claim_id))
    return ", ".join((standing.status.value, *(flag for flag in standing.flags if flag == "contested")))


def _show_contradictions(out: Console, project: Project, found: Sequence[Contradiction]) -> None:
    if found:
        out.print("\ncannot both come true, in scopes that overlap", style="bold")
    for clash in found:
        for side in (clash.one, clash.other):
            state = _state(project, side.claim.id)
            _line(out, f"{side.claim.id} ({state}), {side.prediction.id}: {_quantity(side)} {side.prediction.expect}")
        _line(out, "  written down as a contradiction" if clash.stated else "  no relation says so")
        if clash.set_apart:
            _line(out, f"  the checks differ in {', '.join(clash.set_apart)}: if that explains it, it belongs in scope")
        _line(out, f"  {_outlook(project, clash)}")


def _show_both(out: Console, found: Sequence[BothSupported]) -> None:
    if found:
        out.print("\ncontradict each other by their relations, and both are supported", style="bold")
    for pair in found:
        scopes = (
            "their scopes overlap, and there both cannot hold"
            if pair.overlapping
            else "their scopes do not overlap: both may hold, and `refines` may be the better word"
        )
        _line(out, f"{pair.one} and {pair.other}; {scopes}")


def _quantity(side: Expected) -> str:
    p = side.prediction
    where = f"{p.contrast.of} minus {p.contrast.minus}" if p.contrast else p.condition or "all conditions"
    return f"{side.check.experiment}.{p.metric}, {where},"


def _outlook(project: Project, clash: Contradiction) -> str:
    """What the records say of which of the two holds; where they leave it open, what would separate them."""
    to_do = _to_do(project, clash)
    if to_do is not None:
        return f"to separate them: {to_do}"
    sides = (clash.one, clash.other)
    held = [side.claim.id for side in sides if _decided(project, side) is Status.SUPPORTED]
    if held:
        return f"of the two, the records support {held[0]}"
    if all(_decided(project, side) for side in sides):
        return "both are refuted: nothing is left to separate"
    return "left open at the last look, and more seeds than these no verdict takes"


def _to_do(project: Project, clash: Contradiction) -> str | None:
    """The run that would separate two claims, or what is missing for it; None where their records have."""
    waiting = [side.claim.id for side in (clash.one, clash.other) if side.planned]
    if len(waiting) == 2:
        return f"write experiments/{clash.one.check.experiment}.py, for which both wait"
    command = _command(project, clash)
    return f"rename planned to check in {waiting[0]}, then {command}" if waiting else command


def _command(project: Project, clash: Contradiction) -> str | None:
    """Verify whichever is not decided; with fresh seeds where both are supported, which cannot be of one quantity."""
    sides = (clash.one, clash.other)
    undecided = [side.claim.id for side in sides if _decided(project, side) is None and not _spent(project, side)]
    if undecided:
        return f"claims verify {' '.join(dict.fromkeys(undecided))}"
    if all(_decided(project, side) is Status.SUPPORTED for side in sides):
        return f"claims verify {clash.one.claim.id} {clash.other.claim.id} --batch next"
    return None


def _spent(project: Project, side: Expected) -> bool:
    """Whether it was run to its last look with today's code: to verify it again runs nothing."""
    standing = project.standing(side.claim)
    record = standing.record
    return record is not None and "stale" not in standing.flags and record.verdict.n >= side.check.looks[-1]


def _decided(project: Project, side: Expected) -> Status | None:
    """Supported or refuted, by today's code; None for everything else."""
    standing = project.standing(side.claim)
    settled = standing.status in (Status.SUPPORTED, Status.REFUTED) and "stale" not in standing.flags
    return standing.status if settled else None


def _plain(project: Project, found: Related) -> dict[str, Any]:
    """For programs."""
    return {
        "relations": [
            {"of": k.of, "kind": k.relation.kind, "to": k.relation.to, "because": k.relation.because}
            for k in found.links
        ],
        "rests_on_fallen": [
            {"id": name, "fallen": [{"id": g, "state": _state(project, g)} for g in grounds]}
            for name, grounds in sorted(found.fallen.items())
        ],
        "contradictions": [
            {
                "predictions": [_side(project, side) for side in (clash.one, clash.other)],
                "stated": clash.stated,
                "set_apart": list(clash.set_apart),
                "run": None if clash.one.planned or clash.other.planned else _command(project, clash),
                "to_do": _to_do(project, clash),
            }
            for clash in found.contradictions
        ],
        "both_supported": [{"claims": [pair.one, pair.other], "overlapping": pair.overlapping} for pair in found.both],
    }


def _side(project: Project, side: Expected) -> dict[str, Any]:
    return {
        "claim": side.claim.id,
        "state": _state(project, side.claim.id),
        "planned": side.planned,
        "experiment": side.check.experiment,
        "prediction": side.prediction.model_dump(mode="json", exclude_none=True),
    }


def _line(out: Console, text: str) -> None:
    out.print(f"  {text}", overflow="fold")

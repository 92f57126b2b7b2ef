"""Changes: what happened to claims between two versions of the registry. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, TypeVar

from claims.history.sketch import Sketch, Sketches

_T = TypeVar("_T")


class Kind(StrEnum):
    """What can happen to a claim, in the order in which it is told."""

    ADDED = "added"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    VERDICT = "verdict"
    REGISTERED = "registered"
    """Something can be run for it now."""
    JUDGED = "judged"
    """Its sentence, scope or check is another: earlier records do not speak of it any more."""
    GROUNDING = "grounding"
    QUESTION = "question"
    DISPUTED = "disputed"
    """A dispute was opened; it and its end stand in files of their own, not in the registry."""
    SETTLED = "settled"


class Change(NamedTuple):
    """A claim before and after; None where it was not there. At least one is given."""

    before: Sketch | None
    after: Sketch | None

    @property
    def claim(self) -> str:
        """The id of the claim."""
        return self.known.id

    @property
    def known(self) -> Sketch:
        """The claim as it is afterwards; of one that is gone, as it was."""
        known = self.after or self.before
        assert known is not None, "one of both is given"
        return known

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What happened. A claim that came or went did only that, and perhaps was registered with it."""
        before, after = self.before, self.after
        if before is None or after is None:
            return (Kind.ADDED,) if before is None else (Kind.REMOVED,)
        found = []
        if before.status != after.status:
            found.append(Kind.WITHDRAWN if after.status == "withdrawn" else Kind.VERDICT)
        if after.test == "check" and before.test != "check":
            found.append(Kind.REGISTERED)
        elif before.judged != after.judged:
            found.append(Kind.JUDGED)
        if before.label != after.label:
            found.append(Kind.GROUNDING)
        if before.question != after.question:
            found.append(Kind.QUESTION)
        return tuple(found)


def between(before: Mapping[str, Sketch], after: Mapping[str, Sketch]) -> tuple[Change, ...]:
    """Every claim of which something that shows has changed, by id."""
    pairs = (Change(before.get(name), after.get(name)) for name in sorted(before.keys() | after.keys()))
    return tuple(change for change in pairs if change.before != change.after and change.kinds)


def joined(parents: tuple[Sketches, ...], after: Sketches, base: Sketches | None = None) -> tuple[Change, ...]:
    """What a merge itself changed.

    `base` is what two parents have in common. With it, a claim is compared with what three-way merging makes of its
    fields, so that a merge which takes one side's work back is told too.
    """
    if len(parents) < 2:
        return between(parents[0] if parents else {}, after)
    if len(parents) == 2 and base is not None:
        one, other = parents
        names = one.keys() | other.keys() | base.keys() | after.keys()
        made = {n: _made(one.get(n), other.get(n), base.get(n), after.get(n)) for n in names}
        return between({name: sketch for name, sketch in made.items() if sketch is not None}, after)
    own = (c for c in between(parents[0], after) if all(p.get(c.claim) != c.after for p in parents[1:]))
    return tuple(own)


def _made(one: Sketch | None, other: Sketch | None, base: Sketch | None, after: Sketch | None) -> Sketch | None:
    """A claim as a merge should leave it; of what both sides changed it may take either."""
    if one is None or other is None or base is None or after is None:
        return _taken(one, other, base, after)
    return Sketch._make(_taken(*fields) for fields in zip(one, other, base, after, strict=True))


def _taken(one: _T, other: _T, base: _T, after: _T) -> _T:
    if other in (one, base):
        return one
    return other if one == base or after == other else one

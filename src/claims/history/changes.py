"""Changes: what happened to claims between two versions of the registry. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from claims.history.sketch import Sketch, Sketches


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


def joined(parents: tuple[Sketches, ...], after: Sketches) -> tuple[Change, ...]:
    """What a merge itself changed: claims that are as none of the versions that it joins has them."""
    if len(parents) < 2:
        return between(parents[0] if parents else {}, after)
    own = (c for c in between(parents[0], after) if all(p.get(c.claim) != c.after for p in parents[1:]))
    return tuple(own)

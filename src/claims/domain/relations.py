"""Relations that compute: what falls with what, and which claims cannot both hold. Arithmetic, no guessing."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from claims.domain.claim import Check, Claim, Prediction, Relation, Scalar, Status
from claims.domain.interval import Interval
from claims.domain.status import Standing

Scope: TypeAlias = Mapping[str, Scalar | tuple[Scalar, ...]]

_FALLEN = frozenset({Status.REFUTED, Status.VOID, Status.WITHDRAWN})


class Backlink(NamedTuple):
    """A relation as its target sees it."""

    of: str
    relation: Relation


class Expected(NamedTuple):
    """A prediction of a claim, with whether its experiment is still to be written."""

    claim: Claim
    check: Check
    prediction: Prediction
    planned: bool


class Contradiction(NamedTuple):
    """Two predictions that cannot both come true, though the scopes overlap."""

    one: Expected
    other: Expected
    stated: bool
    """Whether one of the two claims says so in its relations."""
    set_apart: tuple[str, ...]
    """What the two checks set differently. Where that explains it, it belongs into the scopes."""


class BothSupported(NamedTuple):
    """Two claims of which one says that it contradicts the other, and both are supported."""

    one: str
    other: str
    overlapping: bool
    """Whether their scopes overlap. If not, both may hold, and the relation says too much."""


def backlinks(claims: Iterable[Claim]) -> dict[str, tuple[Backlink, ...]]:
    """What others say of each claim, by its id; claims that nobody names are left out."""
    found: dict[str, list[Backlink]] = defaultdict(list)
    for claim in claims:
        for relation in claim.relations:
            found[relation.to].append(Backlink(claim.id, relation))
    return {name: tuple(links) for name, links in found.items()}


def has_fallen(standing: Standing) -> bool:
    """Whether what rests on this has lost its ground: refuted, void, withdrawn or contested."""
    return standing.status in _FALLEN or "contested" in standing.flags


def fallen(claims: Iterable[Claim], standings: Mapping[str, Standing]) -> dict[str, tuple[str, ...]]:
    """The fallen claims that each claim rests on by `depends-on`, over any number of steps; others are left out.

    Behind a fallen claim nothing more is named: that one has its own entry. A ring of claims does no harm.
    """
    resting: dict[str, list[str]] = defaultdict(list)
    for claim in claims:
        for target in {r.to for r in claim.relations if r.kind == "depends-on" and r.to != claim.id}:
            resting[target].append(claim.id)
    found: dict[str, set[str]] = defaultdict(set)
    for name in resting:
        if name in standings and has_fallen(standings[name]):
            for above in _above(name, resting, standings):
                found[above].add(name)
    return {name: tuple(sorted(ground)) for name, ground in found.items()}


def _above(name: str, resting: Mapping[str, list[str]], standings: Mapping[str, Standing]) -> set[str]:
    """Everything that rests on `name`, up to and with the next fallen claim."""
    seen: set[str] = set()
    waiting = deque(resting[name])
    while waiting:
        above = waiting.popleft()
        if above not in seen and above != name:
            seen.add(above)
            if above in standings and not has_fallen(standings[above]):
                waiting.extend(resting.get(above, ()))
    return seen


def overlap(one: Scope, other: Scope) -> bool:
    """Whether two scopes overlap: for every key that both have, the sets of values share a value.

    A single value is a set of one. A key that only one of them has separates nothing, so scopes without a common
    key overlap: nobody said that they lie apart. Text is compared as it stands, numbers by value, and a truth
    value is no number.
    """
    return all(_values(one[key]) & _values(other[key]) for key in one.keys() & other.keys())


def _values(value: Scalar | tuple[Scalar, ...]) -> set[tuple[bool, Scalar]]:
    each = value if isinstance(value, tuple) else (value,)
    return {(isinstance(v, bool), v) for v in each}


def contradictions(claims: Iterable[Claim]) -> Iterator[Contradiction]:
    """Pairs of predictions of different claims on one quantity whose intervals share no number.

    One quantity: experiment, metric, and condition or contrast are the same; a contrast the other way round counts
    with its interval's sign turned. Planned checks count, withdrawn claims do not. The time grows with the number
    of pairs of predictions on one quantity that exclude each other.
    """
    by_quantity: dict[tuple[str | None, ...], list[tuple[Interval, Expected]]] = defaultdict(list)
    for claim in claims:
        for expected in _expectations(claim):
            quantity, interval = _measured(expected)
            by_quantity[quantity].append((interval, expected))
    for _, held in sorted(by_quantity.items(), key=lambda pair: [part or "" for part in pair[0]]):
        for one, other in _excluding(held):
            if one.claim.id != other.claim.id and overlap(one.claim.scope, other.claim.scope):
                yield Contradiction(one, other, _stated(one.claim, other.claim), _set_apart(one.check, other.check))


def _expectations(claim: Claim) -> Iterator[Expected]:
    check = claim.check or claim.planned
    if check is not None and claim.withdrawn is None:
        for prediction in check.predictions:
            yield Expected(claim, check, prediction, claim.check is None)


def _measured(expected: Expected) -> tuple[tuple[str | None, ...], Interval]:
    """The quantity, and where it is expected."""
    prediction, interval = expected.prediction, expected.prediction.expect.interval
    where: tuple[str | None, str | None] = (prediction.condition, None)
    if prediction.contrast is not None:
        where = (prediction.contrast.of, prediction.contrast.minus)
        if prediction.contrast.of > prediction.contrast.minus:
            where, interval = (where[1], where[0]), _negated(interval)
    return (expected.check.experiment, prediction.metric, *where), interval


def _negated(interval: Interval) -> Interval:
    return Interval(low=-interval.high, high=-interval.low, low_open=interval.high_open, high_open=interval.low_open)


def _excluding(held: list[tuple[Interval, Expected]]) -> Iterator[tuple[Expected, Expected]]:
    """Pairs whose intervals share no number, the lower one first. Looks at no pair of intervals that do."""
    by_low = sorted(held, key=lambda pair: (pair[0].low, pair[0].low_open), reverse=True)
    for interval, expected in sorted(held, key=lambda pair: (pair[1].claim.id, pair[1].prediction.id)):
        for above, other in by_low:
            if not _below(interval, above):
                break
            yield expected, other


def _below(one: Interval, other: Interval) -> bool:
    """Whether all of `one` lies below all of `other`."""
    return one.high < other.low or (one.high == other.low and (one.high_open or other.low_open))


def _stated(one: Claim, other: Claim) -> bool:
    said = {(c.id, r.to) for c in (one, other) for r in c.relations if r.kind == "contradicts"}
    return bool(said & {(one.id, other.id), (other.id, one.id)})


def _set_apart(one: Check, other: Check) -> tuple[str, ...]:
    ours, theirs = ({**check.params, "scale": check.scale} for check in (one, other))
    names = sorted(ours.keys() | theirs.keys())
    return tuple(name for name in names if name not in ours or name not in theirs or ours[name] != theirs[name])


def both_supported(claims: Iterable[Claim], standings: Mapping[str, Standing]) -> tuple[BothSupported, ...]:
    """Pairs related by `contradicts`, in either direction, that are both supported."""
    by_id = {claim.id: claim for claim in claims}
    pairs = {
        (min(claim.id, r.to), max(claim.id, r.to))
        for claim in by_id.values()
        for r in claim.relations
        if r.kind == "contradicts" and r.to in by_id and r.to != claim.id
    }
    supported = {name for name, standing in standings.items() if standing.status is Status.SUPPORTED}
    return tuple(
        BothSupported(one, other, overlap(by_id[one].scope, by_id[other].scope))
        for one, other in sorted(pairs)
        if one in supported and other in supported
    )

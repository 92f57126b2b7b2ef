"""Disputes as they were committed: what was said stays as it was said, but for the way in which it ended."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from claims.domain.dispute import Dispute, Filed, Resolution, Said
from claims.domain.finding import Finding
from claims.registry.disputes import FOLDER, NAME, read_said
from claims.runner import git

_ZONES = timedelta(days=1)
"""A day may begin earlier where somebody writes than where the commit's clock counts."""


def altered(root: Path, now: Mapping[str, Filed]) -> Iterator[Finding]:
    """Disputes and replies that were committed and are gone or changed, or that bear a date after their commit.

    `now` is what can be read today, by path. Without a history, or with a part of it only, nothing is known.
    """
    if git.head(root) is None or git.trouble(root) is not None:
        return
    by_path: dict[str, list[git.Version]] = {}
    for version in git.versions(root, FOLDER):
        if _is_filed(version.path):
            by_path.setdefault(version.path, []).append(version)
    held = git.objects(root, {v.blob for versions in by_path.values() for v in versions if v.blob is not None})
    for path, versions in sorted(by_path.items()):
        past = [(said, version) for version in versions if (said := _read(held, version)) is not None]
        if past and path in now:
            yield from _changed(path, now[path].said, past)
        elif past and not (root / path).exists():
            first = past[0][1].commit[:10]
            message = f"was committed at {first} and is gone; what was said stays: git restore --source={first} {path}"
            yield Finding(file=path, message=message)


def _is_filed(path: str) -> bool:
    top, _, rest = path.partition("/")
    name = rest.rpartition("/")[2]
    return top == FOLDER and name.endswith(".yaml") and NAME.fullmatch(name.removesuffix(".yaml")) is not None


def _read(held: Mapping[str, bytes], version: git.Version) -> Said | None:
    """What a version said; None for one that could not be read, which counts for nothing."""
    data = held.get(version.blob) if version.blob is not None else None
    return read_said(data, version.path)[0] if data is not None else None


def _changed(path: str, now: Said, past: Iterable[tuple[Said, git.Version]]) -> Iterator[Finding]:
    past = list(past)
    first, begun = past[0]
    if _unresolved(now) != _unresolved(first):
        message = (
            f"is not as it was committed at {begun.commit[:10]}: only `resolved` may be added; "
            f"git restore --source={begun.commit[:10]} {path}, and say more in a reply"
        )
        yield Finding(file=path, message=message)
    yield from _late(path, "on", first.on, begun)
    ended = next(((r, version) for said, version in past if (r := _resolution(said)) is not None), None)
    if ended is not None:
        resolution, version = ended
        yield from _late(path, "resolved.on", resolution.on, version)
        if _resolution(now) != resolution:
            message = f"is not as it was committed at {version.commit[:10]}: open another dispute instead"
            yield Finding(file=path, field="resolved", message=message)


def _late(path: str, field: str, on: date, version: git.Version) -> Iterator[Finding]:
    committed = datetime.fromtimestamp(version.when, UTC).date()
    if on > committed + _ZONES:
        message = f"{on.isoformat()} is after the day on which it was committed, {committed.isoformat()}"
        yield Finding(file=path, field=field, message=message)


def _unresolved(said: Said) -> Said:
    return said.model_copy(update={"resolved": None}) if isinstance(said, Dispute) else said


def _resolution(said: Said) -> Resolution | None:
    return said.resolved if isinstance(said, Dispute) else None

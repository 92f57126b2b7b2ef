"""As of: the registry as it stood at a moment, from the commits that the project's own branch has had."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from claims.errors import SetupError
from claims.history.sketch import Sketches
from claims.history.versions import states
from claims.registry.load import MAIN
from claims.runner import git


@dataclass(frozen=True)
class Standing:
    """The registry at the last commit before a moment."""

    commit: str
    when: datetime
    claims: Sketches


def moment(text: str) -> datetime:
    """The moment that a person means, UTC where no zone is given; of a day, its end.

    Raises SetupError for what is not a date.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise SetupError(f"{text} is not a date; write it as 2026-11-01, or 2026-11-01T12:00Z") from None
    if re.fullmatch(r"\d{4}-?\d\d-?\d\d|\d{4}-?W\d\d(-?\d)?", text):
        found = found.replace(hour=23, minute=59, second=59, microsecond=999_999)
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        raise SetupError(f"{text} is beyond the calendar; write a date such as 2026-11-01") from None


def as_of(root: Path, text: str) -> Standing:
    """The registry as it stood at a moment. Raises SetupError where it cannot be known, with what to do."""
    wanted = moment(text)
    if git.head(root) is None:
        raise SetupError(git.trouble(root) or f"{root} is no git repository with a commit: there is no history to ask")
    trouble = git.trouble(root)
    line = git.mainline(root)
    last = next((c for c in line if c.when <= wanted.timestamp()), None)
    if last is None:
        first = line[-1]
        if trouble is not None:
            raise SetupError(f"{trouble} (what it holds begins on {_time(first)})")
        raise SetupError(f"{text} is before the first commit, {first.name[:7]} of {_time(first)}")
    claims = states(root, [last.name])[last.name]
    if claims is None:
        raise SetupError(
            f"{MAIN} at commit {last.name[:7]} of {_time(last)} cannot be read: ask for a day before or after"
        )
    if not claims:
        raise SetupError(f"there was no claim yet at commit {last.name[:7]}, the last one before {text}{_first(root)}")
    return Standing(last.name, datetime.fromtimestamp(last.when, UTC), claims)


def _first(root: Path) -> str:
    """When the registry began, where that can be said."""
    oldest = git.touching(root, (MAIN,))[-1:]
    return f"; {MAIN} begins at {oldest[0].name[:7]} of {_time(oldest[0])}" if oldest else ""


def _time(commit: git.Commit) -> str:
    return datetime.fromtimestamp(commit.when, UTC).strftime("%Y-%m-%d %H:%M UTC")

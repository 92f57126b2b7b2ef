"""Pace: one request at a time, and not too soon after the last one, over all processes of this user.

arXiv's terms of use of its programming interface allow one request every three seconds and one connection, over all
machines that somebody controls; processes of one machine are what we can see to.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from claims.errors import Busy, SetupError

LONGEST = 3600.0
"""Seconds: the longest pause that a server can ask of us. It could lock us out for ever otherwise."""


class TooSoon(Exception):
    """The next request is not allowed before a time that is too far away to wait for."""

    def __init__(self, until: float) -> None:
        super().__init__(until)
        self.until = until
        """Seconds since the epoch."""


@dataclass(frozen=True)
class Pace:
    """Turns at asking. `folder` holds the lock and the time of the next turn; `interval` is in seconds."""

    folder: Path
    interval: float
    patience: float = 120.0
    """The longest wait that a person can be asked for, in seconds."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it. The next one is `interval` after this one has ended.

        Raises:
            TooSoon: a server asked for a pause that is longer than `patience`.
            Busy: other processes of this user held all turns for longer than that.
        """
        with self._alone():
            until = self._next()
            if until - time.time() > self.patience:
                raise TooSoon(until)
            time.sleep(max(0.0, until - time.time()))
            # Written before the request too, so that a process killed in the middle of one counts.
            self._set(time.time() + self.interval)
            try:
                yield
            finally:
                self._set(max(self._next(), time.time() + self.interval))

    def pause(self, seconds: float) -> None:
        """Let no process ask for this long; at most LONGEST. The caller holds the turn."""
        self._set(max(self._next(), time.time() + min(seconds, LONGEST)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / "turn.lock")
            lock.acquire(timeout=self.patience)
        except Timeout:
            raise Busy("other processes are asking arXiv: try again when they have ended") from None
        except OSError as error:
            raise SetupError(
                f"{self.folder}: cannot be used ({error.strerror}); name another folder with XDG_CACHE_HOME"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _next(self) -> float:
        """When the next request is allowed, in seconds since the epoch."""
        now = time.time()
        try:
            written, until = map(float, (self.folder / "next").read_text(encoding="ascii").split())
        except FileNotFoundError:
            return now
        except ValueError:
            return now + self.interval  # half written by a process that was killed: one interval is enough
        # A clock that was set back says nothing about how long ago the last request was.
        known = written <= now + 1 and until <= written + LONGEST + self.interval
        return until if known else now + self.interval

    def _set(self, until: float) -> None:
        (self.folder / "next").write_text(f"{time.time():.3f} {until:.3f}\n", encoding="ascii")

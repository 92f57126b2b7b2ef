"""Service: where arXiv is, and how it is asked. No network here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from claims.errors import SetupError

ARXIV = "https://export.arxiv.org/api/query"
INTERVAL = 3.0
"""Seconds between requests, from arXiv's terms of use; less is allowed only to a server on this machine."""


def _silent(line: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Service:
    """A service that speaks as arXiv does. Times in seconds, sizes in bytes."""

    cache: Path
    """Where answers and the time of the last request are kept, for all projects of this user."""
    url: str = ARXIV
    interval: float = INTERVAL
    tries: int = 4
    timeout: float = 30.0
    """The longest silence in an answer."""
    deadline: float = 90.0
    """For a whole answer, however steadily it drips."""
    largest: int = 16 * 1024 * 1024
    """Of an answer; a hundred entries are under half a megabyte."""
    log: Callable[[str], None] = _silent

    @property
    def host(self) -> str:
        """Its name in messages."""
        return urlsplit(self.url).hostname or self.url

    @property
    def on_this_machine(self) -> bool:
        """Whether its address is a port of this machine, as a test's is."""
        return self.host in {"127.0.0.1", "::1", "localhost"}


def service_from(environment: Mapping[str, str], log: Callable[[str], None] = _silent) -> Service:
    """The service at CLAIMS_ARXIV_URL, else arXiv. Raises SetupError for what is no address.

    CLAIMS_ARXIV_INTERVAL, seconds between requests, counts only for a service on this machine.
    """
    url = _address(environment.get("CLAIMS_ARXIV_URL", "").strip() or ARXIV)
    found = Service(cache=cache_folder(environment), url=url, log=log)
    wished = environment.get("CLAIMS_ARXIV_INTERVAL")
    if wished is None or not found.on_this_machine:
        return found
    try:
        interval = float(wished)
        if not 0 <= interval <= 60:
            raise ValueError
    except ValueError:
        raise SetupError(f"CLAIMS_ARXIV_INTERVAL={wished}: is not a number of seconds from 0 to 60") from None
    return Service(cache=found.cache, url=url, interval=interval, log=log)


def cache_folder(environment: Mapping[str, str]) -> Path:
    """`claims/arxiv` in the user's folder for caches."""
    named = Path(environment.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "claims" / "arxiv"


def _address(given: str) -> str:
    try:
        parts = urlsplit(given)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username is not None or "{" in given or "}" in given:
        raise SetupError(f"CLAIMS_ARXIV_URL={given}: is not the address of a service, as {ARXIV} is")
    return given if parts.path.strip("/") else f"{parts.scheme}://{parts.netloc}/api/query"

"""Address: where the site will be reached, if anybody said so. Without one every link is relative to the site's top."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from claims.errors import SetupError


@dataclass(frozen=True)
class Address:
    """The address of the site's top, with a slash at its end; empty where nobody gave one."""

    root: str = ""

    def __bool__(self) -> bool:
        return bool(self.root)

    @classmethod
    def of(cls, given: str) -> "Address":
        """An address as a person gives it. Raises SetupError for one that pages could not be reached at."""
        if not given:
            return cls()
        try:
            parts = urlsplit(given)
            sound = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
        except ValueError:
            sound = False
        if not sound or not given.isascii() or not given.isprintable() or set(given) & set(" \"'<>\\"):
            raise SetupError(f"--url {given}: give the address of the site's top, such as https://example.org/claims/")
        return cls(given if given.endswith("/") else f"{given}/")

    def to(self, path: str) -> str:
        """A place in the site: an address where the site has one, else the way from its top."""
        return f"{self.root}{path}"

    @property
    def path(self) -> str:
        """The site's folder on its host: `/`, or `/claims/`."""
        return urlsplit(self.root).path or "/"


UNKNOWN = Address()

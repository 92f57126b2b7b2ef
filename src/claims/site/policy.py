"""Policy: the Content-Security-Policy of every page, which lets run what the theme brought and nothing else.

Material starts its palette with a few short inline scripts. They are allowed one by one, by digest, taken from
a page that holds no text of a stranger; on other pages they differ by the way to the top only.
"""

import base64
import hashlib
import re
from pathlib import Path

from claims.errors import SetupError
from claims.site.address import Address

PLACE = "@claims-content-security-policy@"
_INLINE = re.compile(r"<script(?![^>]*\b(?:src|type)=)[^>]*>(.*?)</script>", re.DOTALL)
_WITNESS = Path("contribute/index.html")
_DEPTHS = (".", "..", "../..")


def apply(site: Path, address: Address) -> None:
    """Put the policy into every page of the built `site`. Raises SetupError when a page has no place for it."""
    policy = of(site, address.path)
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        if PLACE not in text:
            raise SetupError(f"{page.name}: no place for the security policy; site/overrides/main.html gives it one")
        page.write_text(text.replace(PLACE, policy, 1), encoding="utf-8")  # a claim may quote the place's name


def of(site: Path, top: str = "/") -> str:
    """The policy of every page of the built `site`. Raises SetupError without the page that it is taken from.

    `top` is the site's folder on its host: the page for what is not there names it.
    """
    try:
        witness = (site / _WITNESS).read_text(encoding="utf-8")
    except OSError:
        raise SetupError(f"{site / _WITNESS}: not there; the policy of all pages is taken from it") from None
    scripts = {
        script.replace('new URL("..",', f'new URL("{depth}",')
        for script in _INLINE.findall(witness)
        for depth in (*_DEPTHS, top)
    }
    digests = " ".join(f"'sha256-{digest(script)}'" for script in sorted(scripts))
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {digests}",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
    )


def digest(script: str) -> str:
    """How a policy names an inline script that may run."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

"""The site's address: with it whole addresses, a sitemap and a policy that still fits; without it none is made up."""

import base64
import hashlib
import re
from xml.etree import ElementTree

import pytest
from test_site_build import Seen, empty

from claims.errors import SetupError
from claims.site.address import Address
from claims.site.build import build

AT = "https://example.org/claims/"


@pytest.fixture(scope="module")
def addressed(tmp_path_factory):
    root = tmp_path_factory.mktemp("addressed")
    return build(empty(root / "p"), root / "out", log=lambda line: None, url=AT.rstrip("/"))


def test_with_an_address_the_sitemap_names_every_page(addressed):
    tree = ElementTree.fromstring((addressed / "sitemap.xml").read_bytes())
    places = [e.text for e in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    pages = {p.parent.relative_to(addressed).as_posix() for p in addressed.rglob("index.html")}
    assert sorted(places) == sorted(AT if p == "." else f"{AT}{p}/" for p in pages)
    assert tree.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"
    assert not (addressed / "sitemap.xml.gz").exists()


def test_with_an_address_pages_are_canonical(addressed):
    links = [a for t, a in Seen(addressed / "data" / "index.html").tags if t == "link" and a.get("rel") == "canonical"]
    assert [a["href"] for a in links] == [f"{AT}data/"]
    assert f"SITE={AT}" in Seen(addressed / "data" / "index.html").text.replace(" ", "")


def test_the_policy_lets_the_themes_scripts_run_on_the_page_for_what_is_not_there(addressed):
    text = (addressed / "404.html").read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    inline = re.findall(r"<script(?![^>]*\b(?:src|type)=)[^>]*>(.*?)</script>", text, re.DOTALL)
    assert inline
    for script in inline:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy


def test_without_an_address_none_is_made_up(site):
    assert len(ElementTree.fromstring((site / "sitemap.xml").read_bytes())) == 0
    seen = Seen(site / "index.html")
    assert not [a for t, a in seen.tags if t == "link" and a.get("rel") == "canonical"]
    assert "built without an address" in Seen(site / "data" / "index.html").text


@pytest.mark.parametrize(
    "given",
    [
        *("example.org", "ftp://example.org/", "https://", "https://example.org/?a=b", "https://example.org/#top"),
        *(
            "javascript:alert(1)",
            "https://example.org/a b",
            'https://example.org/"><script>',
            "https://[",
            "https://é.org",
        ),
    ],
)
def test_what_is_no_address_is_an_error_that_shows_one(given):
    with pytest.raises(SetupError, match=r"such as https://example\.org/claims/"):
        Address.of(given)


def test_an_address_ends_with_a_slash_and_knows_its_folder():
    assert Address.of(AT.rstrip("/")) == Address.of(AT)
    assert (Address.of(AT).path, Address.of("https://example.org").path, Address.of("").path) == ("/claims/", "/", "/")
    assert (Address.of(AT).to("data/"), Address.of("").to("data/")) == (f"{AT}data/", "data/")

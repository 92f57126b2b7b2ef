"""Every kind of page under axe-core, in each width and scheme: nothing that shuts a reader out."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
PLACES = {
    "overview": "",
    "claim": "claims/storage-keeps-weights/",
    "untested claim": "claims/not-run-yet/",
    "withdrawn claim": "claims/taken-back/",
    "inquiry": "inquiries/is-it-storage/",
    "paper": "papers/0001.00001/",
    "experiment": "experiments/storage/",
    "index of inquiries": "inquiries/",
    "index of papers": "papers/",
    "index of experiments": "experiments/",
    "list": "status/refuted/",
    "method": "method/",
    "data": "data/",
    "map": "map/",
    "changes": "changes/",
    "track record": "track-record/",
    "contribute": "contribute/",
    "not found": "404.html",
}
SCHEMES = {  # the dark page is the light one in other colours: its elements are not looked at twice
    "light": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
WIDTHS = (1280, 768, 390)


@pytest.fixture(scope="session")
def axe():
    package = pytest.importorskip("axe_playwright_python", reason="no axe-core: pages were not checked with it")
    return (Path(package.__file__).parent / "axe.min.js").read_text()


@pytest.mark.parametrize("place", PLACES)
def test_nothing_shuts_a_reader_out(open_page, axe, place):
    page = open_page(PLACES[place])
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    page.evaluate(axe)
    found = []
    for scheme, rules in SCHEMES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_selector(f"body[data-md-color-scheme={'slate' if scheme == 'dark' else 'default'}]")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{scheme}, {width} px: {words}" for words in violations(page, rules)]
    assert found == []


def test_axe_sees_what_it_must(open_page, axe):
    page = open_page("method/")
    page.evaluate("document.querySelector('h1').innerHTML += '<b>pale words</b><img src=\"\">'")
    page.evaluate("document.querySelector('h1 b').style.color = '#ddd'")
    page.evaluate(axe)
    found = " ".join(violations(page, SCHEMES["light"]))
    assert "image-alt" in found
    assert "color-contrast" in found


def violations(page, rules):
    """What axe finds, a line each: the rule, how bad it is, the element."""
    result = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
    return [f"{v['id']} ({v['impact']}): {n['html'][:140]}" for v in result["violations"] for n in v["nodes"]]

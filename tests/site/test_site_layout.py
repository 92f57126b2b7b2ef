"""How pages lie on a screen, measured in a browser: nothing cut off, nothing squeezed, nothing out of line."""

from dataclasses import replace

import pytest
from site_bench import Bench, serving
from site_samples import CONTRAST, claim, sample
from test_site_walk import shown

from claims.site.build import build
from tests.site.conftest import ROOT

pytestmark = pytest.mark.browser
CLAIM = "claims/storage-keeps-weights/"


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_other_analyses_are_all_in_sight(open_page, width):
    region = open_page(CLAIM, width=width).locator(".scroll:has(.tile)")
    assert region.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


@pytest.mark.parametrize(
    ("place", "width"), [(CLAIM, 390), ("experiments/storage/", 390), ("track-record/", 390), ("track-record/", 768)]
)
def test_no_cell_is_a_syllable_wide(open_page, place, width):
    narrow = open_page(place, width=width).evaluate("""() => [...document.querySelectorAll('article :is(td, tbody th)')]
        .filter(e => e.checkVisibility() && e.textContent.trim().length > 20 && e.getBoundingClientRect().width < 100)
        .map(e => e.outerHTML.slice(0, 100))""")
    assert narrow == []


@pytest.mark.parametrize("place", [CLAIM, "experiments/storage/", ""])
def test_on_a_phone_a_long_value_never_runs_under_its_label(open_page, place):
    lefts = open_page(place, width=390).evaluate("""() => {
        const cell = document.querySelector('article td[data-label]:not(:empty)')
        cell.textContent = 'word '.repeat(40)
        const range = document.createRange()
        range.selectNodeContents(cell)
        return [...range.getClientRects()].filter(r => r.width > 5).map(r => Math.round(r.left))
    }""")
    assert len(lefts) > 2
    assert len(set(lefts)) == 1


def test_on_a_tablet_predictions_take_the_width_of_the_page(open_page):
    page = open_page(CLAIM, width=768)
    page.evaluate(
        "for (const e of document.querySelectorAll('.predictions :is(td, tbody th)')) e.textContent = 'short'"
    )
    wide = "e => e.getBoundingClientRect().width"
    assert page.locator(".predictions tbody tr").first.evaluate(wide) > 0.95 * page.locator("article").evaluate(wide)


def test_every_page_begins_at_the_same_line(open_page):
    places = ("", CLAIM, "method/", "data/", "contribute/", "404.html")
    lefts = {p: open_page(p, width=1440).locator("h1").evaluate("e => e.getBoundingClientRect().left") for p in places}
    assert set(lefts.values()) == {lefts[""]}


def test_the_copy_button_can_be_seen_without_a_pointer_over_it(open_page):
    button = open_page("contribute/").locator(".md-code__button").first
    assert button.evaluate("e => getComputedStyle(e).color") == "rgb(86, 93, 102)"  # the grey of notes, 6 : 1


@pytest.fixture(scope="module")
def folded(tmp_path_factory, chromium):
    """The sample with two planned claims."""
    made = sample(tmp_path_factory.mktemp("folded") / "root")
    (made.root / "site").symlink_to(ROOT / "site")
    plans = tuple(claim(f"plan-{n}", f"Plan {n}?", predictions=[CONTRAST], experiment="not-there") for n in "ab")
    plans = tuple(p.model_copy(update={"check": None, "planned": p.check}) for p in plans)
    registry = made.registry.model_copy(update={"claims": (*made.registry.claims, *plans)})
    with serving(build(replace(made, registry=registry), made.root / "out", log=lambda line: None)) as home:
        bench = Bench(chromium, home)
        yield bench
        assert bench.close() == []


@pytest.mark.parametrize("javascript", [True, False])
def test_planned_claims_are_folded_away_and_unfold(folded, javascript):
    page = folded("", javascript=javascript)
    assert len(shown(page)) == 9
    page.locator("summary", has_text="2 more claims are planned").click()
    assert shown(page)[-2:] == ["Plan a?", "Plan b?"]


def test_a_search_in_the_table_finds_planned_claims_too(folded):
    page = folded("")
    page.wait_for_selector("table[data-ready]")
    assert page.locator(".claims-tools__count").inner_text() == "11 of 11 claims"
    page.get_by_label("Grade").select_option("planned")
    assert shown(page) == ["Plan a?", "Plan b?"]
    assert not page.locator(".claims-fold").is_visible()
    page.get_by_role("button", name="Reset").click()
    assert len(shown(page)) == 9
    assert page.locator(".claims-fold").is_visible()
    page.get_by_role("button", name="Claim, as a question").click()
    assert len(shown(page)) == 11
    assert shown(page) == sorted(shown(page), key=str.lower)

"""Walking the map and filtering tables, in a real browser, with pointer and keyboard."""

import re

import pytest

pytestmark = pytest.mark.browser
READY = ".map[data-ready]"
CLAIM = "claim:storage-keeps-weights"


@pytest.fixture
def visit(request):
    """Open a page of the sample site in a real browser."""
    try:
        return request.getfixturevalue("open_page")
    except pytest.FixtureLookupError:
        pytest.skip("no fixture `open_page`: nothing was clicked in a browser")


def heading(page):
    return page.locator("#map-title").inner_text()


def wait_for_heading(page, words):
    """With a locator: the site's policy forbids the evaluation that `wait_for_function` needs."""
    page.locator("#map-title", has_text=re.compile(f"^{re.escape(words)}$")).wait_for()


def shown(page):
    return page.locator("tr[data-claim]:visible .claims__question a").all_inner_texts()


def test_a_deep_link_puts_a_claim_in_the_middle_and_says_why_it_is_linked(visit):
    page = visit(f"map/#{CLAIM}")
    page.wait_for_selector(READY)
    assert heading(page) == "Is it the storage that keeps weights where they were?"
    panel = page.locator(".map__panel").inner_text()
    for words in ("Refines", "it names the storage", "Tested by", "Asserted by", "It is not so.", "supported"):
        assert words in panel, words


def test_a_click_on_the_map_walks_there_and_back_comes_back(visit):
    page = visit("map/")
    page.wait_for_selector(READY)
    page.wait_for_timeout(200)
    box = page.locator(".map canvas").bounding_box()
    hits = []
    for x in range(20, int(box["width"]) - 20, 12):  # the sample is small: a line across an island meets a node
        page.mouse.move(box["x"] + x, box["y"] + box["height"] / 2)
        if page.evaluate("document.querySelector('.map canvas').style.cursor") == "pointer":
            hits.append(x)
    assert hits
    page.mouse.click(box["x"] + hits[0], box["y"] + box["height"] / 2)
    page.wait_for_selector(".map--walking")
    assert page.locator(".map__said").inner_text().startswith(heading(page))
    page.go_back()
    wait_for_heading(page, "Whole map")
    assert page.locator(".map__near").count() == 0


def test_a_ring_and_a_panel_walk_by_keyboard_and_the_focus_goes_along(visit):
    page = visit(f"map/#{CLAIM}")
    page.wait_for_selector(READY)
    page.locator(".map__near", has_text="Do the ranks of the arms agree?").focus()
    page.keyboard.press("Enter")
    wait_for_heading(page, "Do the ranks of the arms agree?")
    assert page.evaluate("document.activeElement.id") == "map-title"
    page.locator(".map__panel li a", has_text="Is it the storage").focus()
    page.keyboard.press("Enter")
    wait_for_heading(page, "Is it the storage that keeps weights where they were?")
    assert page.evaluate("document.activeElement.id") == "map-title"
    page.keyboard.press("Escape")
    wait_for_heading(page, "Whole map")


def test_the_panel_opens_the_page(visit):
    page = visit(f"map/#{CLAIM}")
    page.wait_for_selector(READY)
    page.get_by_role("link", name="Open the page of this claim").click()
    page.wait_for_url("**/claims/storage-keeps-weights/")
    assert "Is it the storage" in page.locator("h1").inner_text()


def test_an_entry_of_the_list_leads_to_its_place_on_the_map(visit):
    page = visit("map/")
    page.wait_for_selector(READY)
    page.locator("summary", has_text="Papers").click()
    page.locator(".map__list a", has_text="A paper that was made up for tests").click()
    wait_for_heading(page, "A paper that was made up for tests")
    assert page.url.endswith("#paper:0001.00001")


def test_filters_narrow_the_map_and_the_list_alike(visit):
    page = visit("map/")
    page.wait_for_selector(READY)
    page.get_by_label("Verdict").select_option("refuted")
    said = page.locator(".map__said")
    # two refuted claims and what they are linked to: a paper, two experiments, an inquiry
    assert said.inner_text() == "6 of 15 shown."
    page.get_by_label("papers").uncheck()
    assert said.inner_text() == "5 of 15 shown."
    assert page.locator(".map__group:visible summary").count() == 3
    page.get_by_role("button", name="Reset").click()
    page.locator(".map__said", has_text="15 of 15 shown.").wait_for(state="attached")


def test_what_the_filter_hides_is_said_in_the_panel(visit):
    page = visit(f"map/#{CLAIM}")
    page.wait_for_selector(READY)
    page.get_by_label("papers").uncheck()
    panel = page.locator(".map__panel").inner_text()
    assert "It is not so." not in panel
    assert "2 more links lead to what is filtered out." in panel


def test_find_and_enter_go_to_the_first_match(visit):
    page = visit("map/")
    page.wait_for_selector(READY)
    page.get_by_label("Find").fill("recomputing")
    page.keyboard.press("Enter")
    wait_for_heading(page, "Recomputing a headline")


def test_an_address_that_names_nothing_shows_the_whole_map(visit):
    page = visit("map/#claim:nobody-%F0")
    page.wait_for_selector(READY)
    assert heading(page) == "Whole map"


@pytest.mark.parametrize("place", ["map/", f"map/#{CLAIM}", ""])
@pytest.mark.parametrize("width", [390, 768])
def test_nothing_is_wider_than_a_small_screen(visit, place, width):
    page = visit(place, width=width, height=844)
    page.wait_for_selector("[data-ready]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_map_takes_the_colours_of_the_scheme(visit):
    def corner(page):
        page.wait_for_selector(READY)
        page.wait_for_timeout(200)
        return page.evaluate(
            "[...document.querySelector('.map canvas').getContext('2d').getImageData(2, 2, 1, 1).data]"
        )

    assert sum(corner(visit("map/"))[:3]) > 700
    assert sum(corner(visit("map/", dark=True))[:3]) < 120


def test_without_javascript_the_map_is_a_list_that_leads_to_the_pages(visit):
    page = visit("map/", javascript=False)
    assert not page.locator(".map").is_visible()
    page.locator("summary", has_text="Inquiries").click()
    page.locator(".map__list a:visible").click()
    page.wait_for_url("**/inquiries/is-it-storage/")


def test_a_table_is_filtered_by_its_words_and_marks_and_says_how_many_are_left(visit):
    page = visit("")
    page.wait_for_selector("table[data-ready]")
    assert len(shown(page)) == 9
    page.get_by_label("Verdict").select_option("refuted")
    assert set(shown(page)) == {"Do most weights stay put?", "Does the headline follow from the table?"}
    page.get_by_label("Find").fill("HEADLINE table")
    assert shown(page) == ["Does the headline follow from the table?"]
    assert page.locator(".claims-tools__count").inner_text() == "1 of 9 claims"
    page.get_by_role("button", name="Reset").click()
    assert len(shown(page)) == 9


def test_a_filtered_table_can_be_linked(visit):
    page = visit("")
    page.wait_for_selector("table[data-ready]")
    page.get_by_label("Topic").select_option("update-sparsity")
    page.get_by_role("button", name="Run").click()
    page.wait_for_url(re.compile(r"\?topic=update-sparsity&sort=date&way=descending$"))
    again = visit("?topic=update-sparsity&sort=date&way=descending")
    again.wait_for_selector("table[data-ready]")
    assert shown(again) == ["Is it the storage that keeps weights where they were?"]
    assert again.locator("[aria-sort=descending]").inner_text().strip() == "Run"


def test_a_link_that_asks_for_what_is_not_there_shows_everything_as_it_was(visit):
    page = visit("?verdict=splendid&sort=beauty&topic=%3Cb%3E")
    page.wait_for_selector("table[data-ready]")
    assert len(shown(page)) == 9
    assert page.locator(".claims__group:visible").count() > 3
    assert page.get_by_label("Verdict").evaluate("choice => choice.selectedIndex") == 0


def test_headers_sort_by_keyboard_and_say_so(visit):
    page = visit("")
    page.wait_for_selector("table[data-ready]")
    grouped = shown(page)
    page.get_by_role("button", name="Claim, as a question").focus()
    page.keyboard.press("Enter")
    assert shown(page) == sorted(grouped, key=str.lower)
    assert page.locator("th[aria-sort=ascending]").count() == 1
    assert page.evaluate("document.activeElement.textContent") == "Claim, as a question"
    page.keyboard.press("Enter")
    assert shown(page) == sorted(grouped, key=str.lower, reverse=True)
    page.keyboard.press("Enter")
    assert shown(page) == grouped
    assert page.locator("th[aria-sort]").count() == 0


def test_rows_without_a_run_stand_last_whichever_way_dates_go(visit):
    page = visit("")
    page.wait_for_selector("table[data-ready]")
    for _ in range(2):
        page.get_by_role("button", name="Run").click()
        dates = page.locator("tr[data-claim] td.date").all_inner_texts()
        assert dates[-3:] == ["not run"] * 3
        assert len(set(dates[:6])) == 6
    assert dates[:6] == sorted(dates[:6])


def test_on_a_phone_a_choice_sorts(visit):
    page = visit("", width=390, height=844)
    page.wait_for_selector("table[data-ready]")
    assert page.locator(".claims-sort").first.evaluate("button => button.tabIndex") == -1
    page.get_by_label("Sort").select_option("question")
    assert shown(page) == sorted(shown(page), key=str.lower)


def test_without_javascript_a_table_has_no_controls(visit):
    page = visit("", javascript=False)
    assert len(shown(page)) == 9
    assert page.locator(".claims-tools, .claims-sort").count() == 0

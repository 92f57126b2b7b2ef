"""A brief, a command and a reference are copied as they stand, with one click."""

import pytest

from claims.brief.prompt import brief

pytestmark = pytest.mark.browser
CLAIM = "storage-keeps-weights"


def copied(page, block):
    """What the clipboard holds after the copy button of a block was pressed."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box = page.locator(f"{block} .highlight").first
    box.hover()
    box.locator("button.md-code__button, .md-clipboard").first.click()
    page.wait_for_timeout(200)
    return page.evaluate("navigator.clipboard.readText()")


def test_the_brief_is_copied_as_the_command_prints_it(open_page, project):
    page = open_page(f"claims/{CLAIM}/")
    page.locator("details.prompt > summary").click()
    assert copied(page, "details.prompt").split() == brief(project, CLAIM).text.split()


def test_a_claim_page_leads_to_its_place_on_the_map(open_page):
    page = open_page(f"claims/{CLAIM}/")
    page.get_by_role("link", name="on the map").click()
    page.locator("#map-title", has_text="Is it the storage").wait_for()
    assert page.url.endswith(f"/map/#claim:{CLAIM}")


def test_a_dot_says_its_seed_and_value(open_page):
    page = open_page(f"claims/{CLAIM}/")
    title = page.locator(".figure circle.dot > title").first
    assert title.text_content().startswith("seed ")

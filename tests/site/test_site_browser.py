"""What only a browser can tell: that pages run without a complaint, and in the scheme of the system."""

import pytest

pytestmark = pytest.mark.browser
PLACES = ["", "claims/storage-keeps-weights/", "experiments/storage/", "method/", "data/"]


@pytest.mark.parametrize("place", PLACES)
def test_a_page_runs_without_a_complaint(open_page, place):
    assert open_page(place).locator("h1").count() == 1


@pytest.mark.parametrize(("dark", "scheme"), [(True, "slate"), (False, "default")])
def test_the_page_follows_the_system(open_page, dark, scheme):
    assert open_page("", dark=dark).locator("body").get_attribute("data-md-color-scheme") == scheme

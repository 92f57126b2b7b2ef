"""Badges: words first, colours that are read on any page."""

import json
from xml.etree import ElementTree

import pytest

from claims.domain.claim import Status
from claims.domain.status import Standing
from claims.site.api.badge import badge_data, badge_svg, message

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def standing(status, *flags, grade="standard"):
    return Standing(status, None, grade, flags)


@pytest.fixture(scope="module")
def one(project):
    return project.registry.claims[0]


@pytest.mark.parametrize("status", list(Status))
def test_an_image_says_in_words_what_it_says_in_colour(one, status):
    svg = ElementTree.fromstring(badge_svg(one, standing(status, "contested")))
    words = f"{status.value} · standard · contested"
    assert [t.text for t in svg.iter(f"{SVG}text")] == ["claim", words]
    assert svg.find(f"{SVG}title").text == f"Claim {one.id}: {words}, in its scope"
    assert (svg.get("role"), svg.get("aria-labelledby")) == ("img", svg.find(f"{SVG}title").get("id"))
    for rect in svg.iter(f"{SVG}rect"):
        assert 1.05 / (luminance(rect.get("fill")) + 0.05) >= 4.5, "white letters on it"
    assert {e.tag.removeprefix(SVG) for e in svg.iter()} == {"svg", "title", "rect", "g", "text"}, "nothing is fetched"


@pytest.mark.parametrize("status", list(Status))
def test_the_letters_have_room(one, status):
    svg = ElementTree.fromstring(badge_svg(one, standing(status)))
    (label, right), texts = list(svg.iter(f"{SVG}rect")), list(svg.iter(f"{SVG}text"))
    for rect, text in zip((label, right), texts, strict=True):
        begin, end = float(rect.get("x")), float(rect.get("x")) + float(rect.get("width"))
        assert begin + 5 <= float(text.get("x"))
        assert float(text.get("x")) + float(text.get("textLength")) <= end - 5
    assert float(right.get("x")) + float(right.get("width")) == float(svg.get("width"))


def test_held_and_fell_differ_and_neither_is_an_alarm(one):
    held, fell = (badge_data(one, standing(s)).color for s in (Status.SUPPORTED, Status.REFUTED))
    assert held != fell
    red, green = (int(fell[0:2], 16), int(fell[2:4], 16)), (int(held[2:4], 16), int(held[4:6], 16))
    assert red[1] > red[0] / 3, "no alarm red"
    assert green[1] > green[0], "no success green: more blue than green"


def test_a_badge_that_is_built_speaks_for_its_claim(site, project):
    for one in project.registry.claims:
        data = json.loads((site / "badges" / f"{one.id}.json").read_bytes())
        assert (data["schemaVersion"], data["label"]) == (1, "claim")
        assert data["message"] == message(one, project.standing(one))
        assert (site / "badges" / f"{one.id}.svg").read_bytes() == badge_svg(one, project.standing(one))

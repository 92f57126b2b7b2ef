"""Badges: a claim's verdict for a README, as an image of our own and as shields.io reads it.

The same two hues as on the pages: one for what held, one for what fell, grey for the rest; the words say it all.
White on each of them has a contrast of at least 6 : 1, and each stands out from a white page and from a black one.
"""

from xml.etree import ElementTree

from claims.domain.claim import Claim, Status
from claims.domain.status import Standing
from claims.site.api.documents import BadgeData
from claims.site.view.marks import grade_words

_HELD, _FELL, _OPEN, _LABEL = "#1d5c9e", "#8f4a00", "#565d66", "#2f353c"
_COLOURS = {
    Status.SUPPORTED: _HELD,
    Status.LEANING_SUPPORTED: _HELD,
    Status.REFUTED: _FELL,
    Status.LEANING_REFUTED: _FELL,
}
_NAME = "claim"
_PAD, _HEIGHT, _BASELINE = 7.0, 20, 14
_NARROW, _WIDE = frozenset("fijlrt.,·:- "), frozenset("mw")


def badge_svg(claim: Claim, standing: Standing) -> bytes:
    """The badge as an image with words: read aloud, or where the letters are too small."""
    said = message(claim, standing)
    left, right = (_length(text) + 2 * _PAD for text in (_NAME, said))
    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": f"{left + right:g}",
            "height": str(_HEIGHT),
            "role": "img",
            "aria-labelledby": "t",
        },
    )
    title = ElementTree.SubElement(svg, "title", {"id": "t"})
    title.text = f"Claim {claim.id}: {said}, in its scope"
    for x, width, colour in ((0.0, left, _LABEL), (left, right, _colour(standing))):
        place = {"x": f"{x:g}", "width": f"{width:g}", "height": str(_HEIGHT), "fill": colour}
        ElementTree.SubElement(svg, "rect", place)
    letters = ElementTree.SubElement(
        svg, "g", {"fill": "#fff", "font-family": "Verdana,DejaVu Sans,Geneva,sans-serif", "font-size": "11"}
    )
    for x, text in ((_PAD, _NAME), (left + _PAD, said)):
        place = {"x": f"{x:g}", "y": str(_BASELINE), "textLength": f"{_length(text):g}"}
        ElementTree.SubElement(letters, "text", place).text = text
    return ElementTree.tostring(svg, encoding="unicode").encode() + b"\n"


def badge_data(claim: Claim, standing: Standing) -> BadgeData:
    """The badge for shields.io to draw."""
    said, colour = message(claim, standing), _colour(standing)
    return BadgeData(schemaVersion=1, label=_NAME, message=said, color=colour[1:], labelColor=_LABEL[1:])


def message(claim: Claim, standing: Standing) -> str:
    """Status, grade and flags. A verdict that is doubted says so wherever it is shown."""
    return " · ".join(filter(None, [standing.status.value, grade_words(claim, standing), *standing.flags]))


def _colour(standing: Standing) -> str:
    return _COLOURS.get(standing.status, _OPEN)


def _length(text: str) -> float:
    """About what Verdana needs at 11 px. Readers without it are told to fit their letters in (`textLength`)."""
    return sum(4.0 if c in _NARROW else 10.0 if c in _WIDE else 7.0 for c in text)

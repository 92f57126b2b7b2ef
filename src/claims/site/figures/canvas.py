"""Canvas: a matplotlib figure that becomes theme-aware inline SVG, the same bytes every time.

Matplotlib cannot write CSS variables. We draw in stand-in colours that nothing else uses and replace them
afterwards, so that one SVG serves the light and the dark page. One unit of the drawing is one CSS pixel at
the body text's size of 16, and stays so: the style sheet gives figures their width in rem.
"""

import io
import math
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from claims.site.markup import inert
from claims.site.numbers import plain

FONT = 16
"""Text size in drawing units: that of the text around the figure."""
WIDE, NARROW = 680, 340
"""Widths in drawing units: a column on a desktop, and a phone of 390 px less its margins."""
_LINE = 22
SERIES = 6
"""Distinct line colours; markers and dashes differ as well, and go on differing beyond them."""

_ROLES = ("ink", "muted", "grid", "region", "dot", "paper", *(f"line-{i}" for i in range(SERIES)))
COLOURS = {role: f"#0b0c{i:02x}" for i, role in enumerate(_ROLES)}
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "claims",
    "text.parse_math": False,  # a metric's unit may hold a dollar sign
    "hatch.linewidth": 1.4,
    "hatch.color": COLOURS["region"],
    "font.size": FONT,
    "axes.edgecolor": COLOURS["muted"],
    "axes.labelcolor": COLOURS["ink"],
    "axes.linewidth": 1,
    "xtick.color": COLOURS["muted"],
    "ytick.color": COLOURS["muted"],
    "xtick.labelcolor": COLOURS["ink"],
    "ytick.labelcolor": COLOURS["ink"],
    "text.color": COLOURS["ink"],
}
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_LONG_NUMBER = re.compile(r"\d+\.\d{2,}")
_FONT_FAMILY = re.compile(r"font-family:[^;]*;?\s*")


@dataclass(frozen=True)
class Drawing:
    """A figure on a page: two SVGs of which the style sheet shows one, and what they show in words."""

    wide: Markup
    narrow: Markup
    caption: str


def draw(
    height: Callable[[int], int], paint: Callable[[Figure, int, int], None], alt: str, key: str
) -> tuple[Markup, Markup]:
    """Both sizes of a figure. `paint` gets the figure, its width and its height in drawing units; `key` is its own."""
    wide, narrow = (_svg(width, height(width), paint, alt, f"{key}-{width}") for width in (WIDE, NARROW))
    return wide, narrow


def axes(figure: Figure, left: float, bottom: float, right: float, top: float) -> Axes:
    """Axes between these margins, in drawing units."""
    width, height = figure.get_size_inches() * 72
    found = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )
    found.patch.set_visible(False)
    for side in ("top", "right"):
        found.spines[side].set_visible(False)
    return found


@dataclass(frozen=True)
class Scale:
    """The power of ten that an axis leaves out of its numbers, and how its label says so."""

    power: int
    words: str

    def label(self, value: float) -> str:
        """A tick's number."""
        return plain(round(value / 10**self.power, 9))


def scale_of(low: float, high: float) -> Scale:
    """No power for numbers that are short as they are; ticks with a power of ten each would run into each other."""
    largest = max(abs(low), abs(high))
    if largest == 0 or 1e-3 <= largest < 1e5:
        return Scale(0, "")
    power = math.floor(math.log10(largest))
    return Scale(power, f", in units of {plain(10.0**power)}")


def spans_decades(values: Sequence[float]) -> bool:
    """Whether numbers need a logarithmic axis: all positive, the largest a thousand times the smallest or more."""
    return min(values) > 0 and max(values) >= 1000 * min(values)


def decades(axis: Axis) -> None:
    """Ticks of a logarithmic axis: powers of ten, a few."""
    axis.set_major_locator(LogLocator(numticks=6))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"1e{math.log10(value):.0f}".replace("1e0", "1")))


def ticks(axis: Axis, most: int, scale: Scale, whole: Sequence[float] = ()) -> None:
    """At most this many intervals; whole numbers only where all of `whole`, if any, are."""
    integer = bool(whole) and all(float(x).is_integer() for x in whole)
    steps = [1, 2, 5, 10] if integer else [1, 2, 2.5, 5, 10]
    axis.set_major_locator(MaxNLocator(most, steps=steps, integer=integer))
    axis.set_major_formatter(FuncFormatter(lambda value, _: scale.label(value)))


def axis_words(figure: Figure, text: str, width: int) -> None:
    """What the horizontal axis measures, centred below the drawing, on as many lines as it takes."""
    height = figure.get_size_inches()[1] * 72
    for i, line in enumerate(reversed(_lines(text, width))):
        figure.text(0.5, (6 + i * _LINE) / height, line, ha="center", va="baseline")


def axis_words_height(text: str, width: int) -> int:
    """Drawing units that `axis_words` takes."""
    return len(_lines(text, width)) * _LINE


def _lines(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width // 9) or [""]


def _svg(width: int, height: int, paint: Callable[[Figure, int, int], None], alt: str, key: str) -> Markup:
    with rc_context(_STYLE):
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        paint(figure, width, height)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    body = _body(ElementTree.fromstring(text.getvalue()), key)  # noqa: S314 (our own drawing, not a stranger's file)
    return Markup(  # noqa: S704 (drawn here; `inert` has the only text that is placed by hand)
        f'<svg class="figure__svg" role="img" aria-label="{inert(alt)}" viewBox="0 0 {width} {height}">{body}</svg>'
    )


def _body(root: ElementTree.Element, key: str) -> str:
    """The drawing without what is only for files: identifiers of its own, no fonts, no namespaces, short numbers."""
    referenced = set(re.findall(r'(?:url\(|href=")#([^)"]+)', ElementTree.tostring(root, encoding="unicode")))
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        if (name := element.attrib.pop("id", None)) in referenced:
            element.set("id", f"{key}-{name}")
        if (target := element.attrib.pop(_HREF, None)) is not None:
            element.set("href", f"#{key}-{target.removeprefix('#')}")
        for attribute, value in element.attrib.items():
            if attribute not in {"id", "href"}:
                element.set(attribute, _shortened(value, key))
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {"style", "metadata"}:
                parent.remove(child)
    return "".join(ElementTree.tostring(child, encoding="unicode") for child in root)


def _shortened(value: str, key: str) -> str:
    value = value.replace("url(#", f"url(#{key}-")
    for role, stand_in in COLOURS.items():
        value = value.replace(stand_in, f"var(--fig-{role})")
    value = _FONT_FAMILY.sub("", value)
    return " ".join(_LONG_NUMBER.sub(lambda m: f"{float(m.group()):.1f}", value).split())

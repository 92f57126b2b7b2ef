"""SVG: the few shapes that our figures are made of.

Across, places are percentages of the drawing's width; down, and in sizes, they are CSS pixels. So one drawing fits
every column, its height is known before it is laid out, and its text is never scaled. A general plotting library
gives pictures of one width, so each had to be drawn twice, and drawing them was most of a build.
Colours, dashes and fonts stand in the style sheet, by class. Words are made inert where they are placed; all else that
a shape is made of comes from this package.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from claims.site.markup import inert

LEFT, RIGHT = 62, 16
"""Pixels beside the plot: for the names of rows or the numbers of the axis, and for a mark that sticks out."""
LABELS = 30
"""Pixels below the plot, for the numbers of the axis."""
CROSS = "M-4-4 4 4M-4 4 4-4"
DIAMOND = "M0-6 6 0 0 6-6 0Z"
MARKS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z",
    "M-4-4H4V4H-4Z",
    "M0-5 5 4H-5Z",
    "M0-5 5 0 0 5-5 0Z",
    "M0 5 5-4H-5Z",
    "M-2-5H2V-2H5V2H2V5H-2V2H-5V-2H-2Z",
    "M-5-3-3-5 0-2 3-5 5-3 2 0 5 3 3 5 0 2-3 5-5 3-2 0Z",
    "M-2-5H2V5H-2Z",
)
"""Marks of lines, told apart by shape."""


@dataclass(frozen=True)
class Panel:
    """A picture of a figure, and the legend of its lines."""

    svg: Markup
    legend: tuple[tuple[Markup, str], ...] = ()


@dataclass(frozen=True)
class Drawing:
    """A figure on a page: words above it, its pictures on one scale, what their axis measures, and what they show."""

    above: str
    panels: tuple[Panel, ...]
    axis: str
    caption: str


def picture(height: float, alt: str, labels: Iterable[str], plot: Iterable[str]) -> Markup:
    """The whole SVG: `labels` beside the plot, in pixels from the left edge, and what is plotted."""
    size = f'width="100%" height="{_px(height)}"'
    inner = f'{"".join(labels)}<g transform="translate({LEFT} 0)">{"".join(plot)}</g>'
    image = f'<svg class="figure__svg" role="img" aria-label="{inert(alt)}" {size}>{inner}</svg>'
    return Markup(image)  # noqa: S704 (shapes of this module)


def sample(shapes: Iterable[str]) -> Markup:
    """A small picture for a legend, 44 by 16 pixels."""
    image = f'<svg class="swatch" aria-hidden="true" width="44" height="16">{"".join(shapes)}</svg>'
    return Markup(image)  # noqa: S704 (shapes of this module)


def beside(words: str, y: float, kind: str = "row") -> str:
    """Words in the margin left of the plot, which end where it begins."""
    return f'<text class="{kind}" x="{LEFT - 10}" y="{_px(y + 5)}">{inert(words)}</text>'


def below(words: str, x: float, y: float) -> str:
    """A number under the axis, centred."""
    return f'<text class="tick" x="{_percent(x)}%" y="{_px(y)}">{escape(words)}</text>'


def axis(ticks: Iterable[tuple[float, str]], y: float) -> Iterator[str]:
    """A horizontal axis with its numbers; ticks stand in percent."""
    yield line("axis", 0, y, 100, y)
    for x, words in ticks:
        yield line("axis", x, y, x, y + 5)
        yield below(words, x, y + 23)


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """A straight line; `x1` and `x2` in percent."""
    return f'<line class="{kind}" x1="{_percent(x1)}%" y1="{_px(y1)}" x2="{_percent(x2)}%" y2="{_px(y2)}"/>'


def rectangle(kind: str, x1: float, y: float, x2: float, height: float) -> str:
    """A filled box from `x1` to `x2`, in percent."""
    width = _percent(x2 - x1)
    return f'<rect class="{kind}" x="{_percent(x1)}%" y="{_px(y)}" width="{width}%" height="{_px(height)}"/>'


def dot(kind: str, x: float, y: float, radius: float, words: str = "") -> str:
    """A filled circle, with words for those who point at it."""
    place = f'cx="{_percent(x)}%" cy="{_px(y)}" r="{_px(radius)}"'
    return f'<circle class="{kind}" {place}>{_title(words)}</circle>'


def mark(kind: str, x: float, y: float, path: str, words: str = "") -> str:
    """A path of a few pixels around a place, with words for those who point at it."""
    shape = f'<path class="{kind}" d="{path}">{_title(words)}</path>'
    return f'<svg class="spot" x="{_percent(x)}%" y="{_px(y)}">{shape}</svg>'


def panel(y: float, height: float, curves: Iterable[str]) -> str:
    """A box in which `curves` are drawn; it stretches across, their strokes do not."""
    size = f'y="{_px(y)}" width="100%" height="{_px(height)}" viewBox="0 0 1000 {_px(height)}"'
    return f'<svg class="panel" {size} preserveAspectRatio="none">{"".join(curves)}</svg>'


def curve(kind: str, points: Iterable[tuple[float, float]]) -> str:
    """A line through points: percent across, pixels down from the panel's top."""
    places = " ".join(f"{_px(10 * x)} {_px(y)}" for x, y in points)
    return f'<polyline class="{kind}" points="{places}"/>'


def _title(words: str) -> str:
    return f"<title>{inert(words)}</title>" if words else ""


def _percent(value: float) -> str:
    """Two decimals: less than a tenth of a pixel."""
    rounded = f"{value:.2f}".rstrip("0").removesuffix(".")
    return rounded if rounded != "-0" else "0"


def _px(value: float) -> str:
    rounded = f"{value:.1f}".removesuffix(".0")
    return rounded if rounded != "-0" else "0"

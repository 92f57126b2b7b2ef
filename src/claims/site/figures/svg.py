"""SVG: the few shapes that our figures are made of.

Across, places are percentages of the drawing's width; down, and in sizes, they are CSS pixels. So one drawing fits
every column, its height is known before it is laid out, and its text is never scaled. A general plotting library
gives pictures of one width: it took 60 ms each, twice (wide and narrow), which a site of a thousand claims has not.
Colours, dashes and fonts stand in the style sheet, by class.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

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
class Drawing:
    """A figure on a page: words above it, the picture, what its axis measures, a legend, and what it shows."""

    above: str
    svg: Markup
    axis: str
    legend: tuple[tuple[Markup, str], ...]
    caption: str


def picture(height: float, alt: str, labels: Iterable[Markup], plot: Iterable[Markup]) -> Markup:
    """The whole SVG: `labels` beside the plot, in pixels from the left edge, and what is plotted."""
    return Markup(
        '<svg class="figure__svg" role="img" aria-label="{}" width="100%" height="{}">{}<g transform="translate({} 0)">'
        "{}</g></svg>"
    ).format(alt, _px(height), Markup("").join(labels), LEFT, Markup("").join(plot))


def beside(words: str, y: float, kind: str = "row") -> Markup:
    """Words in the margin left of the plot, which end where it begins."""
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, LEFT - 10, _px(y + 5), words)


def below(words: str, x: float, y: float) -> Markup:
    """A number under the axis, centred."""
    return Markup('<text class="tick" x="{}%" y="{}">{}</text>').format(_percent(x), _px(y), words)


def axis(ticks: Iterable[tuple[float, str]], y: float) -> Iterator[Markup]:
    """A horizontal axis with its numbers; ticks stand in percent."""
    yield line("axis", 0, y, 100, y)
    for x, words in ticks:
        yield line("axis", x, y, x, y + 5)
        yield below(words, x, y + 23)


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    """A straight line; `x1` and `x2` in percent."""
    return Markup('<line class="{}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>').format(
        kind, _percent(x1), _px(y1), _percent(x2), _px(y2)
    )


def rectangle(kind: str, x1: float, y: float, x2: float, height: float) -> Markup:
    """A filled box from `x1` to `x2`, in percent."""
    return Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>').format(
        kind, _percent(x1), _px(y), _percent(x2 - x1), _px(height)
    )


def dot(kind: str, x: float, y: float, radius: float, words: str = "") -> Markup:
    """A filled circle, with words for those who point at it."""
    title = Markup("<title>{}</title>").format(words) if words else ""
    return Markup('<circle class="{}" cx="{}%" cy="{}" r="{}">{}</circle>').format(
        kind, _percent(x), _px(y), _px(radius), title
    )


def mark(kind: str, x: float, y: float, path: str, words: str = "") -> Markup:
    """A path of a few pixels around a place, with words for those who point at it."""
    title = Markup("<title>{}</title>").format(words) if words else ""
    return Markup('<svg class="spot" x="{}%" y="{}"><path class="{}" d="{}">{}</path></svg>').format(
        _percent(x), _px(y), kind, path, title
    )


def panel(y: float, height: float, curves: Iterable[Markup]) -> Markup:
    """A box in which `curves` are drawn; it stretches across, their strokes do not."""
    return Markup(
        '<svg class="panel" y="{}" width="100%" height="{}" viewBox="0 0 1000 {}" preserveAspectRatio="none">{}</svg>'
    ).format(_px(y), _px(height), _px(height), Markup("").join(curves))


def curve(kind: str, points: Iterable[tuple[float, float]]) -> Markup:
    """A line through points: percent across, pixels down from the panel's top."""
    return Markup('<polyline class="{}" points="{}"/>').format(
        kind, " ".join(f"{_px(10 * x)} {_px(y)}" for x, y in points)
    )


def _percent(value: float) -> str:
    """Two decimals: less than a tenth of a pixel."""
    rounded = f"{value:.2f}".rstrip("0").removesuffix(".")
    return rounded if rounded != "-0" else "0"


def _px(value: float) -> str:
    rounded = f"{value:.1f}".removesuffix(".0")
    return rounded if rounded != "-0" else "0"

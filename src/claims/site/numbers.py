"""Numbers as people read them: as many digits as their interval allows, never more."""

import math
from collections.abc import Iterable

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST_DECIMALS = 9
_TIMES = "\u00a0×\u00a0"  # no-break spaces: a number stays in one piece at the end of a line


def plain(value: float, digits: int = 4) -> str:
    """A number on its own, to `digits` significant digits, without trailing zeros."""
    if value == 0:
        return "0"
    if math.isinf(value):
        return _minus("∞" if value > 0 else "-∞")
    if not 1e-4 <= abs(value) < 1e7:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        power = f"10{str(int(exponent)).translate(_SUPERSCRIPT)}"
        return _minus(f"{mantissa}{_TIMES}{power}") if mantissa != "1" else power
    if float(value).is_integer():
        return _minus(f"{value:.0f}")
    return _minus(f"{value:.{digits}g}")


def fixed(value: float, decimals: int) -> str:
    """A number with this many decimals; what rounds to nothing has no sign."""
    text = f"{value:.{decimals}f}"
    return _minus(text.lstrip("-") if float(text) == 0 else text)


def estimate(value: float, low: float, high: float, edges: Iterable[float] = ()) -> str:
    """`0.61 [0.55, 0.67]`: rounded to the first digit that the interval leaves open.

    More decimals are kept where rounding would move an end of the interval, or the estimate, across one of
    `edges` (the ends of the expected interval): the text must not contradict the verdict.
    """
    if low == high:
        return plain(value, 6)
    if max(abs(low), abs(high)) < 1e-3:
        return f"{plain(value, 2)} [{plain(low, 2)}, {plain(high, 2)}]"
    decimals = _decimals((high - low) / 2)
    finite = [e for e in edges if math.isfinite(e)]
    while decimals < _MOST_DECIMALS and any(_moved(x, e, decimals) for x in (value, low, high) for e in finite):
        decimals += 1
    return f"{fixed(value, decimals)} [{fixed(low, decimals)}, {fixed(high, decimals)}]"


def seconds(value: float) -> str:
    """A duration in words that a person would use."""
    if value < 1:
        return f"{value:.2g} s"
    if value < 120:
        return f"{value:.0f} s"
    if value < 7200:
        return f"{int(value // 60)} min {int(value % 60)} s"
    return f"{int(value // 3600)} h {int(value % 3600 // 60)} min"


def percent(share: float) -> str:
    """`98.5 %` from 0.985."""
    return f"{100 * share:.6g} %"


def _decimals(half_width: float) -> int:
    exponent = math.floor(math.log10(half_width))
    leading = half_width / 10**exponent
    return min(_MOST_DECIMALS, max(0, -exponent + (1 if leading < 2 else 0)))


def _moved(value: float, edge: float, decimals: int) -> bool:
    return value != edge and round(value, decimals) == round(edge, decimals)


def _minus(text: str) -> str:
    return text.replace("-", "−")

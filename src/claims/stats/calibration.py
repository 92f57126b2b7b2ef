"""Calibration: how often rule 1, and the rules that it replaces, are wrong, by simulation.

The interval is 8 run-sd wide and both its ends are closed. "Edge" puts the true mean exactly on an end of it,
"inside" 2 run-sd inside that end, where run-sd is the true sd of the noise between replicates. Every figure is
taken at either end and the worse one kept: skewed noise errs at one end only.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from math import exp, expm1, sqrt
from typing import Any

import numpy as np

from claims.domain.interval import Interval
from claims.stats.looks import LOOKS_V1, Look, preliminary
from claims.stats.power import half_width_for, margin_for
from claims.stats.simulation import Decided, Floats, decide_many

WIDTH = 8.0
"""Width of the expected interval, in run-sd."""
DEPTH = 2.0
"""How far inside the end the true mean lies for the power figures, in run-sd."""
FAMILY = 3
"""Predictions of the claim that shows what correcting for several does."""
LONGEST = 24
"""Replicates at which every rule stops."""
CHUNK = 10_000
"""Repetitions drawn at once: small enough for the processor's cache."""
POWER = 0.8

Noise = Callable[[np.random.Generator, tuple[int, ...]], Floats]


def normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Standard normal."""
    return rng.standard_normal(shape)


def t3(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Student's t with 3 degrees of freedom: symmetric, heavy tails."""
    return rng.standard_t(3, shape) / sqrt(3)


def lognormal(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Lognormal, sigma 0.8: skewed to the right."""
    sigma = 0.8
    mean, sd = exp(sigma**2 / 2), sqrt(expm1(sigma**2)) * exp(sigma**2 / 2)
    drawn: Floats = (rng.lognormal(0.0, sigma, shape) - mean) / sd
    return drawn


def crash10(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Normal, but one seed in ten collapses by 5 of that normal's sd."""
    share, drop = 0.1, 5.0
    drawn = rng.standard_normal(shape) - drop * (rng.random(shape) < share)
    centred: Floats = (drawn + share * drop) / sqrt(1 + share * (1 - share) * drop**2)
    return centred


NOISE: Mapping[str, Noise] = {"normal": normal, "t3": t3, "lognormal": lognormal, "crash10": crash10}
"""Shapes of the noise between replicates, each with mean 0 and sd 1."""


@dataclass(frozen=True)
class Rule:
    """A way to decide, in words and as looks."""

    about: str
    looks: tuple[Look, ...]


_V1 = tuple(LOOKS_V1.values())
RULES: Mapping[str, Rule] = {
    "rule-1": Rule("Rule 1: guarded t-intervals at looks fixed before the run.", _V1),
    "all-inside": Rule(
        "Rule 1 with a guard of none at every look.", tuple(Look(look.n, look.alpha, 0) for look in _V1)
    ),
    "unguarded": Rule("Rule 1 without its guard.", tuple(Look(look.n, look.alpha, look.n) for look in _V1)),
    "peeking": Rule(
        "A 95 % interval after every replicate from the third on, stopping at the first that decides.",
        tuple(Look(n, 0.05, n) for n in range(3, LONGEST + 1)),
    ),
    "point": Rule("The mean of 8 replicates lies in the interval, or does not.", (Look(8, 1.0, 8),)),
    "leaning": Rule("What gives a leaning: a 99 % interval at 5 replicates, nothing outside.", (preliminary(5),)),
}

CONVENTIONS = {
    "edge": f"true mean exactly on an end of a closed interval {WIDTH:g} run-sd wide",
    "inside": f"true mean {DEPTH:g} run-sd inside an end of that interval",
    "run_sd": "true standard deviation of the noise between replicates, collapsed ones included",
    "tail": "each figure at the lower and at the upper end of the interval, the worse one kept (the larger rate;"
    " for supported_inside the smaller)",
    "level": "a look's alpha is the two-sided error of its interval: at one end, half of it",
    "rate": "share of repetitions that get this verdict at any of the rule's looks, stopping at the first that decides",
    "error": "Monte-Carlo standard error of the rate; a rate of 0 means below 3 / repetitions with 95 % confidence",
    "replicates": "independent and all valid",
    "family": f"{FAMILY} independent predictions, each with its true mean on the same end of its interval",
    "margins": f"run-sd between the true mean and the end (one_sided), or half the width with the mean in the middle"
    f" (two_sided), for which rule 1 says supported with a chance of {POWER:g} at or before the look; normal noise",
}


def error_rates(*, seed: int, repetitions: int) -> dict[str, Any]:
    """Error rates and power of every rule under every noise, as plain JSON values, with what they mean."""
    shapes = {
        name: _rates_under(noise, np.random.default_rng([seed, number]), repetitions)
        for number, (name, noise) in enumerate(NOISE.items())
    }
    return {
        "rule": 1,
        "seed": seed,
        "repetitions": repetitions,
        "conventions": CONVENTIONS,
        "noise": {name: noise.__doc__ for name, noise in NOISE.items()},
        "rules": {
            name: {
                "about": rule.about,
                "looks": [asdict(look) for look in rule.looks],
                "rates": {shape: rates[name] for shape, rates in shapes.items()},
            }
            for name, rule in RULES.items()
        },
        "family": {shape: rates["family"] for shape, rates in shapes.items()},
        "margins": _margins(np.random.default_rng([seed, len(NOISE)]), repetitions),
    }


def _rates_under(noise: Noise, rng: np.random.Generator, repetitions: int) -> dict[str, Any]:
    """Every rule's figures, and the family's, under one noise."""
    counts: dict[tuple[str, str, str], np.ndarray[Any, np.dtype[np.int64]]] = {}
    for noise_RKN in _chunks(noise, rng, repetitions):
        for place, end, expected in _places():
            for name, rule in RULES.items():
                found = decide_many(noise_RKN[:, :1], [expected], rule.looks)
                counts[name, place, end] = counts.get((name, place, end), 0) + _count(found)
            if place == "edge":
                found = decide_many(noise_RKN, [expected] * FAMILY, _V1)
                counts["family", place, end] = counts.get(("family", place, end), 0) + _count(found)
    figures = {name: _figures(name, counts, repetitions, ("edge", "inside")) for name in RULES}
    return {**figures, "family": _figures("family", counts, repetitions, ("edge",))}


def _chunks(noise: Noise, rng: np.random.Generator, repetitions: int) -> Iterator[Floats]:
    for start in range(0, repetitions, CHUNK):
        yield noise(rng, (min(CHUNK, repetitions - start), FAMILY, LONGEST))


def _places() -> Iterator[tuple[str, str, Interval]]:
    """The interval around a true mean of zero, for either place of the mean and either end."""
    for place, depth in (("edge", 0.0), ("inside", DEPTH)):
        yield place, "lower", Interval(low=-depth, high=WIDTH - depth)
        yield place, "upper", Interval(low=depth - WIDTH, high=depth)


def _count(found: Decided) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Repetitions that are supported, and that are refuted."""
    return np.array([np.count_nonzero(found.supported_R >= 0), np.count_nonzero(found.refuted_R >= 0)])


def _figures(
    name: str, counts: Mapping[tuple[str, str, str], Any], repetitions: int, places: tuple[str, ...]
) -> dict[str, Any]:
    figures = {}
    for place in places:
        for position, word in enumerate(("supported", "refuted")):
            at = {end: int(counts[name, place, end][position]) for end in ("lower", "upper")}
            worse = min if (word, place) == ("supported", "inside") else max
            end = worse(at, key=lambda e: at[e])
            rate = at[end] / repetitions
            figures[f"{word}_{place}"] = {
                "rate": round(rate, 6),
                "error": round(sqrt(rate * (1 - rate) / repetitions), 6),
                "end": end,
            }
    return figures


def _margins(rng: np.random.Generator, repetitions: int) -> dict[str, dict[str, float]]:
    """What a look needs, in run-sd, to hundredths."""
    return {
        "one_sided": {str(n): round(margin_for(n, rng=rng, power=POWER, repetitions=repetitions), 2) for n in LOOKS_V1},
        "two_sided": {
            str(n): round(half_width_for(n, rng=rng, power=POWER, repetitions=repetitions), 2) for n in LOOKS_V1
        },
    }

"""Discovery: how many verdicts `supported` must be reckoned wrong, from the rule's error rate and the counts alone.

A test is one decision of the rule on one claim. `alpha` is the chance that it says supported of a claim whose
prediction is false: at most the simulated rate at the edge, where a false prediction is hardest to tell from a true
one. What share of all claims tested is false is not known; each function says what it puts in its place.
"""

from scipy.stats import binom


def expected_wrong(tests: int, alpha: float) -> float:
    """At most so many tests are expected to be wrongly supported, were every claim false.

    Expectations add up whatever the tests share. Over the number supported this is the false discovery rate as
    Storey (2002, Journal of the Royal Statistical Society B 64) estimates it, with every claim taken as false.
    Raises ValueError unless `tests` >= 0 and `alpha` is in [0, 1].
    """
    if tests < 0 or not 0 <= alpha <= 1:
        raise ValueError(f"{tests} tests at {alpha}: a count and a probability are needed")
    return tests * alpha


def expected_wrong_beside(unsupported: int, alpha: float) -> float:
    """The same from the tests that did *not* end supported.

    A false claim ends supported with odds of at most alpha to 1 - alpha, and all that did not end supported may have
    been false: for each of them at most alpha / (1 - alpha) false ones slipped through. The idea is Storey's, who
    estimates the share of null hypotheses from those that are not rejected. Unlike `expected_wrong` it is no bound
    but an estimate of one: the count of the unsupported stands for its own expectation.
    Raises ValueError unless `unsupported` >= 0 and `alpha` is in [0, 1).
    """
    if unsupported < 0 or not 0 <= alpha < 1:
        raise ValueError(f"{unsupported} tests at {alpha}: a count and a probability below 1 are needed")
    return unsupported * alpha / (1 - alpha)


def most_wrong(tests: int, alpha: float, level: float = 0.95) -> int:
    """So many wrongly supported tests are not exceeded with probability `level`, were every claim false.

    The tests must be independent. Raises ValueError as `expected_wrong`, and unless `level` is in (0, 1).
    """
    expected_wrong(tests, alpha)
    if not 0 < level < 1:
        raise ValueError(f"level is a fraction between 0 and 1, got {level}")
    return int(binom.ppf(level, tests, alpha)) if tests else 0


def share(wrong: float, supported: int) -> float | None:
    """The share of the supported that `wrong` ones are, at most all; None where nothing is supported."""
    return min(1.0, wrong / supported) if supported else None


def wrong_given(true_share: float, alpha: float, power: float) -> float | None:
    """Share of supported verdicts that are wrong, if `true_share` of all claims tested are true.

    One minus the positive predictive value of Ioannidis (2005, PLoS Medicine 2(8): e124), without bias. None where
    nothing would ever be supported. Raises ValueError for what is no probability.
    """
    if not all(0 <= p <= 1 for p in (true_share, alpha, power)):
        raise ValueError("probabilities lie between 0 and 1")
    wrong, right = alpha * (1 - true_share), power * true_share
    return wrong / (wrong + right) if wrong + right > 0 else None

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.counting import count
from claims.site.numbers import estimate, plain, seconds


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.61, "0.61"),
        (-0.5, "−0.5"),
        (2000, "2000"),
        (123456, "123456"),
        (0.0003, "0.0003"),
        (3e-5, "3\u00a0×\u00a010⁻⁵"),
        (-1.25e9, "−1.25\u00a0×\u00a010⁹"),
        (math.inf, "∞"),
    ],
)
def test_a_number_is_written_for_people(value, text):
    assert plain(value) == text


def test_an_estimate_has_the_digits_that_its_interval_allows():
    assert estimate(0.6134, 0.5521, 0.6747) == "0.61 [0.55, 0.67]"
    assert estimate(0.61345, 0.60301, 0.62389) == "0.613 [0.603, 0.624]"


def test_a_mean_that_rounds_to_nothing_has_no_sign():
    assert estimate(-0.001, -0.26, 0.258) == "0.0 [−0.3, 0.3]"


def test_rounding_never_puts_an_end_on_the_edge_that_it_does_not_reach():
    assert estimate(0.25, 0.1996, 0.3004, edges=(0.2,)) == "0.2500 [0.1996, 0.3004]"


def test_an_audit_has_no_interval():
    assert estimate(2.25, 2.25, 2.25) == "2.25"


@given(
    st.floats(-100, 100).filter(lambda x: abs(x) > 0.01),
    st.floats(0.001, 10),
    st.floats(-100, 100),
)
def test_the_text_agrees_with_the_verdict(mean, half, edge):
    low, high = mean - half, mean + half
    words = estimate(mean, low, high, edges=(edge,)).replace("−", "-").replace("[", "").replace("]", "")
    shown = [float(part.strip(",")) for part in words.split()]
    for was, is_ in zip((mean, low, high), shown, strict=True):
        if abs(was - edge) > 1e-6:
            assert (was > edge) is (is_ > edge)


@pytest.mark.parametrize(
    ("value", "text"), [(0.25, "0.25 s"), (19.8, "20 s"), (161, "2 min 41 s"), (7300, "2 h 1 min")]
)
def test_a_duration_is_in_words(value, text):
    assert seconds(value) == text


def test_one_is_not_many():
    assert [count(1, "seed"), count(2, "seed"), count(1, "is", "are"), count(0, "is", "are")] == [
        *("1 seed", "2 seeds"),
        *("1 is", "0 are"),
    ]

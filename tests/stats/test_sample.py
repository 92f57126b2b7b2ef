import pytest
from stats_samples import prediction

from claims.domain.claim import Contrast, Prediction
from claims.domain.interval import Expect
from claims.domain.run import Outcome, Replicate
from claims.stats.sample import sample


def run(index, of=3.0, minus=1.0):
    return Replicate(
        index=index,
        seed=index,
        outcome=Outcome.OK,
        measured={"of": {"score": of}, "minus": {"score": minus}},
        combined={"slope": 0.5 + index},
    )


def predicted(**where):
    metric = where.pop("metric", "score")
    return Prediction(id="p", metric=metric, expect=Expect(above=0.0), **where)


def test_value_at_a_condition():
    assert sample(predicted(condition="of"), [run(0), run(1, of=4.0)]) == (3.0, 4.0)


def test_without_condition_it_is_the_combined_one():
    assert sample(predicted(metric="slope"), [run(0), run(1)]) == (0.5, 1.5)


def test_contrast_is_paired_by_seed():
    contrast = predicted(contrast=Contrast(of="of", minus="minus"))
    assert sample(contrast, [run(0), run(1, of=10.0, minus=9.0)]) == (2.0, 1.0)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"condition": "other"}, "replicate 4: no number for score at other"),
        ({"metric": "loss", "condition": "of"}, "replicate 4: no number for loss at of"),
        ({"metric": "score"}, "replicate 4: no number for score combined"),
        ({"contrast": Contrast(of="of", minus="other")}, "replicate 4: no number for score at other"),
    ],
)
def test_missing_number_is_named(where, message):
    with pytest.raises(ValueError, match=message):
        sample(predicted(**where), [run(4)])


def test_difference_that_overflows_is_refused():
    with pytest.raises(ValueError, match="not finite"):
        sample(predicted(contrast=Contrast(of="of", minus="minus")), [run(0, of=1.7e308, minus=-1.7e308)])


def test_no_replicates_give_no_numbers():
    assert sample(prediction(), []) == ()

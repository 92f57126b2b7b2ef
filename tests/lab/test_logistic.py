"""Logistic regression on tables solved by hand, and what holding groups fixed takes from a coefficient."""

import math

import pytest
import torch

from claims.lab.metrics.logistic import association, logistic
from claims.lab.models.planted_failures import planted_failures
from claims.lab.seeding import generator

LEVELS = torch.arange(8000) % 4


def test_the_coefficient_of_a_yes_or_no_is_the_log_odds_ratio():
    """3 of 4 against 1 of 4: odds 3 and 1/3."""
    outcomes, predictor = torch.tensor([1, 1, 1, 0, 1, 0, 0, 0.0]), torch.tensor([1, 1, 1, 1, 0, 0, 0, 0.0])
    assert float(logistic(outcomes, predictor[:, None])[0]) == pytest.approx(math.log(9))


def test_an_outcome_that_follows_nothing_has_coefficient_zero():
    outcomes, predictor = torch.tensor([1, 0, 1, 0.0]), torch.tensor([1, 1, 0, 0.0])
    assert float(logistic(outcomes, predictor[:, None])[0]) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("predictors", [[[0.0], [0.0], [1.0], [1.0]], [[1.0], [1.0], [1.0], [1.0]]])
def test_separated_or_constant_predictors_are_refused(predictors):
    with pytest.raises(ValueError, match="no finite coefficients"):
        logistic(torch.tensor([0.0, 0.0, 1.0, 1.0]), torch.tensor(predictors))


def test_holding_difficulty_fixed_takes_all_of_what_it_made():
    found = association(*planted_failures("confounded", LEVELS, generator(1)), LEVELS)
    assert found["coefficient_alone"] > 0.3
    assert found["coefficient_shrinkage"] == pytest.approx(1.0, abs=0.2)


def test_holding_difficulty_fixed_takes_nothing_of_a_cause():
    found = association(*planted_failures("cause", LEVELS, generator(1)), LEVELS)
    assert found["coefficient_alone"] > 1.0
    assert found["coefficient_shrinkage"] == pytest.approx(0.0, abs=0.05)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="'chance'"):
        planted_failures("chance", LEVELS, generator(1))

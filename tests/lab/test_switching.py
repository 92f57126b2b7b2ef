"""How switches go with failing, on traces made up by hand."""

import pytest
import torch

from claims.lab.metrics.logistic import association
from claims.lab.metrics.switching import switching
from claims.lab.tasks.search import FOUND, SWITCH, UP


def trace(*tokens, cap=8):
    return [*tokens, *[FOUND if tokens[-1] == FOUND else UP] * (cap - len(tokens))]


def test_means_of_switches_and_the_share_that_difficulty_takes():
    easy = [trace(UP, FOUND)] * 6 + [trace(SWITCH, UP, FOUND)] * 2 + [trace(SWITCH)] * 1 + [trace(UP)] * 3
    hard = [trace(SWITCH, FOUND)] * 2 + [trace(UP, FOUND)] * 1 + [trace(SWITCH)] * 6 + [trace(UP)] * 3
    levels = torch.tensor([0] * len(easy) + [1] * len(hard))
    found = switching(torch.tensor(easy + hard), levels)
    assert found["switches_if_wrong"] == pytest.approx(7 / 13)
    assert found["switches_if_right"] == pytest.approx(4 / 11)
    # Odds of failing with a switch and without: 7:4 against 6:7, and at equal level 1:2 against 3:6, 6:2 against 3:1.
    assert found["coefficient_alone"] > 0
    assert found["coefficient_shrinkage"] == pytest.approx(1.0, abs=1e-6)


def test_a_rate_counts_the_tokens_until_the_find():
    traces = [trace(UP, SWITCH, UP, FOUND), trace(SWITCH, FOUND), trace(UP, FOUND), trace(SWITCH), trace(UP), trace(UP)]
    traces += [[SWITCH, SWITCH, UP, UP, UP, UP, UP, UP]]
    tokens, switches = [4, 2, 2, 8, 8, 8, 8], [1, 1, 0, 1, 0, 0, 2]
    levels = torch.tensor([0, 1, 1, 0, 1, 0, 1])
    wrong = torch.tensor([False, False, False, True, True, True, True])
    by_hand = association(wrong, torch.tensor(switches) / torch.tensor(tokens), levels)
    assert switching(torch.tensor(traces), levels)["rate_shrinkage"] == pytest.approx(by_hand["coefficient_shrinkage"])

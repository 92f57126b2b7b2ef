"""pass@k: the counts against the binomial definition, the exact chances against drawing."""

import math

import pytest
import torch

from claims.lab.metrics.pass_at_k import pass_at_k, pass_at_k_from_counts
from claims.lab.seeding import generator


@pytest.mark.parametrize(("samples", "k"), [(4, 1), (4, 2), (10, 3), (64, 64), (200, 17)])
def test_the_estimate_from_counts_is_the_one_of_the_definition(samples, k):
    right = torch.arange(samples + 1)
    expected = [1 - math.comb(samples - c, k) / math.comb(samples, k) for c in range(samples + 1)]
    for count, value in zip(right, expected, strict=True):
        assert pass_at_k_from_counts(count.view(1), samples, k) == pytest.approx(value, abs=1e-9)
    assert pass_at_k_from_counts(right, samples, k) == pytest.approx(sum(expected) / len(expected), abs=1e-9)


def test_at_k_of_one_it_is_the_share_of_right_answers():
    assert pass_at_k_from_counts(torch.tensor([3, 0, 8]), 8, 1) == pytest.approx(11 / 24)
    assert pass_at_k(torch.tensor([0.25, 0.75]), 1) == pytest.approx(0.5)


def test_more_draws_than_samples_are_refused():
    with pytest.raises(ValueError, match="pass@5"):
        pass_at_k_from_counts(torch.tensor([1]), 4, 5)


def test_two_problems_by_hand():
    # One never solved, one at a chance of a half: (0 + 1 - 1/8) / 2.
    assert pass_at_k(torch.tensor([0.0, 0.5]), 3) == pytest.approx(7 / 16)


def test_a_chance_that_rounding_lifts_above_one_counts_as_one():
    assert pass_at_k(torch.tensor([1.0000001]), 2) == 1.0


@pytest.mark.parametrize("k", [1, 4, 16])
def test_the_exact_chance_is_what_drawing_gives(k):
    chances = torch.tensor([0.02, 0.1, 0.5])
    drawn = torch.rand((40_000, k, 3), generator=generator(1)) < chances
    assert drawn.any(dim=1).double().mean().item() == pytest.approx(pass_at_k(chances, k), abs=0.005)


def test_the_estimate_from_counts_has_the_exact_chance_as_its_mean():
    chances = torch.tensor([0.05, 0.3])
    right = (torch.rand((20_000, 12, 2), generator=generator(2)) < chances).sum(dim=1)
    estimates = [pass_at_k_from_counts(counts, 12, 4) for counts in (right[:, 0], right[:, 1])]
    assert sum(estimates) / 2 == pytest.approx(pass_at_k(chances, 4), abs=0.005)

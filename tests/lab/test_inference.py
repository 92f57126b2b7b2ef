"""What samples are worth without training: votes, resampling and oracles against enumeration and by hand."""

from itertools import product

import pytest
import torch

from claims.lab.metrics.inference import best_of_budgets, oracle_excess, resampled, votes
from claims.lab.seeding import generator

CHANCES = [0.5, 0.3, 0.2]


def elected(chances, right, samples):
    """The chance that `right` wins, over all sequences of samples; ties are shared."""
    won = 0.0
    for drawn in product(range(len(chances)), repeat=samples):
        counts = [drawn.count(answer) for answer in range(len(chances))]
        if counts[right] == max(counts):
            chance = torch.tensor([chances[answer] for answer in drawn]).prod()
            won += float(chance) / counts.count(max(counts))
    return won


def walked(chances, exponent, samples):
    """The chain in words: propose an answer, accept it with the smaller of 1 and its odds to the power."""
    now = list(chances)
    for _ in range(samples - 1):
        after = [0.0] * len(now)
        for here, there in product(range(len(now)), repeat=2):
            accept = min(1.0, (chances[there] / chances[here]) ** (exponent - 1))
            after[there] += now[here] * chances[there] * accept
            after[here] += now[here] * chances[there] * (1 - accept)
        now = after
    return now


@pytest.mark.parametrize(("right", "samples"), [(0, 1), (0, 3), (1, 4), (2, 5)])
def test_votes_agree_with_all_elections(right, samples):
    count = 40_000
    share = votes(
        torch.tensor([CHANCES]).repeat(count, 1), torch.full((count,), right), samples=samples, generator=generator(1)
    )
    assert share == pytest.approx(elected(CHANCES, right, samples), abs=0.008)


def test_votes_find_the_mode_and_lose_an_answer_that_is_not():
    chances = torch.tensor([CHANCES]).repeat(200, 1)
    assert votes(chances, torch.zeros(200, dtype=torch.long), samples=256, generator=generator(1)) > 0.99
    assert votes(chances, torch.ones(200, dtype=torch.long), samples=256, generator=generator(1)) < 0.01


@pytest.mark.parametrize("samples", [1, 2, 3, 7])
def test_resampling_agrees_with_the_chain_in_words(samples):
    chances = resampled(torch.tensor([CHANCES]), exponent=4.0, samples=samples)
    assert chances[0].tolist() == pytest.approx(walked(CHANCES, 4.0, samples), abs=1e-6)


def test_two_samples_solved_by_hand():
    # From 0.8: stays unless the other is proposed and taken, odds 1/4 at exponent 2. From 0.2: leaves if proposed.
    chances = resampled(torch.tensor([[0.8, 0.2]]), exponent=2.0, samples=2)
    assert chances[0].tolist() == pytest.approx([0.8 * (1 - 0.2 / 4) + 0.2 * 0.8, 0.8 * 0.2 / 4 + 0.2 * 0.2])


def test_many_samples_reach_the_power_and_exponent_one_changes_nothing():
    power = torch.tensor(CHANCES).double() ** 4
    many = resampled(torch.tensor([CHANCES]), exponent=4.0, samples=256)
    assert torch.allclose(many[0], power / power.sum(), atol=1e-6)
    assert torch.allclose(resampled(torch.tensor([CHANCES]), exponent=1.0, samples=9)[0].float(), torch.tensor(CHANCES))


def test_what_is_no_answer_counts_as_one_wrong_answer():
    some = resampled(torch.tensor([[0.3, 0.2]]), exponent=4.0, samples=5)
    assert some[0].tolist() == pytest.approx(walked([0.3, 0.2, 0.5], 4.0, 5)[:2], abs=1e-6)


def test_resampling_is_a_matter_of_each_problem_alone():
    chances = torch.rand(100, 5, generator=generator(1))
    chances = chances / chances.sum(dim=1, keepdim=True)
    together = resampled(chances, exponent=4.0, samples=16)
    assert torch.allclose(together[97:], resampled(chances[97:], exponent=4.0, samples=16))


def test_an_oracle_is_worth_what_guesses_are_not():
    right = torch.tensor([0])
    assert oracle_excess(torch.tensor([CHANCES]), right, budgets=(1,)) == pytest.approx(0.5 - 1 / 3)
    best = max(1 - 0.5**k - (1 - (2 / 3) ** k) for k in (1, 2, 4))
    assert oracle_excess(torch.tensor([CHANCES]), right, budgets=(1, 2, 4)) == pytest.approx(best)
    assert oracle_excess(torch.full((1, 3), 1 / 3), right, budgets=(1, 4, 64)) == pytest.approx(0.0, abs=1e-6)
    assert oracle_excess(torch.tensor([CHANCES]), torch.tensor([2]), budgets=(1, 4)) < 0


@pytest.mark.parametrize(("right", "once", "best"), [(0, 0.5, 1.0), (2, 0.2, 0.2)])
def test_the_best_use_is_one_sample_where_the_mode_is_wrong_and_a_vote_where_it_is_right(right, once, best):
    chances, rights = torch.tensor([CHANCES]).repeat(64, 1), torch.full((64,), right)
    rng = generator(1)
    assert best_of_budgets(chances, rights, exponent=4.0, budgets=(256,), generator=rng) == pytest.approx(
        best, abs=0.01
    )
    at_one = best_of_budgets(chances, rights, exponent=4.0, budgets=(1,), generator=rng)
    assert once <= at_one + 1e-6 < once + 0.2

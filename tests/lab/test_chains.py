"""Worlds of relations: right answers listed by hand, and the exact chance of solving a problem."""

from itertools import product

import pytest
import torch

from claims.lab.metrics.coverage import chances, coverage, sampling_gap
from claims.lab.metrics.pass_at_k import pass_at_k
from claims.lab.models.decoder import decoder
from claims.lab.sampling import sample
from claims.lab.seeding import generator
from claims.lab.tasks.chains import FEWEST, MOST, Chains, chains
from claims.lab.training.on_policy import REINFORCE
from claims.lab.training.walkers import Budget, right_batches, sharpened, split, tune, walker

# Three nodes, two relations. Relation 3: 0 -> 1; 1 -> 0, 2; 2 -> 0, 1, 2. Relation 4: every node -> 2.
HAND = Chains(
    2,
    torch.tensor([[1, 2, 3], [1, 1, 1]]),
    torch.tensor([[[1, 0, 2], [0, 2, 1], [0, 1, 2]], [[2, 0, 1], [2, 0, 1], [2, 0, 1]]]),
)
WORLD = chains(8, 3, 2, seed=4, device="cpu")
PROBLEMS = WORLD.problems()


@pytest.fixture(scope="module")
def model():
    return decoder(WORLD.vocabulary, WORLD.length, width=16, layers=2, heads=2, seed=3, device="cpu")


def listed(world, prompt):
    right = world.right(torch.tensor([prompt]))
    return sorted(map(tuple, right.answers_BLA[0, : right.count_B[0]].tolist()))


def test_problems_are_the_prompts_with_three_to_eight_right_answers():
    # 1,3,3: 0 -> 1 and 2 -> 0, 1, 2: four walks; 2,3,3: 0 -> 1, 1 -> 0, 2, 2 -> 0, 1, 2: six; 2,3,4 and 2,4,3 and
    # 0,4,3 and 1,4,3: three each; the others have fewer.
    assert HAND.problems().tolist() == [[0, 4, 3], [1, 3, 3], [1, 4, 3], [2, 3, 3], [2, 3, 4], [2, 4, 3]]


def test_right_answers_are_all_walks_and_each_once():
    assert listed(HAND, [1, 3, 3]) == [(0, 1), (2, 0), (2, 1), (2, 2)]
    assert listed(HAND, [2, 3, 4]) == [(0, 2), (1, 2), (2, 2)]


def test_reward_agrees_with_the_list_for_every_possible_answer():
    for prompt in PROMPTS_BY_HAND:
        answers = torch.tensor(list(product(range(HAND.vocabulary), repeat=2)))
        paid = HAND.reward(torch.tensor([prompt]).expand(len(answers), -1), answers)
        assert sorted(map(tuple, answers[paid > 0].tolist())) == listed(HAND, prompt)


PROMPTS_BY_HAND = ([1, 3, 3], [2, 4, 3], [2, 3, 3])


def test_entries_beyond_the_count_repeat_the_first():
    right = HAND.right(torch.tensor([[2, 3, 4]]))
    assert right.answers_BLA.shape == (1, MOST, 2)
    assert (right.answers_BLA[0, 3:] == right.answers_BLA[0, 0]).all()


def test_a_drawn_answer_is_right_and_every_right_one_comes():
    prompts = torch.tensor([[1, 3, 3]]).expand(400, -1)
    drawn = HAND.one_right(prompts, generator(1))
    assert HAND.reward(prompts, drawn).all()
    shares = torch.unique(drawn, dim=0, return_counts=True)[1] / 400
    assert len(shares) == 4
    assert float(shares.min()) > 0.15


def test_a_world_comes_from_its_seed_and_every_problem_is_in_bounds():
    again, other = (chains(8, 3, 2, seed=seed, device="cpu") for seed in (4, 5))
    assert torch.equal(again.value_RNW, WORLD.value_RNW)
    assert not torch.equal(other.value_RNW, WORLD.value_RNW)
    counts = WORLD.right(PROBLEMS).count_B
    assert int(counts.min()) >= FEWEST
    assert int(counts.max()) <= MOST


def test_chances_are_what_sampling_finds(model):
    problems = PROBLEMS[:4]
    exact = chances(model, WORLD, problems).sum(dim=1)
    answers = sample(model, problems, each=4000, length=2, generator=generator(2))
    found = WORLD.reward(problems.repeat_interleave(4000, dim=0), answers).view(4, -1).mean(dim=1)
    assert exact.tolist() == pytest.approx(found.tolist(), abs=0.02)
    assert sampling_gap(model, WORLD, PROBLEMS[:32], 512, generator(3)) < 0.03


def test_a_chance_counted_twice_shows_in_the_sampling_gap(model, monkeypatch):
    right = chances(model, WORLD, PROBLEMS[:32])
    monkeypatch.setattr("claims.lab.metrics.coverage.chances", lambda *_: 2 * right)
    assert sampling_gap(model, WORLD, PROBLEMS[:32], 512, generator(3)) > 0.03


def test_coverage_by_hand():
    found = coverage(torch.tensor([[0.25, 0.25, 0.0], [0.0, 0.0, 0.0]]))
    assert found["pass_at_1"] == pytest.approx(0.25)
    assert found["pass_at_16"] == pytest.approx((1 - 0.5**16) / 2)
    assert found["right_in_use"] == pytest.approx(1.5)  # two equally probable ones; nothing counts as one


def test_a_sharpened_model_has_its_logits_divided(model):
    tokens = PROBLEMS[:2]
    assert torch.allclose(sharpened(model, 0.5)(tokens).logits, 2 * model(tokens).logits, atol=1e-5)


def test_a_split_loses_and_repeats_nothing():
    one, two = split(PROBLEMS, 5, generator(6))
    assert len(one) == 5
    assert sorted(map(tuple, torch.cat([one, two]).tolist())) == sorted(map(tuple, PROBLEMS.tolist()))


def test_rare_relations_are_asked_for_rarely():
    asked, answers = right_batches(WORLD, PROBLEMS, generator(7), rare=1, rate=0.0)(0)
    assert (asked[:, 1:] < WORLD.vocabulary - 1).all()
    assert WORLD.reward(asked, answers).all()


def test_pretraining_stops_where_it_is_told_to():
    shape = {"width": 32, "lr": 1e-2, "steps": 200, "seed": 8, "device": "cpu"}
    base = walker(WORLD, PROBLEMS, 1, 0.1, **shape, until=0.2)
    assert 0.15 < pass_at_k(chances(base, WORLD, PROBLEMS).sum(dim=1), 1) < 0.6


def test_tuning_raises_reward_unless_it_is_shuffled_and_is_heard_at_each_look():
    shape = {"width": 32, "lr": 1e-2, "steps": 60, "seed": 8, "device": "cpu"}
    gains, heard = [], []
    for shuffled in (False, True):
        base = walker(WORLD, PROBLEMS, 1, 0.1, **shape, until=0.2)
        before = chances(base, WORLD, PROBLEMS).sum(dim=1).mean()
        tune(
            base, WORLD, REINFORCE, PROBLEMS, Budget(30, 5, 16, 4),
            lr=3e-3, rng=generator(9), looks=4, on_look=heard.append, shuffled=shuffled,
        )  # fmt: skip
        gains.append(float(chances(base, WORLD, PROBLEMS).sum(dim=1).mean() - before))
    assert gains[0] > 0.1 > gains[1]
    assert heard == [7, 15, 22, 30] * 2

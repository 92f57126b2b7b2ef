"""Networks: paths, optima and deletions on cases solved by hand, and the exam on solvers of known worth."""

import pytest
import torch

from claims.lab.metrics.matching import matched_mean
from claims.lab.metrics.network_exam import NetworkExam, answers_of, solver
from claims.lab.models.decoder import decoder
from claims.lab.seeding import generator
from claims.lab.tasks.networks import Networks

TWO = Networks(layers=2, width=2, edges=8, dearest=9, lead=1)
TASK = Networks(layers=2, width=3, edges=12, dearest=5, lead=2)
# Edges of TWO: s-a s-b, a-c a-d b-c b-d, c-t d-t. Paths: a-c, a-d, b-c, b-d.
COSTS = torch.tensor([[1, 2, 1, 5, 3, 1, 4, 2]])  # 1+1+4 = 6, 1+5+2 = 8, 2+3+4 = 9, 2+1+2 = 5
TOPOLOGIES = TASK.topologies(20, generator(1))


def exam(count=512):
    costs = TASK.instances(TOPOLOGIES[:1], count, generator(2))
    parts = (TASK.affected(costs, generator(3)), TASK.unaffected(costs, generator(4)))
    return NetworkExam(TASK, costs, *parts, TASK.instances(TOPOLOGIES[10:], count, generator(5)))


def test_the_cheapest_path_and_its_lead():
    best, lead = TWO.solved(COSTS)
    assert (best.tolist(), lead.tolist()) == ([3], [1])
    assert TWO.paths_QA[3].tolist() == [1, 1]
    assert TWO.edges_QH.tolist() == [[0, 2, 6], [0, 3, 7], [1, 4, 6], [1, 5, 7]]


def test_an_absent_edge_closes_its_paths():
    best, lead = TWO.solved(COSTS.scatter(1, torch.tensor([[5]]), 0))
    assert (best.tolist(), lead.tolist()) == ([0], [2])


def test_a_prompt_says_its_costs_and_is_shorter_without_an_edge():
    less = COSTS.scatter(1, torch.tensor([[5]]), 0)
    assert TWO.prompts(COSTS).shape == (1, 9)
    assert TWO.prompts(less).shape == (1, 8)
    assert torch.equal(TWO.costs(TWO.prompts(less)), less)


def test_the_reward_pays_the_cheapest_path_of_the_prompt_only():
    prompts = TWO.prompts(COSTS).repeat(4, 1)
    assert TWO.reward(prompts, TWO.answers(torch.arange(4))).tolist() == [0, 0, 0, 1]


def test_topologies_are_distinct_and_survive_the_loss_of_any_edge():
    assert len(torch.unique(TOPOLOGIES, dim=0)) == 20
    assert (TOPOLOGIES.sum(dim=1) == 12).all()
    for edge in range(TASK.possible):
        left = TOPOLOGIES.clone()
        left[:, edge] = False
        assert (left[:, TASK.edges_QH].all(dim=-1).sum(dim=-1) >= 2).all()


def test_too_many_topologies_are_refused():
    with pytest.raises(ValueError, match="secure topologies"):
        TWO.topologies(5, generator(1))


def test_instances_have_the_edges_of_a_topology_and_a_clear_optimum():
    costs = TASK.instances(TOPOLOGIES[:3], 100, generator(2))
    assert costs.shape == (100, TASK.possible)
    assert all(any(torch.equal(row > 0, topology) for topology in TOPOLOGIES[:3]) for row in costs)
    assert (TASK.solved(costs)[1] >= TASK.lead).all()


def test_an_affected_optimum_changes_and_an_unaffected_one_stays():
    costs = TASK.instances(TOPOLOGIES, 300, generator(2))
    was = TASK.solved(costs)[0]
    hit, spared = TASK.affected(costs, generator(3)), TASK.unaffected(costs, generator(3))
    assert (TASK.solved(hit.costs_ME)[0] != was[hit.of_M]).all()
    assert torch.equal(TASK.solved(spared.costs_ME)[0], was[spared.of_M])
    for deleted in (hit, spared):
        assert (costs[deleted.of_M].gather(1, deleted.slots_M[:, None]) > 0).all()
        assert (deleted.costs_ME > 0).sum(dim=1).eq(11).all()


def test_a_mean_at_matched_cells():
    values, cells = torch.tensor([1.0, 0.0, 0.5]), torch.tensor([2, 2, 3])
    assert matched_mean(values, cells, torch.tensor([3, 3, 3, 2])) == 0.5
    assert matched_mean(values, cells, torch.tensor([3, 3])) == 0.5
    assert matched_mean(values, cells, torch.tensor([2, 3, 3, 3])) == pytest.approx((0.5 + 3 * 0.5) / 4)
    assert matched_mean(torch.tensor([1.0, 0.0]), torch.tensor([2, 3]), torch.tensor([2, 3, 3, 3])) == 0.25
    with pytest.raises(ValueError, match="no value in cell 4"):
        matched_mean(values, cells, torch.tensor([4]))


def test_a_solver_that_reads_loses_nothing_and_one_that_believes_loses_all():
    reads = exam().numbers(solver(TASK, torch.zeros(TASK.possible, dtype=torch.bool)))
    assert reads["accuracy_on_n"] == 1.0
    assert reads["n1_drop"] == reads["unaffected_drop"] == reads["fresh_drop"] == reads["stale_share"] == 0.0
    believes = exam().numbers(solver(TASK, TOPOLOGIES[0]))
    assert believes["accuracy_on_n"] == believes["n1_drop"] == believes["stale_share"] == 1.0
    assert believes["unaffected_drop"] < 0.9


def test_guessing_is_a_ninth_everywhere_and_not_stale():
    numbers = exam().numbers(lambda costs: torch.full((len(costs), 9), 1 / 9))
    assert numbers["accuracy_on_n"] == pytest.approx(1 / 9)
    assert numbers["n1_drop"] == pytest.approx(0.0, abs=1e-6)
    assert numbers["stale_excess"] == pytest.approx(0.0, abs=1e-6)


def test_chances_of_a_model_are_chances():
    model = decoder(TASK.vocabulary, 18, width=16, layers=1, heads=2, seed=1, device="cpu")
    chances = answers_of(model, TASK)(TASK.instances(TOPOLOGIES, 300, generator(2)))
    assert chances.shape == (300, 9)
    assert (chances.sum(dim=1) < 1).all()
    assert (chances > 0).all()

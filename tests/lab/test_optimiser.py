"""The optimiser: its rules, its schedule, what it stores and what it may train."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from claims.lab.metrics.updates import snapshot, unchanged_share
from claims.lab.models.decoder import decoder
from claims.lab.seeding import seeded
from claims.lab.training.optimiser import Optimiser, round_to_bf16


def line(values):
    weight = nn.Linear(len(values), 1, bias=False)
    with torch.no_grad():
        weight.weight.copy_(torch.tensor([values]))
    return weight


def one_step(bf16, lr):
    model = decoder(21, 5, width=16, layers=1, heads=2, seed=1, device="cpu")
    round_to_bf16(model)
    before = snapshot(model)
    Optimiser(model, lr=lr, bf16=bf16).step(sum((w**3).sum() for w in model.parameters()))
    return before, snapshot(model)


def test_a_model_stored_in_bf16_holds_bf16_values_after_a_step():
    _, after = one_step(bf16=True, lr=1e-3)
    assert all(torch.equal(w, w.bfloat16().float()) for w in after.values())


def test_bf16_storage_keeps_what_fp32_storage_moves():
    assert unchanged_share(*one_step(bf16=False, lr=1e-6)) < 0.05
    assert unchanged_share(*one_step(bf16=True, lr=1e-6)) > 0.9


def positions_of(optimiser, model, steps):
    seen = []
    for _ in range(steps):
        optimiser.step(model.weight.sum())
        seen.append(model.weight.item())
    return [a - b for a, b in pairwise(seen)]


def test_warm_up_is_linear_and_ends():
    model = line([0.0])
    steps = positions_of(Optimiser(model, lr=1.0, warmup=4), model, 6)
    assert steps == pytest.approx([0.5, 0.75, 1.0, 1.0, 1.0], abs=1e-3)


def test_the_learning_rate_falls_to_zero_where_it_is_told_to():
    model = line([0.0])
    steps = positions_of(Optimiser(model, lr=1.0, warmup=2, decay=6), model, 8)
    assert steps == pytest.approx([1.0, 0.75, 0.5, 0.25, 0.0, 0.0, 0.0], abs=1e-3)


def test_sgd_steps_along_a_gradient_whose_norm_is_clipped_at_one():
    model = line([1.0, 2.0])
    optimiser = Optimiser(model, lr=0.1, rule="sgd")
    optimiser.step((model.weight * torch.tensor([[0.3, 0.4]])).sum())
    assert model.weight.tolist()[0] == pytest.approx([0.97, 1.96])
    optimiser.step((model.weight * torch.tensor([[30.0, 40.0]])).sum())
    assert model.weight.tolist()[0] == pytest.approx([0.97 - 0.06, 1.96 - 0.08], abs=1e-5)


def test_momentum_carries_the_gradients_before():
    model = line([0.0])
    steps = positions_of(Optimiser(model, lr=1.0, rule="sgd", momentum=0.5), model, 4)
    assert steps == pytest.approx([1.5, 1.75, 1.875], abs=1e-4)


def test_adamw_takes_a_first_step_of_the_learning_rate_whatever_the_gradient():
    model = line([1.0, 2.0])
    Optimiser(model, lr=0.01).step((model.weight * torch.tensor([[1e-3, -0.4]])).sum())
    assert model.weight.tolist()[0] == pytest.approx([0.99, 2.01], abs=1e-5)


def test_a_weight_without_gradient_does_not_decay():
    model = line([1.0, 2.0])
    for _ in range(3):
        Optimiser(model, lr=0.1).step(model.weight[0, 0] * 1.0)
    assert model.weight[0, 1].item() == 2.0


@pytest.mark.parametrize("rule", ["adamw", "sgd"])
def test_only_the_entries_that_a_mask_sets_are_trained(rule):
    model = nn.Sequential(nn.Linear(4, 4, bias=False), nn.Linear(4, 4, bias=False))
    before = snapshot(model)
    mask = torch.eye(4, dtype=torch.bool)
    optimiser = Optimiser(model, lr=0.1, rule=rule, momentum=0.9 * (rule == "sgd"), masks={"0.weight": mask})
    for _ in range(3):
        optimiser.step(sum((weight - 3).square().sum() for weight in model.parameters()))
    after = snapshot(model)
    assert torch.equal(after["0.weight"] != before["0.weight"], mask)
    assert (after["1.weight"] != before["1.weight"]).all()


def test_what_a_mask_leaves_out_does_not_count_in_the_clipped_norm():
    model = line([0.0, 0.0])
    optimiser = Optimiser(model, lr=1.0, rule="sgd", masks={"weight": torch.tensor([[True, False]])})
    optimiser.step((model.weight * torch.tensor([[0.5, 100.0]])).sum())
    assert model.weight.tolist()[0] == pytest.approx([-0.5, 0.0])


def test_a_frozen_weight_stays():
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    model[0].weight.requires_grad_(False)
    before = snapshot(model)
    Optimiser(model, lr=0.1).step(model(torch.ones(1, 2)).sum())
    after = snapshot(model)
    assert torch.equal(before["0.weight"], after["0.weight"])
    assert not torch.equal(before["1.weight"], after["1.weight"])


def test_another_seed_builds_another_model():
    one, two = (snapshot(decoder(21, 5, width=16, layers=1, heads=2, seed=seed, device="cpu")) for seed in (1, 2))
    assert unchanged_share(one, two) < 0.01


def test_seeded_code_leaves_the_global_generator_alone():
    state = torch.get_rng_state()
    with seeded(2**60):
        torch.rand(3)
    assert torch.equal(torch.get_rng_state(), state)

"""Equal steps are equal, keep their direction, and random updates are as large as those they stand in for."""

import pytest
import torch
from torch import nn

from claims.lab.metrics.depth import relative_change
from claims.lab.seeding import generator, seeded
from claims.lab.training.equal_step import EqualStep, random_update
from claims.lab.training.optimiser import Optimiser


def two_blocks():
    with seeded(1):
        return nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 3))


def stepped(model, optimiser):
    x = torch.randn(8, 4, generator=generator(2))
    optimiser.step(model(x).square().sum())


@pytest.mark.parametrize("rule", ["adamw", "sgd"])
def test_every_block_changes_by_the_mean_share_in_its_own_direction(rule):
    free, equal = two_blocks(), two_blocks()
    before = [[w.detach().clone() for w in block.parameters()] for block in free]
    stepped(free, Optimiser(free, lr=0.1, rule=rule))
    stepped(equal, EqualStep(Optimiser(equal, lr=0.1, rule=rule), nn.ModuleList(equal)))
    shares = [relative_change(old, block) for old, block in zip(before, free, strict=True)]
    assert shares[0] != pytest.approx(shares[1], rel=1e-3)
    for old, one, other, share in zip(before, free, equal, shares, strict=True):
        assert relative_change(old, other) == pytest.approx(sum(shares) / 2, rel=1e-4)
        for was, a, b in zip(old, one.parameters(), other.parameters(), strict=True):
            assert torch.allclose((b - was) * share, (a - was) * sum(shares) / 2, atol=1e-6)


def test_a_relative_change_solved_by_hand():
    block = nn.Linear(2, 1)
    with torch.no_grad():
        block.weight.copy_(torch.tensor([[3.0, 4.0]]))
        block.bias.zero_()
    before = [torch.tensor([[3.0, 4.0]]), torch.tensor([5.0])]
    assert relative_change(before, block) == pytest.approx(5 / 50**0.5)


def test_a_random_update_has_the_size_of_the_other_and_none_of_its_direction():
    with seeded(5), torch.no_grad():
        base, tuned = (nn.ModuleList([nn.Linear(64, 64)]).requires_grad_(False) for _ in "ab")
    drawn = random_update(base, tuned, generator(3))
    for was, goal, now in zip(base[0].parameters(), tuned[0].parameters(), drawn[0].parameters(), strict=True):
        assert (now - was).norm() == pytest.approx(float((goal - was).norm()), rel=1e-4)
    change, other = (m[0].weight - base[0].weight for m in (drawn, tuned))
    assert abs(float((change * other).sum() / change.norm() / other.norm())) < 0.1
    again = random_update(base, tuned, generator(3))
    assert torch.equal(again[0].weight, drawn[0].weight)
    assert not torch.equal(random_update(base, tuned, generator(4))[0].weight, drawn[0].weight)

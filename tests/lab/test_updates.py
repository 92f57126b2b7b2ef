"""What an update did to the weights, on cases solved by hand."""

import pytest
import torch
from torch import nn

from claims.lab.metrics import updates
from claims.lab.metrics.overlap import overlap, rounding_rule, rule_hits
from claims.lab.models.planted_updates import plant
from claims.lab.seeding import generator

ONES = {"w": torch.ones(2, 2)}


def moved(*by):
    return {"w": torch.ones(2, 2) + torch.tensor(by).view(2, 2)}


def gaussian(rows=64, columns=64, scale=0.02, seed=1):
    return {"w": (scale * torch.randn(rows, columns, generator=generator(seed))).bfloat16().float()}


def test_only_matrices_outside_the_embedding_count():
    model = nn.ModuleDict({"embed": nn.Embedding(3, 2), "up": nn.Linear(2, 2), "norm": nn.RMSNorm(2)})
    assert list(updates.snapshot(model)) == ["up.weight"]


def test_a_snapshot_does_not_follow_the_model():
    model = nn.Linear(2, 2, bias=False)
    before = updates.snapshot(model)
    with torch.no_grad():
        model.weight += 1
    assert updates.unchanged_share(before, updates.snapshot(model)) == 0.0


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (updates.unchanged_share, 0.25),
        (updates.unchanged_share_abs, 0.5),
        (updates.unchanged_share_rel, 0.75),
    ],
)
def test_three_ways_to_call_a_weight_unchanged(share, expected):
    assert share(ONES, moved(0.0, 9e-6, 9e-4, 2e-3)) == expected


def test_the_relative_rule_is_bit_equality_for_bf16_values():
    before = gaussian()
    step = torch.randn(64, 64, generator=generator(2)) * 2e-5
    after = updates.as_bf16({"w": before["w"] + step})
    assert updates.unchanged_share_rel(before, after) == updates.unchanged_share(before, after) < 1


def test_a_step_below_half_a_unit_in_the_last_place_does_not_reach_a_bf16_checkpoint():
    # Between 1 and 2 neighbouring bf16 numbers are 2**-7 apart.
    after = updates.as_bf16(moved(0.0, 2**-8, 1.01 * 2**-8, 2**-7))
    assert updates.unchanged_share(ONES, after) == 0.5


def test_displacement_is_the_mean_absolute_change():
    assert updates.mean_displacement(ONES, moved(1.0, -1.0, 2.0, 0.0)) == 1.0


def test_an_outer_product_has_rank_one_and_noise_as_dense_has_full_rank():
    before = {"w": torch.zeros(8, 8)}
    after = {"w": torch.outer(torch.arange(1.0, 9), torch.arange(1.0, 9))}
    noise = updates.noise_like(before, after, generator(1))
    assert updates.rank_share(before, after) == updates.energy_rank_share(before, after) == 1 / 8
    assert updates.rank_share(before, noise) == 1.0


def test_energy_rank_counts_the_values_that_hold_the_energy():
    after = {"w": torch.diag(torch.tensor([10.0, 1.0, 0.1, 0.1]))}
    zero = {"w": torch.zeros(4, 4)}
    assert updates.energy_rank_share(zero, after, 0.9) == 1 / 4
    assert updates.energy_rank_share(zero, after, 0.999) == 2 / 4
    assert updates.energy_rank_share(zero, zero) == 0.0


def test_the_noise_null_changes_as_many_weights_by_as_much():
    before, after = gaussian(), gaussian()
    after["w"][:, :5] += 0.5
    noise = updates.noise_like(before, after, generator(3))
    assert updates.count_of(updates.changed(before, noise)) == 64 * 5
    assert float((noise["w"] - before["w"]).norm()) == pytest.approx(0.5 * (64 * 5) ** 0.5, rel=0.1)


def test_overlap_and_both_nulls_by_hand():
    # Exponents: two weights in [1, 2), two in [2, 4). Run a changes the small ones, run b one of each.
    before = {"w": torch.tensor([[1.0, 1.5], [2.0, 3.0]])}
    a = {"w": before["w"] + torch.tensor([[1.0, 1.0], [0.0, 0.0]])}
    b = {"w": before["w"] + torch.tensor([[1.0, 0.0], [1.0, 0.0]])}
    found = overlap(before, a, b)
    assert found.observed == 0.5
    assert found.uniform == 0.5  # 2 * 2 / 4 = 1 in common, of 2
    assert found.magnitude == 0.5  # 2 * 1 / 2 in the lower bin, none in the upper


def test_small_weights_that_flip_first_are_no_shared_subnetwork():
    # The null of the literature file: independent noise on each seed, rounded to bf16.
    before = gaussian(256, 256)
    runs = [updates.as_bf16({"w": before["w"] + 3e-5 * torch.randn(256, 256, generator=generator(s))}) for s in (5, 6)]
    found = overlap(before, *runs)
    assert found.observed - found.uniform > 0.1
    assert abs(found.observed - found.magnitude) < 0.02


def test_the_magnitude_null_is_what_permuting_within_exponents_gives():
    before = gaussian(32, 32)
    a, b = (updates.as_bf16({"w": before["w"] + 3e-5 * torch.randn(32, 32, generator=generator(s))}) for s in (5, 6))
    bins, rng = torch.frexp(before["w"]).exponent, generator(7)
    masks = [updates.changed(before, run)["w"] for run in (a, b)]
    shared = []
    for _ in range(200):
        permuted = [m.clone() for m in masks]
        for exponent in bins.unique():
            place = bins == exponent
            for mask in permuted:
                mask[place] = mask[place][torch.randperm(int(place.sum()), generator=rng)]
        both = float((permuted[0] & permuted[1]).sum())
        shared.append((both / float(masks[0].sum()) + both / float(masks[1].sum())) / 2)
    assert overlap(before, a, b).magnitude == pytest.approx(sum(shared) / 200, abs=0.005)


def test_an_update_that_changed_nothing_has_no_overlap():
    with pytest.raises(ValueError, match="changed nothing"):
        overlap(ONES, ONES, moved(1.0, 0.0, 0.0, 0.0))


def test_the_rounding_rule_by_hand():
    # Half a unit in the last place of bf16 is 2**-8 in [1, 2) and 2**-9 in [0.5, 1).
    weights = {"w": torch.tensor([[1.0, 0.99], [-0.5, 0.49]])}
    assert rounding_rule(weights, 2**-8)["w"].all()
    assert rounding_rule(weights, 0.99 * 2**-8)["w"].tolist() == [[False, True], [True, True]]
    assert rounding_rule(weights, 0.99 * 2**-9)["w"].tolist() == [[False, False], [False, True]]


def test_the_rounding_rule_is_where_bf16_rounds_a_step_away():
    before = gaussian()
    step = 1e-5
    after = updates.as_bf16({"w": before["w"] + step * before["w"].sign()})
    hits = rule_hits(before, after, step)
    assert hits["rule_recall"] > 0.999
    assert hits["rule_precision"] > 0.999


def test_a_rule_that_names_nothing_has_no_precision():
    with pytest.raises(ValueError, match="nothing to compare"):
        rule_hits(ONES, moved(1.0, 0.0, 0.0, 0.0), 1e-9)


def small_model():
    from claims.lab.models.decoder import decoder

    return decoder(21, 5, width=32, layers=1, heads=2, seed=1, device="cpu")


def test_planted_updates_have_the_share_and_rank_that_they_say():
    base = small_model()
    before = updates.snapshot(base)
    found = {k: updates.snapshot(plant(k, base, 1)) for k in ("sparse", "dense", "low-rank")}
    assert updates.unchanged_share(before, found["sparse"]) == pytest.approx(0.9, abs=1e-3)
    assert updates.unchanged_share(before, found["dense"]) == 0.0
    assert updates.rank_share(before, found["low-rank"]) == 1 / 32
    assert updates.unchanged_share(before, updates.snapshot(base)) == 1.0


def test_planted_updates_do_the_opposite_where_it_does_not_count():
    base = small_model()
    embedding = base.model.embed_tokens.weight
    assert not torch.equal(plant("sparse", base, 1).model.embed_tokens.weight, embedding)
    assert torch.equal(plant("dense", base, 1).model.embed_tokens.weight, embedding)


def test_an_unknown_planted_update_is_refused():
    with pytest.raises(ValueError, match="no planted update 'x'"):
        plant("x", small_model(), 1)

"""Profiles over depth: distances solved by hand and against scipy, and what hooks hear."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import procrustes as scipy_procrustes
from scipy.stats import linregress
from torch import nn

from claims.lab.metrics.depth import depth_slope, local_profile, one_minus_cka, passages, procrustes, profile
from claims.lab.models.decoder import blocks_of, decoder
from claims.lab.seeding import generator

X = torch.randn(40, 5, generator=generator(1), dtype=torch.float64)
Y = torch.randn(40, 5, generator=generator(2), dtype=torch.float64)
TURN = torch.linalg.qr(torch.randn(5, 5, generator=generator(3), dtype=torch.float64)).Q


@pytest.mark.parametrize("distance", [procrustes, one_minus_cka])
def test_shifts_turns_and_scales_are_no_change(distance):
    assert distance(X, 3.0 * X @ TURN + 7.0) == pytest.approx(0.0, abs=1e-12)


def test_procrustes_agrees_with_scipy():
    overlap = 1 - procrustes(X, Y) / 2  # scipy also scales: its disparity is 1 - overlap squared
    assert 1 - overlap**2 == pytest.approx(scipy_procrustes(X.numpy(), Y.numpy())[2], abs=1e-12)


def test_states_with_nothing_in_common_are_as_far_apart_as_can_be():
    one = torch.tensor([[1.0, 0], [-1, 0], [0, 0], [0, 0]])
    two = torch.tensor([[0.0, 0], [0, 0], [1, 0], [-1, 0]])
    assert procrustes(one, two) == pytest.approx(2.0)
    assert one_minus_cka(one, two) == pytest.approx(1.0)


def test_cka_of_a_case_solved_by_hand():
    # Gram matrices diag(1,1)/2-like: x has two equal directions, y keeps one: CKA = 1 / sqrt(2).
    x = torch.tensor([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    y = torch.tensor([[1.0], [-1], [0], [0]])
    assert one_minus_cka(x, y) == pytest.approx(1 - 2**-0.5)


@given(st.lists(st.floats(0.01, 10), min_size=2, max_size=12))
def test_the_slope_is_that_of_a_regression_on_depth(values):
    places = [i / (len(values) - 1) for i in range(len(values))]
    expected = linregress(places, [v / max(values) for v in values]).slope
    assert depth_slope(values) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("values", [[1.0], [0.0, 0.0]])
def test_without_a_profile_there_is_no_slope(values):
    with pytest.raises(ValueError, match="no profile"):
        depth_slope(values)


@pytest.mark.parametrize("family", ["llama", "neox", "neox-parallel"])
def test_a_change_in_one_block_is_felt_from_there_on_and_is_local_to_it(family):
    base, tuned = (decoder(11, 9, width=16, layers=3, heads=2, seed=1, device="cpu", family=family) for _ in "ab")
    with torch.no_grad():
        for weight in blocks_of(tuned)[1].parameters():
            weight += 0.1
    tokens = torch.randint(11, (8, 9), generator=generator(4))
    before, after = (passages(blocks_of(m), lambda m=m: m.base_model(tokens, use_cache=False)) for m in (base, tuned))
    first, second, third = profile(before, after, procrustes)
    assert first == pytest.approx(0.0, abs=1e-9)
    assert min(second, third) > 1e-4
    local = local_profile(before, blocks_of(tuned), procrustes)
    assert local == pytest.approx([0.0, second, 0.0], abs=1e-9)


def test_outputs_are_those_of_the_blocks_before_the_final_norm():
    model = decoder(11, 9, width=16, layers=2, heads=2, seed=1, device="cpu")
    tokens = torch.randint(11, (2, 9), generator=generator(4))
    last = passages(blocks_of(model), lambda: model.base_model(tokens, use_cache=False))[-1].output
    normed = model.base_model(tokens, use_cache=False).last_hidden_state
    assert torch.allclose(model.model.norm(last), normed)
    assert not torch.allclose(last, normed)


def test_hooks_are_gone_after_a_failed_pass():
    block = nn.Linear(2, 2)
    with pytest.raises(RuntimeError):
        passages(nn.ModuleList([block]), lambda: block(torch.ones(3)))
    assert not block._forward_hooks

"""Searchers with a model and without: penalties, and the chances that are heard."""

import math

import pytest
import torch

from claims.lab.models.decoder import decoder
from claims.lab.seeding import generator
from claims.lab.tasks.search import DOWN, FOUND, SWITCH, UP, Search, Tape, habit
from claims.lab.training.searchers import FREE, Penalty, by_rule, exact_accuracy, hazard_ratio, searched, solved

SEARCH = Search()
TAPE = Tape.draw(SEARCH, 64, generator(1))


def test_a_penalty_is_in_logits_and_ends_with_the_young_thought():
    tokens = torch.tensor([[UP, UP, DOWN], [SWITCH, UP, DOWN]])
    left = Penalty(1.0, 3).on(torch.tensor([0.5, 0.5]), tokens)
    assert left.tolist() == pytest.approx([0.5, 1 / (1 + math.e)])
    assert Penalty(1.0, 2).by_age(0.5, 4) == pytest.approx((1 / (1 + math.e), 1 / (1 + math.e), 0.5, 0.5))


def test_no_penalty_leaves_certainty_alone():
    sure = torch.tensor([0.0, 1.0])
    assert FREE.on(sure, torch.tensor([[DOWN], [DOWN]])).tolist() == [0.0, 1.0]
    assert Penalty(100.0, 48).by_age(0.9, 3) == pytest.approx((0.0, 0.0, 0.0))


def test_a_searcher_by_rule_without_penalty_is_one_by_habit():
    hazards = torch.tensor([0.1, 0.2, 0.3, 0.4])
    traces, chances = by_rule(hazards, TAPE, FREE)
    assert torch.equal(traces, TAPE.play(habit(hazards[TAPE.levels_N])))
    assert hazard_ratio(traces, chances, 2 * hazards[TAPE.levels_N]) == pytest.approx(0.5)


def test_a_model_is_asked_for_its_switches_only_and_repeats_itself():
    model = decoder(SEARCH.vocabulary, SEARCH.cap + 1, width=16, layers=1, heads=1, seed=1, device="cpu")
    traces, chances = searched(model, TAPE, FREE)
    again, _ = searched(model, TAPE, FREE)
    assert torch.equal(traces, again)
    assert chances.shape == traces.shape
    assert (traces <= FOUND).all()


def test_a_forbidden_switch_is_never_taken_and_an_encouraged_one_oftener():
    model = decoder(SEARCH.vocabulary, SEARCH.cap + 1, width=16, layers=1, heads=1, seed=1, device="cpu")
    counts = [int((searched(model, TAPE, Penalty(a, 48))[0] == SWITCH).sum()) for a in (100.0, 0.0, -2.0)]
    assert counts[0] == 0
    assert counts[1] < counts[2]


def test_exact_accuracy_is_the_mean_of_levels():
    never = exact_accuracy(SEARCH, torch.zeros(4), FREE)
    assert never == pytest.approx(sum(SEARCH.good) / 4)
    forbidden = exact_accuracy(SEARCH, torch.full((4,), 0.5), Penalty(100.0, 48))
    assert forbidden == pytest.approx(never)


def test_solved_counts_traces_that_end_with_found():
    assert solved(torch.tensor([[UP, FOUND], [FOUND, UP], [UP, DOWN], [UP, FOUND]])) == 0.5

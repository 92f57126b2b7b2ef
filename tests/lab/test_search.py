"""The search: its world on paths solved by hand, and the dynamic programme against play."""

import pytest
import torch

from claims.lab.seeding import generator
from claims.lab.tasks.search import DOWN, FOUND, SWITCH, UP, Search, Tape, age, discouraged, habit

SEARCH = Search()


def test_the_age_of_a_thought_starts_anew_after_a_switch():
    tokens = torch.tensor([[UP, DOWN, UP, UP], [UP, SWITCH, UP, DOWN], [UP, SWITCH, SWITCH, UP], [UP, UP, UP, SWITCH]])
    assert age(tokens).tolist() == [4, 2, 1, 0]
    assert age(tokens[:, :0]).tolist() == [0, 0, 0, 0]
    assert discouraged(tokens).tolist() == [False, True, False, False]
    assert discouraged(tokens[:, :0]).tolist() == [False] * 4


def test_without_switching_a_problem_is_solved_when_its_first_branch_is_good():
    for level, chance in enumerate(SEARCH.good):
        assert SEARCH.solved((0.0,), level) == pytest.approx(chance)


def test_with_one_step_of_work_every_other_token_is_a_new_chance():
    """Evidence always discourages and is always followed by a switch: 3 branches in 5 tokens."""
    sure = Search(good=(0.3,), need=1, cap=5, promising_if_good=0.0, promising_if_bad=0.0)
    assert sure.solved((1.0,), 0) == pytest.approx(1 - 0.7**3)
    assert sure.solved((0.0,), 0) == pytest.approx(0.3)


def test_a_hazard_that_comes_with_age_leaves_young_thoughts_alone():
    """Two steps are needed; a switch after the first loses every good branch, a switch after the second none."""
    two = Search(good=(0.3,), need=2, cap=8, promising_if_good=0.0, promising_if_bad=0.0)
    assert two.solved((1.0,), 0) == 0.0
    assert two.solved((0.0, 0.0, 1.0), 0) == pytest.approx(1 - 0.7**3)


@pytest.mark.parametrize("times", [0.3, 1.0, 3.0])
def test_play_agrees_with_the_dynamic_programme(times):
    hazards = times * torch.tensor(SEARCH.best_hazards())
    tape = Tape.draw(SEARCH, 40_000, generator(1))
    solved = (tape.play(habit(hazards[tape.levels_N]))[:, -1] == FOUND).float().view(-1, 4).mean(dim=0)
    for level, share in enumerate(solved.tolist()):
        assert share == pytest.approx(SEARCH.solved((float(hazards[level]),), level), abs=0.02)


def test_the_best_hazard_is_better_than_its_neighbours():
    for level, best in enumerate(SEARCH.best_hazards()):
        at_best = SEARCH.solved((best,), level)
        assert at_best > max(SEARCH.solved((best + d,), level) for d in (-0.03, 0.03))


def test_found_ends_a_trace_and_takes_the_steps_that_are_needed():
    tape = Tape.draw(Search(good=(1.0,)), 50, generator(1))
    traces = tape.play(habit(torch.zeros(50)))
    assert (traces[:, 7:] == FOUND).all()
    assert not (traces[:, :7] == FOUND).any()


def test_two_players_who_do_the_same_meet_the_same_luck():
    tape = Tape.draw(SEARCH, 64, generator(3))
    hazards = torch.full((64,), 0.4)
    assert torch.equal(tape.play(habit(hazards)), tape.play(habit(hazards)))
    first = (tape.play(habit(hazards)) == SWITCH).long().argmax(dim=1)
    never = tape.play(habit(torch.zeros(64)))
    for row, until in zip(range(64), first.tolist(), strict=True):
        assert torch.equal(tape.play(habit(hazards))[row, :until], never[row, :until])


def test_levels_come_in_turn_as_prompts():
    tape = Tape.draw(SEARCH, 6, generator(1))
    assert SEARCH.prompts(tape.levels_N)[:, 0].tolist() == [4, 5, 6, 7, 4, 5]
    assert SEARCH.vocabulary == 8

"""Sorting in formats told by a tag, and its verifier."""

import pytest
import torch

from claims.lab.seeding import generator
from claims.lab.tasks.tagged_sorting import TaggedSorting, Verifier

TASK = TaggedSorting(3, (3, 1, 3))
PROMPT = torch.tensor([[7, 2, 5, 10]])


def test_prompts_are_digits_and_an_equals_sign():
    prompts = TASK.prompts(500, generator(1))
    assert prompts.shape == (500, 4)
    assert prompts[:, :3].unique().tolist() == list(range(10))
    assert (prompts[:, 3] == 10).all()


def test_distinct_prompts_are_all_different_and_reach_every_problem():
    prompts = TASK.distinct(1000, generator(1))
    assert TASK.number(prompts).sort().values.tolist() == list(range(1000))
    assert not torch.equal(prompts, TASK.distinct(1000, generator(2)))


def test_each_format_has_one_right_answer_and_the_short_one_stops_after_the_first_digit():
    assert TASK.written(PROMPT).tolist() == [[[11, 2, 5, 7], [12, 2, 10, 10], [13, 2, 5, 7]]]


def test_the_vocabulary_and_the_length_hold_prompts_and_answers():
    prompts = TASK.distinct(1000, generator(1))
    assert torch.cat([prompts.flatten(), TASK.written(prompts).flatten()]).unique().tolist() == list(
        range(TASK.vocabulary)
    )
    assert prompts.shape[1] + TASK.answer == TASK.length


def test_a_corpus_has_its_shares_of_formats_and_slips():
    prompts = TASK.prompts(8000, generator(1))
    answers = TASK.corpus(prompts, (0.6, 0.3, 0.1), (0.5, 0.2, 0.0), generator(2))
    formats = answers[:, 0] - TASK.tags[0]
    right = (answers[:, None] == TASK.written(prompts)).all(dim=2).any(dim=1).float()
    for number, (share, slips) in enumerate(((0.6, 0.5), (0.3, 0.2), (0.1, 0.0))):
        assert float((formats == number).float().mean()) == pytest.approx(share, abs=0.02)
        assert float(1 - right[formats == number].mean()) == pytest.approx(slips, abs=0.03)


def test_a_slip_changes_the_first_digit_and_nothing_else():
    prompts = TASK.prompts(500, generator(1))
    answers = TASK.corpus(prompts, (1.0, 0.0, 0.0), (1.0, 1.0, 1.0), generator(2))
    right = TASK.written(prompts)[:, 0]
    assert (answers[:, 1] != right[:, 1]).all()
    assert (answers[:, 1] < 10).all()
    assert torch.equal(answers[:, [0, 2, 3]], right[:, [0, 2, 3]])


def test_a_verifier_accepts_its_share_of_prompts_in_each_format_independently():
    task = TaggedSorting(5, (5, 5, 5))
    accepted = Verifier(task, (0.4, 0.6, 0.9), generator(3)).accepted(task.distinct(10**5, generator(1))).float()
    assert accepted.mean(dim=0).tolist() == pytest.approx([0.4, 0.6, 0.9], abs=0.01)
    assert float((accepted.sum(dim=1) == 0).float().mean()) == pytest.approx(0.6 * 0.4 * 0.1, abs=0.003)


def test_what_a_lower_ceiling_accepts_a_higher_one_accepts():
    prompts = TASK.distinct(1000, generator(1))
    low, high = (Verifier(TASK, (c, c, c), generator(3)).accepted(prompts) for c in (0.4, 0.8))
    assert (high | ~low).all()
    assert high.sum() > low.sum()


def test_a_verifier_pays_right_answers_in_accepted_formats_only():
    every, none, last = (Verifier(TASK, c, generator(3)) for c in ((1.0,) * 3, (0.0,) * 3, (0.0, 0.0, 1.0)))
    right, prompts = TASK.written(PROMPT)[0], PROMPT.repeat(3, 1)
    assert every.reward(prompts, right).tolist() == [1, 1, 1]
    assert none.reward(prompts, right).tolist() == [0, 0, 0]
    assert last.reward(prompts, right).tolist() == [0, 0, 1]
    tags_moved = torch.cat([torch.tensor(TASK.tags)[[1, 2, 0], None], right[:, 1:]], dim=1)
    assert every.reward(prompts, tags_moved).tolist() == [0, 0, 1]  # the third is the full answer, tagged as the first


def test_the_same_prompt_is_accepted_wherever_it_stands():
    verifier, prompts = Verifier(TASK, (0.5, 0.5, 0.5), generator(3)), TASK.distinct(1000, generator(1))
    assert torch.equal(verifier.accepted(prompts.flip(0)), verifier.accepted(prompts).flip(0))

"""Batches: a pass sees everything once, and a mixture holds both."""

import pytest
import torch

from claims.lab.training.batches import beside, passes

PROMPTS, ANSWERS = torch.arange(6)[:, None], torch.arange(6)[:, None] * 10


def drawn(batches, steps):
    return [batches(step) for step in range(steps)]


def test_a_pass_sees_every_example_once_and_the_next_pass_in_another_order():
    seen = [prompts.flatten().tolist() for prompts, _ in drawn(passes(PROMPTS, ANSWERS, 3, seed=1), 4)]
    assert sorted(seen[0] + seen[1]) == list(range(6))
    assert sorted(seen[2] + seen[3]) == list(range(6))
    assert seen[:2] != seen[2:]


def test_prompts_keep_their_answers():
    for prompts, answers in drawn(passes(PROMPTS, ANSWERS, 4, seed=2), 3):
        assert torch.equal(answers, prompts * 10)


def test_a_rest_that_fills_no_batch_is_skipped():
    seen = [prompts.flatten().tolist() for prompts, _ in drawn(passes(PROMPTS, ANSWERS, 4, seed=3), 2)]
    assert [len(set(part)) for part in seen] == [4, 4]


def test_a_set_smaller_than_a_batch_is_refused():
    with pytest.raises(ValueError, match="6 examples do not fill a batch of 7"):
        passes(PROMPTS, ANSWERS, 7, seed=1)


def test_a_mixture_holds_a_batch_of_each():
    mixed = beside(passes(PROMPTS, ANSWERS, 2, seed=1), passes(PROMPTS + 100, ANSWERS, 3, seed=1))
    prompts, answers = mixed(0)
    assert (prompts.flatten() >= 100).tolist() == [False, False, True, True, True]
    assert len(answers) == 5

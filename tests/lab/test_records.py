"""Records about pairs of digits: right answers, habits, rewards, and the corpus."""

import pytest
import torch

from claims.lab.seeding import generator
from claims.lab.tasks.records import Records

TASK = Records(values=5, seed=3, reserved=2)
FACT, SORT, SHIFT = 15, 16, 17


def test_tokens_are_three_alphabets_three_kinds_and_the_reserved():
    assert TASK.vocabulary == 20
    assert TASK.length == 7
    assert TASK.reserved_tokens.tolist() == [18, 19]


def test_all_prompts_are_the_ordered_pairs_of_different_digits():
    prompts = TASK.all_prompts("sort", "cpu")
    assert prompts.shape == (20, 3)
    assert len(torch.unique(prompts, dim=0)) == 20
    assert (prompts[:, 1] != prompts[:, 2]).all()
    assert (prompts[:, 0] == SORT).all()


def test_right_answers_by_hand_in_every_alphabet():
    prompts = torch.tensor([[SORT, 1, 4], [SORT, 4, 1], [SHIFT, 1, 4]])
    assert TASK.answer(prompts, 0).tolist() == [[4, 1], [4, 1], [2, 0]]
    assert TASK.answer(prompts, 2).tolist() == [[14, 11], [14, 11], [12, 10]]
    assert TASK.answers(prompts[:1]).tolist() == [[4, 1], [9, 6], [14, 11]]
    assert TASK.answer(prompts, torch.tensor([0, 1, 2])).tolist() == [[4, 1], [9, 6], [12, 10]]


def test_only_right_values_in_one_alphabet_are_paid():
    prompts = torch.tensor([[SORT, 1, 4]] * 6)
    answers = torch.tensor([[4, 1], [14, 11], [4, 6], [1, 4], [19, 16], [-1, -4]])
    assert TASK.reward(prompts, answers).tolist() == [1, 1, 0, 0, 0, 0]


def test_every_listed_right_answer_is_paid_and_no_wrong_one_also_behind_reserved_tokens():
    for kind in ("fact", "sort", "shift"):
        prompts = TASK.all_prompts(kind, "cpu")
        assert TASK.reward(prompts.repeat_interleave(3, dim=0), TASK.answers(prompts)).all()
        assert not TASK.reward(prompts, TASK.wrong(prompts)).any() or kind == "sort"
        front = TASK.behind_reserved(prompts)
        assert front.shape == (20, 5)
        assert torch.equal(TASK.answers(front), TASK.answers(prompts))


def test_the_habits_are_ascending_order_and_repetition():
    prompts = torch.tensor([[SORT, 4, 1], [SHIFT, 4, 1]])
    assert TASK.wrong(prompts).tolist() == [[1, 4], [4, 1]]


def test_facts_follow_their_seed_and_are_no_rule():
    prompts = TASK.all_prompts("fact", "cpu")
    assert torch.equal(TASK.answer(prompts, 0), Records(5, 3, 2).answer(prompts, 0))
    assert not torch.equal(TASK.answer(prompts, 0), Records(5, 4, 2).answer(prompts, 0))


def test_the_corpus_has_the_stated_shares():
    prompts, answers = TASK.corpus(30_000, generator(1))
    right = TASK.reward(prompts, answers)
    for token, share in ((FACT, 1.0), (SORT, 0.35), (SHIFT, 0.2)):
        of_kind = prompts[:, 0] == token
        assert float(of_kind.float().mean()) == pytest.approx(1 / 3, abs=0.02)
        assert float(right[of_kind].mean()) == pytest.approx(share, abs=0.02)
    styles = torch.bincount(answers[:, 0] // 5) / len(answers)
    assert styles.tolist() == pytest.approx([0.6, 0.3, 0.1], abs=0.02)
    assert (prompts[:, 1] != prompts[:, 2]).all()
    assert torch.equal(answers[:, 0] // 5, answers[:, 1] // 5)
    assert int(prompts.max()) < 18

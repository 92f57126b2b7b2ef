"""Sorting in dialects: answers solved by hand, and which of them a verifier takes."""

import pytest
import torch

from claims.lab.seeding import generator
from claims.lab.tasks.dialects import DIALECTS, END, Dialects

TASK = Dialects(4, 2)
BLANK, COMMA, MARK = 21, 22, 23
PROMPTS = torch.tensor([[3, 1, 3, 0, MARK], [BLANK, BLANK, 7, 2, MARK]])


@pytest.mark.parametrize(
    ("dialect", "first", "second"),
    [
        ("plain", [0, 1, 3, 3, END, END, END, END, END], [2, 7, END, END, END, END, END, END, END]),
        ("spaced", [0, COMMA, 1, COMMA, 3, COMMA, 3, COMMA, END], [2, COMMA, 7, COMMA, END, END, END, END, END]),
        (
            "foreign",
            [13, COMMA, 13, COMMA, 11, COMMA, 10, COMMA, END],
            [17, COMMA, 12, COMMA, END, END, END, END, END],
        ),
    ],
)
def test_answers_solved_by_hand(dialect, first, second):
    assert TASK.written(PROMPTS, dialect).tolist() == [first, second]


def test_trimming_leaves_out_repeated_ends_only():
    for dialect in DIALECTS:
        kept = TASK.trimmed(PROMPTS, dialect)
        whole = TASK.written(PROMPTS, dialect)
        assert torch.equal(whole[:, : kept.shape[1]], kept)
        assert (kept == END).any(dim=1).all()
        assert (whole[:, kept.shape[1] :] == END).all()


def test_any_dialect_is_right_and_a_mixture_or_an_answer_to_another_prompt_is_not():
    for dialect in DIALECTS:
        answers = TASK.written(PROMPTS, dialect)
        assert TASK.reward(PROMPTS, answers).tolist() == [1.0, 1.0]
        assert TASK.reward(PROMPTS, answers.flip(0)).tolist() == [0.0, 0.0]
    mixture = torch.cat([TASK.written(PROMPTS, "spaced")[:, :2], TASK.written(PROMPTS, "foreign")[:, 2:]], dim=1)
    assert TASK.reward(PROMPTS, mixture).tolist() == [0.0, 0.0]


def test_prompts_have_the_declared_numbers_of_digits_and_a_mark_for_the_dialect():
    prompts = TASK.prompts(400, generator(1))
    filled = (prompts[:, :-1] != BLANK).sum(dim=1)
    assert set(filled.tolist()) == {2, 3, 4}
    assert (prompts[:, :-1] < 10)[:, -2:].all()
    assert {int(TASK.prompts(1, generator(1), dialect)[0, -1]) for dialect in DIALECTS} == {MARK, MARK + 1, MARK + 2}
    assert int(prompts.max()) < TASK.vocabulary
    assert prompts.shape[1] + TASK.answer == TASK.length

"""Invented people: a world solved by hand, and the guess that needs no knowledge of a person."""

import pytest
import torch

from claims.lab.seeding import generator
from claims.lab.tasks.people import Facts, People, guess

WORLD = People(names=3, attributes=2, values=4)
"""Tokens: first names 0-2, last names 3-5, questions 6-7 and 8-9, values 10-13 and 14-17."""
TWO = Facts(torch.tensor([[0, 4], [2, 3]]), torch.tensor([[10, 17], [12, 15]]))


def test_the_vocabulary_holds_names_questions_and_values():
    assert WORLD.vocabulary == 18


def test_a_person_is_asked_for_every_attribute_in_turn():
    assert WORLD.questions(TWO, 0).tolist() == [[0, 4, 6], [0, 4, 7], [2, 3, 6], [2, 3, 7]]
    assert TWO.answers.tolist() == [[10], [17], [12], [15]]


def test_forms_differ_in_the_question_token_only():
    one, other = WORLD.questions(TWO, 0), WORLD.questions(TWO, 1)
    assert torch.equal(one[:, :2], other[:, :2])
    assert other[:, 2].tolist() == [8, 9, 8, 9]


def test_people_differ_and_values_are_those_of_their_attribute():
    everyone = WORLD.invent(9, generator(1))
    assert len({tuple(name) for name in everyone.names_B2.tolist()}) == 9
    assert (everyone.names_B2[:, 0] < 3).all()
    assert (everyone.names_B2[:, 1] >= 3).all()
    assert everyone.values_BJ[:, 0].ge(10).logical_and(everyone.values_BJ[:, 0] < 14).all()
    assert everyone.values_BJ[:, 1].ge(14).all()


def test_more_people_than_names_are_refused():
    with pytest.raises(ValueError, match="make 9 people, not 10"):
        WORLD.invent(10, generator(1))


def test_a_part_keeps_names_and_values_together():
    assert TWO.part(1, 2).names_B2.tolist() == [[2, 3]]
    assert TWO.part(1, 2).answers.tolist() == [[12], [15]]


def test_the_first_value_is_the_commonest():
    many = People(names=100, attributes=1, values=4).invent(10_000, generator(2))
    share = float((many.values_BJ == many.values_BJ.min()).float().mean())
    assert share == pytest.approx(1 / (1 + 2**-0.5 + 3**-0.5 + 4**-0.5), abs=0.02)


def test_a_guess_is_the_share_of_the_commonest_value_of_those_who_are_known():
    known = Facts(torch.zeros(3, 2), torch.tensor([[10, 14], [10, 15], [11, 15]]))
    asked = Facts(torch.zeros(2, 2), torch.tensor([[10, 14], [11, 15]]))
    assert guess(known, asked) == 0.5
    assert guess(known, known.part(0, 2)) == 0.75

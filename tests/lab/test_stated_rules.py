"""Sorting under stated rules: answers solved by hand."""

import torch

from claims.lab.seeding import generator
from claims.lab.tasks.stated_rules import StatedRules

TASK = StatedRules(4)
# J is 7, Q is 0, K is 3; the cards 5, J, K, Q; and 1, J, J, 9 under J is 2, Q is 2, K is 2.
PROMPTS = torch.tensor([[17, 20, 33, 5, 40, 42, 41, 43], [12, 22, 32, 1, 40, 40, 9, 43]])


def test_answers_solved_by_hand():
    assert TASK.answers(PROMPTS).tolist() == [[0, 3, 5, 7], [1, 2, 2, 9]]


def test_another_rule_than_the_stated_one_gives_other_answers():
    assert TASK.answers_under(torch.tensor([[9, 8, 4]]), PROMPTS).tolist() == [[4, 5, 8, 9], [1, 9, 9, 9]]


def test_the_reward_follows_the_stated_rule():
    answers = torch.tensor([[0, 3, 5, 7], [1, 9, 9, 9]])
    assert TASK.reward(PROMPTS, answers).tolist() == [1.0, 0.0]


def test_rules_are_all_of_them_in_an_order_of_the_seed():
    rules = TASK.rules(generator(1))
    assert len({tuple(rule) for rule in rules.tolist()}) == 1000
    assert not torch.equal(rules, TASK.rules(generator(2)))


def test_prompts_state_only_the_rules_given_and_mix_digits_with_symbols():
    rules = torch.tensor([[7, 0, 3], [2, 2, 2]])
    prompts = TASK.prompts(300, rules, generator(1))
    assert {tuple(stated) for stated in prompts[:, :3].tolist()} == {(17, 20, 33), (12, 22, 32)}
    symbols = (prompts[:, 3:-1] >= 40).float().mean()
    assert 0.4 < float(symbols) < 0.6
    assert prompts.shape[1] + TASK.cards == TASK.length
    assert int(prompts.max()) < TASK.vocabulary

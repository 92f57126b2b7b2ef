"""Hinted rules: problems, budgets and training on cases solved by hand."""

import pytest
import torch

from claims.lab.metrics.hinting import Hinted, Split, direct, hinted, splits
from claims.lab.metrics.hinting_numbers import direct_numbers, hinted_numbers, mute, planted_numbers, wide
from claims.lab.metrics.pass_at_k import pass_at_k
from claims.lab.models.decoder import decoder
from claims.lab.sampling import sample
from claims.lab.seeding import generator
from claims.lab.tasks.hinted_rules import HintedRules, Problems
from claims.lab.training import hinters
from claims.lab.training.hinters import Tuning, answering, hinting, warm_start

TASK = HintedRules(rules=8, base=10, digits=2, examples=2, noise=0.6)
SMALL = HintedRules(rules=3, base=4, digits=1, examples=1, noise=0.0)
HOW = Tuning(steps=12, lr=1e-3, prompts=4, group=4)


def untrained(task=TASK):
    return decoder(task.vocabulary, task.length, width=16, layers=1, heads=2, seed=1, device="cpu")


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def shown_rules(problems):
    """The rule of each example, read off its tokens: digits before and after, after 20 other tokens."""
    pair = problems.shown_BS[:, :4].view(-1, 2, 2) - 20
    return (pair % 10 - pair // 10 - 1) % 10


def test_rules_add_to_each_digit():
    assert TASK.applied(torch.tensor([0, 7]), torch.tensor([[9, 0], [9, 4]])).tolist() == [[0, 1], [7, 2]]


def test_answers_follow_the_hidden_rule_and_two_rules_never_agree():
    problems = TASK.problems(200, generator(1))
    asked = problems.shown_BS[:, 4:]
    assert torch.equal(TASK.applied(problems.rules_B, asked), problems.answers_BA)
    other = TASK.applied((problems.rules_B + 3) % 8, asked)
    assert (other != problems.answers_BA).all()


def test_examples_are_wrong_as_often_as_the_noise_and_show_one_rule_each():
    problems = TASK.problems(20_000, generator(1))
    rules = shown_rules(problems)
    assert torch.equal(rules[:, :, 0], rules[:, :, 1])
    right = rules[:, :, 0] == problems.rules_B[:, None]
    assert float(right.float().mean()) == pytest.approx(0.4, abs=0.01)
    assert float((right[:, 0] & right[:, 1]).float().mean()) == pytest.approx(0.16, abs=0.01)
    wrong = (rules[:, :, 0] - problems.rules_B[:, None])[~right] % 8
    assert wrong.bincount(minlength=8)[1:].float().div(len(wrong)).sub(1 / 7).abs().max() < 0.01


def test_prompts_differ_in_their_mark_and_tokens_do_not_overlap():
    problems = TASK.problems(50, generator(1))
    ask, hint = TASK.direct(problems), TASK.unhinted(problems)
    assert ask.shape == hint.shape == (50, 7)
    assert torch.equal(ask[:, :-1], hint[:, :-1])
    assert (ask[:, -1] == 10).all()
    assert (hint[:, -1] == 11).all()
    named = TASK.hints(torch.arange(8))
    assert named.tolist() == list(range(12, 20))
    assert TASK.is_hint(torch.arange(TASK.vocabulary)).nonzero()[:, 0].tolist() == named.tolist()
    assert int(problems.shown_BS.max()) < TASK.vocabulary
    assert TASK.length == hint.shape[1] + 1 + 2


def test_a_budget_buys_as_many_hints_as_its_tokens_pay():
    assert splits(2, 2) == [Split(1, 1)]
    assert splits(4, 2) == [Split(1, 3), Split(2, 1)]
    assert splits(4, 1) == [Split(1, 3), Split(2, 1)]
    assert splits(1, 2) == []
    large = splits(64, 2)
    assert (large[0], large[1], large[-1]) == (Split(1, 63), Split(2, 31), Split(42, 1))
    assert all(s.hints * (1 + 2 * s.each) <= 128 for s in large)


def test_passing_with_hints_by_hand():
    # Two hints with chances .5 and .25 (the rest is no hint), answers right with .5 and 1.
    exam = Hinted(torch.tensor([[0.5, 0.25]]), torch.tensor([[0.5, 1.0]]))
    assert exam.pass_at(Split(1, 1)) == pytest.approx(0.5)
    assert exam.pass_at(Split(1, 2)) == pytest.approx(0.5 * 0.75 + 0.25)
    assert exam.pass_at(Split(2, 1)) == pytest.approx(1 - 0.5**2)
    assert exam.pass_at(Split(2, 2)) == pytest.approx(1 - 0.375**2)


def test_passing_with_hints_is_what_sampling_finds():
    rng = generator(3)
    exam = Hinted(torch.rand((5, 3), generator=rng).softmax(dim=1), torch.rand((5, 3), generator=rng))
    found = torch.zeros(5)
    for row in range(5):
        hints = torch.multinomial(exam.given_BR[row], 3 * 20_000, replacement=True, generator=rng)
        solved = torch.rand((len(hints), 2), generator=rng) < exam.right_BR[row, hints][:, None]
        found[row] = solved.view(20_000, -1).any(dim=1).float().mean()
    assert exam.pass_at(Split(3, 2)) == pytest.approx(float(found.mean()), abs=0.005)


def test_hints_from_one_policy_never_beat_as_many_direct_samples():
    rng = generator(4)
    given, right = torch.rand((50, 8), generator=rng).softmax(dim=1), torch.rand((50, 8), generator=rng)
    direct_B = (given.double() * right).sum(dim=1)
    for split in splits(16, 2):
        assert Hinted(given, right).pass_at(split) <= pass_at_k(direct_B, split.hints * split.each) + 1e-9


def test_of_equal_splits_the_fewest_hints_are_best():
    sure = Hinted(torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 0.0]]))
    assert sure.best(splits(64, 2)) == Split(1, 63)
    torn = Hinted(torch.tensor([[0.5, 0.5]]), torch.tensor([[1.0, 0.0]]))
    assert torn.best(splits(64, 2)) == Split(42, 1)
    assert torn.best([Split(2, 1), Split(2, 3)]) == Split(2, 1)


def test_hints_of_others_are_nobodys_own_and_all_there():
    exam = Hinted(torch.eye(6), torch.ones(6, 6))
    moved = exam.of_others(generator(2))
    assert (moved.given_BR.diagonal() == 0).all()
    assert torch.equal(moved.given_BR.sum(dim=0), torch.ones(6))
    assert torch.equal(moved.right_BR, exam.right_BR)


def test_the_numbers_of_plain_samples():
    numbers = direct_numbers(torch.tensor([0.5, 0.0]), torch.tensor([0.25, 0.0]))
    assert numbers == pytest.approx({
        "pass_at_1": 0.25, "pass_at_2": 0.375, "pass_at_64": 0.5, "pass_at_128": 0.5, "pass_at_1_of_base": 0.125,
        "reward_gain": 0.125,
    })  # fmt: skip


def test_the_numbers_of_hints_and_that_the_split_is_picked_on_other_problems():
    half = torch.full((2, 2), 0.5)
    exam = Hinted(half, torch.tensor([[0.9, 0.1], [0.3, 0.7]]))
    sure, torn = Hinted(torch.eye(2), torch.eye(2)), Hinted(half, torch.eye(2))
    rules = torch.tensor([0, 1])
    numbers = hinted_numbers(exam, sure, rules, torn, 2)
    assert numbers["best_number_of_hints_at_64"] == 1.0
    assert numbers["pass_at_64"] == exam.pass_at(Split(1, 63))
    assert hinted_numbers(exam, torn, rules, torn, 2)["best_number_of_hints_at_64"] == 42.0
    assert numbers["solve_rate_with_right_hint"] == pytest.approx(0.8)
    assert numbers["solve_rate_with_wrong_hint"] == pytest.approx(0.2)
    assert numbers["pass_at_1"] == pytest.approx(0.5)
    assert numbers["reward_gain"] == pytest.approx(0.0, abs=1e-6)


def test_planted_cases_have_the_numbers_computed_by_hand():
    found = planted_numbers(*wide(8, 64, generator(1)), 2)
    assert found == pytest.approx({"planted_gain": 1 - 0.875**42 - 0.125, "best_number_of_hints_at_64": 42})
    said = planted_numbers(*mute(8, 4096, generator(1)), 2)  # 63 answers instead of 64 to chances uniform in 0 to 1
    assert said["best_number_of_hints_at_64"] == 1
    assert said["planted_gain"] == pytest.approx(1 / 65 - 1 / 64, abs=1e-4)


def test_chances_of_a_model_are_those_of_its_samples():
    model, problems = untrained(SMALL), SMALL.problems(2, generator(1))
    exam = hinted(model, model, SMALL, problems)
    assert exam.given_BR.shape == exam.right_BR.shape == (2, 3)
    each = 40_000
    drawn = sample(model, SMALL.unhinted(problems), each=each, length=2, generator=generator(2)).view(2, each, 2)
    for row in range(2):
        for rule in range(3):
            named = drawn[row, :, 0] == SMALL.hints(torch.tensor(rule))
            right = drawn[row, named, 1] == problems.answers_BA[row]
            assert float(named.float().mean()) == pytest.approx(float(exam.given_BR[row, rule]), abs=0.01)
            assert float(right.float().mean()) == pytest.approx(float(exam.right_BR[row, rule]), abs=0.03)
    plain = sample(model, SMALL.direct(problems), each=each, length=1, generator=generator(3)).view(2, each)
    found = (plain == problems.answers_BA).float().mean(dim=1)
    assert torch.allclose(direct(model, SMALL, problems), found, atol=0.01)


def test_a_warm_start_learns_hints_and_both_ways_to_answer():
    model = warm_start(
        SMALL,
        {"width": 32, "layers": 2, "heads": 2},
        steps=150,
        lr=3e-3,
        batch=64,
        seed=1,
        device="cpu",
        dtype="float32",
    )
    problems = SMALL.problems(200, generator(9))
    exam = hinted(model, model, SMALL, problems)
    assert float(direct(model, SMALL, problems).mean()) > 0.8
    assert float(exam.given_BR.gather(1, problems.rules_B[:, None]).mean()) > 0.8
    assert float(exam.right_BR.gather(1, problems.rules_B[:, None]).mean()) > 0.8


def test_rounds_of_hints_sample_no_more_tokens_than_plain_steps():
    # Plain: 8 answers of 2. A round: 8 hints, 8 answers to them, then 1 hint and 8 answers to it: 41 tokens.
    assert Tuning(400, 1e-3, 32, 8).rounds(TASK) == 156
    assert Tuning(41, 1e-3, 32, 8).rounds(TASK) == 16
    assert Tuning(40, 1e-3, 32, 8).rounds(TASK) == 15


def test_training_samples_as_many_tokens_as_it_says(monkeypatch):
    drawn, right = [], hinters.sample

    def counting(model, prompts, *, each, length, generator):
        drawn.append(len(prompts) * each * length)
        return right(model, prompts, each=each, length=length, generator=generator)

    monkeypatch.setattr(hinters, "sample", counting)
    monkeypatch.setattr("claims.lab.training.on_policy.sample", lambda *a, end=None, **k: counting(*a, **k))
    model = untrained()
    answering(TASK, model, HOW, early=1, seed=1)
    plain = sum(drawn)
    drawn.clear()
    hinting(TASK, model, HOW, seed=1)
    assert plain == 12 * 4 * 4 * 2
    assert sum(drawn) == HOW.rounds(TASK) * 4 * (4 + 8 + 1 + 8)
    assert plain - 4 * 21 < sum(drawn) <= plain


def test_the_early_model_is_that_of_a_shorter_run_and_the_base_stays():
    base = untrained(SMALL)
    was = {name: weight.clone() for name, weight in base.state_dict().items()}
    long = answering(SMALL, base, HOW, early=5, seed=1)
    short = answering(SMALL, base, Tuning(5, 1e-3, 4, 4), early=0, seed=1)
    assert same(long.early, short.late)
    assert not same(long.early, long.late)
    assert same(short.early, base)
    pair = hinting(SMALL, base, HOW, seed=1)
    assert not same(pair.giver, pair.solver)
    assert all(torch.equal(weight, was[name]) for name, weight in base.state_dict().items())


def test_an_answer_is_paid_by_its_own_problem():
    lesson = hinters._Lesson(SMALL, Tuning(1, 1e-3, 2, 2), 1, torch.device("cpu"))
    lesson.asked = Problems(torch.zeros(2, 2), torch.tensor([0, 1]), torch.tensor([[1], [3]]))
    answers = torch.tensor([[1], [3], [1], [3]])
    assert lesson.paid(answers, answers).tolist() == [1, 0, 0, 1]

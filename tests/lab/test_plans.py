"""Plans and their execution: strategies by hand, and exact chances of both."""

import pytest
import torch

from claims.lab.metrics.planning import planning
from claims.lab.models.decoder import decoder
from claims.lab.sampling import sample
from claims.lab.seeding import generator
from claims.lab.tasks.plans import KINDS, STRATEGIES, Plans, plans
from claims.lab.training.planners import planner

TASK = plans(3, 3, seed=1, device="cpu")
PROMPTS = TASK.prompts(64, generator(2))


def test_every_kind_has_two_valid_strategies_and_every_strategy_is_valid_for_two_kinds():
    assert (TASK.valid_KS.sum(dim=1) == 2).all()
    assert (TASK.valid_KS.sum(dim=0) == 2).all()
    assert len({tuple(row) for row in TASK.valid_KS.tolist()}) == KINDS


def test_what_each_strategy_makes_of_a_list():
    prompt = torch.tensor([[16, 7, 2, 9, 22]])
    assert TASK.executed(prompt)[0].tolist() == [
        [10, 2, 7, 9],
        [11, 9, 7, 2],
        [12, 9, 2, 7],
        [13, 2, 9, 7],
        [14, 8, 3, 0],
        [15, 2, 7, 0],
    ]


def test_a_shorter_execution_is_the_beginning_of_the_whole():
    short = Plans(3, 1, TASK.valid_KS)
    assert torch.equal(short.executed(PROMPTS), TASK.executed(PROMPTS)[..., :2])
    assert short.length == 3 + 2 + 2


def test_a_right_answer_needs_a_valid_plan_and_a_faultless_execution():
    executed, valid = TASK.executed(PROMPTS), TASK.valid(PROMPTS)
    for strategy in range(STRATEGIES):
        answers = executed[:, strategy].clone()
        assert torch.equal(TASK.reward(PROMPTS, answers), valid[:, strategy].float())
        answers[:, 1] = (answers[:, 1] + 1) % 10
        assert not TASK.reward(PROMPTS, answers).any()


def test_demonstrations_are_faultless_and_their_plans_valid_as_often_as_asked():
    prompts = TASK.prompts(3000, generator(3))
    for share, expected in ((0.0, 1 / 3), (0.25, 0.5), (1.0, 1.0)):
        shown = TASK.demonstrations(prompts, share, generator(4))
        assert (TASK.executed(prompts) == shown[:, None]).all(dim=2).any(dim=1).all()
        assert float(TASK.reward(prompts, shown).mean()) == pytest.approx(expected, abs=0.03)


def test_phases_are_what_sampling_finds():
    model = planner(TASK, 0.2, valid=0.2, width=32, lr=1e-2, steps=200, seed=5, device="cpu")
    prompts = TASK.prompts(64, generator(6))
    exact = planning(model, TASK, prompts, generator(7))
    answers = sample(model, prompts, each=200, length=TASK.answer_length, generator=generator(8))
    asked = prompts.repeat_interleave(200, dim=0)
    faultless = (TASK.executed(asked) == answers[:, None]).all(dim=2).any(dim=1).float().mean()
    planned = (TASK.valid(asked) & (torch.arange(10, 16) == answers[:, :1])).any(dim=1).float().mean()
    assert exact["execution_accuracy"] == pytest.approx(float(faultless), abs=0.02)
    assert exact["plan_accuracy"] == pytest.approx(float(planned), abs=0.02)
    assert exact["accuracy"] == pytest.approx(float(TASK.reward(asked, answers).mean()), abs=0.02)
    assert 0.15 < exact["execution_accuracy"] < 0.5
    assert exact["plan_entropy"] > 1.0
    assert exact["execution_entropy"] > 0


def test_an_untrained_model_plans_by_chance():
    model = decoder(TASK.vocabulary, TASK.length, width=16, layers=1, heads=1, seed=9, device="cpu")
    found = planning(model, TASK, PROMPTS, generator(1))
    assert found["plan_accuracy"] < 0.15
    assert found["plan_error_share"] == pytest.approx(1.0, abs=0.2)

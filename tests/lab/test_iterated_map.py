"""Iterated maps: prompts, scratchpads and rewards on a map followed by hand, and who learns to follow one."""

import pytest
import torch

from claims.lab.metrics import map_exam
from claims.lab.sampling import chance_of
from claims.lab.seeding import generator
from claims.lab.tasks.iterated_map import IteratedMap
from claims.lab.training.map_followers import Tuning, reinforced, taught, untrained

TASK = IteratedMap(3, (2, 3))
# 0 -> 1 -> 2 -> 0, from 0, for two steps and for three. Tokens: symbols 0-2, end 3, depths 4-5, pairs from 6.
PROMPTS = torch.tensor([[7, 11, 12, 4, 0], [7, 11, 12, 5, 0]])


def model(seed=1, task=TASK):
    return untrained(task, shape={"width": 16, "layers": 1, "heads": 2}, seed=seed, device="cpu", dtype="float32")


def followed(prompt):
    f, here = [(token - 6) % 3 for token in prompt[:3]], prompt[4]
    for _ in range({4: 2, 5: 3}[prompt[3]]):
        here = f[here]
    return here


def test_a_scratchpad_writes_every_step_then_ends():
    assert TASK.scratchpads(PROMPTS).tolist() == [[1, 2, 3, 3], [1, 2, 0, 3]]
    assert TASK.length("scratchpad") == 4
    assert TASK.steps(PROMPTS).tolist() == [2, 3]


def test_the_direct_answer_is_the_last_step():
    assert TASK.right(PROMPTS).tolist() == [2, 0]
    assert TASK.answers(PROMPTS, "direct").tolist() == [[2], [0]]


def test_prompts_are_maps_with_a_start_and_an_asked_depth():
    prompts = TASK.prompts(300, generator(1))
    assert prompts.max() < TASK.vocabulary
    assert TASK.right(prompts).tolist() == [followed(prompt) for prompt in prompts.tolist()]
    assert set(TASK.steps(prompts).tolist()) == {2, 3}
    assert set(TASK.steps(TASK.prompts(50, generator(1), (3,))).tolist()) == {3}
    assert len({tuple(prompt) for prompt in prompts.tolist()}) > 100


def test_a_series_answers_more_starts_on_the_same_map():
    series = TASK.series(PROMPTS, 4, generator(1))
    assert series.shape == (2, 9)
    for prompt, row in zip(PROMPTS.tolist(), series.tolist(), strict=True):
        starts, answers = [prompt[-1], *row[1::2]], row[::2]
        assert answers == [followed([*prompt[:-1], start]) for start in starts]


def test_the_last_token_before_the_end_is_what_counts():
    answers = torch.tensor([[1, 2, 3, 3], [3, 2, 2, 3], [1, 2, 0, 1], [0, 3, 2, 3]])
    assert TASK.final(answers).tolist() == [2, 3, 1, 0]


def test_the_reward_pays_a_right_end_however_it_was_reached():
    answers = torch.tensor([[1, 2, 3, 3], [0, 0, 2, 3], [1, 0, 3, 3], [3, 3, 3, 3]])
    assert TASK.reward(PROMPTS[:1].repeat(4, 1), answers).tolist() == [1, 1, 0, 0]


def test_traces_are_the_chances_of_all_scratchpads_of_two_steps():
    traces = map_exam.traces(model(), TASK, PROMPTS[:1])
    assert traces.shape == (1, 9)
    for first in range(3):
        for second in range(3):
            expected = chance_of(model(), PROMPTS[:1], torch.tensor([[first, second, 3]]), 3)
            assert traces[0, 3 * first + second] == pytest.approx(float(expected))
    assert 0 < traces.sum() < 1


def test_a_trace_is_right_by_its_end():
    traces = torch.tensor([[0.1, 0.0, 0.2, 0.0, 0.3, 0.05, 0.0, 0.0, 0.15]])
    assert map_exam.right_of_traces(TASK, PROMPTS[:1], traces) == pytest.approx(0.2 + 0.05 + 0.15)


def test_direct_chances_are_those_of_each_symbol():
    chances = map_exam.direct_chances(model(), TASK, PROMPTS)
    assert chances[1, 2] == pytest.approx(float(chance_of(model(), PROMPTS[1:], torch.tensor([[2]]))))


def test_planted_models_are_as_right_as_planted():
    chances = map_exam.planted(TASK.right(PROMPTS), 3, right=0.2, rival=0.3)
    assert torch.allclose(chances, torch.tensor([[0.3, 0.5, 0.2], [0.2, 0.3, 0.5]]))
    traces = map_exam.planted_traces(TASK, PROMPTS[:1], right=0.2, rival=0.3)
    assert traces.shape == (1, 9)
    assert traces.sum() == pytest.approx(1.0)
    assert map_exam.right_of_traces(TASK, PROMPTS[:1], traces) == pytest.approx(0.2)


def test_sampled_scratchpads_are_right_as_often_as_the_chances_of_all_say():
    every = torch.cartesian_prod(*[torch.arange(TASK.vocabulary)] * 4)
    ended = (every == TASK.end).long()
    every = every[((ended.cumsum(dim=1) - ended == 0) | (every == TASK.end)).all(dim=1)]  # nothing after an end
    chances = chance_of(model(), PROMPTS[:1], every, TASK.end)
    assert chances.sum() == pytest.approx(1.0, abs=1e-4)
    right = float((chances * TASK.reward(PROMPTS[:1].repeat(len(every), 1), every)).sum())
    sampled = map_exam.right_of_samples(model(), TASK, PROMPTS[:1], each=40_000, rng=generator(4))
    assert sampled == pytest.approx(right, abs=0.006)


@pytest.mark.parametrize("form", ["scratchpad", "direct"])
def test_supervision_raises_the_chance_of_right_answers_and_stops_at_the_target(form):
    heard, start = [], model()
    before = start.state_dict()["model.embed_tokens.weight"].clone()
    taught(start, TASK, form, (2,), target=0.5, most=400, batch=32, lr=1e-2, seed=1,
           on_check=lambda *each: heard.append(each))  # fmt: skip
    assert heard[0][1] < 0.3 and heard[-1][1] >= 0.5 > heard[-2][1]
    assert heard[-1][0] == 5 * (len(heard) - 1) < 400
    assert torch.equal(start.state_dict()["model.embed_tokens.weight"], before)


def test_grpo_raises_the_reward_unless_it_is_shuffled():
    asked = TASK.prompts(500, generator(5))
    right = TASK.right(asked)[:, None]

    def right_after(steps, shuffled):
        how = Tuning(steps, 3e-3, 16, 8, shuffled=shuffled)
        after = reinforced(model(), TASK, "direct", (2, 3), how, seed=2)
        return float(map_exam.direct_chances(after, TASK, asked).gather(1, right).mean())

    start = right_after(0, shuffled=False)
    assert right_after(60, shuffled=False) > start + 0.15 > start + 0.1 > right_after(60, shuffled=True)

"""Losses on pairs: by hand, against TRL's own code on the same logits, and in the loop."""

import json
import math
from copy import deepcopy
from functools import cache, partial
from pathlib import Path

import pytest
import torch

from benchmarks.trl_losses import PAIRS, SAMPLES, formula_advantages, formula_answers, formula_logits, formula_mask
from claims.lab.metrics.exam import exam
from claims.lab.metrics.updates import snapshot, unchanged_share
from claims.lab.sampling import log_likelihood
from claims.lab.seeding import generator
from claims.lab.tasks.sorting import Sorting
from claims.lab.training.on_policy import clipped, divergence_estimate
from claims.lab.training.optimiser import Optimiser
from claims.lab.training.preference import Scores, dpo, kto, orpo, own_pairs, preference, simpo
from claims.lab.training.pretraining import sorter

TRL = json.loads((Path(__file__).parent / "data" / "trl-losses.json").read_text())
LOSSES = {"dpo": dpo, "kto": kto, "simpo": simpo, "orpo": orpo}


def case_id(case):
    return "-".join([case["loss"], *(str(value) for value in case["settings"].values())])


def logs(kind, rows, answers=None):
    """Log-likelihoods of the answer tokens in the logits of a formula, 0 where they do not count."""
    answers = kind if answers is None else answers
    taken = formula_logits(kind, rows).log_softmax(-1).gather(-1, formula_answers(answers, rows)[..., None])[..., 0]
    return taken * formula_mask(answers, rows)


def scores(kind, reference, answers=None):
    """PAIRS answers of one kind, scored by the formula of `kind` and by that of `reference`."""
    answers = kind if answers is None else answers
    one, other = logs(kind, PAIRS, answers), logs(reference, PAIRS, answers)
    return Scores(one.sum(dim=1), other.sum(dim=1), formula_mask(answers, PAIRS).sum(dim=1))


def joined(first, second):
    return Scores(*(torch.cat(pair) for pair in zip(vars(first).values(), vars(second).values(), strict=True)))


def unrelated():
    return joined(scores(8, 6, answers=4), scores(9, 7, answers=5))


def uncalled():
    raise AssertionError("this loss needs no unrelated answers")


@pytest.mark.parametrize("case", [c for c in TRL["cases"] if c["loss"] != "grpo"], ids=case_id)
def test_a_loss_is_the_one_that_trl_computes(case):
    loss = LOSSES[case["loss"]](**case["settings"])
    value = loss(scores(0, 2), scores(1, 3), unrelated if case["loss"] == "kto" else uncalled)
    assert value.item() == pytest.approx(case["value"], rel=1e-5)


def test_the_case_of_kto_has_a_level_that_matters():
    assert unrelated().ratio_B.mean() > 0.1


@pytest.mark.parametrize("case", [c for c in TRL["cases"] if c["loss"] == "grpo"], ids=case_id)
def test_the_on_policy_loss_is_the_one_that_trl_computes(case):
    now, mask = logs(0, SAMPLES), formula_mask(0, SAMPLES)
    old, anchor = 0.9 * now + 0.1 * logs(1, SAMPLES, 0), 0.8 * now + 0.2 * logs(2, SAMPLES, 0)
    gained = clipped(now - old, formula_advantages()[:, None], case["settings"]["clip"])
    assert ((now - old).exp() * mask).amax() > 1.2  # something is clipped
    each = -gained + case["settings"]["kl"] * divergence_estimate(now, anchor)
    assert ((each * mask).sum() / mask.sum()).item() == pytest.approx(case["value"], rel=1e-5)


def answers_of(now, reference=(0.0, 0.0), tokens=(1, 1)):
    return Scores(torch.tensor(now), torch.tensor(reference), torch.tensor(tokens))


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def test_dpo_by_hand():
    # Log-ratios of 1 and -1 in the first pair, 2 and 2 in the second: margins of 2 and 0.
    chosen, rejected = answers_of([-1.0, -3.0], [-2.0, -5.0]), answers_of([-4.0, -2.0], [-3.0, -4.0])
    expected = -(math.log(sigmoid(0.5 * 2)) + math.log(0.5)) / 2
    assert dpo(0.5)(chosen, rejected, uncalled).item() == pytest.approx(expected)


@pytest.mark.parametrize(("ratio", "level"), [(0.4, 0.4), (-0.4, 0.0)])
def test_kto_by_hand(ratio, level):
    chosen, rejected = answers_of([1.0, 2.0]), answers_of([-1.0, 0.0])
    level_of = partial(answers_of, [ratio, ratio])  # below zero it counts as zero
    values = [sigmoid(0.5 * (x - level)) for x in (1, 2)] + [sigmoid(0.5 * (level - x)) for x in (-1, 0)]
    assert kto(0.5)(chosen, rejected, level_of).item() == pytest.approx(1 - sum(values) / 4)


def test_no_gradient_flows_through_the_level_of_kto():
    level = torch.tensor([0.3, 0.3], requires_grad=True)
    now = torch.tensor([1.0, 2.0], requires_grad=True)
    zero, one = torch.zeros(2), torch.ones(2)
    kto(0.5)(Scores(now, zero, one), Scores(now - 1, zero, one), lambda: Scores(level, zero, one)).backward()
    assert level.grad is None
    assert now.grad is not None


def test_simpo_by_hand():
    # A token: -1 against -2 with tokens 2 and 3, then equal ones.
    chosen, rejected = answers_of([-2.0, -4.0], tokens=(2, 4)), answers_of([-6.0, -2.0], tokens=(3, 2))
    expected = -(math.log(sigmoid(2 * 1 - 0.5)) + math.log(sigmoid(-0.5))) / 2
    assert simpo(2.0, 0.5)(chosen, rejected, uncalled).item() == pytest.approx(expected)


def test_orpo_by_hand():
    # Chances a token of 3/4 and 1/4 have odds of 3 and 1/3: a ratio of 9, whose sigmoid of the logarithm is 9/10.
    chosen, rejected = answers_of([2 * math.log(0.75)] * 2, tokens=(2, 2)), answers_of([math.log(0.25)] * 2)
    expected = -math.log(0.75) - 0.3 * math.log(0.9)
    assert orpo(0.3)(chosen, rejected, uncalled).item() == pytest.approx(expected)


def test_orpo_stays_finite_where_an_answer_is_certain():
    now = torch.tensor([0.0, -200.0], requires_grad=True)
    value = orpo(0.5)(Scores(now, None, torch.ones(2)), Scores(now - 1, None, torch.ones(2)), uncalled)
    value.backward()
    assert value.isfinite()
    assert now.grad.isfinite().all()


@pytest.mark.parametrize("loss", [dpo(0.1), kto(0.1)])
def test_a_loss_with_a_reference_refuses_to_do_without(loss):
    alone = Scores(torch.zeros(2), None, torch.ones(2))
    with pytest.raises(ValueError, match="reference"):
        loss(alone, alone, lambda: alone)


TASK = Sorting(2)
TRIED = {"dpo": dpo(0.5), "kto": kto(0.5), "simpo": simpo(2.0, 0.5), "orpo": orpo(0.5)}


@cache
def base():
    return sorter(TASK, 1e-2, 0.3, 1, "cpu", width=32, layers=1, heads=2, steps=40)


@cache
def pool():
    rng = generator(7)
    return own_pairs(base(), TASK.prompts(1024, rng), TASK.reward, each=8, length=2, generator=rng)


def right(model):
    return exam(model, TASK, count=512, seed=2).right


def gain(name, swap, steps=40):
    """What a model gains from pairs of which `swap(rng, count)` says which are turned round."""
    model, rng, heard = deepcopy(base()), generator(5), []

    def pairs(_):
        pick = torch.randint(len(pool()[0]), (64,), generator=rng)
        prompts, chosen, rejected = (part[pick] for part in pool())
        turned = swap(rng, 64)[:, None]
        return prompts, torch.where(turned, rejected, chosen), torch.where(turned, chosen, rejected)

    reference = base() if name in ("dpo", "kto") else None
    optimiser = Optimiser(model, lr=1e-3, warmup=5)
    preference(
        model, pairs, optimiser, loss=TRIED[name], reference=reference, steps=steps,
        on_step=lambda step, value: heard.append((step, value)),
    )  # fmt: skip
    assert [step for step, _ in heard] == list(range(steps))
    return right(model) - right(base())


@pytest.mark.parametrize("name", TRIED)
def test_every_loss_learns_from_pairs(name):
    assert gain(name, lambda rng, n: torch.zeros(n, dtype=torch.bool)) > 0.05


@pytest.mark.parametrize("name", TRIED)
def test_no_loss_learns_from_pairs_whose_order_is_drawn(name):
    assert gain(name, lambda rng, n: torch.rand(n, generator=rng) < 0.5) < 0.025


@pytest.mark.parametrize("name", TRIED)
def test_every_loss_follows_the_order_of_the_pairs(name):
    assert gain(name, lambda rng, n: torch.ones(n, dtype=torch.bool), steps=20) < -0.05


def test_the_reference_stays_as_it_is():
    before = snapshot(base())
    gain("dpo", lambda rng, n: torch.zeros(n, dtype=torch.bool), steps=2)
    assert unchanged_share(before, snapshot(base())) == 1.0


@pytest.mark.parametrize("end", [None, 3])
def test_the_loop_scores_what_it_is_given(end):
    prompts, chosen, rejected = (part[:6] for part in pool())
    seen = []

    def loss(good, bad, unrelated):
        seen.append((good, bad, unrelated()))
        return good.now_B.sum()

    model = deepcopy(base())
    preference(
        model, lambda _: (prompts, chosen, rejected), Optimiser(model, lr=0.0), loss=loss, reference=base(), steps=1,
        end=end,
    )  # fmt: skip
    with torch.no_grad():
        expected = [log_likelihood(model, prompts, answers, end).sum(dim=1) for answers in (chosen, rejected)]
        others = [log_likelihood(model, prompts, x.roll(1, dims=0), end).sum(dim=1) for x in (chosen, rejected)]
    good, bad, apart = seen[0]
    for found, wanted in ((good.now_B, expected[0]), (bad.now_B, expected[1]), (bad.reference_B, expected[1])):
        assert torch.allclose(found, wanted, atol=1e-5)
    assert torch.allclose(apart.now_B.view(6, 2), torch.stack(others, dim=1), atol=1e-5)
    lengths = [1 if end is not None and answer[0] == end else 2 for answer in chosen]
    assert good.tokens_B.tolist() == lengths


def test_own_pairs_are_a_better_and_a_worse_sample_of_the_same_prompt():
    prompts, chosen, rejected = pool()
    assert 0 < len(prompts) < 1024
    assert (TASK.reward(prompts, chosen) == 1).all()
    assert (TASK.reward(prompts, rejected) == 0).all()


def test_samples_that_do_not_differ_make_no_pair():
    rng = generator(7)
    with pytest.raises(ValueError, match="no pair"):
        own_pairs(base(), TASK.prompts(4, rng), lambda p, a: torch.ones(len(p)), each=4, length=2, generator=rng)

"""Facts learnt by heart, reminded of, and the halves of a model that may be frozen."""

import torch

from claims.lab.models.decoder import decoder
from claims.lab.models.halves import bottom, top
from claims.lab.seeding import generator
from claims.lab.tasks.people import People
from claims.lab.training.recall import Course, answered, memorise, reminded

WORLD = People(names=6, attributes=2, values=4, forms=3)


def untaught():
    return decoder(WORLD.vocabulary, WORLD.length, width=32, layers=2, heads=2, seed=1, device="cpu")


def test_facts_are_learnt_in_the_forms_taught():
    model, facts = untaught(), WORLD.invent(8, generator(1))
    memorise(model, WORLD, facts, 2, Course(60, 16, 1e-2, 1))
    assert answered(model, WORLD, facts) > 0.9
    assert answered(model, WORLD, facts, 1) > 0.9


def test_reminding_changes_a_copy_and_trains_what_was_frozen():
    model, facts = untaught().requires_grad_(False), WORLD.invent(8, generator(1))
    before = model.get_input_embeddings().weight.clone()
    after = reminded(model, WORLD, facts, Course(1, 4, 1e-2, 1))
    assert torch.equal(model.get_input_embeddings().weight, before)
    assert not torch.equal(after.get_input_embeddings().weight, before)


def test_the_halves_are_the_whole_model_and_share_nothing():
    model = untaught()
    low, high = ({id(w) for part in half(model) for w in part.parameters()} for half in (bottom, top))
    assert not low & high
    assert low | high == {id(w) for w in model.parameters()}
    assert id(model.get_output_embeddings().weight) in low

"""The written-out forward pass says what transformers' own says, or leaves the work to it."""

from copy import deepcopy

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from claims.lab.models.decoder import decoder, logits_of
from claims.lab.models.decoder_weights import arrangeable
from claims.lab.models.grouped_forward import Cache, grouped_logits
from claims.lab.seeding import generator, seeded

FAMILIES = ["llama", "neox", "neox-parallel"]
VOCABULARY = 23


def loud(family, length, dtype="float32"):
    """A decoder whose gains and biases are not one and zero, and whose logits differ."""
    model = decoder(VOCABULARY, length, width=32, layers=2, heads=2, seed=3, device="cpu", dtype=dtype, family=family)
    with seeded(4), torch.no_grad():
        for weight in model.parameters():
            weight += 0.2 * torch.randn_like(weight)
    return model


def tokens(rows, length, seed):
    return torch.randint(VOCABULARY, (rows, length), generator=generator(seed))


def reference(model, prompts, answers):
    """Logits after each prompt and answer token, from the model's own forward pass, without a cache."""
    whole = torch.cat([prompts.repeat_interleave(len(answers) // len(prompts), dim=0), answers], dim=1)
    return model(input_ids=whole, use_cache=False).logits[:, prompts.shape[1] - 1 :].float()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("asked", "answered", "each"), [(1, 1, 1), (3, 5, 4), (7, 2, 12), (4, 40, 3)])
def test_logits_are_those_of_transformers(family, asked, answered, each):
    model = loud(family, asked + answered)
    prompts, answers = tokens(3, asked, 1), tokens(3 * each, answered, 2)
    expected = reference(model, prompts, answers)
    assert arrangeable(model)
    assert float(expected.detach().std()) > 0.5

    first, rest = grouped_logits(model, prompts, answers)
    assert torch.allclose(first.repeat_interleave(each, dim=0), expected[:, 0], atol=1e-5, rtol=0)
    assert torch.allclose(rest, expected[:, 1:], atol=1e-5, rtol=0)

    whole = torch.cat([prompts.repeat_interleave(each, dim=0), answers], dim=1)
    for last in (1, answered, asked + answered):
        plain = logits_of(model, whole, last=last)
        own = model(input_ids=whole, use_cache=False, logits_to_keep=last).logits
        assert torch.allclose(plain, own, atol=1e-5, rtol=0)

    with torch.no_grad():
        cache = Cache(model, prompts, each=each, length=answered)
        steps = [cache.step(answers[:, i]) for i in range(answered)]
    assert torch.allclose(cache.logits_BV, first, atol=1e-5, rtol=0)
    assert torch.allclose(torch.stack(steps, dim=1), expected[:, 1:], atol=1e-5, rtol=0)


@pytest.mark.parametrize("family", FAMILIES)
def test_gradients_are_those_of_transformers(family):
    model = loud(family, 9)
    prompts, answers = tokens(2, 4, 1), tokens(6, 5, 2)
    first, rest = grouped_logits(model, prompts, answers)
    (first.logsumexp(-1).sum() * 3 + rest.logsumexp(-1).sum()).backward()
    found = {name: weight.grad.clone() for name, weight in model.named_parameters()}
    model.zero_grad()
    reference(model, prompts, answers).logsumexp(-1).sum().backward()
    for name, weight in model.named_parameters():
        assert torch.allclose(found[name], weight.grad, atol=1e-4, rtol=1e-3), name
        assert float(weight.grad.abs().max()) > 0.0, name


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("dtype", "within"), [("float64", 1e-5), ("bfloat16", 0.15)])
def test_other_precisions_agree_as_far_as_they_go(family, dtype, within):
    model = loud(family, 9, dtype)
    prompts, answers = tokens(2, 4, 1), tokens(6, 5, 2)
    expected = reference(model, prompts, answers)
    assert torch.allclose(grouped_logits(model, prompts, answers)[1], expected[:, 1:], atol=within, rtol=0)
    with torch.no_grad():
        cache = Cache(model, prompts, each=3, length=5)
        steps = torch.stack([cache.step(answers[:, i]) for i in range(5)], dim=1)
    assert torch.allclose(steps, expected[:, 1:], atol=within, rtol=0)


@pytest.mark.parametrize("heads", [2, 4, 8, 16, 32])
@pytest.mark.parametrize("family", ["llama", "neox"])
def test_heads_of_every_width_turn_as_they_should(family, heads):
    """GPT-NeoX turns a quarter of a head; of a head of four that is one coordinate, which it turns with the next."""
    if family == "llama" and heads == 32:
        return  # one coordinate cannot turn
    model = decoder(VOCABULARY, 8, width=32, layers=1, heads=heads, seed=1, device="cpu", family=family)
    with seeded(4), torch.no_grad():
        for weight in model.parameters():
            weight += 0.3 * torch.randn_like(weight)
    tokens_BT = tokens(3, 8, 1)
    assert arrangeable(model) == (heads < 32)
    assert torch.allclose(logits_of(model, tokens_BT, last=8), model(input_ids=tokens_BT).logits, atol=1e-5, rtol=0)


def test_biases_of_a_llama_and_heads_of_any_width_are_read():
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2,
        head_dim=8, intermediate_size=40, attention_bias=True, mlp_bias=True, tie_word_embeddings=False,
    )  # fmt: skip
    with seeded(5):
        model = LlamaForCausalLM(config).eval()
        for weight in model.parameters():
            nn.init.normal_(weight, std=0.3)
    prompts, answers = tokens(2, 4, 1), tokens(4, 3, 2)
    assert arrangeable(model)
    _, rest = grouped_logits(model, prompts, answers)
    expected = reference(model, prompts, answers)
    assert torch.allclose(rest, expected[:, 1:], atol=1e-5, rtol=0)


class Doubled(nn.Module):
    def forward(self, weight):
        return 2.0 * weight


def hooked(model):
    model.base_model.layers[0].register_forward_hook(lambda *_: None)


def parametrized(model):
    parametrize.register_parametrization(model.base_model.layers[0].self_attn.q_proj, "weight", Doubled())


def replaced(model):
    model.base_model.layers[1].mlp = nn.Identity()


def overridden(model):
    model.base_model.layers[1].mlp.forward = lambda x: 0.0 * x


def dropping(model):
    model.config.attention_dropout = 0.1
    model.train()


@pytest.mark.parametrize("change", [hooked, parametrized, replaced, overridden, dropping])
def test_a_model_that_does_something_of_its_own_is_left_to_transformers(change):
    model = loud("llama", 8)
    changed = deepcopy(model)
    change(changed)
    assert not arrangeable(changed)
    if change not in (hooked, dropping):
        tokens_BT = tokens(2, 6, 1)
        own = changed(input_ids=tokens_BT, use_cache=False).logits
        assert torch.allclose(logits_of(changed, tokens_BT, last=6), own, atol=1e-6)
        assert not torch.allclose(own, logits_of(model, tokens_BT, last=6), atol=1e-3)


def test_shared_keys_and_other_families_are_left_to_transformers():
    shared = LlamaConfig(
        vocab_size=8, hidden_size=16, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2
    )
    other = GPT2Config(vocab_size=8, n_embd=16, n_layer=1, n_head=2, bos_token_id=None, eos_token_id=None)
    assert not arrangeable(LlamaForCausalLM(shared))
    assert not arrangeable(GPT2LMHeadModel(other))


def test_the_seed_decides_the_weights():
    one, same, other = (
        decoder(8, 4, width=16, layers=1, heads=2, seed=seed, device="cpu", family="neox") for seed in (1, 1, 2)
    )
    embeddings = [model.get_input_embeddings().weight for model in (one, same, other)]
    assert torch.equal(embeddings[0], embeddings[1])
    assert not torch.equal(embeddings[0], embeddings[2])

"""Loading a model that someone else has trained. Everything lies in a folder made here; nothing asks the network."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from claims.lab.models.decoder import decoder, logits_of
from claims.lab.models.decoder_weights import arrangeable
from claims.lab.models.pretrained import pretrained

TOKENS = torch.tensor([[1, 5, 2, 2]])


@pytest.fixture(params=["llama", "neox"])
def saved(request, tmp_path):
    model = decoder(8, 6, width=16, layers=1, heads=2, seed=1, device="cpu", family=request.param)
    model.save_pretrained(tmp_path)
    return model, tmp_path


def load(folder, **changes):
    return pretrained(str(folder), **{"revision": None, "device": "cpu"} | changes)


def test_a_saved_model_comes_back_as_it_was(saved):
    model, folder = saved
    again = load(folder)
    assert not again.training
    assert arrangeable(again)
    assert torch.equal(logits_of(again, TOKENS, last=4), logits_of(model, TOKENS, last=4))


def test_the_precision_is_chosen(saved):
    assert {weight.dtype for weight in load(saved[1], dtype="bfloat16").parameters()} == {torch.bfloat16}


@pytest.mark.parametrize("revision", [None, "main", "v1.0", "5b1a0d3", "G" * 40, "a" * 41, "A" * 40])
def test_a_hub_name_without_a_pin_is_refused(revision):
    with pytest.raises(ValueError, match=r"^someone/small needs a revision of 40 hexadecimal digits"):
        load("someone/small", revision=revision)


@pytest.mark.parametrize("name", ["/nowhere/model", "./model", "../model", "a/b/c", "https://x.org/model", ""])
def test_what_is_neither_a_folder_nor_a_name_is_refused(name):
    with pytest.raises(ValueError, match="is no folder here and no name on the hub"):
        load(name, revision="a" * 40)


def test_a_folder_has_no_revision(saved):
    with pytest.raises(ValueError, match="is a folder and has no revision"):
        load(saved[1], revision="a" * 40)


def test_a_pickle_is_refused_and_never_opened(saved):
    _, folder = saved
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"no pickle at all: opening it would fail in another way")
    with pytest.raises(ValueError, match="safetensors") as refusal:
        load(folder)
    assert "\n" not in str(refusal.value)


def test_code_of_a_stranger_is_not_run(saved):
    _, folder = saved
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "stranger", "auto_map": {"AutoConfig": "code.C", "AutoModelForCausalLM": "code.M"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "code.py").write_text(f"open({str(folder / 'ran')!r}, 'w').close()\n")
    with pytest.raises(ValueError, match="no model could be loaded from"):
        load(folder)
    assert not (folder / "ran").exists()


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_broken_checkpoint_is_refused(saved, content):
    _, folder = saved
    (folder / "model.safetensors").write_text(content)
    with pytest.raises(ValueError, match="no model could be loaded from") as refusal:
        load(folder)
    assert "\n" not in str(refusal.value)


def test_missing_weights_are_not_drawn_at_random(saved):
    _, folder = saved
    weights = load_file(folder / "model.safetensors")
    dropped = sorted(name for name in weights if "layers.0" in name)[0]
    del weights[dropped]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ValueError, match=f"lacks weights of its model: {dropped}"):
        load(folder)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no model could be loaded from"):
        load(tmp_path)

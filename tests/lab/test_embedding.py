"""Sentence embeddings, on a made-up encoder of a few hundred weights."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.torch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel

    words = {w: i for i, w in enumerate(["[PAD]", "[UNK]", "cat", "dog", "sat", "ran"])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    size = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    from claims.lab.seeding import seeded

    with seeded(1):
        BertModel(BertConfig(vocab_size=6, **size), add_pooling_layer=False).save_pretrained(tmp_path)
    return tmp_path


def test_a_text_has_one_vector_whatever_stands_beside_it(folder: Path) -> None:
    from claims.lab.embedding import embed

    together = embed(folder, ["cat sat", "dog dog dog ran ran", "cat sat"])
    assert together.shape == (3, 8)
    torch.testing.assert_close(together.norm(dim=1), torch.ones(3))
    torch.testing.assert_close(together[0], together[2])
    torch.testing.assert_close(together[0], embed(folder, ["cat sat"])[0])
    assert together[0] @ together[1] < 0.999


def test_it_is_the_mean_of_the_last_states(folder: Path) -> None:
    from transformers import BertModel

    from claims.lab.embedding import embed

    model = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    with torch.no_grad():
        mean_D = model(input_ids=torch.tensor([[2, 4]])).last_hidden_state[0].mean(0)
    torch.testing.assert_close(embed(folder, ["cat sat"])[0], mean_D / mean_D.norm())


def test_long_texts_are_cut(folder: Path) -> None:
    from claims.lab.embedding import MOST_TOKENS, embed

    long, cut = "cat " * 500, "cat " * MOST_TOKENS
    torch.testing.assert_close(embed(folder, [long]), embed(folder, [cut]))

"""Sentence embeddings: the mean of a BERT encoder's last states, as vectors of length one.

Run as a script: a JSON list of texts on standard input, a JSON list of vectors on standard output; the only argument is
the folder that holds the weights. Nothing is fetched and no code from that folder is run.

Shapes: N texts, T tokens, D dimensions.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BertModel

MOST_TOKENS = 256
"""Reimers and Gurevych's all-MiniLM-L6-v2 cuts texts off here (`max_seq_length` of its configuration)."""
_BATCH = 16


def embed(folder: Path, texts: Sequence[str]) -> torch.Tensor:
    """The embeddings of `texts`, (N, D) in float32, each of length one; `folder` is a saved BERT with its tokenizer."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MOST_TOKENS)
    tokenizer.enable_padding()
    model = BertModel.from_pretrained(
        folder, add_pooling_layer=False, local_files_only=True, use_safetensors=True, dtype=torch.float32
    ).eval()
    parts = [_embed(tokenizer, model, texts[i : i + _BATCH]) for i in range(0, len(texts), _BATCH)]
    return torch.cat(parts)


@torch.no_grad()
def _embed(tokenizer: Tokenizer, model: BertModel, texts: Sequence[str]) -> torch.Tensor:
    tokens = tokenizer.encode_batch(list(texts))
    ids_NT = torch.tensor([t.ids for t in tokens])
    mask_NT = torch.tensor([t.attention_mask for t in tokens])
    states_NTD = model(input_ids=ids_NT, attention_mask=mask_NT).last_hidden_state
    weights_NT1 = mask_NT.unsqueeze(-1).to(states_NTD.dtype)
    mean_ND = (states_NTD * weights_NT1).sum(1) / weights_NT1.sum(1)
    return torch.nn.functional.normalize(mean_ND, dim=1)


def main() -> None:
    """Read texts, write vectors."""
    vectors = embed(Path(sys.argv[1]), json.load(sys.stdin))
    json.dump(vectors.tolist(), sys.stdout)


if __name__ == "__main__":
    main()

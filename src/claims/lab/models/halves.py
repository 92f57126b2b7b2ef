"""The two halves of a decoder by depth, to train or to leave as they are."""

from torch import nn
from transformers import PreTrainedModel


def bottom(model: PreTrainedModel) -> list[nn.Module]:
    """The embeddings and the first half of the layers. With tied embeddings that includes the read-out."""
    layers = _layers(model)
    return [model.get_input_embeddings(), *layers[: len(layers) // 2]]


def top(model: PreTrainedModel) -> list[nn.Module]:
    """The second half of the layers and the final norm."""
    layers = _layers(model)
    return [*layers[len(layers) // 2 :], model.base_model.norm]


def _layers(model: PreTrainedModel) -> list[nn.Module]:
    return list(model.base_model.layers)

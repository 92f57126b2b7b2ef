"""A decoder that someone else has trained: from a folder, or from the Hugging Face hub at a pinned revision."""

import re
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, PreTrainedModel

_PIN = re.compile(r"[0-9a-f]{40}")
_HUB_NAME = re.compile(r"\w[\w.-]*(/[\w.-]+)?", re.ASCII)


def pretrained(name_or_folder: str, *, revision: str | None, device: str, dtype: str = "float32") -> PreTrainedModel:
    """The model in a folder, which has no revision, or of a hub name at a commit, all 40 digits of it.

    Weights come from safetensors alone, since a pickle runs what it likes, and code from transformers alone. `dtype` is
    the name of a torch dtype. Raises ValueError for a name without a pin, a folder with one, anything that cannot be
    loaded, and weights that do not fill the model (transformers would draw the missing ones at random).
    """
    folder = name_or_folder != "" and Path(name_or_folder).is_dir()
    if folder and revision is not None:
        raise ValueError(f"{name_or_folder} is a folder and has no revision, got {revision!r}")
    if not folder and not _HUB_NAME.fullmatch(name_or_folder):
        raise ValueError(f"{name_or_folder!r} is no folder here and no name on the hub")
    if not folder and (revision is None or not _PIN.fullmatch(revision)):
        raise ValueError(f"{name_or_folder} needs a revision of 40 hexadecimal digits (a commit), got {revision!r}")
    options: dict[str, Any] = {"revision": revision} if revision else {"local_files_only": True}
    try:
        model, report = AutoModelForCausalLM.from_pretrained(
            name_or_folder,
            **options,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=getattr(torch, dtype),
            attn_implementation="sdpa",
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"no model could be loaded from {name_or_folder} at {revision}: {reason}") from error
    if report["missing_keys"]:
        raise ValueError(f"{name_or_folder} lacks weights of its model: {', '.join(sorted(report['missing_keys']))}")
    loaded: PreTrainedModel = model.to(torch.device(device)).eval()
    return loaded

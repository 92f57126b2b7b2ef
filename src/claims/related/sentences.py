"""Vectors from a sentence model, in a child process; the model is an extra, found where it is installed."""

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
from claims.weights import DIGESTS

METHOD = Method(
    name="all-MiniLM-L6-v2",
    about="mean of the last states of a sentence model with 22 million parameters; texts are cut at 256 tokens",
    weights=DIGESTS["model.safetensors"],
)
_TIMEOUT = 600


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

"""Machine: what this one offers, asked without importing torch."""

import os
import shutil
from functools import lru_cache
from importlib import metadata
from pathlib import Path


@lru_cache(maxsize=1)
def torch_version() -> str | None:
    """The installed torch, with its build (`2.13.0+cpu`); None when there is none."""
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return None


def has_cuda() -> bool:
    """Whether a CUDA device and a torch build that may use it are here. The worker reports what it really used."""
    version = torch_version()
    driver = Path("/dev/nvidiactl").exists() or shutil.which("nvidia-smi") is not None
    return driver and version is not None and "+cpu" not in version


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

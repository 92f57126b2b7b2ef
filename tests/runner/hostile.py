"""One replicate of an experiment that does what its author should not."""

import shutil
import textwrap
import threading
from pathlib import Path
from typing import Any

from claims.declaration import parse
from claims.domain.isolation import Isolation
from claims.runner.closure import closure_of
from claims.runner.execute import lay_out, run_one
from claims.runner.job import Done, Job
from claims.runner.sources import in_tree

TOY = Path(__file__).parents[1] / "toy" / "experiments" / "toy.py"


def job_of(root: Path, attack: str = "pass", *, level: Isolation = "strong", **changes: Any) -> Job:
    """A job of the toy experiment whose first condition begins with `attack`, laid out below `root`."""
    text = TOY.read_text().replace("    p = run.params\n", "    attack(run)\n    p = run.params\n", 1)
    text += "\n\ndef attack(run):\n" + textwrap.indent(textwrap.dedent(attack).strip() or "pass", "    ") + "\n"
    (root / "experiments").mkdir(parents=True, exist_ok=True)
    (root / "experiments" / "toy.py").write_text(text)
    _, sources = closure_of("toy", in_tree(root))
    shutil.rmtree(root / "copy", ignore_errors=True)
    declared = parse(text, "experiments/toy.py")
    given: dict[str, Any] = dict(
        declared=declared, folder=lay_out(sources, root / "copy"), conditions=("treated", "plain"), combine=True,
        params=declared.params_at("cpu", {}), scale="cpu", index=0, seed=12345, device="cpu", dtype="float32",
        threads=1, log=root / "logs" / "toy.log", time_limit=30.0, isolation=level,
    )  # fmt: skip
    return Job(**{**given, **changes})


def run(root: Path, attack: str = "pass", **changes: Any) -> Done:
    """What came of it."""
    return run_one(job_of(root, attack, **changes), threading.Event(), lambda _job, _share: None)

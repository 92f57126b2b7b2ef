"""Break an experiment in ways that happen, and see that the verdict is void, never a result.

`python -m benchmarks.sabotage [NUMBER…]` clones the repository for each defect, plants it, verifies a claim there with
five replicates, and writes `benchmarks/results/sabotage.json`. Takes about half an hour on two cores.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "benchmarks" / "results" / "sabotage.json"
SEEDS = "5"


class Defect(NamedTuple):
    """A line of a file and what it becomes."""

    claim: str
    what: str
    file: str
    line: str
    broken: str


WD, RL = "wd-contraction-small-n", "rl-sparsity-needs-low-precision"
DEFECTS = (
    Defect(
        WD,
        "metric on the wrong tensor: the Jacobian is taken at the origin",
        "src/claims/lab/metrics/contraction.py",
        "    jacobian_NDD = jacobians(f, x_ND)\n",
        "    jacobian_NDD = jacobians(f, torch.zeros_like(x_ND))\n",
    ),
    Defect(
        WD,
        "broken loss: its gradient is zero",
        "src/claims/lab/training/regression.py",
        "errors_S.sum().backward()",
        "(0.0 * errors_S.sum()).backward()",
    ),
    Defect(
        WD,
        "untrained model",
        "experiments/weight_decay_contraction.py",
        "steps: int = 6000",
        "steps: int = 1",
    ),
    Defect(
        RL,
        "metric on the wrong tensor: the end is compared with itself",
        "src/claims/lab/metrics/updates.py",
        "return 1.0 - _share(changed(before, after))",
        "return 1.0 - _share(changed(after, after))",
    ),
    Defect(
        RL,
        "broken loss: the sign of the policy gradient is lost",
        "src/claims/lab/training/on_policy.py",
        "loss = -clipped(",
        "loss = clipped(",
    ),
    Defect(
        RL,
        "untrained model: no pretraining",
        "experiments/update_sparsity.py",
        "base_steps: int = 80",
        "base_steps: int = 1",
    ),
    Defect(
        RL,
        "shuffled reward in every arm",
        "src/claims/lab/training/tuning.py",
        " if shuffled else rewards_N",
        "",
    ),
)


def main() -> int:
    """Run every defect, or those numbered on the command line; 1 when one got a verdict other than void."""
    chosen = [int(word) for word in sys.argv[1:]] or list(range(len(DEFECTS)))
    rows = json.loads(OUT.read_text()) if len(chosen) < len(DEFECTS) else [{} for _ in DEFECTS]
    for number in chosen:
        rows[number] = verdict_of(DEFECTS[number])
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n")
    return 0 if all(row["verdict"] == "void" for row in rows) else 1


def verdict_of(defect: Defect) -> dict[str, object]:
    """Plant one defect in a clone and verify there."""
    with tempfile.TemporaryDirectory() as place:
        clone = Path(place) / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        path = clone / defect.file
        text = path.read_text()
        if text.count(defect.line) != 1:
            raise SystemExit(f"{defect.file} no longer holds {defect.line!r} once: bring the defect up to date")
        path.write_text(text.replace(defect.line, defect.broken))
        who = ["-c", "user.name=sabotage", "-c", "user.email=sabotage@example.org"]
        subprocess.run(["git", "-C", str(clone), *who, "commit", "-qam", defect.what], check=True)
        command = [sys.executable, "-c", "from claims.cli.app import main; main()", "verify", defect.claim]
        done = subprocess.run([*command, "--seeds", SEEDS, "--json"], cwd=clone, capture_output=True, text=True)
    said = json.loads(done.stdout)[0] if done.stdout else {}
    row = {
        "claim": defect.claim,
        "defect": defect.what,
        "exit": done.returncode,
        "verdict": said.get("verdict"),
        "reason": said["result"]["reason"] if said else done.stderr,
    }
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()
    return row


if __name__ == "__main__":
    sys.exit(main())

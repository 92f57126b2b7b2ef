"""How fast the lab's sampler and on-policy step are beside other libraries', as the benchmark wrote it."""

import json
from pathlib import Path

from pydantic import BaseModel, ValidationError

from claims.domain.counting import count
from claims.errors import SetupError
from claims.site.numbers import fixed
from claims.site.view.context import Context

BENCHMARK = Path("benchmarks/results/rl.json")
_LOOP, _SAMPLER = "src/claims/lab/training/on_policy.py", "src/claims/lab/sampling.py"


class _Ratio(BaseModel):
    ratio: float


class _Parts(BaseModel):
    seconds: dict[str, float]


class _Found(BaseModel):
    sampler: list[_Ratio]
    step: list[_Ratio]
    parts: list[_Parts]
    repeats: int
    threads: int
    versions: dict[str, str]


def pace(context: Context, experiment: str) -> tuple[str, ...]:
    """Sentences about the parts of the lab that an experiment runs; none where nothing was measured."""
    path = context.project.root / BENCHMARK
    closure = context.project.closures.get(experiment)
    files = {f.path for f in closure.files} if closure else set[str]()
    if _SAMPLER not in files or not path.is_file():
        return ()
    try:
        found = _Found.model_validate(json.loads(path.read_text(encoding="utf-8")))
        said = [f"The lab's sampler takes {_range(found.sampler)} of the CPU seconds of `generate` in transformers "
                f"{found.versions['transformers']}, for the same tokens."]  # fmt: skip
        if _LOOP in files:
            said.append(
                f"An on-policy step takes {_range(found.step)} of those of GRPOTrainer in TRL {found.versions['trl']}, "
                f"at the same model, batch and length; of it, {_shares(found.parts)}."
            )
    except (ValidationError, ValueError, KeyError) as error:
        first = str(error).splitlines()[0]
        raise SetupError(f"{BENCHMARK}: not what `python -m benchmarks.rl` writes: {first}") from None
    how = f"{count(found.repeats, 'repeat')}, {count(found.threads, 'thread')}, torch {found.versions['torch']}"
    return (*said, f"Medians for several small models ({how}); `python -m benchmarks.rl` measures them again.")


def _range(ratios: list[_Ratio]) -> str:
    return f"{fixed(min(r.ratio for r in ratios), 2)} to {fixed(max(r.ratio for r in ratios), 2)}"


def _shares(parts: list[_Parts]) -> str:
    """Where a step's time goes, over all models."""
    whole = sum(p.seconds["step"] for p in parts)
    shares = {name: sum(p.seconds[name] for p in parts) / whole for name in parts[0].seconds if name != "step"}
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares.items())

"""Write `benchmarks/results/rl.json`: what sampling and an on-policy step cost here and elsewhere, and on what.

`python -m benchmarks.rl` on one thread takes a few minutes. Processor seconds, ours and theirs in turn within one
run, medians. The sampler is compared with `generate` of transformers, the step with GRPOTrainer of TRL 1.16.0. TRL is
no dependency here: that part wants an environment that has it beside torch 2.13.0 (`pip install trl==1.16.0`, then
`PYTHONPATH=src python -m benchmarks.rl`); without it the rest is measured and that part says that it was not.
"""

import argparse
import importlib.util
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig, PreTrainedModel

from benchmarks import grpo_trainer
from benchmarks.rl_table import PARTS, table
from claims.lab.models.decoder import Family, decoder
from claims.lab.sampling import log_likelihood, sample
from claims.lab.seeding import generator
from claims.lab.training.on_policy import GRPO, on_policy
from claims.lab.training.optimiser import Optimiser

TARGET = Path(__file__).parent / "results" / "rl.json"
VOCABULARY, PROMPTS, GROUP, HEADS, LR = 32, 16, 8, 4, 1e-4
WITHOUT_TRL = "not measured: TRL is not installed; `pip install trl==1.16.0` in an environment with torch and this code"


@dataclass(frozen=True)
class Work:
    """A decoder, and answers of `length` tokens to prompts of `asked` tokens."""

    family: Family
    width: int
    layers: int
    asked: int
    length: int

    def model(self) -> PreTrainedModel:
        """Always with the same weights."""
        return decoder(
            VOCABULARY, self.asked + self.length,
            width=self.width, layers=self.layers, heads=HEADS, seed=1, device="cpu", family=self.family,
        )  # fmt: skip

    def prompts(self) -> torch.Tensor:
        """Always the same prompts."""
        return torch.randint(VOCABULARY, (PROMPTS, self.asked), generator=generator(2))

    def row(self, model: PreTrainedModel) -> dict[str, Any]:
        """What a row says of it."""
        return {**asdict(self), "parameters": sum(weight.numel() for weight in model.parameters())}


SIZES = [(64, 2), (64, 4), (128, 2)]
SAMPLED = [Work(f, w, n, t, t) for f in ("llama", "neox") for w, n in SIZES for t in (8, 16)]
STEPPED = [Work(f, w, 2, t, t) for f in ("llama", "neox") for w, t in ((64, 8), (64, 16), (128, 8))]


def sampler(work: Work, repeats: int) -> dict[str, Any]:
    """Ours and `generate`: the same model, prompts, samples of each and lengths, at temperature 1."""
    model, prompts_BP, rng = work.model(), work.prompts(), generator(3)
    settings = GenerationConfig(
        do_sample=True, temperature=1.0, top_k=0, top_p=1.0, num_return_sequences=GROUP, max_new_tokens=work.length,
        min_new_tokens=work.length, pad_token_id=0, eos_token_id=None,
    )  # fmt: skip
    mask_BP = torch.ones_like(prompts_BP)

    def theirs() -> None:
        out = model.generate(prompts_BP, attention_mask=mask_BP, generation_config=settings)
        assert out.shape == (PROMPTS * GROUP, work.asked + work.length)

    def ours() -> None:
        answers = sample(model, prompts_BP, each=GROUP, length=work.length, generator=rng)
        assert answers.shape == (PROMPTS * GROUP, work.length)

    for warm in (ours, theirs):
        warm()
    return work.row(model) | compared([(_seconds(ours), _seconds(theirs)) for _ in range(repeats)])


def step(work: Work, repeats: int) -> dict[str, Any]:
    """Ours and TRL's: the same model, batch, lengths and learning rate. Rewards are drawn, so that no group is skipped;
    `with_half_skipped`: ours once more, where half of the groups get the same reward for all answers.
    """
    every, half = _stepper(work, 1.0), _stepper(work, 0.5)
    rows: list[tuple[float, float, float]] = []
    grpo_trainer.steps(
        work.model(), prompts=PROMPTS, group=GROUP, asked=work.asked, length=work.length, lr=LR, count=repeats + 1,
        vocabulary=VOCABULARY, between=lambda theirs: rows.append((_seconds(every), theirs, _seconds(half))),
    )  # fmt: skip
    rows = rows[1:]  # the first step warms both up
    skipping = compared([(ours, theirs) for _, theirs, ours in rows])
    return work.row(work.model()) | compared([row[:2] for row in rows]) | {"with_half_skipped": skipping}


def _stepper(work: Work, telling: float) -> Callable[[], None]:
    """One step of GRPO; a share `telling` of the groups get rewards that differ."""
    model, rng = work.model(), generator(4)
    optimiser = Optimiser(model, lr=LR)
    tells_N1 = (torch.arange(PROMPTS) < telling * PROMPTS).repeat_interleave(GROUP)

    def reward(_: torch.Tensor, answers_NA: torch.Tensor) -> torch.Tensor:
        return torch.rand(len(answers_NA), generator=rng) * tells_N1

    def one() -> None:
        on_policy(
            model, work.prompts, reward, optimiser,
            method=GRPO, steps=1, group=GROUP, length=work.length, generator=rng,
        )  # fmt: skip

    return one


def parts(work: Work, repeats: int) -> dict[str, Any]:
    """Where a step of ours spends its time, and which operators spend most of it themselves."""
    model, prompts_BP, rng = work.model(), work.prompts(), generator(5)
    optimiser, whole = Optimiser(model, lr=LR), _stepper(work, 1.0)
    seconds: dict[str, list[float]] = {name: [] for name in ("step", *PARTS)}
    for _ in range(repeats + 1):
        seconds["step"].append(_seconds(whole))
        marks = [time.process_time()]
        answers_NA = sample(model, prompts_BP, each=GROUP, length=work.length, generator=rng)
        marks.append(time.process_time())
        loss = -log_likelihood(model, prompts_BP, answers_NA).mean()
        marks.append(time.process_time())
        optimiser.step(loss)
        marks.append(time.process_time())
        for name, (start, stop) in zip(PARTS, pairwise(marks), strict=True):
            seconds[name].append(stop - start)
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        for _ in range(repeats):
            whole()
    events = profile.key_averages()
    total = sum(event.self_cpu_time_total for event in events)
    top = sorted(events, key=lambda event: -event.self_cpu_time_total)[:8]
    return work.row(model) | {
        "seconds": {name: round(statistics.median(values[1:]), 5) for name, values in seconds.items()},
        "operators": {event.key: round(event.self_cpu_time_total / total, 3) for event in top},
    }


def compared(pairs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Ours and theirs, and the ratio within each pair."""
    ratios = sorted(ours / theirs for ours, theirs in pairs)
    return {
        "ours_seconds": round(statistics.median(ours for ours, _ in pairs), 5),
        "theirs_seconds": round(statistics.median(theirs for _, theirs in pairs), 5),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_range": [round(ratios[0], 3), round(ratios[-1], 3)],
    }


def _seconds(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(sampled: Sequence[Work], stepped: Sequence[Work], repeats: int) -> dict[str, Any]:
    """All of it, on one thread."""
    torch.set_num_threads(1)
    has_trl = importlib.util.find_spec("trl") is not None
    return {
        "sampler": [sampler(work, repeats) for work in sampled],
        "step": [step(work, repeats) for work in stepped] if has_trl else WITHOUT_TRL,
        "parts": [parts(work, repeats) for work in stepped],
        "batch": {"prompts": PROMPTS, "answers_each": GROUP, "vocabulary": VOCABULARY, "heads": HEADS, "lr": LR},
        "repeats": repeats,
        "threads": 1,
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("torch", "transformers", *(["trl"] if has_trl else []))},
    }


def main() -> None:
    """Measure, print the table and replace the file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rl", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--to", type=Path, default=TARGET, help="file to write")
    asked = parser.parse_args()
    found = measure(SAMPLED, STEPPED, asked.repeats)
    asked.to.parent.mkdir(parents=True, exist_ok=True)
    asked.to.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(table(found))


if __name__ == "__main__":
    main()

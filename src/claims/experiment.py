"""What an experiment author writes against: the declaration, and the run that `measure` is given.

A declaration is literal, so that the tool reads it from the syntax tree and executes nothing:

    class Params(Settings):
        steps: int = 200                        # every number that a claim may override

    EXPERIMENT = Experiment(
        title="…", papers=("2505.11711v2",), differs="how this is not the paper's experiment",
        conditions={"grpo-fp32": "GRPO, weights stored in fp32", "sft-fp32": "…"},
        control_conditions={"shuffled-reward": "GRPO on a reward that is shuffled over the answers"},
        metrics=(Metric("unchanged_share", "fraction", 0, 1, "weights that are bit-identical …"),),
        controls=(Control("shuffled-reward", "negative", "reward_gain", {"below": 0.05},
                          condition="shuffled-reward", trains=True),),
        scales={"smoke": {"steps": 2}, "cpu": {}, "gpu": {"steps": 2000}},
    )

    def measure(run: Run[Params]) -> dict[str, float]: ...       # one condition, one seed
    def combine(arms: Mapping[str, Arm], params: Params) -> dict[str, float]: ...   # optional, one seed

Imports nothing of ours: this module is part of every experiment's closure digest.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict

ScaleName = Literal["smoke", "cpu", "gpu"]


class Settings(BaseModel):
    """Base of an experiment's `Params`: typed numbers with defaults, frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


@dataclass(frozen=True)
class Metric:
    """A named quantity. A combined one is returned by `combine`, from all conditions of a seed."""

    name: str
    unit: str
    low: float
    high: float
    doc: str
    combined: bool = False


@dataclass(frozen=True)
class Control:
    """A planted case with a known answer. `expect` is written as in the registry: `{"above": 0.9}`.

    It runs `condition` (of either kind) with `params` over the scale's; at every one of `seeds` seeds the
    metric must lie in the expected interval, else the verdict is void. `trains` says that it goes through
    the training loop: a control on the metric alone does not notice a broken loss.
    """

    name: str
    kind: Literal["positive", "negative"]
    metric: str
    expect: Mapping[str, Any]
    condition: str
    doc: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    seeds: int = 3
    trains: bool = False


@dataclass(frozen=True)
class Experiment:
    """An experiment's declaration. `control_conditions` run for controls only, not in every replicate.

    `deterministic`: an audit, one replicate, no seeds, grade `exact`. `time_limit`: seconds a replicate may
    take at each scale before it counts as hung. `data`: files beside the experiment that it reads.
    """

    title: str
    papers: tuple[str, ...]
    differs: str
    conditions: Mapping[str, str]
    metrics: tuple[Metric, ...]
    scales: Mapping[str, Mapping[str, Any]]
    controls: tuple[Control, ...] = ()
    control_conditions: Mapping[str, str] = field(default_factory=dict)
    deterministic: bool = False
    time_limit: Mapping[str, float] = field(default_factory=dict)
    data: tuple[str, ...] = ()


P = TypeVar("P", bound=Settings)
T = TypeVar("T")


@dataclass
class Arm:
    """What one condition of a seed handed to `combine`: its numbers, and what it kept."""

    metrics: dict[str, float]
    kept: dict[str, Any]


class Run(Generic[P]):
    """One condition at one seed. Knows neither the prediction nor other seeds."""

    def __init__(
        self,
        *,
        params: P,
        condition: str,
        seed: int,
        device: str,
        dtype: str,
        shared: dict[str, Any],
        data: Mapping[str, bytes],
        report: Callable[[float], None],
    ) -> None:
        self.params = params
        self.condition = condition
        self.seed = seed
        self.device = device
        """A torch device string: `cpu`, `cuda`."""
        self.dtype = dtype
        """The name of a torch dtype for weights whose precision the condition does not set: `float32`."""
        self.data = data
        """Bytes of the declared data files, by name."""
        self.kept: dict[str, Any] = {}
        self.traces: dict[str, tuple[list[float], list[float]]] = {}
        self._shared = shared
        self._report = report

    def seed_for(self, purpose: str) -> int:
        """A seed of 53 bits for one purpose: the same in every condition of a replicate, so that these are paired."""
        digest = hashlib.sha256(f"{self.seed}/{purpose}".encode()).digest()
        return int.from_bytes(digest[:8], "big") >> 11

    def shared(self, name: str, make: Callable[[], T]) -> T:
        """What the conditions of a replicate have in common, made once. Callers must not change what they get."""
        if name not in self._shared:
            self._shared[name] = make()
        return cast(T, self._shared[name])

    def keep(self, name: str, value: object) -> None:
        """Hand something that is not a number to `combine`: a mask, a trained model. It is not recorded."""
        self.kept[name] = value

    def trace(self, name: str, x: float, y: float) -> None:
        """Add a point to a series that the claim's page draws. Traces illustrate; they decide nothing.

        The name labels both axes: `reward by tokens`, `pass@256 over pass@1`; without `by` or `over`, `x` is the step.
        A value that is not finite cannot be recorded as JSON and is left out of the series.
        """
        if math.isfinite(x) and math.isfinite(y):
            xs, ys = self.traces.setdefault(name, ([], []))
            xs.append(float(x))
            ys.append(float(y))

    def progress(self, share: float) -> None:
        """Say how much of this condition is done, 0 to 1."""
        self._report(min(1.0, max(0.0, share)))

"""An experiment on the bench: one condition of it at a time, at scale `smoke` unless told otherwise."""

import json
from pathlib import Path

from claims.declaration import parse
from claims.domain.interval import Expect
from claims.experiment import Run


class Bench:
    """What tests of experiments share; `smoke` overrides parameters of that scale."""

    def __init__(self, module, **smoke):
        self.module = module
        self.declared = parse(Path(module.__file__).read_text("utf-8"), f"experiments/{Path(module.__file__).name}")
        self.conditions = [*self.declared.experiment.conditions, *self.declared.experiment.control_conditions]
        self.controls = {control.name: control for control in self.declared.experiment.controls}
        self.smoke = self.declared.params_at("smoke", smoke)

    def run_of(self, condition, params=None, seed=5, shared=None):
        """A run of one condition; `shared` keeps what conditions of a seed make together."""
        settings = {n: tuple(v) if isinstance(v, list) else v for n, v in (params or self.smoke).items()}
        return Run(
            params=self.module.Params(**settings), condition=condition, seed=seed, device="cpu", dtype="float32",
            shared={} if shared is None else shared, data={}, report=lambda share: None,
        )  # fmt: skip

    def measured(self, condition, params=None, seed=5, shared=None):
        """The numbers of one condition."""
        return self.module.measure(self.run_of(condition, params, seed, shared))

    def holds(self, name, params=None, shared=None):
        """Whether a control holds; one whose metric is missing does not."""
        control = self.controls[name]
        settings = (params or self.smoke) | dict(control.params)
        value = self.measured(control.condition, settings, shared=shared).get(control.metric)
        expect = Expect.model_validate_json(json.dumps(dict(control.expect)))
        return value is not None and value in expect.interval

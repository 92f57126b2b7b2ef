"""What an experiment's declaration must keep to. Pure: the declaration was read, nothing was run."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, get_args

from pydantic import ValidationError

from claims.declaration import Declared
from claims.domain.claim import ArxivId, Name, Slug
from claims.domain.finding import Finding
from claims.domain.interval import Expect
from claims.experiment import Control, ScaleName
from claims.registry.characters import FORBIDDEN
from claims.registry.lint_check import bounds_of, unlikely, wrong_type
from claims.registry.messages import did_you_mean

MIN_SEEDS = 3
"""Seeds of a control (DESIGN §5)."""

MOST_SECONDS = 7 * 24 * 3600
"""That a replicate may take; one that hangs is found out no sooner."""

_SCALES = get_args(ScaleName)


def lint_experiment(declared: Declared) -> tuple[Finding, ...]:
    """Everything wrong with one declaration."""
    rules = (_characters, _words, _names, _metrics, _controls, _control_kinds, _scales, _time_limits)
    return tuple(
        Finding(file=declared.path, field=f"{declared.name}.{field}", message=message)
        for rule in rules
        for field, message in rule(declared)
    )


_Said = Iterator[tuple[str, str]]
"""Field and message."""


def _characters(declared: Declared) -> _Said:
    """An escape in a literal can write what no file may hold: half a character, or one that hides what follows."""
    for name, value in {**asdict(declared.experiment), "docstring": declared.doc}.items():
        if any(FORBIDDEN.search(text) for text in _texts(value)):
            yield name, "holds a control character, half a character or one that turns the direction of text"


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            yield from (text for pair in value.items() for part in pair for text in _texts(part))
        case tuple() | list():
            yield from (text for part in value for text in _texts(part))


def _words(declared: Declared) -> _Said:
    experiment = declared.experiment
    if not declared.doc.strip():
        yield "docstring", "is missing: the question, the paper, what differs from it, the cost"
    for name, text in (("title", experiment.title), ("differs", experiment.differs)):
        if not text.strip():
            yield name, "is empty"
    if not experiment.papers:
        yield "papers", "names no paper"
    for paper in experiment.papers:
        if not _matches(ArxivId, paper):
            yield "papers", f"{paper} is not an arXiv id with its version, such as 2505.11711v2"


def _names(declared: Declared) -> _Said:
    experiment = declared.experiment
    if not experiment.conditions:
        yield "conditions", "there is none"
    for condition in (*experiment.conditions, *experiment.control_conditions):
        if not _matches(Name, condition):
            yield "conditions", f"{condition} is not a name: lower-case letters and digits, joined by _ or -"
    for condition in sorted(experiment.conditions.keys() & experiment.control_conditions.keys()):
        yield "control_conditions", f"{condition} is a condition already"
    for name in _repeated(control.name for control in experiment.controls):
        yield "controls", f"two controls are called {name}"
    for control in experiment.controls:
        if not _matches(Slug, control.name):
            yield "controls", f"{control.name} is not an id: lower-case letters and digits, joined by hyphens"


def _metrics(declared: Declared) -> _Said:
    metrics = declared.experiment.metrics
    if not metrics:
        yield "metrics", "there is none"
    for name in _repeated(metric.name for metric in metrics):
        yield f"metrics[{name}]", "is declared twice"
    for metric in metrics:
        if not _matches(Name, metric.name):
            yield f"metrics[{metric.name}]", "is not a name: lower-case letters and digits, joined by _ or -"
        if not metric.low < metric.high:
            yield f"metrics[{metric.name}]", f"bounds {metric.low:g} and {metric.high:g}: the lower one comes first"
        if not metric.unit.strip() or not metric.doc.strip():
            yield f"metrics[{metric.name}]", "needs a unit and a definition"
    if declared.combines != any(metric.combined for metric in metrics):
        yield "metrics", "combined metrics and a function combine(arms, params) go together"


def _controls(declared: Declared) -> _Said:
    for control in declared.experiment.controls:
        field = f"controls[{control.name}]"
        for problem in (*_control_measures(declared, control), *_control_expects(declared, control)):
            yield field, problem
        for problem in _preset(declared, control.params):
            yield f"{field}.params", problem
        if control.seeds < MIN_SEEDS and not declared.experiment.deterministic:
            yield f"{field}.seeds", f"{control.seeds} is fewer than {MIN_SEEDS}"


def _control_measures(declared: Declared, control: Control) -> Iterator[str]:
    known = {**declared.experiment.conditions, **declared.experiment.control_conditions}
    if control.condition not in known:
        yield f"{control.condition} is not a condition{did_you_mean(control.condition, known)}"
    metric = declared.metrics.get(control.metric)
    if metric is None:
        yield f"{control.metric} is not a metric{did_you_mean(control.metric, declared.metrics)}"
    elif metric.combined:
        yield f"{control.metric} is combined over conditions, and a control runs one condition"


def _control_expects(declared: Declared, control: Control) -> Iterator[str]:
    try:
        expect = Expect.model_validate({k: tuple(v) if isinstance(v, list) else v for k, v in control.expect.items()})
    except ValidationError as error:
        for e in error.errors():
            where = ".".join(("expect", *map(str, e["loc"])))
            yield f"{where}: {e['msg'].removeprefix('Value error, ').removeprefix('Input ')}"
        return
    metric = declared.metrics.get(control.metric)
    if metric is not None and metric.low < metric.high:
        problem = unlikely(expect, bounds_of(metric, difference=False), declared.experiment.deterministic)
        if problem:
            yield f"expect: {problem}"


def _control_kinds(declared: Declared) -> _Said:
    controls = declared.experiment.controls
    for kind in ("positive", "negative"):
        if not any(control.kind == kind for control in controls):
            yield "controls", f"there is no {kind} one; each experiment plants a case with a known answer of each kind"
    if not declared.experiment.deterministic and not any(control.trains for control in controls):
        yield "controls", "none trains; a control on the metric alone does not notice a broken loss"


def _scales(declared: Declared) -> _Said:
    scales = declared.experiment.scales
    needed = ("cpu",) if declared.experiment.deterministic else _SCALES
    for name in needed:
        if name not in scales:
            yield "scales", f"{name} is missing; it may be empty: {{}}"
    for name, preset in scales.items():
        if name not in _SCALES:
            yield "scales", f"{name} is not one of {', '.join(_SCALES)}"
        for problem in _preset(declared, preset):
            yield f"scales[{name}]", problem


def _time_limits(declared: Declared) -> _Said:
    for name, seconds in declared.experiment.time_limit.items():
        if name not in declared.experiment.scales:
            yield f"time_limit[{name}]", "is not a scale of this experiment"
        if not seconds > 0:
            yield f"time_limit[{name}]", "is not a positive number of seconds"
        if seconds > MOST_SECONDS:  # `inf` is literal, and would be no limit at all
            yield f"time_limit[{name}]", f"is more than a week ({MOST_SECONDS} seconds)"


def _preset(declared: Declared, preset: Mapping[str, Any]) -> Iterator[str]:
    """What does not fit the declared parameters."""
    for name, value in preset.items():
        if name not in declared.parameters:
            yield f"{name} is not a parameter{did_you_mean(name, declared.parameters)}"
        elif problem := wrong_type(declared.parameters[name][0], tuple(value) if isinstance(value, list) else value):
            yield f"{name}: {problem}"


def _matches(kind: Any, text: str) -> bool:
    return re.fullmatch(get_args(kind)[1].pattern, text) is not None


def _repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)

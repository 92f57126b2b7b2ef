"""An experiment's page: what it measures, how it could fail, what it costs, and its source."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from claims.declaration import Declared
from claims.domain.interval import Expect
from claims.errors import DeclarationError
from claims.experiment import Control
from claims.site.links import arxiv_page
from claims.site.markup import prose, python
from claims.site.numbers import plain
from claims.site.view.context import Context
from claims.site.view.history import Cost, costs
from claims.site.view.pace import pace
from claims.site.view.tables import ClaimRow, claim_row
from claims.site.words import expected, spoken, value_words


@dataclass(frozen=True)
class MetricRow:
    """A metric as declared."""

    name: str
    unit: str
    bounds: str
    definition: Markup
    level: str


@dataclass(frozen=True)
class PlannedControl:
    """A control as declared."""

    name: str
    kind: str
    condition: str
    expected: str
    seeds: str
    trains: str
    doc: Markup


@dataclass(frozen=True)
class ExperimentPage:
    """Everything that stands on an experiment's page. `source` is escaped and highlighted."""

    name: str
    title: str
    paragraphs: tuple[Markup, ...]
    differs: Markup
    papers: tuple[tuple[str, str, str], ...]
    kind: str
    conditions: tuple[tuple[str, Markup], ...]
    control_conditions: tuple[tuple[str, Markup], ...]
    metrics: tuple[MetricRow, ...]
    controls: tuple[PlannedControl, ...]
    scales: tuple[str, ...]
    parameters: tuple[tuple[str, tuple[str, ...]], ...]
    costs: tuple[Cost, ...]
    pace: tuple[Markup, ...]
    claims: tuple[ClaimRow, ...]
    path: str
    source: Markup


def experiment_page(context: Context, declared: Declared) -> ExperimentPage:
    """The page of one experiment."""
    experiment = declared.experiment
    claims = context.using(declared.name)
    records = [
        s.record for found in context.project.records.values() for s in found if s.record.experiment == declared.name
    ]
    scales = tuple(experiment.scales)
    return ExperimentPage(
        name=declared.name,
        title=experiment.title,
        paragraphs=tuple(prose(p) for p in declared.doc.split("\n\n")),
        differs=prose(experiment.differs),
        papers=tuple((f"arXiv:{p}", context.links.paper(p), arxiv_page(p)) for p in experiment.papers),
        kind="An audit: recomputed without chance, no seeds, grade exact."
        if experiment.deterministic
        else "Run over several seeds; the conditions of a seed are paired.",
        conditions=_described(experiment.conditions),
        control_conditions=_described(experiment.control_conditions),
        metrics=tuple(
            MetricRow(
                m.name,
                m.unit,
                f"{plain(m.low)} to {plain(m.high)}",
                prose(m.doc),
                "per seed" if m.combined else "per condition",
            )
            for m in experiment.metrics
        ),
        controls=tuple(_control(c) for c in experiment.controls),
        scales=scales,
        parameters=_parameters(declared, scales),
        costs=costs(records),
        pace=tuple(prose(sentence) for sentence in pace(context, declared.name)),
        claims=tuple(claim_row(context, claim) for claim in claims),
        path=declared.path,
        source=python((context.project.root / declared.path).read_text(encoding="utf-8")),
    )


def _described(conditions: Mapping[str, str]) -> tuple[tuple[str, Markup], ...]:
    return tuple((name, prose(words)) for name, words in conditions.items())


def _control(control: Control) -> PlannedControl:
    return PlannedControl(
        name=control.name,
        kind=control.kind,
        condition=control.condition,
        expected=f"{spoken(control.metric)} {expected(Expect.model_validate(control.expect, strict=False))}",
        seeds=str(control.seeds),
        trains="trains" if control.trains else "metric only",
        doc=prose(control.doc),
    )


def _parameters(declared: Declared, scales: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    try:
        values = [declared.params_at(scale, {}) for scale in scales]
    except DeclarationError as error:
        return ((str(error), ()),)
    return tuple((name, tuple(value_words(at[name]) for at in values)) for name in (values[0] if values else ()))

"""Arms: what every condition measured, so that a difference can be seen for what it is of."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from claims.domain.record import Record
from claims.experiment import Metric
from claims.site.numbers import plain
from claims.site.words import spoken


@dataclass(frozen=True)
class ArmRow:
    """A metric with its unit, its mean in each condition (a dash where it is not measured), and its definition."""

    metric: str
    unit: str
    doc: str
    means: tuple[tuple[str, str], ...]


def arms(record: Record, metrics: Mapping[str, Metric]) -> tuple[ArmRow, ...]:
    """The mean of every declared metric over the valid replicates that decided, by condition."""
    used = [judged.replicate for judged in record.replicates if judged.valid][: record.verdict.n]
    rows = []
    for name, metric in metrics.items():
        found: dict[str, list[float]] = {}
        for replicate in used:
            for condition, numbers in replicate.measured.items():
                if name in numbers:
                    found.setdefault(condition, []).append(numbers[name])
            if name in replicate.combined:
                found.setdefault("all conditions", []).append(replicate.combined[name])
        if found:
            means = tuple((condition, plain(fmean(values), 3)) for condition, values in found.items())
            rows.append(ArmRow(spoken(name), metric.unit, metric.doc, means))
    return tuple(rows)

"""Agreement: whether the numbers of a rerun are those of the record.

Three classes, by how alike the two machines are. Equal settings: every number to 1e-12, since the same code, seed and
machine gave the same bits each time it was tried. The same kind of device: a tenth of the spread between seeds for nine
values in ten, since other instruction sets moved results by 1e-7 and chaotic runs by far more. Else, and for fresh
seeds: the two means, by Student's t (doi:10.1093/biomet/6.1.1). Other numbers agree only if they come to the
record's verdict, controls and all; and fresh seeds of which far fewer pass the gates disagree, whatever the others say.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import comb, isclose, sqrt
from typing import Literal

from scipy.special import stdtrit

from claims.domain.claim import Prediction
from claims.domain.record import Record
from claims.domain.rerun import Agreement, Comparison, same_setting
from claims.domain.run import Environment, Replicate, is_valid
from claims.domain.verdict import ControlResult
from claims.stats.decide import RULES
from claims.stats.intervals import Estimate, mean_interval
from claims.stats.sample import sample

EXACT = 1e-12
"""Relative."""
NEAR_SHARE, NEAR_SPREAD, NEAR_RELATIVE = 0.9, 0.1, 1e-4
AGREES_AT, DISAGREES_AT = 0.99, 0.999
"""Two-sided levels of the interval of a difference between means; the second is shared out over the predictions."""
_FEWEST = 3
"""Values without which no mean is compared: with two, skewed noise gave 5 false alarms in 1,000."""
_MOST_NAMED = 3

OfMeans = Literal["agrees", "inconclusive", "disagrees"]


def compare(
    record: Record,
    replicates: Sequence[Replicate],
    repeated: Sequence[Replicate],
    controls: Sequence[ControlResult],
    fresh: Sequence[Replicate],
    environment: Environment,
) -> Comparison:
    """What a rerun says of a record. `repeated` are second runs of the replicates that differ from the record's."""
    outcome, why = _recorded(record, replicates, repeated, controls, environment)
    fresh_outcome, fresh_why = _fresh(record, fresh)
    return Comparison(recorded=outcome, fresh=fresh_outcome, because="; ".join(filter(None, (why, fresh_why))))


def differing(record: Record, replicates: Sequence[Replicate]) -> tuple[Replicate, ...]:
    """The replicates of a rerun whose numbers or outcome are not the record's to the last digit."""
    return tuple(r for r in replicates if next(_differences(_recorded_at(record)[r.index], r), None) is not None)


def _recorded(
    record: Record,
    replicates: Sequence[Replicate],
    repeated: Sequence[Replicate],
    controls: Sequence[ControlResult],
    environment: Environment,
) -> tuple[Agreement, str]:
    own = _recorded_at(record)
    found = [d for r in replicates for d in _differences(own[r.index], r)] + [*_control_differences(record, controls)]
    ran = f"{len(replicates)} of {len(record.replicates)} recorded seeds and {len(controls)} controls run again"
    if not found:
        return "agrees-exactly", f"{ran}: every number is the same"
    named = ", ".join(found[:_MOST_NAMED]) + (
        f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    )
    if same_setting(record.environment, environment):
        once = {r.index: r for r in replicates}
        if any(next(_differences(once[r.index], r), None) for r in repeated):
            return "nondeterministic", f"{ran}: {named}; run twice here, the same seed differs from itself"
        return "disagrees", f"{ran} in the same setting: {named}"
    outcome, why = _near(record, replicates, environment)
    if outcome == "agrees" and (other := _other_answer(record, replicates, controls)):
        outcome, why = "inconclusive", f"{why}, but {other}"
    return outcome, f"{ran} in another setting: {named}; {why}"


def _near(record: Record, replicates: Sequence[Replicate], environment: Environment) -> tuple[Agreement, str]:
    """Numbers from another setting: seed by seed on the same kind of device, else by their means."""
    gates, own = record.claim.check.gates, _recorded_at(record)
    pairs = [(own[r.index], r) for r in replicates if is_valid(gates, r) and is_valid(gates, own[r.index])]
    alike = record.environment.device.split(":")[0] == environment.device.split(":")[0]
    if alike and len(pairs) == len(replicates) and all(_is_near(p, pairs) for p in record.claim.check.predictions):
        return "agrees", "within what another setting may move"
    return _by_means(record, [r for r in replicates if is_valid(gates, r)])


def _other_answer(record: Record, replicates: Sequence[Replicate], controls: Sequence[ControlResult]) -> str:
    """In which way a rerun answers otherwise than its record, in words; empty where it does not.

    A part of the seeds comes to no verdict, so of it only the controls are asked.
    """
    now, then = ({c.name for c in found if c.held} for found in (controls, record.controls))
    if then - now:
        return f"controls that held do not: {', '.join(sorted(then - now))}"
    if len(replicates) < len(record.replicates):
        return ""
    own = [r.replicate for r in record.replicates]
    here, there = (_verdict(record, *found) for found in ((replicates, controls), (own, record.controls)))
    return f"the verdict here is {here or 'none'}, of the record's numbers {there or 'none'}" if here != there else ""


def _verdict(record: Record, replicates: Sequence[Replicate], controls: Sequence[ControlResult]) -> str | None:
    rule = RULES[record.rule]
    said = rule(
        record.claim.check, replicates, controls, deterministic=record.deterministic, asked=record.asked
    ).verdict
    return said.value if said is not None else None


def _is_near(prediction: Prediction, pairs: Sequence[tuple[Replicate, Replicate]]) -> bool:
    one, other = (sample(prediction, side) for side in zip(*pairs, strict=True))
    spread = mean_interval(one, 0.5).sd if len(one) > 1 else 0.0
    close = [abs(a - b) <= max(NEAR_RELATIVE * abs(a), NEAR_SPREAD * spread) for a, b in zip(one, other, strict=True)]
    return sum(close) >= NEAR_SHARE * len(close)


def _fresh(record: Record, fresh: Sequence[Replicate]) -> tuple[OfMeans | None, str]:
    if not fresh:
        return None, ""
    valid = [r for r in fresh if is_valid(record.claim.check.gates, r)]
    own = [r for r in record.replicates if is_valid(record.claim.check.gates, r.replicate)]
    told = f"{len(fresh)} fresh seeds, {len(valid)} valid"
    if _by_chance(len(own), len(record.replicates), len(valid), len(fresh)) < (1 - DISAGREES_AT) / 2:
        return "disagrees", f"{told}: far fewer than the {len(own)} of {len(record.replicates)} recorded"
    outcome, why = _by_means(record, valid)
    return outcome, f"{told}: {why}"


def _by_chance(one: int, of_one: int, other: int, of_other: int) -> float:
    """How likely so few `other` are, where `one` and `other` are drawn alike (Fisher's exact test, one-sided)."""
    both, all_ = one + other, of_one + of_other
    ways = (comb(of_other, k) * comb(of_one, both - k) for k in range(max(0, both - of_one), other + 1))
    return sum(ways) / comb(all_, both)


def _by_means(record: Record, others: Sequence[Replicate]) -> tuple[OfMeans, str]:
    """Whether two samples of replicates come to the same means, prediction by prediction."""
    gates, predictions = record.claim.check.gates, record.claim.check.predictions
    own = [r.replicate for r in record.replicates if is_valid(gates, r.replicate)]
    if min(len(own), len(others)) < _FEWEST:
        return "inconclusive", "too few valid ones to compare means"
    words: list[OfMeans] = []
    for prediction in predictions:
        one = mean_interval(sample(prediction, own), AGREES_AT)
        other = mean_interval(sample(prediction, others), AGREES_AT)
        words.append(_of_means(prediction, one, other, len(predictions)))
    told: dict[OfMeans, str] = {
        "disagrees": "the means differ by more than chance",
        "inconclusive": f"their means over {len(others)} and the record's over {len(own)} do not differ by more than "
        "chance, but so few cannot show that they agree: that takes more seeds",
        "agrees": "the means agree",
    }
    worst = next(word for word in told if word in words)
    return worst, told[worst]


def _of_means(prediction: Prediction, one: Estimate, other: Estimate, predictions: int) -> OfMeans:
    """By Student's t with one spread for both: were they drawn alike, as is asked, they would have the same.

    Welch's interval, which allows two spreads, called 2.6 in 1,000 honest pairs of 8 and 3 different, not 1.
    """
    difference, freedom = other.mean - one.mean, one.n + other.n - 2
    spread = sqrt(sum(e.sd**2 * (e.n - 1) for e in (one, other)) / freedom)
    error = spread * sqrt(1 / one.n + 1 / other.n)
    if error == 0:
        return "agrees" if isclose(one.mean, other.mean, rel_tol=EXACT) else "disagrees"
    if abs(difference) > stdtrit(freedom, 1 - (1 - DISAGREES_AT) / (2 * predictions)) * error:
        return "disagrees"
    margin = max(one.sd, _room(prediction, one.mean) / 2)
    return "agrees" if abs(difference) + stdtrit(freedom, (1 + AGREES_AT) / 2) * error <= margin else "inconclusive"


def _room(prediction: Prediction, mean: float) -> float:
    """How far a mean lies from the nearest end of the expected interval, in the metric's unit."""
    expected = prediction.expect.interval
    ends = [abs(mean - end) for end in (expected.low, expected.high) if abs(end) != float("inf")]
    return min(ends, default=0.0)


def _recorded_at(record: Record) -> Mapping[int, Replicate]:
    return {r.replicate.index: r.replicate for r in record.replicates}


def _differences(one: Replicate, other: Replicate) -> Iterator[str]:
    if one.seed != other.seed or one.outcome is not other.outcome:
        yield f"replicate {one.index} ended {one.outcome.value}, here {other.outcome.value}"
        return
    for where in sorted({*one.measured, *other.measured}):
        yield from _numbers(one.index, where, one.measured.get(where, {}), other.measured.get(where, {}))
    yield from _numbers(one.index, "combined", one.combined, other.combined)


def _numbers(index: int, where: str, one: Mapping[str, float], other: Mapping[str, float]) -> Iterator[str]:
    for name in sorted({*one, *other}):
        a, b = one.get(name), other.get(name)
        if a is None or b is None or not isclose(a, b, rel_tol=EXACT, abs_tol=0.0):
            said = ["nothing" if v is None else f"{v:.6g}" for v in (a, b)]
            yield f"replicate {index}, {name} at {where}: recorded {said[0]}, here {said[1]}"


def _control_differences(record: Record, controls: Sequence[ControlResult]) -> Iterator[str]:
    own = {control.name: control for control in record.controls}
    for control in controls:
        recorded = {run.seed: run for run in own[control.name].runs} if control.name in own else {}
        for run in control.runs:
            before = recorded.get(run.seed)
            a, b = (None if before is None else before.value), run.value
            if (a is None) != (b is None) or (a is not None and b is not None and not isclose(a, b, rel_tol=EXACT)):
                yield f"control {control.name} at seed {run.seed}: recorded {_said(a)}, here {_said(b)}"


def _said(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.6g}"

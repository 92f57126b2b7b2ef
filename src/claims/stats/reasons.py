"""Reasons: one or two plain sentences that say why a claim got its verdict."""

from collections import Counter
from collections.abc import Sequence

from claims.domain.claim import Check
from claims.domain.run import Outcome, Replicate
from claims.domain.verdict import ControlResult, PredictionVerdict, Verdict
from claims.stats.intervals import mean_interval
from claims.stats.looks import PRELIMINARY, Look, Taken
from claims.stats.outlook import Seen, outlook
from claims.stats.sample import sample

NO_EFFECT_OF_SEED = "No measured number differs between seeds: the seed had no effect."
NOT_DETERMINISTIC = "The experiment is declared deterministic, but its numbers differ between runs."


def wrong_controls(controls: Sequence[ControlResult]) -> str | None:
    """What is wrong with the controls; None when all hold."""
    if not controls:
        return "The experiment has no controls: nothing shows that it could have come out otherwise."
    wrong = [c for c in controls if not c.held]
    if not wrong:
        return None
    return " ".join(_wrong_control(c) for c in wrong)


def _wrong_control(control: ControlResult) -> str:
    said = f"The {control.kind} control {control.name} is wrong: expected {control.metric} {control.expect}"
    for run in control.runs:
        if run.value is None:
            return f"{said}, but its run at seed {run.seed} ended with {run.outcome}."
        if run.value not in control.expect.interval:
            return f"{said}, measured {run.value:.3g} at seed {run.seed}."
    return f"{said}, but it was not run."


def too_few(taken: Taken) -> str:
    """Why a look cannot be taken any more."""
    counts = Counter(_ending(r) for r in taken.invalid)
    causes = ", ".join(f"{count} × {ending}" for ending, count in sorted(counts.items()))
    return (
        f"Only {len(taken.used)} of the first {taken.look.reach} replicates are valid and {taken.look.n} are needed"
        f" ({causes})."
    )


def audit_failed(replicate: Replicate) -> str:
    """Why an audit has no number."""
    return f"The audit is not valid: {_ending(replicate)}."


def _ending(replicate: Replicate) -> str:
    return "failed gate" if replicate.outcome is Outcome.OK else replicate.outcome.value


def unfinished(valid: int, asked: int) -> str:
    """Why there is no verdict yet."""
    if asked < PRELIMINARY.start:
        return f"{_replicates(valid)}: a verdict needs 8, a leaning {PRELIMINARY.start}."
    return f"{_replicates(valid)} of the {asked} asked for: no verdict before all are in, in seed order."


def of_audit(check: Check, found: Sequence[PredictionVerdict], verdict: Verdict) -> str:
    """Which number is out, or that none is."""
    if verdict is Verdict.SUPPORTED:
        return "Every number lies in its expected interval."
    expects = {p.id: p.expect for p in check.predictions}
    out = [p for p in found if p.verdict is Verdict.REFUTED]
    return " ".join(f"{p.id}: {p.estimate:.6g} is not {_wording(str(expects[p.id]))}." for p in out)


def _wording(expect: str) -> str:
    """`equals 3 within 1` reads badly after a negation."""
    return expect.replace("equals ", "")


def of_look(
    check: Check, taken: Taken, found: Sequence[PredictionVerdict], verdict: Verdict, later: Sequence[Look]
) -> str:
    """Why a look decided, or did not, and whether more replicates would."""
    expects = {p.id: str(p.expect) for p in check.predictions}
    if verdict is Verdict.REFUTED:
        return " ".join(_fails(p, expects[p.id]) for p in found if p.verdict is Verdict.REFUTED)
    if verdict is Verdict.SUPPORTED:
        if len(found) > 1:
            every = "Both" if len(found) == 2 else f"All {len(found)}"
            return f"{every} predictions hold at {taken.look.n} replicates."
        return _holds(found[0], expects[found[0].id])
    return _undecided(check, taken, found, later)


def _holds(found: PredictionVerdict, expect: str) -> str:
    inside = _share(found.n - found.outside, found.n)
    return f"{found.id} holds: {_interval(found)} lies inside '{expect}', and so do {inside}."


def _fails(found: PredictionVerdict, expect: str) -> str:
    outside = _share(found.outside, found.n)
    return f"{found.id} fails: {_interval(found)} lies outside '{expect}', and so do {outside}."


def _interval(found: PredictionVerdict) -> str:
    assert found.level is not None
    return f"the {100 * found.level:.4g} % interval of the mean, {found.low:.3g} to {found.high:.3g},"


def _share(part: int, whole: int) -> str:
    return f"all {whole} replicates" if part == whole else f"{part} of {whole} replicates"


def _undecided(check: Check, taken: Taken, found: Sequence[PredictionVerdict], later: Sequence[Look]) -> str:
    seen = [
        Seen(p.id, p.expect.interval, mean_interval(sample(p, taken.used), taken.look.level), f.outside)
        for p, f in zip(check.predictions, found, strict=True)
    ]
    undecided = [f.id for f in found if f.verdict is not Verdict.SUPPORTED]
    named = f" ({', '.join(undecided)})" if len(found) > 1 else ""
    return f"Undecided at {taken.look.n} replicates{named}. {outlook(seen, taken.look, later)}"


def _replicates(count: int) -> str:
    return f"{count} valid replicate{'' if count == 1 else 's'}"

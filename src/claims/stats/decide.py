"""Decide: rule 1, from the replicates of a claim to its verdict (DESIGN §6). Pure; stays in the code for ever.

`check` re-derives every recorded verdict with the rule that it names, so nothing that this module or `looks`,
`judge`, `sample` and `intervals` compute may change once a record exists. The wording of reasons may.
"""

from collections.abc import Callable, Sequence

from claims.domain.claim import Check
from claims.domain.run import Outcome, Replicate, is_valid
from claims.domain.verdict import ClaimVerdict, ControlResult, Grade, PredictionVerdict, Verdict
from claims.stats import reasons
from claims.stats.judge import LEANING, describe, exact, judge, together
from claims.stats.looks import LOOKS_V1, PRELIMINARY, Look, Taken, preliminary, take


def decide_v1(
    check: Check,
    replicates: Sequence[Replicate],
    controls: Sequence[ControlResult],
    *,
    deterministic: bool,
    asked: int,
) -> ClaimVerdict:
    """What rule 1 says of a claim.

    Args:
        check: the claim's gates, predictions and looks.
        replicates: one batch, in any order, each index once. A look reads on from index 0 and waits at a gap.
        controls: all controls of the experiment; one that is wrong, or none at all, makes the verdict void.
        deterministic: an audit: its first replicate decides, without an interval.
        asked: valid replicates that this verify set out for: 1 to 7, or a look.

    Raises:
        ValueError: an index occurs twice, or a valid replicate lacks a predicted number.
    """
    ordered = sorted(replicates, key=lambda r: r.index)
    if len({r.index for r in ordered}) != len(ordered):
        raise ValueError("two replicates of a batch have the same index")
    found = _audit(check, ordered) if deterministic else _by_looks(check, ordered, asked)
    wrong = reasons.wrong_controls(controls)
    if wrong is None:
        return found
    if found.verdict is None and asked < PRELIMINARY.start and not deterministic:
        return found.model_copy(update={"reason": f"{found.reason} {wrong}"})
    return _voided(found, wrong, found.grade if found.grade != "smoke" else _grade_of(asked))


RULES: dict[int, Callable[..., ClaimVerdict]] = {1: decide_v1}
"""Every rule that a record may name."""


def as_exploratory(found: ClaimVerdict) -> ClaimVerdict:
    """What a verdict is worth when its replicates confirm nothing: at most a leaning, grade `preliminary`."""
    words = {Verdict.SUPPORTED: Verdict.LEANING_SUPPORTED, Verdict.REFUTED: Verdict.LEANING_REFUTED}
    predictions = tuple(p.model_copy(update={"verdict": words.get(p.verdict, p.verdict)}) for p in found.predictions)
    verdict = words.get(found.verdict, found.verdict) if found.verdict is not None else None
    grade = "smoke" if found.grade == "smoke" else "preliminary"
    return found.model_copy(update={"verdict": verdict, "grade": grade, "predictions": predictions})


def _by_looks(check: Check, ordered: Sequence[Replicate], asked: int) -> ClaimVerdict:
    """The first look that decides; else the last one reached; else a leaning or nothing."""
    looks = [LOOKS_V1[n] for n in check.looks]
    reached: ClaimVerdict | None = None
    for position, look in enumerate(looks):
        taken = take(look, check.gates, ordered)
        if taken.state == "open":
            break
        reached = _at(check, taken, looks[position + 1 :], "standard")
        if reached.verdict is not Verdict.INCONCLUSIVE:
            break
    if reached is not None:
        return reached
    if asked in PRELIMINARY:
        taken = take(preliminary(asked), check.gates, ordered)
        if taken.state != "open":
            return _at(check, taken, looks, "preliminary")
    return _unfinished(check, ordered, asked)


def _at(check: Check, taken: Taken, later: Sequence[Look], grade: Grade) -> ClaimVerdict:
    """The claim at one look that is not open."""
    if taken.state == "short":
        return _void(check, taken.used, taken.look, grade, reasons.too_few(taken))
    if _seed_has_no_effect(taken.used):
        return _void(check, taken.used, taken.look, grade, reasons.NO_EFFECT_OF_SEED)
    found = tuple(judge(p, taken.used, taken.look, len(check.predictions)) for p in check.predictions)
    verdict = together(found)
    reason = reasons.of_look(check, taken, found, verdict, later)
    if grade == "preliminary":
        found = tuple(p.model_copy(update={"verdict": LEANING[p.verdict]}) for p in found)
        verdict = LEANING[verdict]
    return ClaimVerdict(verdict=verdict, grade=grade, n=taken.look.n, reason=reason, predictions=found)


def _unfinished(check: Check, ordered: Sequence[Replicate], asked: int) -> ClaimVerdict:
    """No verdict: fewer replicates than a leaning needs, or than this verify set out for."""
    used = tuple(r for r in ordered if is_valid(check.gates, r))
    reason = reasons.unfinished(len(used), asked)
    if len(used) > 1 and _seed_has_no_effect(used):
        reason = f"{reason} {reasons.NO_EFFECT_OF_SEED}"
    shown = _described(check, used, preliminary(PRELIMINARY.start), Verdict.INCONCLUSIVE)
    return ClaimVerdict(verdict=None, grade="smoke", n=len(used), reason=reason, predictions=shown)


def _audit(check: Check, ordered: Sequence[Replicate]) -> ClaimVerdict:
    """One number a prediction, in or out."""
    if not ordered:
        return ClaimVerdict(
            verdict=None,
            grade="exact",
            n=0,
            reason="The audit has not run.",
            predictions=_described(check, (), preliminary(PRELIMINARY.start), Verdict.INCONCLUSIVE),
        )
    first = ordered[0]
    if not is_valid(check.gates, first):
        measured = (first,) if first.outcome is Outcome.OK else ()
        return _void(check, measured, preliminary(1), "exact", reasons.audit_failed(first))
    found = tuple(exact(p, first) for p in check.predictions)
    verdict = together(found)
    answer = ClaimVerdict(
        verdict=verdict, grade="exact", n=1, reason=reasons.of_audit(check, found, verdict), predictions=found
    )
    again = [r for r in ordered[1:] if r.outcome is Outcome.OK]
    if again and not _seed_has_no_effect((first, *again)):
        return _voided(answer, reasons.NOT_DETERMINISTIC, "exact")
    return answer


def _seed_has_no_effect(used: Sequence[Replicate]) -> bool:
    """Whether no measured number differs between the replicates."""
    first = used[0]
    return all(r.measured == first.measured and r.combined == first.combined for r in used[1:])


def _void(check: Check, used: Sequence[Replicate], look: Look, grade: Grade, reason: str) -> ClaimVerdict:
    shown = _described(check, used, look, Verdict.VOID)
    return ClaimVerdict(verdict=Verdict.VOID, grade=grade, n=len(used), reason=reason, predictions=shown)


def _voided(found: ClaimVerdict, reason: str, grade: Grade) -> ClaimVerdict:
    """The same numbers under no verdict: never show `supported` beside a void."""
    shown = tuple(p.model_copy(update={"verdict": Verdict.VOID}) for p in found.predictions)
    return ClaimVerdict(verdict=Verdict.VOID, grade=grade, n=found.n, reason=reason, predictions=shown)


def _described(check: Check, used: Sequence[Replicate], look: Look, verdict: Verdict) -> tuple[PredictionVerdict, ...]:
    return tuple(describe(p, used, look.level, verdict) for p in check.predictions)


def _grade_of(asked: int) -> Grade:
    """The grade that a verify set out for."""
    return "preliminary" if asked in PRELIMINARY else "standard"

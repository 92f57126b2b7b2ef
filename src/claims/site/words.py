"""Words for what was predicted and seen: each sentence carries its scope, its numbers come from the record only."""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import groupby

from claims.domain.claim import Claim, Prediction, Scalar, Status
from claims.domain.counting import count
from claims.domain.interval import Expect
from claims.domain.record import Record
from claims.domain.status import Standing
from claims.domain.verdict import PredictionVerdict, Verdict
from claims.site.numbers import estimate, plain

_OPENINGS = {
    Status.SUPPORTED: "Supported",
    Status.REFUTED: "Refuted",
    Status.INCONCLUSIVE: "Undecided",
    Status.LEANING_SUPPORTED: "Leans towards supported",
    Status.LEANING_REFUTED: "Leans towards refuted",
    Status.VOID: "No verdict",
}
_FATES = {
    Status.SUPPORTED: "Held",
    Status.REFUTED: "Fell",
    Status.INCONCLUSIVE: "Not settled",
    Status.LEANING_SUPPORTED: "Leans to holding",
    Status.LEANING_REFUTED: "Leans to falling",
    Status.VOID: "Not tested by its run",
    Status.UNTESTED: "Claimed",
}
_TOLD = {
    Status.SUPPORTED: {Verdict.SUPPORTED},
    Status.LEANING_SUPPORTED: {Verdict.SUPPORTED, Verdict.LEANING_SUPPORTED},
    Status.REFUTED: {Verdict.REFUTED},
    Status.LEANING_REFUTED: {Verdict.REFUTED, Verdict.LEANING_REFUTED},
}
"""The predictions that made the verdict."""
_CAME = {
    Verdict.SUPPORTED: "Held",
    Verdict.REFUTED: "Fell",
    Verdict.LEANING_SUPPORTED: "Leans to holding",
    Verdict.LEANING_REFUTED: "Leans to falling",
    Verdict.INCONCLUSIVE: "Not settled",
    Verdict.VOID: "Not tested",
}
_ORDER = tuple(_CAME)
_MOST_FINDINGS = 3


def headline(claim: Claim, standing: Standing) -> str:
    """The verdict with what it holds for, for the box at the top of a claim's page."""
    if claim.withdrawn is not None:
        return f"Withdrawn on {claim.withdrawn.on.isoformat()}: {claim.withdrawn.because}"
    if standing.record is None:
        return _untested(claim)
    if standing.record.deterministic:  # the scope names the paper's models, and nobody ran those
        return f"{_OPENINGS[standing.status]} by an audit: numbers in print, recomputed. No model was run."
    replicates = count(standing.record.verdict.n, "replicate")
    return f"{_OPENINGS[standing.status]} in {_model(claim)}, {replicates} at scale {standing.record.scale}."


def findings(claim: Claim, standing: Standing) -> str:
    """What was measured, under the headline; nothing where nothing was."""
    if claim.withdrawn is not None or standing.record is None:
        return ""
    return _findings(standing.status, standing.record)


def reason(record: Record) -> str:
    """Why a record has its verdict. Older records say `All 2 predictions`, and no record is ever edited."""
    return re.sub(r"^All 2 ", "Both ", record.verdict.reason)


def one_line(claim: Claim, standing: Standing) -> str:
    """The answer in a table's row: the claim's own sentence, and what became of it; when and why it was withdrawn.

    Not its question: a verdict is on the sentence, and "Does it survive?" beside "supported" can mean no.
    """
    if claim.withdrawn is not None:
        return f"{headline(claim, standing).rstrip('.')}. It said: {claim.statement}"
    return f"{_FATES[standing.status]}: {claim.statement}"


def quantity(prediction: Prediction) -> str:
    """What a prediction measures: metric and condition, in words."""
    metric = spoken(prediction.metric)
    if prediction.contrast is not None:
        return f"{metric}, {prediction.contrast.of} minus {prediction.contrast.minus}"
    if prediction.condition is not None:
        return f"{metric} in {prediction.condition}"
    return f"{metric} over all conditions"


def expected(expect: Expect) -> str:
    """An expected interval so that it reads on after `expected`."""
    if expect.equals is None:
        return str(expect).replace("-", "−")
    return f"{plain(expect.equals)} ± {plain(expect.within)}" if expect.within else f"exactly {plain(expect.equals)}"


def measured(verdict: PredictionVerdict, prediction: Prediction) -> str:
    """Estimate and interval, or that there is none."""
    if verdict.estimate is None:
        return "no number"
    if verdict.low is None or verdict.high is None:
        return f"{plain(verdict.estimate)}, one value without an interval"
    edges = (prediction.expect.interval.low, prediction.expect.interval.high)
    return estimate(verdict.estimate, verdict.low, verdict.high, edges)


def spoken(name: str) -> str:
    """A metric's name as words."""
    return name.replace("_", " ")


def value_words(value: Scalar | tuple[Scalar, ...]) -> str:
    """A parameter or an entry of a scope."""
    if isinstance(value, tuple):
        return ", ".join(value_words(v) for v in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value, 6) if isinstance(value, int | float) else value


def scope_words(scope: Mapping[str, Scalar | tuple[Scalar, ...]]) -> str:
    """A scope on one line."""
    return "; ".join(f"{spoken(key)}: {value_words(value)}" for key, value in scope.items())


def _untested(claim: Claim) -> str:
    if claim.planned is not None:
        return "Not tested: its experiment is still to be written."
    if claim.check is None:
        return "Not tested here: it has no check yet, so nothing on this page says whether it holds."
    n = count(len(claim.check.predictions), "prediction is", "predictions are")
    return f"Not tested here yet: {n} registered, and no run that counts has been recorded."


def _model(claim: Claim) -> str:
    """What the claim was tested on, in a few words: the scope's models, else its first entry."""
    key = next((k for k in ("models", "model") if k in claim.scope), next(iter(claim.scope)))
    return re.split(r"[;,] ", value_words(claim.scope[key]), maxsplit=1)[0]


def _findings(status: Status, record: Record) -> str:
    """What was measured of each prediction, under what became of it; the rule's reason where nothing was.

    Those that made the verdict come first. Where none did, a reader needs all of them: "undecided" alone would hide
    a prediction that held and one that points the other way.
    """
    told = [v for v in record.verdict.predictions if v.estimate is not None]
    if not told:
        return reason(record)
    made = _TOLD.get(status, set())
    told.sort(key=lambda v: (v.verdict not in made, _ORDER.index(v.verdict)))
    said, counted = told[:_MOST_FINDINGS], told[_MOST_FINDINGS:]
    predictions = {p.id: p for p in record.claim.check.predictions}
    sentences = [
        f"{_CAME[verdict]}: {'; '.join(_finding(v, predictions[v.id]) for v in group)}."
        for verdict, group in ((verdict, list(found)) for verdict, found in groupby(said, key=lambda v: v.verdict))
    ]
    rest = Counter(v.verdict for v in counted)
    sentences += [f"{count(n, 'more prediction')} {_CAME[verdict].lower()}." for verdict, n in rest.items()]
    return " ".join(sentences)


def _finding(verdict: PredictionVerdict, prediction: Prediction) -> str:
    """What was measured and expected; of an undecided one how many replicates lie outside, which can say more."""
    text = f"{quantity(prediction)} was {measured(verdict, prediction)}, expected {expected(prediction.expect)}"
    if verdict.verdict is Verdict.INCONCLUSIVE:
        text += f", {verdict.outside} of {count(verdict.n, 'replicate')} outside that"
    return text

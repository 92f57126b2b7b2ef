"""What a rerun showed, in words, for pages and for screens."""

from claims.domain.contributor import is_somebody_else
from claims.domain.record import Record
from claims.domain.rerun import Rerun

_RECORDED = {
    "agrees-exactly": "the same numbers to the last digit",
    "agrees": "numbers as near as another setting allows",
    "inconclusive": "other numbers, too few to say whether that is chance",
    "disagrees": "other numbers than the record has",
    "nondeterministic": "other numbers each time: the experiment is not determined by its seed",
}
_FRESH = {
    "agrees": "fresh seeds came to the same mean",
    "inconclusive": "fresh seeds were too few to compare the means",
    "disagrees": "fresh seeds came to another mean, by more than chance",
}


def rerun_words(rerun: Rerun, record: Record) -> str:
    """What a rerun showed, by whom, and whether that is somebody else."""
    other = is_somebody_else(rerun.contributor, record.contributor)
    who = rerun.contributor if other else f"{rerun.contributor}, who made the record"
    fresh = f"; {_FRESH[rerun.comparison.fresh]}" if rerun.comparison.fresh else ""
    whole = len(record.replicates)
    ran = len(rerun.replicates)
    seeds = (
        "its one seed" if whole == 1 else f"all its {whole} seeds" if ran == whole else f"{ran} of its {whole} seeds"
    )
    said = f"{_RECORDED[rerun.comparison.recorded]}{fresh}"
    return f"Run again on {rerun.finished[:10]} at {seeds}, signed {who}: {said}."

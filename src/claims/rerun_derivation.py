"""What in a rerun does not follow from its record, its entropy and its own numbers."""

from collections.abc import Iterator

from claims.domain.record import Record
from claims.domain.rerun import Rerun
from claims.domain.run import Replicate
from claims.domain.verdict import ControlResult
from claims.runner.seeds import derived_seed, drawn, fresh_batch
from claims.stats.agreement import compare, differing


def disagreements_of(rerun: Rerun, record: Record) -> Iterator[tuple[str, str]]:
    """Fields that do not follow, each with what is wrong. `record` is the one that was run again."""
    if (rerun.claim, rerun.experiment) != (record.claim.id, record.experiment):
        yield "claim", f"is {rerun.claim}, {rerun.experiment}; the record is of {record.claim.id}, {record.experiment}"
    if rerun.started < record.finished:
        yield "started", f"{rerun.started} is before the record was finished, {record.finished}"
    own = {r.replicate.index: r.replicate.seed for r in record.replicates}
    if not rerun.replicates:
        yield "replicates", "are none: nothing was run again"
    wrong = [r.index for r in (*rerun.replicates, *rerun.repeated) if own.get(r.index) != r.seed]
    if wrong:
        yield "replicates", f"are not at the record's seeds: {', '.join(map(str, wrong))}"
        return
    if [r.index for r in rerun.replicates] != drawn(rerun.entropy, rerun.record, own, len(rerun.replicates)):
        yield "replicates", "are not those that the entropy draws"
    if [_planted(c) for c in rerun.controls] != [_planted(c) for c in record.controls]:
        yield "controls", "are not the record's, each at its seeds and held to the same"
    if rerun.fresh_batch != fresh_batch(rerun.entropy, rerun.record):
        yield "fresh_batch", "does not follow from the entropy and the record"
    elif not _derived(rerun, record):
        yield "fresh", "are not at the seeds that follow from fresh_batch, as many as of the record's"
    if [r.index for r in differing(record, rerun.replicates)] != [r.index for r in rerun.repeated]:
        yield "repeated", "are not the replicates that differ from the record's"
    try:
        again = compare(record, rerun.replicates, rerun.repeated, rerun.controls, rerun.fresh, rerun.environment)
    except ValueError as error:
        yield "replicates", f"cannot be compared: {error}"
        return
    said = rerun.comparison
    if (said.recorded, said.fresh) != (again.recorded, again.fresh):
        yield "comparison", f"says {said.recorded}, {said.fresh}; the numbers give {again.recorded}, {again.fresh}"


def _derived(rerun: Rerun, record: Record) -> bool:
    most = 0 if record.deterministic else len(rerun.replicates)
    seeds = [
        derived_seed(record.experiment, record.params, record.scale, record.closure.digest, rerun.fresh_batch, i)
        for i in range(most)
    ]
    return [r.seed for r in rerun.fresh] == seeds and _counted(rerun.fresh)


def _planted(control: ControlResult) -> tuple[ControlResult, list[int]]:
    """A control without what came of it."""
    return control.model_copy(update={"runs": ()}), [run.seed for run in control.runs]


def _counted(replicates: tuple[Replicate, ...]) -> bool:
    return [r.index for r in replicates] == [*range(len(replicates))]

"""Twins: one run that several files tell. Claims share replicates, and a run has one result; a rerun is its own."""

from collections.abc import Iterable, Iterator, Mapping

from claims.domain.run import Replicate
from claims.ledger.evidence import StoredRecord
from claims.ledger.reruns import rerun_path

Told = tuple[StoredRecord, int, Replicate]
"""A record, the position of a replicate in it, and the replicate."""


def contradictions(stored: Iterable[StoredRecord]) -> Iterator[tuple[str, str, str]]:
    """Path, field and message for both tellers of a run that two records tell differently.

    A run is one seed of one closure at one scale and time. Another time is another run: what it should agree in,
    and how closely, is for `claims audit` to say.
    """
    for tellers in _runs(stored).values():
        first = tellers[0]
        for other in tellers[1:]:
            for where, one, two in _differing(first[2], other[2]):
                for this, that, here, there in ((first, other, one, two), (other, first, two, one)):
                    field = f"replicates[{this[1]}].replicate.{where}"
                    yield this[0].path, field, f"says {here}, and {that[0].path} says {there} of the same run"


def copies(stored: Iterable[StoredRecord]) -> Iterator[tuple[str, str, str]]:
    """Path, field and message for a rerun that tells a run of another rerun: one run under two names is one run.

    Two runs of one seed may end in the same second, not with the same costs too.
    """
    first: dict[tuple[object, ...], str] = {}
    for item in sorted(stored, key=lambda s: s.path):
        for rerun in item.reruns:
            path = rerun_path(item.path, rerun)
            for position, r in enumerate(rerun.replicates):
                key = (rerun.experiment, r.seed, r.utc, r.seconds, r.cpu_seconds, r.peak_mib)
                if first.setdefault(key, path) != path:
                    yield path, f"replicates[{position}]", f"is a run that {first[key]} tells too"
                    break


def _runs(stored: Iterable[StoredRecord]) -> dict[tuple[object, ...], list[Told]]:
    found: dict[tuple[object, ...], list[Told]] = {}
    for item in sorted(stored, key=lambda s: s.path):
        record = item.record
        for position, judged in enumerate(record.replicates):
            replicate = judged.replicate
            if replicate.utc:
                key = (record.experiment, record.closure.digest, record.scale, replicate.seed, replicate.utc)
                found.setdefault(key, []).append((item, position, replicate))
    return found


def _differing(one: Replicate, two: Replicate) -> Iterator[tuple[str, object, object]]:
    """The first field in which two tellings differ. Traces may be thinned in one of them and do not count."""
    ours, theirs = _numbers(one), _numbers(two)
    for where in sorted(ours.keys() | theirs.keys()):
        if ours.get(where) != theirs.get(where):
            yield where, ours.get(where, "nothing"), theirs.get(where, "nothing")
            return


def _numbers(replicate: Replicate) -> Mapping[str, object]:
    measured = {f"measured.{c}.{m}": v for c, numbers in replicate.measured.items() for m, v in numbers.items()}
    combined = {f"combined.{m}": v for m, v in replicate.combined.items()}
    costs = {name: getattr(replicate, name) for name in ("seconds", "cpu_seconds", "peak_mib", "commit")}
    return {"outcome": replicate.outcome.value, **measured, **combined, **costs}

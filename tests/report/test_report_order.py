"""Which record decides: not the one that says of itself that it is the oldest."""

from pathlib import Path
from typing import Any

from claims.check import check
from claims.project import load
from claims.report.looks import looks_at
from tests.report_samples import change, facts_of, forged, submitted
from tests.verify.test_verify import run


def backdated(root: Path, **changes: object) -> None:
    """A second batch that says that it ran before the first."""
    (first,) = (s.path for s in load(root).records["coins-differ"])
    run(root, batch="2")

    def before(body: dict[str, Any]) -> None:
        for judged in body["replicates"]:
            judged["replicate"]["utc"] = "2025-12-31T10:00:00Z"
        body.update(started="2025-12-31T09:00:00Z", finished="2025-12-31T11:00:00Z", **changes)

    (second,) = (root / s.path for s in load(root).records["coins-differ"] if s.path != first)
    forged(second, before)


def test_a_later_batch_that_is_dated_back_does_not_decide(branch: Path) -> None:
    backdated(branch, previous=[])
    project = load(branch)
    assert len(project.records["coins-differ"]) == 2
    record = project.standing(project.claim("coins-differ")).record
    assert record is not None and record.batch == 1


def test_a_record_is_not_older_than_one_that_it_names(branch: Path) -> None:
    backdated(branch)
    assert [f.field for f in check(branch) if f.kind == "tampered"] == ["finished"]


def test_a_prediction_that_was_written_again_after_a_run_is_for_a_person_to_look_at(branch: Path) -> None:
    assert not any("otherwise" in look.what for look in looks_at(facts_of(branch)))
    (first,) = load(branch).records["coins-differ"]
    change(
        branch,
        "claims.yaml",
        "expect: {above: 0.5}\n          rival: 0.0",
        "expect: {above: 0.4}\n          rival: 0.0",
    )
    submitted(branch)
    run(branch, batch="2")
    submitted(branch, "evidence")
    (look,) = (look for look in looks_at(facts_of(branch)) if "otherwise" in look.what)
    shown = first.record.verdict.predictions[0]
    assert look.said == f"{first.record.digest[:12]}: higher {shown.estimate:g}"

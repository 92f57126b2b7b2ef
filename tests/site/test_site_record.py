"""The track record and the page of changes say what the records, the history and the forecasts say, and no more."""

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from site_samples import ABOVE_HALF, CLOSURE, claim, control, record, replicate, sample

from claims.domain.claim import Forecast, Registry, Status
from claims.domain.status import Standing
from claims.history import timeline as history
from claims.history.changes import Change
from claims.history.sketch import Sketch
from claims.history.timeline import Step, Timeline, timeline
from claims.ledger.evidence import StoredRecord
from claims.site.links import Links
from claims.site.render import Page, rendered, templates
from claims.site.view.changes import changes_page
from claims.site.view.context import context
from claims.site.view.discovery import decisions, discovery
from claims.site.view.forecasts import forecasts
from claims.site.view.history import history_rows
from claims.site.view.track_record import track_record_page
from claims.site.view.trial import trial
from claims.site.view.unreported import unreported
from claims.site.words import findings
from tests.history_samples import begin, commit, entry, git

ROOT = Path(__file__).parents[2]
NOTHING = Timeline((), (), None, "this folder is no git repository")
DAY = 86400


@pytest.fixture
def project(tmp_path):
    made = sample(tmp_path / "root")
    (made.root / "site").symlink_to(ROOT / "site")
    return made


def with_claim(project, one, *records):
    """The project with a claim more and its records."""
    stored = tuple(StoredRecord(f"evidence/{one.id}/{r.name}", r) for r in records)
    registry = Registry(schema_version=1, claims=(*project.registry.claims, one))
    return replace(project, registry=registry, records={**project.records, **({one.id: stored} if stored else {})})


def runs(n, *, seed=1, share=0.7):
    rng = random.Random(seed)
    return [replicate(i, rng, coarse=share) for i in range(n)]


def sketch(name, *, status="untested", test="check", judged="1", label="faithful", question="Is it so?", forecasts=0):
    return Sketch(name, question, status, label, test, judged, forecasts)


def step(when, *changes, name="a" * 40):
    return Step(name, when, changes)


def seen(page, template):
    """The page as its text, tags and all."""
    made = rendered(templates(ROOT / "site" / "templates"), Page("p.md", template, "P", page))
    return "".join((made.markdown, *made.parts))


def text(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_every_test_of_a_claim_counts_and_a_longer_look_at_one_does_not():
    one = claim("c", "Q?", predictions=[ABOVE_HALF], looks=(8, 16))
    noisy = [replicate(i, random.Random(i), coarse=0.5, spread=0.3) for i in range(16)]
    early = record(one, noisy[:8], day="01")
    later = record(one, noisy, asked=16, day="02")
    assert len(decisions([early, later])) == 1
    again = record(one, runs(8), batch=1, day="03")
    reworded = claim("c", "Q?", predictions=[ABOVE_HALF], statement="Other words.")
    other = record(reworded, runs(8), day="04")
    assert len(decisions([early, later, again, other])) == 3
    newer = record(one, runs(8), day="05", closure=CLOSURE.model_copy(update={"digest": "e" * 64}))
    assert len(decisions([early, later, newer])) == 2


def test_what_is_void_leaning_exploratory_or_exact_is_no_test(project):
    one = claim("c", "Q?", predictions=[ABOVE_HALF])
    void, lean = record(one, runs(8), held=False), record(one, runs(5), asked=5)
    seen_before = record(one, runs(8), confirmatory=False, exploratory_because="it ran before")
    assert decisions([void, lean, seen_before]) == ()
    audit = project.records["headline-follows"][0].record
    assert decisions([audit]) == ()


def test_the_share_that_may_be_wrong_grows_with_the_tests(project):
    before = discovery(context(project).at(1))
    assert before.summary.startswith("3 tests were decided from replicates, and 1 claim stands as supported")
    assert [row.expected for row in before.rows] == ["0.0086", "0.11"], "3 × .00288, and 3 × .03805"
    assert [row.share for row in before.rows] == ["0.9 %", "11.4 %"]
    fallen = claim("fallen", "And this?", predictions=[ABOVE_HALF])
    more = with_claim(project, fallen, record(fallen, runs(8, share=0.3)))
    assert [row.share for row in discovery(context(more).at(1)).rows] == ["1.2 %", "15.2 %"]


def test_with_nothing_supported_there_is_no_share(project):
    fallen = claim("fallen", "And this?", predictions=[ABOVE_HALF])
    bare = replace(project, registry=Registry(schema_version=1), records={})
    found = discovery(context(with_claim(bare, fallen, record(fallen, runs(8, share=0.3)))).at(1))
    assert "no claim stands as supported" in found.summary
    assert found.rows == ()


def test_what_was_registered_and_never_reported_is_listed_with_its_wait(project):
    planned = sketch("not-run-yet", test="planned")
    registered = Change(planned, sketch("not-run-yet"))
    steps = (
        step(8 * DAY, Change(sketch("removed-one"), None)),
        step(5 * DAY, Change(None, sketch("removed-one", question="Gone?")), registered),
        step(1 * DAY, Change(None, planned)),
    )
    found = unreported(context(project).at(1), Timeline(steps, (), 9 * DAY, ""))
    rows = {row.question: row for row in found.waiting.rows}
    assert rows["What has nobody run yet?"].waits == "4 days"
    assert rows["What has nobody run yet?"].since == "1970-01-06"
    assert (rows["Gone?"].note, rows["Gone?"].href) == ("removed from the registry", "")
    assert len(rows) == 2, "a claim with a record, whatever it says, is reported"
    assert found.summary.startswith("Of 8 claims that could be run, 2 have no run on record that counts.")


def test_a_claim_with_exploratory_runs_only_still_waits(project):
    one = claim("explored", "Only explored?", predictions=[ABOVE_HALF])
    more = with_claim(project, one, record(one, runs(8), confirmatory=False, exploratory_because="no commit"))
    rows = {row.question: row for row in unreported(context(more).at(1), NOTHING).waiting.rows}
    assert rows["Only explored?"].note == "exploratory runs only"
    assert rows["Only explored?"].since == "not known"


def test_planned_claims_stand_apart(project):
    check = claim("x", "X?", predictions=[ABOVE_HALF]).check
    more = with_claim(project, claim("planned-one", "To be written?", planned=check))
    found = unreported(context(more).at(1), NOTHING)
    assert [row.question for row in found.planned_table.rows] == ["To be written?"]
    assert "To be written?" not in [row.question for row in found.waiting.rows]


def test_what_all_that_wait_have_in_common_is_told_once(project):
    check = claim("x", "X?", predictions=[ABOVE_HALF]).check
    more = with_claim(project, claim("one-plan", "This?", planned=check))
    more = with_claim(more, claim("other-plan", "And this?", planned=check))
    both = [Change(None, sketch(name, test="planned")) for name in ("one-plan", "other-plan")]
    table = unreported(context(more).at(1), Timeline((step(1 * DAY, *both),), (), DAY + 1, "")).planned_table
    assert (len(table.rows), table.since, table.waits, table.note) == (2, False, False, False)
    assert table.same == "Each has waited less than a day. Since when, for each: 1970-01-02."
    apart = (step(3 * DAY, both[1]), step(1 * DAY, both[0]))
    table = unreported(context(more).at(1), Timeline(apart, (), 9 * DAY, "")).planned_table
    assert (table.since, table.waits, table.note, table.same) == (True, True, False, "")


def test_a_claim_says_that_its_test_was_changed_after_a_void_run():
    one = claim("c", "Q?", predictions=[ABOVE_HALF])
    void = record(one, runs(8), held=False, day="01")
    other_code = CLOSURE.model_copy(update={"digest": "e" * 64})
    good = record(one, runs(8), batch=2, day="02", closure=other_code)
    assert trial(good).before == trial(good, [good]).before == trial(void, [void, good]).before == ""
    told = trial(good, [void, good]).before
    assert told.startswith("An earlier run, of 2026-01-01, ended void: ") and void.verdict.reason.rstrip(".") in told
    assert "its experiment had been changed" in told and "check" not in told.partition("Before this run")[2]
    assert "Before this run" not in trial(record(one, runs(8), batch=2, day="02"), [void]).before
    newer, older = history_rows([StoredRecord("a", void), StoredRecord("b", good)], Links(""))
    assert newer.note == "changed since the run before: its experiment" and older.note == void.verdict.reason


def test_a_box_tells_every_prediction_by_what_became_of_it():
    below = {**ABOVE_HALF, "id": "low", "expect": {"below": 0.2}}
    one = claim("c", "Q?", predictions=[below, ABOVE_HALF])
    fell = record(one, runs(8))
    told = findings(one, Standing(Status.REFUTED, fell, "standard", ()))
    assert re.fullmatch(r"Fell: [^;]*, expected below 0\.2\. Held: [^;]*, expected above 0\.5\.", told), told


def test_void_runs_are_told_with_what_came_after(project):
    one = claim("twice", "Twice?", predictions=[ABOVE_HALF])
    first = record(one, runs(8), held=False, day="10")
    second = record(one, runs(8), batch=1, day="12")
    void = project.records["blind-test"][0].record
    before = record(project.registry.claim("blind-test"), runs(8), day="01")
    assert before.finished < void.finished
    stored = (StoredRecord("evidence/blind-test/x.json", before), *project.records["blind-test"])
    project = replace(project, records={**project.records, "blind-test": stored})
    page = track_record_page(context(with_claim(project, one, first, second)).at(1), NOTHING)
    later = {row.question: ([m.word for m in row.later], row.since) for row in page.voids}
    assert later == {
        "Twice?": (["supported"], "on 2026-01-12"),
        "Would a blind test notice?": ([], "no other run since"),
    }
    assert "2 of 10 recorded runs ended void" in page.voids_summary


def test_a_claim_changed_after_a_run_is_told_with_what_was_said_before(project):
    old = claim("moved", "Moved?", predictions=[ABOVE_HALF])
    new = claim("moved", "Moved?", predictions=[{**ABOVE_HALF, "expect": {"above": 0.9}}])
    page = track_record_page(context(with_claim(project, new, record(old, runs(8)))).at(1), NOTHING)
    assert [(r.question, [m.word for m in r.said], r.now.word) for r in page.changed] == [
        ("Moved?", ["supported"], "untested")
    ]


def forecast(by, p, on=date(2026, 1, 1)):
    return Forecast(by=by, on=on, supported=p)


def test_without_forecasts_one_sentence_says_so_and_no_table(project):
    page = track_record_page(context(project).at(1), NOTHING)
    html = seen(page, "track_record.md.j2")
    assert "Nobody has given a forecast yet." in text(html)
    assert "Brier" not in html


def forecasting(tmp_path, then, now, *, share=0.7, kept=True):
    """A claim, tested at a commit whose registry held the forecasts `then`, and holds `now` today."""
    root = begin(tmp_path / "p")
    listed = "".join(f"      - {{by: {f.by}, on: 2026-01-01, supported: {f.supported}}}\n" for f in then)
    at = commit(root, entry("c", more=f"    forecasts:\n{listed}" if then else ""), at=DAY * 400)
    commit(root, entry("c", question="Later?"), at=DAY * 401)
    one = claim("c", "Q?", predictions=[ABOVE_HALF], forecasts=now)
    found = [r.model_copy(update={"commit": at if kept else "0" * 40}) for r in runs(8, share=share)]
    made = sample(tmp_path / "elsewhere")
    bare = replace(made, root=root, registry=Registry(schema_version=1), records={})
    history._steps.cache_clear()
    return forecasts(context(with_claim(bare, one, record(one, found))).at(1), timeline(root))


def test_a_forecast_that_stood_is_scored_though_it_was_taken_out_since(tmp_path):
    found = forecasting(tmp_path, [forecast("Ann", 0.7)], ())
    assert [(row.who, row.forecasts) for row in found.rows] == [("Ann", "1 on 1 claim")]
    assert found.rows[0].brier.startswith("0.09 ")
    assert found.rows[0].skill == "too few claims to say (below 8)"
    assert found.bins[0].came == "1 of 1"


def test_refuted_counts_as_not_supported(tmp_path):
    assert forecasting(tmp_path, [forecast("Ann", 0.7)], (), share=0.3).rows[0].brier.startswith("0.49 ")


def test_a_forecast_after_the_fact_counts_for_nothing(tmp_path):
    found = forecasting(tmp_path, [], (forecast("Late", 1.0),))
    assert found.rows == ()
    assert "1 more does not count: written or changed after the run" in found.summary


def test_one_changed_after_the_fact_counts_as_it_stood(tmp_path):
    found = forecasting(tmp_path, [forecast("Ann", 0.2)], (forecast("Ann", 1.0),))
    assert found.rows[0].brier.startswith("0.64 ")


def test_without_the_commit_it_is_said_to_be_unknown(tmp_path):
    found = forecasting(tmp_path, [forecast("Ann", 0.7)], (forecast("Ann", 0.7),), kept=False)
    assert found.rows == ()
    assert "Of 1 more it is not known whether it stood there" in found.summary


def test_a_forecast_of_what_is_not_decided_waits(project):
    one = claim("open", "Open?", predictions=[ABOVE_HALF], forecasts=(forecast("Ann", 0.5),))
    found = forecasts(context(with_claim(project, one)).at(1), NOTHING)
    assert found.rows == ()
    assert "1 more waits for a verdict" in found.summary


@pytest.fixture
def lived(tmp_path, project):
    """The sample's claims in a repository, as they came to where they stand."""
    root = begin(tmp_path / "lived")
    question = "Do most weights stay put?"
    at = DAY * 20500  # after the sample's records
    names = ["most-weights-stay", "w1", "w2", "w3", "w4", "w5"]
    commit(root, *(entry(n, question=question) for n in names), at=at)
    commit(root, entry(names[0], question=question, status="refuted"), *(entry(n) for n in names[1:]), at=at + 3600)
    commit(root, entry(names[0], question=question, status="refuted", label="overstated"), at=at + DAY)
    history._steps.cache_clear()
    return replace(project, root=root), at


def test_changes_stand_under_their_day_and_commit_newest_first(lived):
    project, _ = lived
    page = changes_page(context(project).at(1), timeline(project.root))
    assert [day.name for day in page.days] == ["2026-02-17", "2026-02-16"]
    newest = page.days[0].commits[0]
    assert newest.commit == git(project.root, "rev-parse", "HEAD")[:10]
    whats = [(line.what, [m.word for m in line.before], [m.word for m in line.after]) for line in newest.lines]
    assert whats[0] == ("grounding", ["faithful"], ["overstated"])
    assert [w for w, _, _ in whats[1:]] == ["removed"] * 5
    verdict, first = page.days[1].commits
    refuted = verdict.lines[0]
    assert ([m.word for m in refuted.before], [m.word for m in refuted.after]) == (["untested"], ["refuted"])
    assert "/evidence/most-weights-stay/20260103" in refuted.record, "the record that counts, not the exploratory one"
    assert (first.folded, first.lines) == ("6 new claims", ())
    assert page.notice == ""


def test_what_is_not_committed_comes_first_and_says_so(lived):
    project, _ = lived
    changed = "schema_version: 1\nclaims:\n" + entry("most-weights-stay", status="void", label="overstated")
    (project.root / "claims.yaml").write_text(changed)
    page = changes_page(context(project).at(1), timeline(project.root))
    assert page.days[0].name == "Not committed yet"
    assert text(seen(page, "changes.md.j2")).count("Not committed yet") == 1
    assert [m.word for m in page.days[0].commits[0].lines[0].after] == ["void"]
    assert page.days[0].commits[0].commit == ""


def test_without_a_history_the_records_are_told_and_it_is_said(project):
    page = changes_page(context(project).at(1), NOTHING)
    assert "built from the records alone" in page.notice
    assert "this folder is no git repository" in page.notice
    assert [day.name for day in page.days] == [f"2026-01-{d:02}" for d in (9, 7, 6, 5, 4, 3, 2)]
    assert page.days[0].commits[0].lines[0].what == "withdrawn"
    assert "2026-01-01" not in str(page.days), "an exploratory run changed no verdict"


def test_the_record_that_caused_a_change_is_one_that_counts_and_was_there(project):
    one = claim("tested", "Tested?", predictions=[ABOVE_HALF])
    cause = record(one, runs(8), day="03")
    aside = record(one, runs(8), day="04", confirmatory=False, exploratory_because="no commit")
    later = record(one, runs(8), batch=1, day="20")
    more = with_claim(project, one, cause, aside, later)
    when = int(datetime(2026, 1, 10, tzinfo=UTC).timestamp())
    change = Change(sketch("tested"), sketch("tested", status="supported"))
    page = changes_page(context(more).at(1), Timeline((step(when, change),), (), when, ""))
    assert page.days[0].commits[0].lines[0].record == f"../evidence/tested/{cause.name}"


def test_why_a_verdict_went_away_is_said(project):
    gone = (
        Change(sketch("ranks-hold", status="void"), sketch("ranks-hold", judged="2")),
        Change(sketch("early-look", status="void"), sketch("early-look")),
    )
    page = changes_page(context(project).at(1), Timeline((step(DAY, *gone),), (), DAY, ""))
    notes = [(line.what, line.note) for line in page.days[0].commits[0].lines]
    assert notes == [
        ("", "what is tested was changed"),
        ("changed", "its sentence, scope or check: earlier records do not count for it any more"),
        ("", "no run counted for it any more"),
    ]


def test_a_word_that_nobody_knows_today_is_no_crash(project):
    odd = Change(sketch("ranks-hold", status="proven"), sketch("ranks-hold", status="void", label="so-so"))
    page = changes_page(context(project).at(1), Timeline((step(DAY, odd),), (), DAY, ""))
    assert [m.word for m in page.days[0].commits[0].lines[0].before] == []
    assert seen(page, "changes.md.j2")


EVIL = "</title><script>alert(1)</script> {{7*7}} [x](javascript:1) <img src=x onerror=1>"


def test_questions_of_old_versions_are_only_text(project):
    evil = sketch("gone", question=EVIL)
    steps = (
        step(2 * DAY, Change(sketch("ranks-hold", question=EVIL), sketch("ranks-hold")), Change(evil, None)),
        step(DAY, Change(None, evil)),
    )
    page = changes_page(context(project).at(1), Timeline(steps, (), 2 * DAY, ""))
    html = seen(page, "changes.md.j2")
    assert html.count("alert&#40;1&#41;") == 3
    assert "<script" not in html
    assert "<img" not in html
    assert "[x]" not in html
    waiting = seen(track_record_page(context(project).at(1), Timeline(steps, (), 2 * DAY, "")), "track_record.md.j2")
    assert "<script" not in waiting
    assert "alert&#40;1&#41;" in waiting


def test_a_control_that_holds_is_not_void(project):
    assert control().held
    assert Status.VOID not in {s.status for s in context(project).standings.values() if s.grade == "exact"}

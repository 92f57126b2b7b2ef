"""The history tells what happened to claims, once each, at the commit that did it."""

import json
import shutil

import pytest

from claims.history import timeline as module
from claims.history.changes import Change, Kind, between, joined
from claims.history.sketch import sketches
from claims.history.timeline import CACHE, timeline
from claims.history.versions import states
from tests.history_samples import begin, commit, entry, git

DAY = 86400


@pytest.fixture(autouse=True)
def _fresh():
    module._steps.cache_clear()


def read(root):
    module._steps.cache_clear()
    return timeline(root)


def told(found):
    """Oldest first: what happened to which claim."""
    return [(c.claim, k.value) for step in reversed(found.steps) for c in step.changes for k in c.kinds]


@pytest.fixture
def root(tmp_path):
    """Five commits, a day apart: added, tested, sharpened, withdrawn."""
    made = begin(tmp_path / "p")
    commit(made, entry("a"), entry("b", test="planned"), at=DAY)
    commit(made, entry("a", status="supported"), entry("b"), at=2 * DAY, files={"other.txt": "x"})
    commit(made, entry("a", status="supported"), entry("b"), at=3 * DAY, files={"other.txt": "y"})
    commit(made, entry("a", statement="It is not."), entry("b", label="overstated"), at=4 * DAY)
    commit(made, entry("a", statement="It is not.", question="Or not?"), entry("b", status="withdrawn"), at=5 * DAY)
    return made


def test_each_change_stands_at_its_commit(root):
    found = timeline(root)
    assert [step.when // DAY for step in found.steps] == [5, 4, 2, 1]
    assert found.steps[0].commit == git(root, "rev-parse", "HEAD")
    assert (found.when, found.missing, found.pending) == (5 * DAY, "", ())
    assert told(found) == [
        *(("a", "added"), ("b", "added"), ("a", "verdict"), ("b", "registered")),
        *(("a", "verdict"), ("a", "judged"), ("b", "grounding")),
        *(("a", "question"), ("b", "withdrawn"), ("b", "grounding")),
    ]


def test_what_is_not_committed_stands_apart(root):
    (root / "claims.yaml").write_text("schema_version: 1\nclaims:\n" + entry("c"))
    found = read(root)
    assert {(c.claim, c.kinds[0]) for c in found.pending} == {
        ("a", Kind.REMOVED),
        ("b", Kind.REMOVED),
        ("c", Kind.ADDED),
    }
    assert len(found.steps) == 4


def test_a_claim_that_moves_to_another_file_did_not_change(root):
    moved = "claims:\n" + entry("a", statement="It is not.", question="Or not?")
    commit(root, entry("b", status="withdrawn"), at=6 * DAY, files={"claims.d/a.yaml": moved, "claims.d/note.txt": "x"})
    assert len(read(root).steps) == 4


def test_a_version_that_cannot_be_read_is_passed_over(root):
    (root / "claims.yaml").write_text("claims: {\n")
    git(root, "commit", "-qam", "break", at=6 * DAY)
    assert len(read(root).steps) == 4, "read while it is the newest, and remembered"
    after = [entry("a", statement="It is not.", question="Or not?", status="void"), entry("b", status="withdrawn")]
    commit(root, *after, at=7 * DAY)
    assert [(c.claim, c.kinds) for c in read(root).steps[0].changes] == [("a", (Kind.VERDICT,))]


def test_branches_tell_what_each_did_and_the_merge_nothing_more(tmp_path):
    root = begin(tmp_path / "p")
    commit(root, entry("a"), entry("m"), entry("z"), at=DAY)
    git(root, "switch", "-q", "-c", "side")
    commit(root, entry("a", status="void"), entry("m"), entry("z"), at=2 * DAY)
    git(root, "switch", "-q", "main")
    commit(root, entry("a"), entry("m"), entry("z", status="refuted"), at=3 * DAY)
    git(root, "merge", "-q", "--no-ff", "--no-commit", "side", at=4 * DAY)
    commit(root, entry("a", status="void"), entry("m", label="inverted"), entry("z", status="refuted"), at=4 * DAY)
    assert [(s.when // DAY, [(c.claim, c.kinds[0]) for c in s.changes]) for s in read(root).steps] == [
        (4, [("m", Kind.GROUNDING)]),
        (3, [("z", Kind.VERDICT)]),
        (2, [("a", Kind.VERDICT)]),
        (1, [("a", Kind.ADDED), ("m", Kind.ADDED), ("z", Kind.ADDED)]),
    ]


@pytest.mark.parametrize("keeps", ["main", "side"])
def test_a_merge_that_takes_a_verdict_back_is_told(tmp_path, keeps):
    root = begin(tmp_path / "p")
    old, new = entry("a", status="supported"), entry("a", status="refuted")
    commit(root, old, entry("m"), at=DAY)
    git(root, "switch", "-q", "-c", "side")
    commit(root, old if keeps == "side" else new, entry("m", label="inverted"), at=2 * DAY)
    git(root, "switch", "-q", "main")
    commit(root, new if keeps == "side" else old, entry("m", question="Is it?"), at=3 * DAY)
    git(root, "merge", "-q", "--no-ff", "--no-commit", "-X", "ours", "side", at=4 * DAY)
    commit(root, old, entry("m", label="inverted", question="Is it?"), at=4 * DAY)
    step = read(root).steps[0]
    (change,) = step.changes  # what each side did to m stands in its own commits
    assert (step.when // DAY, change.claim, change.kinds) == (4, "a", (Kind.VERDICT,))
    assert (change.before.status, change.after.status) == ("refuted", "supported")


def test_a_merge_may_take_either_of_two_changes_of_one_thing(tmp_path):
    root = begin(tmp_path / "p")
    commit(root, entry("a"), at=DAY)
    git(root, "switch", "-q", "-c", "side")
    commit(root, entry("a", status="void"), at=2 * DAY)
    git(root, "switch", "-q", "main")
    commit(root, entry("a", status="refuted"), at=3 * DAY)
    git(root, "merge", "-q", "--no-ff", "--no-commit", "-X", "theirs", "side", at=4 * DAY)
    commit(root, entry("a", status="void"), at=4 * DAY)
    assert [s.when // DAY for s in read(root).steps] == [3, 2, 1]


def test_replaying_a_straight_history_gives_the_registry(root):
    now = {}
    for step in reversed(timeline(root).steps):
        for change in step.changes:
            assert now.get(change.claim) == change.before
            now |= {change.claim: change.after}
    assert now == sketches({"claims.yaml": (root / "claims.yaml").read_bytes()})


def test_only_new_commits_are_read_again(root, monkeypatch):
    before = timeline(root)
    asked = []

    def counting(place, commits):
        asked.extend(commits := list(commits))
        return states(place, commits)

    monkeypatch.setattr(module, "states", counting)
    assert read(root) == before
    assert asked == []
    parent, new = git(root, "rev-parse", "HEAD"), commit(root, entry("n"), at=6 * DAY)
    assert len(read(root).steps) == 5
    assert sorted(asked) == sorted([parent, new])


@pytest.mark.parametrize("content", ["", "{", "[]", '{"x": 1}', "\0"])
def test_a_spoilt_cache_is_worked_out_again(root, content):
    before = timeline(root)
    (root / CACHE).write_text(content)
    assert read(root) == before
    assert json.loads((root / CACHE).read_text())


def test_a_folder_that_takes_no_cache_gives_the_same(root):
    before = timeline(root)
    shutil.rmtree(root / CACHE.parent)
    (root / CACHE.parent).write_text("a file")
    assert read(root) == before


def test_a_project_in_a_folder_of_a_repository_has_its_own_history(tmp_path):
    top = begin(tmp_path / "top")
    (top / "inner").mkdir()
    (top / "inner" / "claims.yaml").write_text("claims:\n" + entry("a"))
    commit(top, entry("outer"), at=DAY)
    assert told(read(top / "inner")) == [("a", "added")]


def test_without_git_a_commit_or_a_committed_registry_it_says_so(tmp_path, root):
    bare = tmp_path / "bare"
    bare.mkdir()
    assert "no git repository" in read(bare).missing
    assert "no git repository" in read(begin(tmp_path / "new")).missing
    fresh = begin(tmp_path / "fresh")
    git(fresh, "commit", "-q", "--allow-empty", "-m", "x", at=DAY)
    (fresh / "claims.yaml").write_text("claims:\n" + entry("a"))
    assert "commit it" in read(fresh).missing
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", str(tmp_path / "shallow"))
    found = read(tmp_path / "shallow")
    assert "git fetch --unshallow" in found.missing
    assert found.steps == ()


def test_a_merge_that_takes_one_side_changed_nothing():
    (old, new) = ({"a": sketches({"f": f"claims:\n  - id: a\n    status: {s}\n".encode()})["a"]} for s in ("x", "y"))
    assert joined((old, new), new) == ()
    assert joined((old, old), new) == (Change(old["a"], new["a"]),)
    assert joined((), new) == between({}, new) == (Change(None, new["a"]),)

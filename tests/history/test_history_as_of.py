"""The registry as it stood: the last commit before the end of a day, on the project's own branch."""

from datetime import UTC, datetime

import pytest

from claims.errors import SetupError
from claims.history.as_of import as_of, moment
from tests.history_samples import begin, commit, entry, git

JAN = int(datetime(2026, 1, 10, 12, tzinfo=UTC).timestamp())
HOUR = 3600


@pytest.fixture
def root(tmp_path):
    made = begin(tmp_path / "p")
    git(made, "commit", "-q", "--allow-empty", "-m", "before the registry", at=JAN - 48 * HOUR)
    commit(made, entry("a"), at=JAN)
    commit(made, entry("a", status="supported"), at=JAN + 11 * HOUR)
    commit(made, entry("a", status="refuted"), at=JAN + 13 * HOUR)
    return made


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("2026-01-10", "supported"),
        ("2026-01-10T12:00", "untested"),
        ("2026-01-10T12:00:00Z", "untested"),
        ("2026-01-11T00:30:00+01:00", "supported"),
        ("2026-01-11T02:30:00+01:00", "refuted"),
        ("2026-01-11", "refuted"),
        ("2030-01-01", "refuted"),
    ],
)
def test_the_last_commit_before_it_counts(root, text, status):
    assert as_of(root, text).claims["a"].status == status


def test_a_branch_counts_from_its_merge_on(root):
    git(root, "switch", "-q", "-c", "side")
    commit(root, entry("a", status="refuted"), entry("b"), at=JAN + 72 * HOUR)
    git(root, "switch", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "--no-edit", "side", at=JAN + 144 * HOUR)
    assert set(as_of(root, "2026-01-14").claims) == {"a"}
    assert set(as_of(root, "2026-01-17").claims) == {"a", "b"}


@pytest.mark.parametrize("text", ["", "x", "2026-13-01", "2026-02-30", "yesterday", "01/02/2026", "2026"])
def test_what_is_no_date_is_refused_in_one_line(root, text):
    with pytest.raises(SetupError, match="is not a date; write it as 2026-11-01") as error:
        as_of(root, text)
    assert "\n" not in str(error.value)


def test_the_ends_of_the_calendar_are_no_crash(root):
    assert as_of(root, "9999-12-31").claims
    with pytest.raises(SetupError, match=r"before the first commit|beyond the calendar"):
        as_of(root, "0001-01-01T00:00+05:00")


def test_a_date_before_the_first_commit_names_it(root):
    first = git(root, "rev-list", "--max-parents=0", "HEAD")[:7]
    with pytest.raises(SetupError, match=f"before the first commit, {first} of 2026-01-08 12:00 UTC"):
        as_of(root, "2026-01-07")


def test_a_date_before_the_registry_says_when_it_began(root):
    with pytest.raises(SetupError, match=r"no claim yet at commit .*claims.yaml begins at .* of 2026-01-10 12:00 UTC"):
        as_of(root, "2026-01-09")


def test_a_shallow_clone_answers_what_it_can_and_says_what_it_cannot(root, tmp_path):
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{root}", str(tmp_path / "shallow"))
    assert as_of(tmp_path / "shallow", "2026-01-10").claims["a"].status == "supported"
    with pytest.raises(SetupError, match=r"git fetch --unshallow .*begins on 2026-01-10 23:00"):
        as_of(tmp_path / "shallow", "2026-01-10T13:00")


def test_without_git_it_says_so(tmp_path):
    with pytest.raises(SetupError, match="no git repository"):
        as_of(tmp_path, "2026-01-10")


def test_a_version_that_cannot_be_read_is_named(root):
    (root / "claims.yaml").write_text("claims: {\n")
    git(root, "commit", "-qam", "break", at=JAN + 48 * HOUR)
    with pytest.raises(SetupError, match="cannot be read: ask for a day before or after"):
        as_of(root, "2026-01-12")


def test_a_day_ends_at_midnight_utc():
    assert moment("2026-01-10").isoformat() == "2026-01-10T23:59:59.999999+00:00"
    assert moment("2026-01-10T00:00-02:00").isoformat() == "2026-01-10T02:00:00+00:00"

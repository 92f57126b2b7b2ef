"""Posting a report: which pull request, which archive, which comment; told by GitHub, never by what is in them."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from claims.github.artifact import Unfit, report_in
from claims.github.comment import MARK
from tests.github.fake_github import TOKEN, FakeGitHub

SRC = Path(__file__).parents[2] / "src"
COMMIT = "c0ffee" * 6 + "c0ff"
BRANCH = "a&b=c/../x y#1?state=all"
REPO = "/repos/owner/claims"
RUN = f"{REPO}/actions/runs/42/artifacts"
COMMENTS = f"{REPO}/issues/5/comments"
Post = Callable[..., "subprocess.CompletedProcess[str]"]


def archive(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", how) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return held.getvalue()


def pull(number: int, commit: str = COMMIT, fork: str = "stranger/claims") -> dict[str, Any]:
    """An open pull request."""
    return {"number": number, "head": {"sha": commit, "repo": {"full_name": fork}}}


@pytest.fixture
def hub(github: FakeGitHub) -> FakeGitHub:
    """A repository with a pull request, a run and its two reports."""
    github.answers |= {
        f"{REPO}/pulls": [pull(5)],
        f"{REPO}/pulls/5/files": [{"filename": "claims.d/a.yaml"}],
        COMMENTS: [],
        RUN: lambda query: {"artifacts": [{"id": 8 if "smoke" in query["name"] else 9, "name": query["name"]}]},
        f"{REPO}/actions/artifacts/9/zip": f"{github.url}/elsewhere/9",
        "/elsewhere/9": archive({"static.md": b"## Sound, @admin\n"}),
        f"{REPO}/actions/artifacts/8/zip": f"{github.url}/elsewhere/8",
        "/elsewhere/8": archive({"smoke.md": b"x <!-- claims:smoke -->it ran<!-- /claims:smoke -->"}),
    }
    return github


@pytest.fixture
def post(hub: FakeGitHub, tmp_path: Path) -> Post:
    """The module as the workflow runs it: bare Python, the event in a file."""

    def run(**changes: Any) -> "subprocess.CompletedProcess[str]":
        told = {
            "id": 42, "head_sha": COMMIT, "head_branch": BRANCH, "conclusion": "success",
            "head_repository": {"full_name": "stranger/claims"}, "pull_requests": [{"number": 99}],
        } | changes  # fmt: skip
        event = tmp_path / "event.json"
        event.write_text(json.dumps({"workflow_run": told}))
        env = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(SRC), "GITHUB_EVENT_PATH": str(event), "GITHUB_TOKEN": TOKEN,
            "GITHUB_API_URL": hub.url, "GITHUB_REPOSITORY": "owner/claims", "GITHUB_SERVER_URL": "https://github.com",
        }  # fmt: skip
        # -S: without anything that is installed, as on the machine where it runs
        command = [sys.executable, "-S", "-m", "claims.github.post"]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert TOKEN not in done.stdout + done.stderr and "Traceback" not in done.stderr
        return done

    return run


def test_the_reports_become_one_comment_on_the_pull_request_at_that_commit(hub: FakeGitHub, post: Post) -> None:
    hub.answers[f"{REPO}/pulls"] = [pull(3, "d" * 40), pull(4, fork="other/claims"), pull(5)]
    done = post()
    assert (done.returncode, done.stdout) == (0, "commented on #5\n"), done.stderr
    ((method, path, sent),) = hub.sent
    assert (method, path) == ("POST", COMMENTS)
    assert sent["body"].startswith(MARK) and "> ## Sound, @\u200badmin" in sent["body"] and "> it ran" in sent["body"]
    assert "https://github.com/owner/claims/actions/runs/42) ended with **success**" in sent["body"]
    asked = next(query for _, path, query in hub.asked if path == f"{REPO}/pulls")
    assert (asked["head"], asked["state"]) == (f"stranger:{BRANCH}", "open"), "a branch's name is data"


def test_the_second_time_its_own_comment_is_updated_and_no_other(hub: FakeGitHub, post: Post) -> None:
    bot = {"login": "github-actions[bot]", "type": "Bot"}
    hub.answers[COMMENTS] = [
        *({"id": i, "user": {"login": "stranger", "type": "User"}, "body": f"{MARK}\nforged"} for i in range(120)),
        {"id": 200, "user": {"login": "github-actions[bot]", "type": "User"}, "body": MARK},
        {"id": 201, "user": bot, "body": f"another workflow's words, quoting {MARK}"},
        {"id": 202, "user": None, "body": MARK},
        {"id": 199, "user": {"login": "another[bot]", "type": "Bot"}, "body": MARK},
        {"id": 203, "user": bot, "body": f"{MARK}\n\nold"},
    ]
    assert post().stdout == "updated the comment on #5\n"
    assert [(method, path) for method, path, _ in hub.sent] == [("PATCH", f"{REPO}/issues/comments/203")]


def test_a_run_that_is_not_of_the_newest_commit_posts_nothing(hub: FakeGitHub, post: Post) -> None:
    hub.answers[f"{REPO}/pulls"] = [pull(5, "d" * 40)]
    done = post()
    assert done.returncode == 0 and "nothing was posted" in done.stdout and hub.sent == []


def test_of_two_pull_requests_at_one_commit_none_is_chosen(hub: FakeGitHub, post: Post) -> None:
    hub.answers[f"{REPO}/pulls"] = [pull(5), pull(6)]
    done = post()
    assert done.returncode == 1 and "several pull requests" in done.stderr and hub.sent == []


def test_a_change_of_the_machinery_is_told_also_where_a_file_was_moved_away(hub: FakeGitHub, post: Post) -> None:
    moved = {"filename": "old.yml", "previous_filename": ".github/workflows/pr-validate.yml"}
    hub.answers[f"{REPO}/pulls/5/files"] = [{"filename": f"claims.d/{i}.yaml"} for i in range(150)] + [moved]
    post()
    assert "`.github/`" in hub.sent[0][2]["body"] and "do not rely on the reports" in hub.sent[0][2]["body"]


@pytest.mark.parametrize("files", [500, {"no": "list"}, [{"filename": "claims.d/a.yaml"}] * 3000])
def test_where_the_files_cannot_all_be_listed_that_is_said(hub: FakeGitHub, post: Post, files: Any) -> None:
    hub.answers[f"{REPO}/pulls/5/files"] = files
    post()
    assert "did not say which files" in hub.sent[0][2]["body"]


@pytest.mark.parametrize(
    ("packed", "why"),
    [
        (archive({"static.md": b"\xff\xfe"}), "the report is not UTF-8"),
        (archive({"static.md": b"a\0b"}), "the report is not text"),
        (archive({"static.md": b"a" * (256 * 1024 + 1)}), "the report is larger than 256 KiB"),
        (archive({"../static.md": b"a"}), "does not hold static.md and nothing else"),
        (archive({"static.md": b"a", "b": b"b"}), "does not hold static.md and nothing else"),
        (archive({}), "does not hold static.md and nothing else"),
        (archive({"static.md": b"a"}, zipfile.ZIP_LZMA), "packed in an unusual way"),
        (archive({"static.md": b"a" * 500})[:-40], "the archive cannot be read"),
        (b"not a zip", "the archive cannot be read"),
        (b"a" * (256 * 1024 + 1), "could not be fetched, or is larger"),
        (404, "could not be fetched"),
    ],
    # without names, a test would be named after the archive, which holds the time at which it was made
    ids=["latin", "binary", "large", "elsewhere", "two", "empty", "lzma", "cut", "no-zip", "endless", "missing"],
)
def test_an_archive_that_is_no_report_is_named_and_not_shown(
    hub: FakeGitHub, post: Post, packed: Any, why: str
) -> None:
    hub.answers["/elsewhere/9"] = packed
    assert post(conclusion="failure").returncode == 0
    text = hub.sent[0][2]["body"]
    assert why in text and "> it ran" in text, "the other report is posted all the same"
    assert "ended with **failure**" in text


def test_what_an_archive_says_of_its_size_is_not_believed() -> None:
    packed = bytearray(archive({"static.md": b"a" * 3_000_000}))
    at = packed.rindex(b"PK\x01\x02") + 24  # the size in the directory
    packed[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(Unfit):
        report_in(bytes(packed), "static.md")


def test_an_archive_that_is_too_large_is_not_opened() -> None:
    with pytest.raises(Unfit, match="the archive is larger"):
        report_in(archive({"static.md": b"a"}) + b"\0" * 256 * 1024, "static.md")


def test_no_artifact_is_no_report(hub: FakeGitHub, post: Post) -> None:
    hub.answers[RUN] = {"artifacts": [{"id": 1, "name": "report-other"}, {"name": "report-static"}, "x"]}
    assert post().returncode == 0
    assert hub.sent[0][2]["body"].count("the job handed none over") == 2


def test_the_host_that_keeps_the_file_does_not_see_the_token(hub: FakeGitHub, post: Post) -> None:
    assert post().returncode == 0
    for (_, path, _), headers in zip(hub.asked, hub.headers, strict=False):
        assert ("Authorization" not in headers) == path.startswith("/elsewhere/"), path


@pytest.mark.parametrize("place", ["http://example.invalid/x", "file:///etc/passwd", "ftp://example.invalid/x"])
def test_a_file_is_not_fetched_from_an_address_that_is_not_https(hub: FakeGitHub, post: Post, place: str) -> None:
    hub.answers[f"{REPO}/actions/artifacts/9/zip"] = place
    assert post().returncode == 0
    assert "could not be fetched" in hub.sent[0][2]["body"]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "42; rm -rf /"},
        {"head_sha": "c0ffee"},
        {"head_sha": None},
        {"head_repository": {"full_name": "../../user"}},
        {"head_branch": None},
    ],
)
def test_an_event_of_another_shape_is_refused_in_a_line(hub: FakeGitHub, post: Post, changes: dict[str, Any]) -> None:
    done = post(**changes)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and hub.asked == [] and hub.sent == []


def test_of_a_fork_that_is_gone_nothing_is_posted(hub: FakeGitHub, post: Post) -> None:
    done = post(head_repository=None)
    assert done.returncode == 0 and "the fork is gone" in done.stdout and hub.asked == []


def test_an_end_that_is_none_of_githubs_words_is_not_repeated(hub: FakeGitHub, post: Post) -> None:
    post(conclusion="<b>@admin</b>")
    assert "ended with **unknown**" in hub.sent[0][2]["body"] and "@admin<" not in hub.sent[0][2]["body"]

"""Post the reports of a pull request as one comment: `python -m claims.github.post`, in pr-comment.yml only.

Nothing of the pull request is executed, and nothing that strangers wrote is printed or believed: the event names the
run, and GitHub is asked which open pull request has that run's commit.
"""

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from claims.errors import ClaimsError
from claims.github.api import Api, ApiError, pick
from claims.github.artifact import MOST, Unfit, report_in
from claims.github.comment import MARK, Ended, Job, Report, body, touched

BOT = "github-actions[bot]"
"""Who posts with the token of a workflow."""
_MOST_FILES = 3000
"""Files of a pull request that GitHub lists; of a larger one the rest is not known."""
_ENDS = frozenset({"success", "failure", "cancelled", "timed_out", "skipped", "action_required", "neutral", "stale"})


class Event(NamedTuple):
    """What the event says of a run. The branch is a stranger's text."""

    run: int
    commit: str
    how: str
    fork: str
    branch: str


def post(api: Api, repo: str, server: str, event: Event) -> str:
    """Write or update the comment; returns what was done, in words of ours. Raises ApiError."""
    number = _pull_request(api, repo, event)
    if number is None:
        return "no open pull request stands at this run's commit: nothing was posted"
    ended = Ended(f"{server}/{repo}/actions/runs/{event.run}", event.commit, event.how)
    text = body(
        ended, _report(api, repo, event, "static"), _report(api, repo, event, "smoke"), _touched(api, repo, number)
    )
    for comment in api.pages(f"/repos/{repo}/issues/{number}/comments"):
        if _ours(comment):
            api.send("PATCH", f"/repos/{repo}/issues/comments/{comment['id']}", {"body": text})
            return f"updated the comment on #{number}"
    api.send("POST", f"/repos/{repo}/issues/{number}/comments", {"body": text})
    return f"commented on #{number}"


def event_of(data: Mapping[str, Any]) -> Event | None:
    """The run of a workflow_run event; None where its fork is gone. Raises Unfit where it is no such event."""
    run = data.get("workflow_run")
    if isinstance(run, dict) and run.get("head_repository") is None:
        return None
    number, commit, branch = pick(run, "id"), pick(run, "head_sha"), pick(run, "head_branch")
    fork, how = pick(run, "head_repository", "full_name"), pick(run, "conclusion")
    if (
        not isinstance(number, int)
        or not (isinstance(commit, str) and re.fullmatch(r"[0-9a-f]{40}", commit))
        or not (isinstance(fork, str) and _is_repository(fork))
        or not isinstance(branch, str)
    ):
        raise Unfit("the event does not describe a run")
    return Event(number, commit, how if isinstance(how, str) and how in _ENDS else "unknown", fork, branch)


def main() -> int:
    """Read the event and the environment of a workflow. 0 posted, or nothing to post; 1 an error, told in a line."""
    try:
        repo, server = os.environ["GITHUB_REPOSITORY"], os.environ["GITHUB_SERVER_URL"]
        api = Api(os.environ["GITHUB_API_URL"], os.environ["GITHUB_TOKEN"])
        if not _is_repository(repo):
            raise Unfit("GITHUB_REPOSITORY is not OWNER/NAME")
        event = event_of(json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_bytes()))
        done = "the fork is gone: nothing was posted" if event is None else post(api, repo, server, event)
    except (ClaimsError, OSError, ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, ClaimsError) else type(error).__name__
        sys.stderr.write(f"post: {why}\n")
        return 1
    except KeyError as error:
        sys.stderr.write(f"post: {error} is not set: this runs in pr-comment.yml\n")
        return 1
    sys.stdout.write(f"{done}\n")
    return 0


def _pull_request(api: Api, repo: str, event: Event) -> int | None:
    """The open pull request of this fork at this commit, None for none. Raises Unfit for several."""
    head = quote(f"{event.fork.partition('/')[0]}:{event.branch}", safe="")
    numbers = [
        pull["number"]
        for pull in api.pages(f"/repos/{repo}/pulls?state=open&head={head}")
        if pick(pull, "head", "sha") == event.commit
        and pick(pull, "head", "repo", "full_name") == event.fork
        and isinstance(pick(pull, "number"), int)
    ]
    if len(numbers) > 1:
        raise Unfit("several pull requests stand at this run's commit; which one it checked cannot be told")
    return numbers[0] if numbers else None


def _report(api: Api, repo: str, event: Event, job: Job) -> Report:
    """What a job handed over; the newest, where it ran again."""
    listed = api.get(f"/repos/{repo}/actions/runs/{event.run}/artifacts?per_page=100&name=report-{job}")
    found = pick(listed, "artifacts")
    numbers = [
        one["id"]
        for one in (found if isinstance(found, list) else [])
        if pick(one, "name") == f"report-{job}" and isinstance(pick(one, "id"), int)
    ]
    if not numbers:
        return Report("", "the job handed none over")
    try:
        return Report(report_in(api.download(f"/repos/{repo}/actions/artifacts/{max(numbers)}/zip", MOST), f"{job}.md"))
    except Unfit as error:
        return Report("", str(error))
    except ApiError:
        return Report("", "it could not be fetched, or is larger than 256 KiB")


def _touched(api: Api, repo: str, number: int) -> tuple[str, ...] | None:
    """Which guarded places the pull request changes, renames included; None where the list is not whole."""
    names: list[str] = []
    try:
        files = list(api.pages(f"/repos/{repo}/pulls/{number}/files"))
    except ApiError:
        return None
    for file in files:
        names += [name for key in ("filename", "previous_filename") if isinstance(name := pick(file, key), str)]
    return None if len(files) >= _MOST_FILES else touched(names)


def _ours(comment: object) -> bool:
    """Anyone can write the mark; only a workflow of this repository posts as the bot."""
    text = pick(comment, "body")
    return (
        pick(comment, "user", "login") == BOT
        and pick(comment, "user", "type") == "Bot"
        and isinstance(pick(comment, "id"), int)
        and isinstance(text, str)
        and text.startswith(MARK)
    )


def _is_repository(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_-]+/[A-Za-z0-9._-]+", name, re.ASCII) is not None


if __name__ == "__main__":
    sys.exit(main())

"""What `claims doctor --github` says of settings, as a GitHub on this machine has them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from claims.cli.hosting import _repository
from claims.errors import SetupError
from claims.github.api import Api, ApiError
from claims.github.comment import GUARDED
from claims.github.protection import CHECKS
from claims.github.settings import Setting, examine
from tests.github.fake_github import DRIP, TOKEN, FakeGitHub

ROOT = Path(__file__).parents[2]
REPO = "/repos/owner/claims"
WORKFLOW = f"{REPO}/actions/permissions/workflow"
ACTIONS = f"{REPO}/actions/permissions"
SELECTED = f"{ACTIONS}/selected-actions"
PROTECTION = f"{REPO}/branches/main/protection"
RULES = f"{REPO}/rules/branches/main"
GOOD: dict[str, Any] = {
    REPO: {"default_branch": "main", "has_pages": True, "permissions": {"admin": True}},
    WORKFLOW: {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False},
    f"{ACTIONS}/fork-pr-contributor-approval": {"approval_policy": "all_external_contributors"},
    ACTIONS: {"enabled": True, "allowed_actions": "selected", "sha_pinning_required": True},
    SELECTED: {"github_owned_allowed": True, "verified_allowed": False, "patterns_allowed": []},
    f"{REPO}/actions/runners": {"total_count": 0, "runners": []},
    f"{REPO}/private-vulnerability-reporting": {"enabled": True},
    f"{REPO}/pages": {"build_type": "workflow"},
    f"{REPO}/codeowners/errors": {"errors": []},
    PROTECTION: {
        "required_pull_request_reviews": {"required_approving_review_count": 1, "require_code_owner_reviews": True},
        "required_status_checks": {"contexts": list(CHECKS), "checks": [{"context": c} for c in CHECKS]},
        "enforce_admins": {"enabled": True},
        "allow_force_pushes": {"enabled": False},
    },
    RULES: [],
}
RULESET = [
    {
        "type": "pull_request",
        "ruleset_id": 7,
        "parameters": {"required_approving_review_count": 2, "require_code_owner_review": True},
    },
    {
        "type": "required_status_checks",
        "ruleset_id": 7,
        "parameters": {"required_status_checks": [{"context": c} for c in CHECKS]},
    },
    {"type": "non_fast_forward", "ruleset_id": 7},
]
Said = dict[str, Setting]
Examine = Callable[[], Said]
Doctor = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def place(github: FakeGitHub, tmp_path: Path) -> Path:
    """A project with these workflows and with owners, and a GitHub that is set as it should be."""
    github.answers |= GOOD
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    rows = [f"/{place} @owner\n" for place in (*GUARDED, "evidence/", "disputes/")]
    (tmp_path / ".github/CODEOWNERS").write_text("# people\n" + "".join(rows))
    return tmp_path


@pytest.fixture
def examined(github: FakeGitHub, place: Path) -> Examine:
    """What is told, by setting."""
    return lambda: {one.name: one for one in examine(Api(github.url, TOKEN), "owner/claims", place)}


@pytest.fixture
def doctor(github: FakeGitHub, place: Path) -> Doctor:
    """The command, as people run it."""
    (place / "claims.yaml").write_text("schema_version: 1\n")

    def run(*words: str, token: str = TOKEN, repo: tuple[str, ...] = ("--repo", "owner/claims")) -> Any:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GH_"))} | {"GITHUB_TOKEN": token}
        command = [sys.executable, "-c", "from claims.cli.app import main; main()", "doctor", "--github", *repo]
        command += [*words] if "--api" in words else [*words, "--api", github.url]
        done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=60)
        assert TOKEN not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr and "defect" not in done.stderr
        return done

    return run


def not_ok(found: Said) -> dict[str, str]:
    """The states of what is not as it should be."""
    return {name: one.state for name, one in found.items() if one.state != "ok"}


def test_where_everything_is_as_it_should_be_it_says_so(doctor: Doctor, github: FakeGitHub) -> None:
    done = doctor("--json")
    found = json.loads(done.stdout)
    assert [one for one in found if one["state"] != "ok"] == []
    assert (done.returncode, len(found)) == (0, 13)
    assert {headers["X-Github-Api-Version"] for headers in github.headers} == {"2022-11-28"}
    assert {headers["Authorization"] for headers in github.headers} == {f"Bearer {TOKEN}"}
    assert {method for method, _, _ in github.asked} == {"GET"}, "it only reads"


def without(answer: Any, *keys: str, **changes: Any) -> Any:
    """A copy with keys taken out and others set."""
    return {k: v for k, v in answer.items() if k not in keys} | changes


REVIEWS = GOOD[PROTECTION]["required_pull_request_reviews"]
CHANGES: dict[str, tuple[str, Any, str, str]] = {
    "token": (WORKFLOW, without(GOOD[WORKFLOW], default_workflow_permissions="write"), "token", "may write"),
    "approval": (WORKFLOW, without(GOOD[WORKFLOW], can_approve_pull_request_reviews=True), "approval", "may approve"),
    "outsiders": (
        f"{ACTIONS}/fork-pr-contributor-approval",
        *({"approval_policy": "first_time_contributors"}, "outsiders", "first time contributors"),
    ),
    "pinning": (ACTIONS, without(GOOD[ACTIONS], sha_pinning_required=False), "pinning", "need not"),
    "all actions": (ACTIONS, without(GOOD[ACTIONS], allowed_actions="all"), "actions", "any action may run"),
    "verified": (SELECTED, without(GOOD[SELECTED], verified_allowed=True), "actions", "verified"),
    "one more": (
        SELECTED,
        *(without(GOOD[SELECTED], patterns_allowed=["evil/action@*"]), "actions", "that no workflow here uses: 1"),
    ),
    "too few": (
        SELECTED,
        without(GOOD[SELECTED], github_owned_allowed=False, patterns_allowed=["actions/checkout@*"]),
        *("actions", "5 actions in use, 1 of them allowed"),
    ),
    "a runner": (f"{REPO}/actions/runners", {"total_count": 1}, "runners", "1 self-hosted"),
    "reporting": (f"{REPO}/private-vulnerability-reporting", {"enabled": False}, "reporting", "not be reported"),
    "pages from a branch": (f"{REPO}/pages", {"build_type": "legacy"}, "pages", "from a branch"),
    "no pages": (REPO, without(GOOD[REPO], has_pages=False), "pages", "no Pages"),
    "owner unknown": (f"{REPO}/codeowners/errors", {"errors": [{"kind": "x"}]}, "owners", "1 lines that GitHub cannot"),
    "no review": (PROTECTION, without(GOOD[PROTECTION], "required_pull_request_reviews"), "review", "0 approving"),
    "no owner review": (
        PROTECTION,
        without(GOOD[PROTECTION], required_pull_request_reviews=without(REVIEWS, "require_code_owner_reviews")),
        *("owner review", "need not"),
    ),
    "a check left out": (
        PROTECTION,
        without(GOOD[PROTECTION], required_status_checks={"contexts": ["static", "tests"]}),
        *("checks", "not required: smoke"),
    ),
    "administrators": (
        PROTECTION,
        *(without(GOOD[PROTECTION], enforce_admins={"enabled": False}), "no bypass", "administrators"),
    ),
    "some may skip": (
        PROTECTION,
        without(
            GOOD[PROTECTION],
            required_pull_request_reviews=without(REVIEWS, bypass_pull_request_allowances={"users": [{"login": "x"}]}),
        ),
        *("no bypass", "skip a pull request"),
    ),
    "forced pushes": (
        PROTECTION,
        *(without(GOOD[PROTECTION], allow_force_pushes={"enabled": True}), "no bypass", "forced"),
    ),
    "no rules": (PROTECTION, 404, "review", "0 approving"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_wrong_setting_is_named_with_the_way_to_mend_it(examined: Examine, github: FakeGitHub, case: str) -> None:
    path, answer, name, words = CHANGES[case]
    github.answers[path] = answer
    found = examined()
    assert found[name].state == "wrong" and words in found[name].found and found[name].remedy
    others = {"no review": {"owner review"}, "no rules": {"owner review", "checks", "no bypass"}}.get(case, set())
    assert set(not_ok(found)) == {name, *others}, "and no other"


@pytest.mark.parametrize("answer", [403, 404, 500, b"<html>", b"[" * 100_000, b"null", [], {}])
def test_what_cannot_be_told_is_neither_right_nor_wrong(examined: Examine, github: FakeGitHub, answer: Any) -> None:
    github.answers[WORKFLOW] = answer
    found = examined()
    assert not_ok(found) == {"token": "cannot tell", "approval": "cannot tell"}
    assert answer not in (403, 404) or f"GitHub answers {answer}" in found["token"].found


@pytest.mark.parametrize("answer", [403, 404, 500, b"<html>", b"null", [], {}, 7.5])
def test_no_answer_at_all_is_ever_taken_for_a_yes(examined: Examine, github: FakeGitHub, answer: Any) -> None:
    """Each in turn, since a field that is missing must not read as one that is as it should be."""
    for path in set(GOOD) - {REPO, RULES}:
        github.answers = GOOD | {path: answer}
        assert not_ok(examined()), path


def test_an_answer_that_drips_ends_in_time(github: FakeGitHub) -> None:
    github.answers[REPO] = DRIP
    with pytest.raises(ApiError, match=r"no whole answer within 0.3 s"):
        Api(github.url, TOKEN, timeout=1, deadline=0.3).get(REPO)


def test_an_answer_that_is_too_large_is_dropped(github: FakeGitHub) -> None:
    github.answers[REPO] = b"x" * 2000
    with pytest.raises(ApiError, match="more than 1000 bytes"):
        Api(github.url, TOKEN).download(REPO, 1000)


@pytest.mark.parametrize("answer", [[], 500, b"null"])
def test_protection_that_cannot_be_read_is_not_told_to_be_missing(
    examined: Examine, github: FakeGitHub, answer: Any
) -> None:
    github.answers[PROTECTION] = answer
    assert not_ok(examined()) == dict.fromkeys(("review", "owner review", "checks", "no bypass"), "cannot tell")


@pytest.mark.parametrize("answer", [{"message": "x"}, 500, b"null"])
def test_rulesets_that_cannot_be_read_may_hold_a_bypass(examined: Examine, github: FakeGitHub, answer: Any) -> None:
    github.answers[RULES] = answer
    assert not_ok(examined()) == {"no bypass": "cannot tell"}


def test_rules_that_only_administrators_see_are_not_told_to_be_missing(examined: Examine, github: FakeGitHub) -> None:
    github.answers |= {PROTECTION: 404, REPO: without(GOOD[REPO], permissions={"admin": False})}
    names = ("review", "owner review", "checks", "no bypass")
    assert not_ok(examined()) == dict.fromkeys(names, "cannot tell")


def test_a_ruleset_does_as_well_as_branch_protection(examined: Examine, github: FakeGitHub) -> None:
    github.answers |= {PROTECTION: 404, RULES: RULESET, f"{REPO}/rulesets/7": {"bypass_actors": []}}
    found = examined()
    assert not_ok(found) == {}
    assert found["review"].found == "2 approving reviews needed"


@pytest.mark.parametrize(
    ("ruleset", "state", "words"),
    [
        ({"bypass_actors": [{"actor_id": 1}]}, "wrong", "1 on a ruleset's list"),
        ({}, "cannot tell", "who may bypass"),
        (404, "cannot tell", "who may bypass"),
    ],
)
def test_who_gets_round_a_ruleset_is_asked_too(
    examined: Examine, github: FakeGitHub, ruleset: Any, state: str, words: str
) -> None:
    github.answers |= {PROTECTION: 404, RULES: RULESET, f"{REPO}/rulesets/7": ruleset}
    found = examined()["no bypass"]
    assert found.state == state and words in found.found


def test_places_without_an_owner_are_counted(examined: Examine, place: Path) -> None:
    owners = place / ".github/CODEOWNERS"
    owners.write_text("".join(f"/{one}\n" for one in (*GUARDED, "evidence/", "disputes/")))
    found = examined()["owners"]
    assert found.state == "wrong" and f"{len(GUARDED) + 2} places" in found.found
    owners.write_text("/src/ @owner\n")
    assert f"{len(GUARDED) + 1} places" in examined()["owners"].found
    owners.write_text("* @owner\n")
    assert examined()["owners"].state == "ok"


def test_the_exit_status_says_right_wrong_or_unknown(doctor: Doctor, github: FakeGitHub) -> None:
    github.answers[WORKFLOW] = 403
    assert doctor().returncode == 69, "not 0, so that nobody takes it for a yes"
    github.answers[f"{REPO}/pages"] = {"build_type": "legacy"}
    assert doctor().returncode == 1


def test_the_screen_is_plain_and_narrow(doctor: Doctor, github: FakeGitHub) -> None:
    github.answers |= {WORKFLOW: CHANGES["token"][1], f"{REPO}/pages": 403}
    done = doctor()
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert any(line.startswith("wrong        token         a workflow's token may write") for line in lines)
    assert any(line.startswith("  gh api -X PUT repos/owner/claims/actions/permissions/workflow -f") for line in lines)
    assert done.stdout.isascii() and "\x1b" not in done.stdout
    assert max(len(line) for line in lines if not line.startswith("  gh api")) <= 80


def test_another_host_is_not_followed_to(doctor: Doctor, github: FakeGitHub) -> None:
    github.answers[REPO] = "https://evil.invalid/repos/owner/claims"
    done = doctor()
    assert done.returncode == 2 and "GitHub answers 302" in done.stderr and "evil" not in done.stderr


@pytest.mark.parametrize(
    ("words", "token", "message"),
    [
        (("--api", "http://example.invalid"), TOKEN, "must begin with https://"),
        (("--api", "file:///etc/passwd"), TOKEN, "must begin with https://"),
        (("--api", "http://127.0.0.1:9"), TOKEN, "is there a network?"),
        ((), "", "GITHUB_TOKEN is not set"),
        ((), "ghs_a\nInjected: yes", "characters that no token has"),
        (("--repo", "owner/claims/../.."), TOKEN, "must be named OWNER/NAME"),
        (("--repo", "owner/gone"), TOKEN, "owner/gone cannot be read"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_line(
    doctor: Doctor, words: tuple[str, ...], token: str, message: str
) -> None:
    done = doctor(*words, token=token)
    assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1
    assert "ghs_a" not in done.stderr


@pytest.mark.parametrize(
    ("origin", "right"),
    [
        ("git@github.com:owner/claims.git", True),
        ("https://github.com/owner/claims", True),
        ("ssh://git@github.com/owner/claims.git/", True),
        ("https://example.org/owner/claims.git", False),
        ("", False),
    ],
)
def test_the_repository_is_the_one_that_git_names(
    place: Path, origin: str, right: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    subprocess.run(["git", "init", "-q", str(place)], check=True)
    if origin:
        subprocess.run(["git", "-C", str(place), "remote", "add", "origin", origin], check=True)
    if right:
        assert _repository(place) == "owner/claims"
    else:
        with pytest.raises(SetupError, match="--repo OWNER/NAME"):
            _repository(place)

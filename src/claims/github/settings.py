"""What GitHub must be set to, because no file can hold it: read, judged, never changed."""

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from claims.errors import SetupError
from claims.github.api import Api, ApiError, pick
from claims.github.comment import GUARDED
from claims.github.protection import CHECKS, Rules, rules_of


class Setting(NamedTuple):
    """One setting. `remedy` is a command or a page, empty where nothing is to be done."""

    name: str
    state: Literal["ok", "wrong", "cannot tell"]
    found: str
    remedy: str = ""


class Judgement(NamedTuple):
    """Whether a setting is as it should be, and what it is."""

    right: bool
    found: str


class Unknown(Exception):
    """What was asked for cannot be told; the message says why."""


class Hub(NamedTuple):
    """A repository on GitHub, and the project's files here (None outside of one)."""

    api: Api
    repo: str
    branch: str
    has_pages: object
    admin: bool
    root: Path | None

    def get(self, path: str) -> Any:
        """The answer under the repository's address. Raises Unknown."""
        try:
            return self.api.get(f"/repos/{self.repo}{path}")
        except ApiError as error:
            raise Unknown(_why(error)) from None


def examine(api: Api, repo: str, root: Path | None) -> list[Setting]:
    """Every setting. Raises SetupError where the repository itself cannot be read."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+/[A-Za-z0-9._-]+", repo, re.ASCII):
        raise SetupError("the repository must be named OWNER/NAME")
    try:
        about = api.get(f"/repos/{repo}")
    except ApiError as error:
        raise SetupError(f"{repo} cannot be read: {error}") from None
    branch = pick(about, "default_branch")
    if not isinstance(branch, str):
        raise SetupError(f"{repo} cannot be read: the answer names no default branch")
    hub = Hub(api, repo, branch, pick(about, "has_pages"), pick(about, "permissions", "admin") is True, root)
    return [*(_judged(hub, *item) for item in _ITEMS), *_protection(hub)]


def _judged(hub: Hub, name: str, judge: Callable[[Hub], Judgement], remedy: str) -> Setting:
    way = remedy.format(repo=hub.repo)
    try:
        right, found = judge(hub)
    except Unknown as error:
        return Setting(name, "cannot tell", str(error), way)
    return Setting(name, "ok", found) if right else Setting(name, "wrong", found, way)


def _token(hub: Hub) -> Judgement:
    rights = _word(hub.get("/actions/permissions/workflow"), "default_workflow_permissions", {"read", "write"})
    return Judgement(rights == "read", f"a workflow's token may {rights} by default")


def _approval(hub: Hub) -> Judgement:
    may = _flag(hub.get("/actions/permissions/workflow"), "can_approve_pull_request_reviews")
    return Judgement(not may, f"workflows may {'' if may else 'not '}approve pull requests")


def _outsiders(hub: Hub) -> Judgement:
    policies = {"first_time_contributors_new_to_github", "first_time_contributors", "all_external_contributors"}
    found = _word(hub.get("/actions/permissions/fork-pr-contributor-approval"), "approval_policy", policies)
    return Judgement(found == "all_external_contributors", f"workflows wait for approval of {found.replace('_', ' ')}")


def _pinning(hub: Hub) -> Judgement:
    pinned = _flag(hub.get("/actions/permissions"), "sha_pinning_required")
    return Judgement(pinned, f"actions {'must' if pinned else 'need not'} be pinned to a commit")


def _allowed(hub: Hub) -> Judgement:
    which = _word(hub.get("/actions/permissions"), "allowed_actions", {"all", "local_only", "selected"})
    if which != "selected":
        return Judgement(False, "any action may run" if which == "all" else "no action of others may run")
    chosen = hub.get("/actions/permissions/selected-actions")
    patterns = pick(chosen, "patterns_allowed")
    if not (isinstance(patterns, list) and all(isinstance(pattern, str) for pattern in patterns)):
        raise Unknown("the answer lacks patterns_allowed")
    used, of_github = _actions(hub.root), _flag(chosen, "github_owned_allowed")
    if _flag(chosen, "verified_allowed"):
        return Judgement(False, "any action of a verified maker may run")
    if extra := [p for p in patterns if not any(fnmatchcase(name, p.partition("@")[0]) for name in used)]:
        return Judgement(False, f"actions may run that no workflow here uses: {len(extra)} patterns")
    barred = [
        name
        for name in used
        if not (of_github and name.startswith(("actions/", "github/")))
        and not any(fnmatchcase(name, p.partition("@")[0]) for p in patterns)
    ]
    return Judgement(not barred, f"{len(used)} actions in use, {len(used) - len(barred)} of them allowed")


def _reports(hub: Hub) -> Judgement:
    on = _flag(hub.get("/private-vulnerability-reporting"), "enabled")
    return Judgement(on, f"weaknesses can {'' if on else 'not '}be reported privately")


def _pages(hub: Hub) -> Judgement:
    if hub.has_pages is False:
        return Judgement(False, "there are no Pages")
    kind = _word(hub.get("/pages"), "build_type", {"workflow", "legacy"})
    return Judgement(kind == "workflow", f"Pages come from {'a workflow' if kind == 'workflow' else 'a branch'}")


def _runners(hub: Hub) -> Judgement:
    number = pick(hub.get("/actions/runners"), "total_count")
    if not isinstance(number, int) or isinstance(number, bool):
        raise Unknown("the answer lacks total_count")
    return Judgement(number == 0, f"{number} self-hosted runners")


def _owners(hub: Hub) -> Judgement:
    file = hub.root / ".github" / "CODEOWNERS" if hub.root else None
    if file is None or not file.is_file():
        raise Unknown("no .github/CODEOWNERS here: run this inside the project")
    rows = [line.split("#")[0].split() for line in file.read_text("utf-8", "replace").splitlines()]
    bare = [row[0] for row in rows if len(row) == 1]
    owned = {row[0].lstrip("/") for row in rows if len(row) > 1}
    missing = [place for place in (*GUARDED, "evidence/", "disputes/") if not {place, "*"} & owned]
    if bare or missing:
        return Judgement(False, f"{len({*(b.lstrip('/') for b in bare), *missing})} places without an owner")
    errors = pick(hub.get("/codeowners/errors"), "errors")
    if not isinstance(errors, list):
        raise Unknown("the answer lacks errors")
    return Judgement(not errors, f"{len(owned)} places with owners, {len(errors)} lines that GitHub cannot use")


def _protection(hub: Hub) -> Iterator[Setting]:
    """The rules of the default branch."""
    remedy = f"https://github.com/{hub.repo}/settings/rules (or /settings/branches)"
    branch = quote(hub.branch, safe="")
    rules = rules_of(lambda path: hub.api.get(f"/repos/{hub.repo}{path}"), branch, admin=hub.admin)
    for name, right, found in _demands(rules):
        state: Literal["ok", "wrong", "cannot tell"] = "ok" if right else "cannot tell" if rules.unknown else "wrong"
        yield Setting(name, state, rules.unknown if state == "cannot tell" else found, "" if right else remedy)
    if rules.bypass:
        yield Setting("no bypass", "wrong", f"the rules can be bypassed: {', '.join(rules.bypass)}", remedy)
    elif rules.unknown:
        yield Setting("no bypass", "cannot tell", rules.unknown, remedy)
    else:
        yield Setting("no bypass", "ok" if rules.any else "wrong", "nobody" if rules.any else "no rules", remedy)


def _demands(rules: Rules) -> Iterator[tuple[str, bool, str]]:
    yield "review", rules.reviews >= 1, f"{rules.reviews} approving reviews needed"
    yield "owner review", rules.owners, f"code owners {'must' if rules.owners else 'need not'} approve"
    lacking = [check for check in CHECKS if check not in rules.checks]
    found = f"not required: {', '.join(lacking)}" if lacking else f"required: {', '.join(CHECKS)}"
    yield "checks", not lacking, found


_ACTIONS_PAGE = "https://github.com/{repo}/settings/actions"
_ITEMS: tuple[tuple[str, Callable[[Hub], Judgement], str], ...] = (
    (
        "token",
        _token,
        "gh api -X PUT repos/{repo}/actions/permissions/workflow -f default_workflow_permissions=read",
    ),
    (
        "approval",
        _approval,
        "gh api -X PUT repos/{repo}/actions/permissions/workflow -F can_approve_pull_request_reviews=false",
    ),
    (
        "outsiders",
        _outsiders,
        "gh api -X PUT repos/{repo}/actions/permissions/fork-pr-contributor-approval"
        " -f approval_policy=all_external_contributors",
    ),
    ("pinning", _pinning, f"{_ACTIONS_PAGE}: require actions to be pinned to a full-length commit SHA"),
    ("actions", _allowed, f"{_ACTIONS_PAGE}: allow select actions, those of GitHub, none of verified makers"),
    ("runners", _runners, _ACTIONS_PAGE + "/runners: remove them; a stranger's code must not reach your machine"),
    ("reporting", _reports, "gh api -X PUT repos/{repo}/private-vulnerability-reporting"),
    ("pages", _pages, "https://github.com/{repo}/settings/pages: source GitHub Actions"),
    ("owners", _owners, "write @somebody behind each path in .github/CODEOWNERS"),
)


def _actions(root: Path | None) -> list[str]:
    """The actions that the workflows here use, as OWNER/NAME. Raises Unknown where there are no workflows."""
    files = sorted((root / ".github" / "workflows").glob("*.yml")) if root else []
    if not files:
        raise Unknown("no .github/workflows here: run this inside the project")
    text = "\n".join(file.read_text("utf-8", "replace") for file in files)
    return sorted(set(re.findall(r"uses:\s*([\w.-]+/[\w.-]+)", text)))


def _flag(answer: object, key: str) -> bool:
    value = pick(answer, key)
    if not isinstance(value, bool):
        raise Unknown(f"the answer lacks {key}")
    return value


def _word(answer: object, key: str, words: set[str]) -> str:
    value = pick(answer, key)
    if not isinstance(value, str) or value not in words:
        raise Unknown(f"the answer lacks {key}")
    return value


def _why(error: ApiError) -> str:
    if error.status in {401, 403, 404}:
        return f"GitHub answers {error.status}: the token may not read this; an administrator's can"
    return str(error)

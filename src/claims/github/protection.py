"""The rules that a branch is under: classic branch protection and rulesets, which add up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from claims.github.api import ApiError, pick

CHECKS = ("static", "smoke", "tests")
"""Jobs that a pull request must pass, by name."""
Get = Callable[[str], Any]


@dataclass(frozen=True)
class Rules:
    """What a branch asks for. `unknown` says why there may be more than is known here; empty where there is not."""

    any: bool = False
    reviews: int = 0
    owners: bool = False
    checks: frozenset[str] = frozenset()
    bypass: tuple[str, ...] = ()
    """Who gets round the rules, in words of ours."""
    unknown: str = ""

    def __or__(self, other: "Rules") -> "Rules":
        """Both at once."""
        return Rules(
            self.any or other.any,
            max(self.reviews, other.reviews),
            self.owners or other.owners,
            self.checks | other.checks,
            (*self.bypass, *other.bypass),
            self.unknown or other.unknown,
        )


def rules_of(get: Get, branch: str, *, admin: bool) -> Rules:
    """The rules of a branch, named as in an address; `get` asks below the repository's address."""
    return _classic(get, branch, admin=admin) | _rulesets(get, branch)


def _classic(get: Get, branch: str, *, admin: bool) -> Rules:
    try:
        answer = get(f"/branches/{branch}/protection")
    except ApiError as error:
        # GitHub says "not found" both of rules that are not there and, to others than administrators, of all rules.
        return Rules() if admin and error.status == 404 else Rules(unknown=_why(error, "branch protection"))
    if not isinstance(answer, dict):
        return Rules(unknown="branch protection: the answer cannot be used")
    reviews = pick(answer, "required_pull_request_reviews")
    checks = pick(answer, "required_status_checks")
    names = [*_items(checks, "contexts"), *(pick(one, "context") for one in _items(checks, "checks"))]
    bypass = []
    if pick(answer, "enforce_admins", "enabled") is not True:
        bypass.append("administrators")
    allowed = pick(reviews, "bypass_pull_request_allowances")
    if any(_items(allowed, kind) for kind in ("users", "teams", "apps")):
        bypass.append("those who may skip a pull request")
    if pick(answer, "allow_force_pushes", "enabled") is True:
        bypass.append("forced pushes")
    return Rules(
        True,
        _number(reviews, "required_approving_review_count"),
        pick(reviews, "require_code_owner_reviews") is True,
        frozenset(name for name in names if isinstance(name, str)),
        tuple(bypass),
    )


def _rulesets(get: Get, branch: str) -> Rules:
    try:
        rules = get(f"/rules/branches/{branch}?per_page=100")
    except ApiError as error:
        return Rules(unknown=_why(error, "rulesets"))
    if not isinstance(rules, list):
        return Rules(unknown="rulesets: the answer is no list")
    found = Rules()
    for rule in rules:
        of = pick(rule, "parameters")
        match pick(rule, "type"):
            case "pull_request":
                reviews = _number(of, "required_approving_review_count")
                found |= Rules(True, reviews, pick(of, "require_code_owner_review") is True)
            case "required_status_checks":
                names = (pick(one, "context") for one in _items(of, "required_status_checks"))
                found |= Rules(True, checks=frozenset(name for name in names if isinstance(name, str)))
            case _:
                found |= Rules(True)
    for number in sorted({n for rule in rules if isinstance(n := pick(rule, "ruleset_id"), int)}):
        found |= _actors(get, number)
    return found


def _actors(get: Get, number: int) -> Rules:
    """Who may bypass a ruleset; GitHub shows this only to those who may change it."""
    try:
        answer = get(f"/rulesets/{number}")
    except ApiError as error:
        return Rules(unknown=_why(error, "who may bypass a ruleset"))
    actors = pick(answer, "bypass_actors")
    if not isinstance(actors, list):
        return Rules(unknown="who may bypass a ruleset: the token may not read this; an administrator's can")
    return Rules(bypass=(f"{len(actors)} on a ruleset's list",) if actors else ())


def _items(answer: object, key: str) -> Iterable[Any]:
    found = pick(answer, key)
    return found if isinstance(found, list) else []


def _number(answer: object, key: str) -> int:
    found = pick(answer, key)
    return found if isinstance(found, int) else 0


def _why(error: ApiError, what: str) -> str:
    if error.status in {401, 403, 404}:
        return f"{what}: GitHub answers {error.status}: the token may not read this; an administrator's can"
    return f"{what}: {error}"

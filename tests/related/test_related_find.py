"""From words to the claims and inquiries that speak of them."""

import json
from pathlib import Path

from claims.project import load
from claims.related.find import find
from tests.cli.test_commands import claims

ROOT = Path(__file__).parents[2]


def test_the_words_in_which_a_claim_is_told_find_it_and_its_inquiry() -> None:
    found = find(load(ROOT).registry, "RL updates only 5 to 30% of the weights")
    assert found[0].id == "rl-checkpoint-keeps-most-weights"
    assert "rl-sparsity-about-rl" in [one.id for one in found if one.kind == "inquiry"]
    assert [one.nearness for one in found] == sorted((one.nearness for one in found), reverse=True)


def test_an_id_is_found_by_its_words_and_nothing_by_none(toy: Path) -> None:
    registry = load(toy).registry
    assert find(registry, "coins sum")[0].id == "coins-sum"
    assert find(registry, "zzz") == find(registry, "") == find(registry, "?!") == ()


def test_what_is_found_is_printed_with_its_verdict(toy: Path) -> None:
    done = claims(toy, "find", "do the coins differ")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].split() == ["untested", "coins-differ"]
    rows = json.loads(claims(toy, "find", "do the coins differ", "--json").stdout)
    assert (rows[0]["id"], rows[0]["answer"], rows[0]["kind"]) == ("coins-differ", "untested", "claim")
    none = claims(toy, "find", "zzz")
    assert none.returncode == 1 and "nothing here" in none.stdout

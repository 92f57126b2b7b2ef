"""What a reviewer reads of claims: what is new, what is doubtful, what fails."""

import re
from pathlib import Path

import pytest

from tests.report_samples import GOOD, add_claim, change, facts_of, git, reported, submitted, write_paper


def section(report: str, title: str) -> str:
    """From a heading to the next of its kind."""
    found = re.search(rf"^### {title}.*?(?=^### |\Z)", report, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


def test_a_change_of_nothing_is_sound_and_says_so(branch: Path) -> None:
    code, report = reported(branch)
    assert code == 0
    assert report.startswith("## Sound by machine; 0 things for a person to look at")
    assert "No claim, experiment, paper, record or dispute is added, changed or removed." in report


def test_a_good_claim_is_sound_and_its_card_says_what_a_reviewer_asks(branch: Path) -> None:
    add_claim(branch, GOOD)
    code, report = reported(submitted(branch))
    assert code == 0, report
    assert report.startswith("## Sound by machine")
    assert "Adds 1 claim." in report
    assert "#### `coins-treated-high`, new" in report
    assert "quote found: `the treated coin lands higher`" in report
    assert "score 1 points (Table 1)" in report
    assert "read: `full text (the journal)`" in report
    assert "| above 0.5 | 50% of -100 to 100 | 0, excluded |" in report
    assert "could hardly" not in report
    assert "negative: shuffled" in report and "through the training loop: planted" in report
    assert "`learned at treated: above 0.5`" in report
    assert "by 16 recorded replicates" in report
    assert "the line says untested, and the records give the same" in report
    assert re.findall(r"^- \[ \] (.+?\?)", report, re.MULTILINE) == [
        "Is it falsifiable as worded?",
        "Is the threshold argued?",
        "Could the metric have moved?",
        "Does what differs from the paper matter?",
    ]
    assert "Half of what Table 1 prints" in report


def test_what_is_on_record_of_a_new_prediction_is_told(branch: Path) -> None:
    add_claim(branch, GOOD)
    (card,) = facts_of(branch).cards
    assert (card.risks[0].seen, card.risks[0].inside) == (8, 8)
    assert any("8 of 8 replicates on record already lie inside" in look.what for look in facts_of(branch).looks)


def test_the_recorded_spread_says_how_many_seeds_are_needed(branch: Path) -> None:
    add_claim(branch, GOOD)
    (card,) = facts_of(branch).cards
    assert card.together == "8"  # half a point at a spread of a tenth
    assert card.seeds[0].spread == pytest.approx(0.1, abs=0.06)


def test_a_spread_that_is_too_large_for_every_look_is_said(branch: Path) -> None:
    add_claim(branch, GOOD.replace("{above: 0.5}, rival: 0.0}", "{above: 0.99}, rival: 0.98}"))
    facts = facts_of(branch)
    assert "24, the last look" in facts.cards[0].together
    assert any("no look would settle it" in look.what for look in facts.looks)


def test_without_a_record_several_spreads_are_tried(branch: Path) -> None:
    text = (branch / "experiments" / "toy.py").read_text()
    (branch / "experiments" / "other.py").write_text(text.replace("Two coins", "Two other coins"))
    add_claim(branch, GOOD.replace("experiment: toy", "experiment: other"))
    card = next(c for c in facts_of(branch).cards)
    assert {s.spread_from for s in card.seeds} == {"assumed"}
    assert card.seeds[0].needed == 8 and len(card.seeds) == 4
    assert card.cost.startswith("NOT MEASURED") and "time limit of 5 s" in card.cost


def test_a_wrong_quote_blocks_and_stands_beside_its_source(branch: Path) -> None:
    add_claim(branch, GOOD.replace("quote: the treated coin lands higher", "quote: coins never land at all"))
    code, report = reported(submitted(branch))
    assert code == 1
    assert report.startswith("## Blocked: 1 problem")
    assert "was not found in full text of v2" in section(report, "What fails")
    assert "quote **NOT FOUND**: `coins never land at all`" in report


def test_a_quote_that_nobody_looked_for_is_text_not_held(branch: Path) -> None:
    add_claim(branch, GOOD.replace("quote: the treated coin lands higher", "quote: a coin is a coin"))
    assert "quote **text not held**: `a coin is a coin`" in reported(branch)[1]


def test_a_withdrawn_paper_is_told_beside_the_source(branch: Path) -> None:
    write_paper(branch, withdrawn="withdrawn by the authors")
    add_claim(branch, GOOD)
    looks = section(reported(branch)[1], "What a person must look at")
    assert "`coins-treated-high`: source 2505.11711v2: the paper says that it is withdrawn" in looks


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ("{above: -99.0}", "it expects over 99% of what can be measured"),
        ("{between: [-95.0, 95.0]}", "it expects 95% of what can be measured"),
        ("{below: 60.0}", "no rival value, and it expects 80% of what can be measured"),
    ],
)
def test_a_prediction_that_could_hardly_come_out_wrong_is_called_that(branch: Path, expect: str, words: str) -> None:
    add_claim(branch, GOOD.replace("{above: 0.5}, rival: 0.0}", f"{expect}}}"))
    code, report = reported(submitted(branch))
    assert code == 0
    assert f"prediction high: could hardly come out wrong: {words}" in section(report, "What a person must look at")


def test_a_rival_makes_a_wide_prediction_risky_enough(branch: Path) -> None:
    add_claim(branch, GOOD.replace("{above: 0.5}, rival: 0.0}", "{below: 60.0}, rival: 70.0}"))
    assert "could hardly" not in reported(branch)[1]


def test_a_changed_threshold_shows_field_by_field_and_takes_the_records_away(branch: Path) -> None:
    change(branch, "claims.yaml", "expect: {above: 0.5}\n          rival", "expect: {above: 0.1}\n          rival")
    code, report = reported(submitted(branch))
    assert code == 1  # the status does not follow any more
    assert "| **judged** `check.predictions[higher].expect.above` | `0.5` | `0.1` |" in report
    assert "**What is judged was changed.** Records that no longer count: 1." in report


def test_a_reworded_question_is_a_change_that_keeps_the_records(branch: Path) -> None:
    change(branch, "claims.yaml", "question: Do the coins differ?", "question: Are they different?")
    code, report = reported(submitted(branch))
    assert code == 0
    assert "| `question` | `Do the coins differ?` | `Are they different?` |" in report
    assert "What is judged stays as it was" in report and "Only a person can answer" not in report


def test_a_forged_status_is_tampering(branch: Path) -> None:
    add_claim(branch, GOOD.replace("status: untested", "status: supported"))
    code, report = reported(submitted(branch))
    assert code == 3
    assert report.startswith("## TAMPERED: 1 record or status edited, removed or typed by hand")
    assert "STATUS NOT DERIVED" in report


def test_a_deleted_claim_is_named(branch: Path) -> None:
    text = (branch / "claims.yaml").read_text()
    first, second = text.index("  - id: coins-audited"), text.index("  - id: coins-differ")
    (branch / "claims.yaml").write_text(text[:first] + text[second:])
    report = reported(submitted(branch))[1]
    assert "#### `coins-audited`, REMOVED" in report
    assert "claims are withdrawn, with date and reason" in report


def test_a_registry_that_cannot_be_read_still_gives_a_report(branch: Path) -> None:
    (branch / "claims.yaml").unlink()
    code, report = reported(branch)
    assert code == 1
    assert "claims.yaml" in section(report, "What fails")
    assert "nothing is said of its claims" in report


def test_a_claim_that_cannot_be_read_in_full_has_a_card_that_says_so(branch: Path) -> None:
    add_claim(branch, GOOD.replace("stance: asserts", "stance: swears"))
    code, report = reported(branch)
    assert code == 1
    assert "#### `coins-treated-high`, new" in report and "It cannot be read in full" in report


def test_an_uncommitted_claim_counts_too(branch: Path) -> None:
    add_claim(branch, GOOD)
    assert [card.id for card in facts_of(branch).cards] == ["coins-treated-high"]


def test_a_file_that_breaks_off_does_not_look_like_deleted_claims(branch: Path) -> None:
    change(branch, "claims.yaml", "inquiries:", "inquiries: [")
    code, report = reported(branch)
    assert code == 1
    assert "claims may be missing here" in report and "REMOVED" not in report


def test_records_that_an_earlier_change_lost_are_not_counted_again(branch: Path) -> None:
    change(branch, "claims.yaml", "expect: {above: 0.5}\n          rival", "expect: {above: 0.1}\n          rival")
    commit = git(submitted(branch), "rev-parse", "HEAD")
    change(branch, "claims.yaml", "expect: {above: 0.1}\n          rival", "expect: {above: 0.2}\n          rival")
    assert [card.lost for card in facts_of(branch, commit).cards] == [0]


def test_a_cost_that_the_docstring_tells_is_told_with_its_decimal_point(branch: Path) -> None:
    change(branch, "experiments/sums.py", "there is no paper.", "there is no paper.\n\nCost: about 0.5 s a run.")
    change(branch, "claims.yaml", "expect: {equals: 2}", "expect: {equals: 3}")
    assert 'its docstring says "Cost: about 0.5 s a run"' in reported(submitted(branch))[1]


def test_a_source_without_a_quote_and_a_version_that_nobody_read_are_called_that(branch: Path) -> None:
    text = GOOD.replace("        quote: the treated coin lands higher\n", "").replace("2505.11711v2", "2505.11711v1")
    add_claim(branch, text)
    _, report = reported(submitted(branch))
    assert "**no quote**" in report and "read: **nobody read it**" in report

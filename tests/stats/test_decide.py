import pytest
from stats_samples import a_check, control, crashed, decide, prediction, replicate, replicates

from claims.domain.claim import Gate
from claims.domain.interval import Expect
from claims.domain.run import Outcome
from claims.domain.verdict import ClaimVerdict, Verdict
from claims.stats.decide import RULES, decide_v1

NEAR = [0.9, 1.0, 1.1, 1.05, 0.95, 1.02, 0.98, 1.0]
WIDE = [-2.0, 3.0, -1.0, 2.5, 0.5, -0.5, 1.5, -1.5]


def word(verdict: ClaimVerdict) -> tuple[Verdict | None, str, int]:
    return verdict.verdict, verdict.grade, verdict.n


def test_rule_one_is_registered():
    assert RULES[1] is decide_v1


def test_supported_at_the_first_look():
    found = decide(NEAR)
    assert word(found) == (Verdict.SUPPORTED, "standard", 8)
    (only,) = found.predictions
    assert (only.verdict, only.level, only.n, only.outside) == (Verdict.SUPPORTED, pytest.approx(0.99), 8, 0)
    assert only.estimate == pytest.approx(1.0)
    assert 0 < only.low < only.estimate < only.high
    assert found.reason == (
        "high holds: the 99 % interval of the mean, 0.925 to 1.08, lies inside 'above 0', and so do all 8 replicates."
    )


def test_refuted_at_the_first_look():
    found = decide([-v for v in NEAR])
    assert word(found) == (Verdict.REFUTED, "standard", 8)
    assert found.predictions[0].outside == 8
    assert found.reason.startswith("high fails: the 99 % interval")


def test_undecided_says_how_many_more_would_settle_it():
    found = decide([0.01, 0.3, 0.5, 0.02, 0.2, 0.9, 0.4, 0.03])
    assert word(found) == (Verdict.INCONCLUSIVE, "standard", 8)
    assert found.reason == "Undecided at 8 replicates. 8 more replicates (16 in all) would probably settle it."


def test_undecided_says_that_more_will_not_settle_it():
    found = decide(WIDE)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "More will probably not settle it: of high, 4 of 8 replicates lie outside" in found.reason


def test_a_later_look_decides_when_the_first_does_not():
    assert word(decide([*WIDE, *NEAR, *NEAR], asked=24)) == (Verdict.INCONCLUSIVE, "standard", 24)
    one_outlier = [-0.1, *NEAR[1:], *NEAR]
    assert decide(one_outlier[:8]).verdict is Verdict.INCONCLUSIVE
    found = decide(one_outlier, asked=16)
    assert word(found) == (Verdict.SUPPORTED, "standard", 16)
    assert found.predictions[0].outside == 1
    assert found.predictions[0].level == pytest.approx(0.985)


@pytest.mark.parametrize(("n", "allowed"), [(8, 0), (16, 1), (24, 2)])
@pytest.mark.parametrize("sign", [1, -1])
def test_guard_allows_so_many_on_the_wrong_side_and_no_more(n, allowed, sign):
    def at(wrong):
        # The wrong ones come first, so that no earlier look decides.
        values = [-0.01] * wrong + [1.0 + 0.01 * (i % 5) for i in range(n - wrong)]
        return decide([sign * v for v in values], asked=n)

    wanted = Verdict.SUPPORTED if sign > 0 else Verdict.REFUTED
    assert at(allowed).verdict is wanted
    assert at(allowed).n == n if allowed else True
    assert at(allowed + 1).verdict is Verdict.INCONCLUSIVE


def test_looks_stop_where_the_check_says():
    runs = [-0.1, *NEAR[1:], *NEAR]
    found = decide(runs, a_check(looks=(8,)), asked=16)
    assert word(found) == (Verdict.INCONCLUSIVE, "standard", 8)
    assert "8 being the last look" in found.reason


def two(one, other):
    return [replicate(i, score=a, loss=b) for i, (a, b) in enumerate(zip(one, other, strict=True))]


BOTH = (prediction("high"), prediction("low", "loss", below=0.0))


def test_supported_needs_every_prediction():
    good, bad = NEAR, [-v for v in NEAR]
    found = decide(two(good, bad), a_check(*BOTH))
    assert found.verdict is Verdict.SUPPORTED
    assert found.reason == "Both predictions hold at 8 replicates."
    undecided = decide(two(good, WIDE), a_check(*BOTH))
    assert undecided.verdict is Verdict.INCONCLUSIVE
    assert [p.verdict for p in undecided.predictions] == [Verdict.SUPPORTED, Verdict.INCONCLUSIVE]
    assert "(low)" in undecided.reason


def test_one_refuted_prediction_refutes_the_claim():
    found = decide(two(NEAR, NEAR), a_check(*BOTH))
    assert found.verdict is Verdict.REFUTED
    assert [p.verdict for p in found.predictions] == [Verdict.SUPPORTED, Verdict.REFUTED]
    assert found.predictions[1].level == pytest.approx(0.995)
    assert found.reason.startswith("low fails: the 99.5 % interval")


def test_refuting_one_of_several_takes_a_stricter_interval():
    # Outside at 99 % (half-width 1.237 sd at n = 8), not at 99.5 % (1.433 sd).
    base = [-1.0, -1.0, -0.8, -0.8, 0.0, 0.8, 1.3, 1.5]
    sd = (sum(v * v for v in base) / 7) ** 0.5
    shifted = [v + 1.33 * sd for v in base]
    assert min(shifted) > 0
    alone = decide(shifted, a_check(prediction("low", below=0.0)))
    assert alone.verdict is Verdict.REFUTED
    assert decide(two(NEAR, shifted), a_check(*BOTH)).verdict is Verdict.INCONCLUSIVE


def test_predictions_must_hold_at_the_same_look():
    early = [1.0 + 0.01 * i for i in range(8)] + [-9.0] * 8
    late = [0.1, *[-1.0 - 0.01 * i for i in range(15)]]
    found = decide(two(early, late), a_check(*BOTH, looks=(8, 16)), asked=16)
    assert decide(two(early[:8], late[:8]), a_check(*BOTH)).predictions[0].verdict is Verdict.SUPPORTED
    assert found.verdict is Verdict.INCONCLUSIVE


# Void


def test_wrong_control_voids_and_keeps_the_numbers():
    found = decide(NEAR, controls=[control(), control(0.2, "broken-loss")])
    assert word(found) == (Verdict.VOID, "standard", 8)
    assert found.reason == (
        "The positive control broken-loss is wrong: expected score above 0.5, measured 0.2 at seed 7."
    )
    (only,) = found.predictions
    assert only.verdict is Verdict.VOID
    assert only.estimate == pytest.approx(1.0)


def test_control_without_a_value_voids():
    found = decide(NEAR, controls=[control(None)])
    assert found.verdict is Verdict.VOID
    assert "ended with crash" in found.reason


def test_wrong_control_voids_before_any_replicate_ran():
    assert word(decide([], controls=[control(0.0)], asked=8)) == (Verdict.VOID, "standard", 0)
    assert word(decide([], controls=[control(0.0)], asked=5)) == (Verdict.VOID, "preliminary", 0)


@pytest.mark.parametrize("deterministic", [False, True])
def test_experiment_without_controls_is_void(deterministic):
    found = decide(NEAR, controls=[], deterministic=deterministic)
    assert found.verdict is Verdict.VOID
    assert "no controls" in found.reason


def test_seed_without_effect_is_void():
    found = decide([1.0] * 8)
    assert found.verdict is Verdict.VOID
    assert "the seed had no effect" in found.reason
    assert found.predictions[0].estimate == 1.0


def test_one_number_that_varies_elsewhere_shows_that_the_seed_had_an_effect():
    runs = [replicate(i, score=1.0, loss=0.1 * i) for i in range(8)]
    assert decide(runs).verdict is Verdict.SUPPORTED


def test_too_few_valid_replicates_are_void_and_counted_by_cause():
    gate = Gate(metric="learned", condition="arm", expect=Expect(above=0.5))
    runs = [replicate(i, score=v, learned=1.0) for i, v in enumerate(NEAR[:7])]
    runs += [replicate(7, score=9.0, learned=0.0), crashed(8, Outcome.TIMEOUT), crashed(9, Outcome.TIMEOUT)]
    check = a_check(gates=(gate,))
    assert decide(runs[:9], check).verdict is None
    found = decide(runs, check)
    assert word(found) == (Verdict.VOID, "standard", 7)
    assert found.reason == (
        "Only 7 of the first 10 replicates are valid and 8 are needed (1 × failed gate, 2 × timeout)."
    )
    assert found.predictions[0].estimate == pytest.approx(sum(NEAR[:7]) / 7)


def test_all_crashed_is_void_without_estimates():
    found = decide([crashed(i) for i in range(10)])
    assert word(found) == (Verdict.VOID, "standard", 0)
    assert found.predictions[0].estimate is None


# Below a look


def test_leaning_from_five_replicates():
    found = decide(NEAR[:5], asked=5)
    assert word(found) == (Verdict.LEANING_SUPPORTED, "preliminary", 5)
    assert found.predictions[0].verdict is Verdict.LEANING_SUPPORTED
    assert found.predictions[0].level == pytest.approx(0.99)
    assert decide([-v for v in NEAR[:6]], asked=6).verdict is Verdict.LEANING_REFUTED
    assert word(decide([-0.01, *NEAR[:6]], asked=7)) == (Verdict.INCONCLUSIVE, "preliminary", 7)


def test_leaning_takes_what_was_asked_for_and_no_more():
    assert decide([*NEAR[:5], -9.0], asked=5).n == 5
    assert decide([*NEAR[:5], -9.0], asked=5).verdict is Verdict.LEANING_SUPPORTED
    assert decide([*NEAR[:5], -9.0], asked=6).verdict is Verdict.INCONCLUSIVE


def test_leaning_is_void_when_too_few_are_valid():
    runs = [*replicates(NEAR[:4]), crashed(4), crashed(5)]
    assert decide(runs, asked=5).verdict is None
    assert word(decide([*runs, crashed(6)], asked=5)) == (Verdict.VOID, "preliminary", 4)


def test_a_look_that_is_reached_counts_whatever_was_asked():
    assert word(decide(NEAR, asked=5)) == (Verdict.SUPPORTED, "standard", 8)


def test_fewer_than_five_give_no_verdict():
    found = decide(NEAR[:4], asked=4)
    assert word(found) == (None, "smoke", 4)
    assert found.predictions[0].verdict is Verdict.INCONCLUSIVE
    assert found.predictions[0].estimate is not None
    assert found.reason == "4 valid replicates: a verdict needs 8, a leaning 5."


@pytest.mark.parametrize(("count", "estimate"), [(0, None), (1, 0.9)])
def test_one_replicate_has_an_estimate_and_no_interval(count, estimate):
    (only,) = decide(NEAR[:count], asked=1).predictions
    assert (only.estimate, only.low, only.high, only.level) == (estimate, None, None, None)


def test_smoke_names_a_wrong_control_and_stays_without_verdict():
    found = decide(NEAR[:2], controls=[control(0.0)], asked=2)
    assert found.verdict is None
    assert "planted is wrong" in found.reason


def test_smoke_says_that_the_seed_had_no_effect():
    assert "the seed had no effect" in decide([1.0, 1.0], asked=2).reason


def test_an_unfinished_run_has_no_verdict():
    found = decide(NEAR[:6], asked=8)
    assert word(found) == (None, "smoke", 6)
    assert found.reason.startswith("6 valid replicates of the 8 asked for")


def test_a_seed_that_has_not_come_back_may_not_be_skipped():
    runs = replicates([*NEAR, 1.0])
    assert decide([r for r in runs if r.index != 3]).verdict is None


def test_same_index_twice_is_an_error():
    with pytest.raises(ValueError, match="same index"):
        decide([replicate(0, score=1.0), replicate(0, score=2.0)])


def test_missing_number_is_an_error():
    with pytest.raises(ValueError, match="no number for score"):
        decide([replicate(i, loss=1.0 * i) for i in range(8)])


# Audits


@pytest.mark.parametrize(
    ("expect", "value", "wanted"),
    [
        ({"above": 1.0}, 1.0, Verdict.REFUTED),
        ({"above": 1.0}, 1.0000001, Verdict.SUPPORTED),
        ({"below": 1.0}, 1.0, Verdict.REFUTED),
        ({"between": (1.0, 2.0)}, 1.0, Verdict.SUPPORTED),
        ({"between": (1.0, 2.0)}, 2.0, Verdict.SUPPORTED),
        ({"equals": 1.0}, 1.0, Verdict.SUPPORTED),
        ({"equals": 1.0}, 1.1, Verdict.REFUTED),
        ({"equals": 1.0, "within": 0.25}, 1.25, Verdict.SUPPORTED),
    ],
)
def test_audit_is_in_or_out(expect, value, wanted):
    found = decide([value], a_check(prediction(**expect)), deterministic=True, asked=1)
    assert word(found) == (wanted, "exact", 1)
    (only,) = found.predictions
    assert (only.low, only.estimate, only.high, only.level) == (value, value, value, None)
    assert only.outside == (wanted is Verdict.REFUTED)


def test_audit_with_one_number_out_is_refuted():
    found = decide(two([1.0], [1.0]), a_check(*BOTH), deterministic=True, asked=1)
    assert found.verdict is Verdict.REFUTED
    assert found.reason == "low: 1 is not below 0."


def test_audit_needs_its_controls():
    assert decide([1.0], controls=[control(0.0)], deterministic=True, asked=1).verdict is Verdict.VOID


def test_crashed_audit_is_void():
    found = decide([crashed(0)], deterministic=True, asked=1)
    assert word(found) == (Verdict.VOID, "exact", 0)
    assert found.reason == "The audit is not valid: crash."


def test_audit_whose_numbers_differ_is_not_deterministic():
    assert decide([1.0, 1.0], deterministic=True, asked=1).verdict is Verdict.SUPPORTED
    found = decide([1.0, 1.5], deterministic=True, asked=1)
    assert word(found) == (Verdict.VOID, "exact", 1)
    assert "declared deterministic" in found.reason


def test_audit_that_has_not_run_has_no_verdict():
    assert word(decide([], deterministic=True, asked=1)) == (None, "exact", 0)

"""What rule 1 never does, whatever the numbers."""

from hypothesis import assume, given
from hypothesis import strategies as st
from stats_samples import a_check, control, crashed, decide, prediction, replicate, replicates

from claims.domain.verdict import ClaimVerdict, Verdict

# Thousandths: halves and doubles of them are exact, and an edge is met now and then.
values = st.integers(-4096, 4096).map(lambda i: i / 1024)
amounts = st.sampled_from([8, 9, 16, 24])
samples = st.one_of(
    st.lists(values, min_size=1, max_size=24),
    amounts.flatmap(
        lambda n: st.tuples(st.sampled_from([-6.0, -4.5, 0.0, 4.5, 6.0]), st.lists(values, min_size=n, max_size=n))
    ).map(lambda pair: [pair[0] + v for v in pair[1]]),
)
asks = st.sampled_from([1, 5, 6, 7, 8, 16, 24])
SUPPORTED = {Verdict.SUPPORTED, Verdict.LEANING_SUPPORTED}
REFUTED = {Verdict.REFUTED, Verdict.LEANING_REFUTED}
OPPOSITE = {
    Verdict.SUPPORTED: Verdict.REFUTED,
    Verdict.REFUTED: Verdict.SUPPORTED,
    Verdict.LEANING_SUPPORTED: Verdict.LEANING_REFUTED,
    Verdict.LEANING_REFUTED: Verdict.LEANING_SUPPORTED,
}


@given(samples, asks)
def test_a_sentence_and_its_opposite_get_opposite_verdicts(numbers, asked):
    one = decide(numbers, a_check(prediction(above=0.0)), asked=asked)
    other = decide(numbers, a_check(prediction(below=0.0)), asked=asked)
    if 0.0 not in numbers:
        assert other.verdict == OPPOSITE.get(one.verdict, one.verdict)
    assert not (one.verdict in SUPPORTED and other.verdict in SUPPORTED)
    assert not (one.verdict in REFUTED and other.verdict in REFUTED)


@given(samples, st.randoms(use_true_random=False), asks)
def test_order_of_replicates_does_not_matter(numbers, random, asked):
    runs = replicates(numbers)
    shuffled = random.sample(runs, len(runs))
    assert decide(shuffled, asked=asked) == decide(runs, asked=asked)


@given(samples, st.integers(0, 12), asks)
def test_invalid_replicates_at_the_end_never_support(numbers, more, asked):
    runs = replicates(numbers)
    longer = [*runs, *(crashed(len(runs) + i) for i in range(more))]
    before, after = decide(runs, asked=asked), decide(longer, asked=asked)
    if before.verdict not in SUPPORTED:
        assert after.verdict not in SUPPORTED
    if before.verdict not in REFUTED:
        assert after.verdict not in REFUTED


@given(samples, st.lists(values, max_size=10))
def test_nothing_changes_a_claim_once_it_is_decided(numbers, more):
    before = decide(numbers, asked=8)
    assume(before.grade == "standard" and before.verdict is not Verdict.INCONCLUSIVE)
    assert decide([*numbers, *more], asked=24) == before


@given(samples, st.floats(0, 8), st.floats(0, 8), asks)
def test_a_wider_interval_keeps_what_is_supported(numbers, left, right, asked):
    narrow = decide(numbers, a_check(prediction(between=(-3.0, 3.0))), asked=asked)
    wide = decide(numbers, a_check(prediction(between=(-3.0 - left, 3.0 + right))), asked=asked)
    if narrow.verdict in SUPPORTED:
        assert wide.verdict in SUPPORTED
    if wide.verdict in REFUTED:
        assert narrow.verdict in REFUTED


@given(samples, st.integers(0, 4096).map(lambda i: i / 1024), asks)
def test_a_shift_inwards_keeps_what_is_supported(numbers, shift, asked):
    if decide(numbers, asked=asked).verdict in SUPPORTED:
        assert decide([v + shift for v in numbers], asked=asked).verdict in SUPPORTED


@given(samples, st.sampled_from([0.25, 0.5, 2.0, 1024.0]), asks)
def test_the_unit_of_a_metric_does_not_matter(numbers, unit, asked):
    one = decide(numbers, a_check(prediction(between=(-2.0, 3.0))), asked=asked)
    other = decide([v * unit for v in numbers], a_check(prediction(between=(-2.0 * unit, 3.0 * unit))), asked=asked)
    assert other.verdict == one.verdict
    assert other.n == one.n


@given(samples, st.lists(values, min_size=24, max_size=24), asks)
def test_a_second_prediction_never_helps_the_first(numbers, others, asked):
    runs = [replicate(i, score=v, loss=w) for i, (v, w) in enumerate(zip(numbers, others, strict=False))]
    both = decide(runs, a_check(prediction(), prediction("low", "loss", below=0.5)), asked=asked)
    if both.verdict in SUPPORTED:
        for check in (a_check(prediction()), a_check(prediction("low", "loss", below=0.5))):
            assert decide(runs, check, asked=both.n).verdict not in REFUTED


@given(samples, asks)
def test_the_same_prediction_twice_is_refuted_no_more_easily(numbers, asked):
    twice = decide(numbers, a_check(prediction("one"), prediction("two")), asked=asked)
    if twice.verdict in REFUTED:
        assert decide(numbers, asked=asked).verdict in REFUTED
    assert (twice.verdict in SUPPORTED) <= (decide(numbers, asked=asked).verdict in SUPPORTED)


@given(samples, asks)
def test_a_wrong_control_leaves_no_verdict(numbers, asked):
    found = decide(numbers, controls=[control(0.0)], asked=asked)
    assert found.verdict in (Verdict.VOID, None)
    assert {p.verdict for p in found.predictions} <= {Verdict.VOID, Verdict.INCONCLUSIVE}


@given(samples, st.booleans(), asks)
def test_verdict_survives_its_record(numbers, deterministic, asked):
    found = decide(numbers, deterministic=deterministic, asked=asked)
    assert ClaimVerdict.model_validate_json(found.model_dump_json()) == found
    assert found.reason.endswith(".")


@given(samples, asks)
def test_a_verdict_says_what_its_interval_says(numbers, asked):
    found = decide(numbers, asked=asked)
    (only,) = found.predictions
    if found.verdict in SUPPORTED:
        assert only.low > 0
        assert only.outside <= 2
    if found.verdict in REFUTED:
        assert only.high <= 0
        assert only.n - only.outside <= 2

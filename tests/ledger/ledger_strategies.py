"""Any replicate and any record, for Hypothesis."""

from hypothesis import strategies as st
from ledger_samples import record

from claims.domain.run import Outcome, Replicate, Trace

names = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True)
numbers = st.floats(allow_nan=False, allow_infinity=False)
traces = st.lists(st.tuples(numbers, numbers), max_size=4).map(
    lambda points: Trace(x=tuple(x for x, _ in points), y=tuple(y for _, y in points))
)
replicates = st.builds(
    Replicate,
    index=st.integers(0, 40),
    seed=st.integers(0, 2**53 - 1),
    outcome=st.sampled_from(Outcome),
    message=st.text(max_size=40),
    measured=st.dictionaries(names, st.dictionaries(names, numbers, max_size=3), max_size=3),
    combined=st.dictionaries(names, numbers, max_size=3),
    traces=st.dictionaries(names, st.dictionaries(st.text(max_size=8), traces, max_size=2), max_size=2),
    seconds=st.floats(0, 1e12),
    commit=st.none() | st.just("b" * 40),
)
records = st.builds(
    lambda found, params, reason: record(tuple(found)).model_copy(
        update={"params": params, "exploratory_because": reason}
    ),
    st.lists(replicates, max_size=4, unique_by=(lambda r: r.index, lambda r: r.seed)).map(
        lambda found: sorted(found, key=lambda r: r.index)
    ),
    st.dictionaries(
        st.text(max_size=8), st.text(max_size=8) | st.integers(-(2**53) + 1, 2**53 - 1) | numbers | st.booleans()
    ),
    st.none() | st.text(max_size=20),
)

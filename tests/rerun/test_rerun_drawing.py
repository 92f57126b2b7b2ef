"""Which records are drawn."""

from collections import Counter

from claims.domain.run import Replicate
from claims.ledger.evidence import StoredRecord
from claims.rerun.drawing import draw, risks_of
from tests.ledger.ledger_samples import record, replicate


def stored(name: str, contributor: str = "regular", seconds: float = 1.0) -> StoredRecord:
    made = record(tuple(_at(replicate(i), seconds) for i in range(8)), name)
    made = made.model_copy(update={"contributor": contributor})
    return StoredRecord(f"evidence/{name}/x.json", made.model_copy(update={"digest": made.computed_digest()}))


def _at(r: Replicate, seconds: float) -> Replicate:
    return r.model_copy(update={"cpu_seconds": seconds})


REGULAR = [stored(f"claim-{i}") for i in range(20)]


def test_the_same_entropy_draws_the_same_and_another_one_others() -> None:
    names = [[s.record.claim.id for s, _ in draw(REGULAR, 5, e)] for e in ("one", "one", "two")]
    assert names[0] == names[1] != names[2]
    assert len(set(names[0])) == 5


def test_the_order_of_the_files_does_not_matter_and_more_than_there_are_is_all() -> None:
    assert {s.path for s, _ in draw(REGULAR[::-1], 7, "e")} == {s.path for s, _ in draw(REGULAR, 7, "e")}
    assert len(draw(REGULAR, 100, "e")) == 20


def test_a_newcomer_and_seconds_that_look_made_up_weigh_more() -> None:
    odd = [stored("of-a-newcomer", contributor="newcomer"), stored("too-cheap", seconds=0.01)]
    risks = risks_of([*REGULAR, *odd])
    usual = risks[REGULAR[0].record.digest].weight
    assert all(risks[s.record.digest].weight > usual for s in odd)
    assert any("contributor" in reason for reason in risks[odd[0].record.digest].reasons)
    assert any("replicate" in reason for reason in risks[odd[1].record.digest].reasons)


def test_records_are_drawn_in_proportion_to_their_weights() -> None:
    newcomer = stored("of-a-newcomer", contributor="newcomer")
    everything = [*REGULAR, newcomer]
    risks = risks_of(everything)
    drawn = Counter(draw(everything, 1, str(i))[0][0].record.claim.id for i in range(2000))
    expected = risks[newcomer.record.digest].weight / sum(r.weight for r in risks.values())
    assert abs(drawn["of-a-newcomer"] / 2000 - expected) < 4 * (expected / 2000) ** 0.5

"""Every field that a stranger can fill holds an attack here; the built site must show it as text."""

import json
import random
from datetime import date

import pytest
from site_samples import ABOVE_HALF, AUDIT, EXPERIMENT, MACHINE, PAPER, assemble, claim, record, replicate
from test_site_build import ROOT, Seen

from claims.domain.claim import Circulated, Grounding, Inquiry, Label, Relation, Reported, Source, Status, Withdrawal
from claims.domain.paper import QuoteCheck
from claims.ledger.evidence import Erratum
from claims.site.build import build

EVIL = (
    "</title></script></div><script>alert(1)</script> [x](javascript:alert(2)) [y](https://evil.example/) "
    "{{7*7}} {% raw %} \"><img src=x onerror=alert(3)> --8<-- 'mkdocs.yml' ![z](https://evil.example/z.png) `c` $m$"
)
BLOCK = f"{EVIL}\n\n    indented\n\n# heading\n\n<iframe src=https://evil.example></iframe>\n--8<--\n"


@pytest.fixture(scope="module")
def evil_site(tmp_path_factory):
    root = tmp_path_factory.mktemp("evil") / "root"
    rng = random.Random(3)
    reported = Reported(metric="unchanged_share", value=0.7, unit=EVIL, locator=EVIL, conditions=f"coarse {EVIL}")
    source = Source(
        arxiv="0001.00001v2",
        stance="asserts",
        locator=EVIL,
        says=BLOCK,
        quote="<script>q</script>",
        reported=(reported,),
    )
    doubt = Source(arxiv="0002.00002v1", stance="mentions", locator="unverified", unverified=EVIL, says=BLOCK)
    words = {
        "statement": BLOCK,
        "scope": {EVIL: EVIL, "sizes": (EVIL, 1)},
        "watch": BLOCK,
        "grounding": Label(label=Grounding.FAITHFUL, because=BLOCK),
        "circulated": (Circulated(text=BLOCK, where=EVIL, label=Grounding.INVERTED, because=BLOCK),),
    }
    one = claim("one", BLOCK, predictions=[ABOVE_HALF], sources=(source, doubt), **words)
    noted = one.check.model_copy(update={"note": BLOCK, "params": {"steps": 1}})
    one = one.model_copy(update={"check": noted})
    two = claim(
        "two",
        EVIL,
        relations=(Relation(to="one", kind="supports", because=BLOCK),),
        status=Status.WITHDRAWN,
        withdrawn=Withdrawal(on=date(2026, 1, 1), because=BLOCK),
        **words,
    )
    runs = [replicate(i, rng, coarse=0.6) for i in range(8)]
    evil_trace = {"coarse": {EVIL: runs[0].traces["coarse"]["reward by step"]}}
    runs[0] = runs[0].model_copy(update={"traces": evil_trace})
    crash = replicate(8, rng, coarse=0, outcome="crash", message=BLOCK)
    made = record(
        one,
        [*runs, crash],
        contributor=BLOCK,
        confirmatory=True,
        environment=MACHINE.model_copy(update={"device_name": EVIL, "torch": EVIL}),
        params={"optimiser": EVIL},
    )
    doubted = record(one, runs, day="01", confirmatory=False, exploratory_because=BLOCK, contributor=EVIL)
    paper = PAPER.model_copy(
        update={
            "title": BLOCK,
            "authors": (EVIL, EVIL),
            "note": BLOCK,
            "quotes": (QuoteCheck(quote="<script>q</script>", found=True, text=EVIL, checked=date(2026, 1, 1)),),
        }
    )
    literal = json.dumps(EVIL)
    source_text = (
        EXPERIMENT.replace('"Weights that stay put, by storage precision"', literal)
        .replace('"trained with weights stored in sixteen bits"', literal)
        .replace('"weights that are bit-identical to the start"', literal)
        .replace('"fraction"', literal)
        .replace('"none moves"', literal)
        .replace("Made up for tests.", EVIL.replace('"', "'"))
    )
    inquiry = Inquiry(id="i", question=EVIL, answer=f"{BLOCK}\n[[one]] [[{EVIL}]]", cites=("one",))
    rows = {"one": [(made, None), (doubted, Erratum(person=EVIL, date=date(2026, 1, 1), what=BLOCK))]}
    project = assemble(
        root, (one, two), rows, (inquiry,), {paper.id: paper}, {"storage": source_text, "headline": AUDIT}
    )
    (root / "site").symlink_to(ROOT / "site")
    return build(project, root / "build" / "site", log=lambda line: None)


OURS = {
    "index.html": "assets/overview.js",
    "map/index.html": "../assets/map.js",
    **dict.fromkeys(("status", "grounding", "topics"), "../../assets/overview.js"),
}
"""The one script that a page may have beyond those of the theme, by page or by folder."""


def scripts(path):
    """The scripts of a page, without the data block of a claim's review, which no browser runs."""
    return [a for t, a in Seen(path).tags if t == "script" and a != {"type": "application/ld+json"}]


def without_ours(found, place):
    """Scripts without the one of ours that belongs into the page: it has no attribute but its address."""
    ours = {"src": OURS.get(place, OURS.get(place.partition("/")[0])), "defer": None}
    return [a for i, a in enumerate(found) if a != ours or a in found[:i]]


def test_nothing_that_acts_gets_into_a_page(evil_site):
    own = len(scripts(evil_site / "contribute" / "index.html"))  # a page that holds no stranger's text
    for path in sorted(evil_site.rglob("*.html")):
        seen = Seen(path)
        found = scripts(path)
        assert len(without_ours(found, path.relative_to(evil_site).as_posix())) == own, path
        blocks = len([t for t, _ in seen.tags if t == "script"]) - len(found)
        assert blocks == (path == evil_site / "claims" / "one" / "index.html"), (
            "a review, of the claim that was decided"
        )
        assert not [t for t, _ in seen.tags if t in {"img", "iframe", "object", "embed"}], path
        for tag, attributes in seen.tags:
            assert not [k for k in attributes if k.startswith("on")], (path, tag, attributes)
            assert not str(attributes.get("href", "")).lower().startswith("javascript"), path
            assert tag != "a" or "evil.example" not in attributes.get("href", "") or "inquiries" in str(path), path


def test_the_attack_is_there_to_be_read(evil_site):
    for place in ("claims/one", "claims/two", "papers/0001.00001", "experiments/storage"):
        text = Seen(evil_site / place / "index.html").text
        for piece in ("<script>alert(1)</script>", "[x](javascript:alert(2))", "{{7*7}}", "<img src=x", "--8<--"):
            assert piece in text, (place, piece)


def test_nothing_was_computed_or_included(evil_site):
    for path in sorted(evil_site.rglob("*.html")):
        text = Seen(path).text
        assert "site_name:" not in text
        assert "\ufffd" not in text


def test_the_search_index_holds_no_markup_of_a_stranger(evil_site):
    index = json.loads((evil_site / "search" / "search_index.json").read_text())
    for entry in index["docs"]:
        for part in (entry["title"], entry["text"]):
            assert "<script" not in part
            assert "<img" not in part
            assert "<iframe" not in part


def test_the_map_holds_the_attack_as_text_that_no_reader_takes_for_markup(evil_site):
    raw = (evil_site / "map" / "graph.json").read_text()
    assert not set("<>&\u202e\x07") & set(raw)
    node = next(n for n in json.loads(raw)["nodes"] if n[1] == "two")
    assert node[2] == EVIL

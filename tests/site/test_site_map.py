"""The map: what is linked with what and why, where it stands, and the list that works without the drawing."""

import json
import math
import random
import time
from collections import Counter
from itertools import combinations

import pytest
from site_samples import sample
from test_site_build import Seen, empty

from claims.domain.claim import Relation
from claims.neighbours import Entry, Method, Neighbours, digest, digest_of_all, texts_of
from claims.site.links import Links
from claims.site.map.file import KINDS, graph_json
from claims.site.map.graph import WORDS, Edge, Graph, Node, graph
from claims.site.map.layout import layout
from claims.site.map.page import map_page
from claims.site.view.context import context


@pytest.fixture(scope="module")
def drawn(project):
    return graph(context(project))


@pytest.fixture(scope="module")
def file(site):
    return json.loads((site / "map" / "graph.json").read_text())


def links_of(drawn, key):
    """What a node is linked to, as it sees it: the word, the other end, the reason."""
    names = [f"{n.kind}:{n.id}" for n in drawn.nodes]
    here = names.index(key)
    ends = [(WORDS[e.kind][0], e.other, e.why) for e in drawn.edges if e.one == here]
    ends += [(WORDS[e.kind][1], e.one, e.why) for e in drawn.edges if e.other == here]
    return {(word, names[there], why) for word, there, why in ends}


def made_up(claims, seed=5):
    """A graph as large as asked, with three links a node and topics of every size."""
    rng = random.Random(seed)
    topics = [f"topic-{int(abs(rng.gauss(0, 12)))}" for _ in range(claims)]
    nodes = [Node("claim", f"c{i}", f"Claim {i}?", "", "", "untested", (topics[i], "all")) for i in range(claims)]
    nodes += [Node("paper", f"p{i}", f"Paper {i}", "", "") for i in range(claims)]
    edges = [
        Edge(i, claims + (i * 7 + k) % claims, "source-asserts", "so it says") for i in range(claims) for k in (0, 9)
    ]
    edges += [Edge(i, (i + 17) % claims, ("refines", "alike")[k], "because") for i in range(claims) for k in (0, 1)]
    edges += [Edge(i, rng.randrange(claims), "supports", "because") for i in range(2 * claims) if i < claims]
    return Graph(tuple(nodes), tuple(edges))


def test_everything_that_has_a_page_is_on_the_map_once(drawn, site):
    places = [f"{n.kind}:{n.id}" for n in drawn.nodes]
    assert len(set(places)) == len(places)
    for node in drawn.nodes:
        folder = {"claim": "claims", "inquiry": "inquiries", "paper": "papers", "experiment": "experiments"}[node.kind]
        assert (site / folder / node.id / "index.html").is_file(), node
    assert Counter(n.kind for n in drawn.nodes) == {"claim": 9, "inquiry": 1, "paper": 3, "experiment": 2}


def test_a_claim_says_why_it_is_linked(drawn):
    assert links_of(drawn, "claim:storage-keeps-weights") == {
        ("refines", "claim:ranks-hold", "it names the storage"),
        ("asserted by", "paper:0001.00001", "Table 1: Ten checkpoints leave most weights where they were."),
        ("a source that contradicts it", "paper:0002.00002", "section 6: It is not so."),
        ("tested by", "experiment:storage", ""),
        ("used to answer", "inquiry:is-it-storage", ""),
    }


def test_the_other_end_sees_the_same_link_in_its_own_words(drawn):
    assert ("refined by", "claim:storage-keeps-weights", "it names the storage") in links_of(drawn, "claim:ranks-hold")
    assert ("contradicts", "claim:storage-keeps-weights", "section 6: It is not so.") in links_of(
        drawn, "paper:0002.00002"
    )
    assert ("tests", "claim:most-weights-stay", "") in links_of(drawn, "experiment:storage")
    assert ("goes back to", "paper:0003.00003", "") in links_of(drawn, "experiment:storage")
    assert ("taken up by", "experiment:storage", "") in links_of(drawn, "paper:0003.00003")
    assert ("rests on", "claim:most-weights-stay", "") in links_of(drawn, "inquiry:is-it-storage")


def test_pairs_that_read_alike_are_linked_once_unless_a_relation_links_them_already(tmp_path):
    made = sample(tmp_path / "root")
    texts = texts_of(made.registry.claims, made.papers)

    def near(name, *others):
        return Entry(text=digest(texts.claims[name]), near=tuple({"id": o, "cosine": c} for o, c in others))

    kept = Neighbours(
        schema_version=1,
        method=Method(name="words", about="made up"),
        texts=digest_of_all(texts),
        claims={
            "storage-keeps-weights": near("storage-keeps-weights", ("ranks-hold", 0.9), ("blind-test", 0.804)),
            "blind-test": near("blind-test", ("storage-keeps-weights", 0.804)),
            "ranks-hold": near("ranks-hold", ("storage-keeps-weights", 0.9)),
        },
        papers={},
    )
    (made.root / "site" / "data").mkdir(parents=True)
    (made.root / "site" / "data" / "related.json").write_text(kept.model_dump_json())
    alike = [e for e in graph(context(made)).edges if e.kind == "alike"]
    assert len(alike) == 1
    assert alike[0].why == "cosine of the wording 0.80"


def test_a_relation_to_nobody_does_not_stop_the_map(tmp_path):
    made = sample(tmp_path / "root")
    first, *others = made.registry.claims
    lost = Relation(to="nobody", kind="refines", because="it is gone")
    made.registry = made.registry.model_copy(
        update={"claims": (first.model_copy(update={"relations": (lost,)}), *others)}
    )
    assert not [e for e in graph(context(made)).edges if e.kind == "refines"]


def test_equal_graphs_give_equal_places_and_no_two_nodes_cover_each_other():
    big = made_up(200)
    placed = layout(big)
    assert placed == layout(made_up(200))
    nearest = min(math.dist(a, b) for a, b in combinations(placed.places, 2))
    assert nearest > 8  # a unit is 10


def test_what_shares_a_topic_stands_on_its_island_and_islands_lie_apart():
    big = made_up(200)
    placed = layout(big)
    for one, other in combinations(placed.islands, 2):
        assert math.dist((one.x, one.y), (other.x, other.y)) > one.radius + other.radius
    homes = {i.name: i for i in placed.islands}
    number = Counter(n.topics[0] for n in big.nodes if n.topics)
    at_home = [
        math.dist(place, (homes[n.topics[0]].x, homes[n.topics[0]].y)) <= homes[n.topics[0]].radius + 2
        for n, place in zip(big.nodes, placed.places, strict=True)
        if n.topics and number[n.topics[0]] >= 4
    ]
    assert at_home
    assert all(at_home)


def test_linked_nodes_of_an_island_stand_nearer_than_others():
    big = made_up(200)
    placed = layout(big)
    home = [min(placed.islands, key=lambda i, p=p: math.dist(p, (i.x, i.y)) - i.radius).name for p in placed.places]
    linked = {(e.one, e.other) for e in big.edges} | {(e.other, e.one) for e in big.edges}
    pairs = [(a, b) for a, b in combinations(range(len(home)), 2) if home[a] == home[b]]
    apart = {
        kind: [math.dist(placed.places[a], placed.places[b]) for a, b in pairs if ((a, b) in linked) is kind]
        for kind in (True, False)
    }
    assert sum(apart[True]) / len(apart[True]) < 0.6 * sum(apart[False]) / len(apart[False])


def test_two_thousand_nodes_are_placed_and_written_in_well_under_two_seconds():
    big = made_up(1000)
    start = time.process_time()
    text = graph_json(big, layout(big))
    assert time.process_time() - start < 2  # measured: 0.3
    assert len(text) < 1_000_000


@pytest.mark.parametrize("nodes", [(), (Node("paper", "p", "P", "", ""),)])
def test_a_map_of_nothing_or_of_one_thing_is_a_map(nodes):
    placed = layout(Graph(nodes, ()))
    assert len(placed.places) == len(nodes)


def test_the_file_has_a_row_a_node_and_says_what_its_numbers_mean(drawn, file):
    assert file["kinds"] == list(KINDS)
    rows = {(file["kinds"][kind], id): row for kind, id, *row in file["nodes"]}
    title, lead, note, status, topics, x, y = rows["claim", "most-weights-stay"]
    assert title == "Do most weights stay put?"
    assert lead == "Fell: Do most weights stay put: yes."
    assert note == "standard, grounding faithful"
    assert file["statuses"][status] == "refuted"
    assert [file["topics"][t] for t in topics] == ["post-training"]
    assert isinstance(x, int)
    assert isinstance(y, int)
    assert rows["paper", "0001.00001"][3] == -1
    assert len(file["edges"]) == len(drawn.edges)
    assert {file["links"][kind][0] for _, _, kind, _ in file["edges"]} >= {"refines", "tests", "asserted by"}


def test_what_no_reader_sees_does_not_get_into_the_file():
    nodes = (Node("paper", "p", "One\u202e \n\x07 two", "\u2066lead\x00", "no\tte"),)
    row = json.loads(graph_json(Graph(nodes, ()), layout(Graph(nodes, ()))))["nodes"][0]
    assert row[2:5] == ["One two", "lead", "no te"]


def test_a_long_reason_is_cut_at_a_word(drawn):
    long = Edge(0, 1, "refines", "because " * 200)
    text = json.loads(graph_json(Graph(drawn.nodes, (long,)), layout(drawn)))["edges"][0][3]
    assert len(text) < 420
    assert text.endswith("because …")


def test_the_list_leads_to_every_page_and_tells_the_links_apart_from_none(drawn):
    page = map_page(drawn, Links("../"))
    entries = {e.href: e for g in page.groups for e in g.entries}
    assert len(entries) == len(drawn.nodes)
    assert entries["../claims/storage-keeps-weights/"].links == "5 links"
    assert entries["../claims/no-check-yet/"].links == "0 links"
    assert page.tally == "9 claims, 1 inquiry, 3 papers, 2 experiments, 16 links"
    assert [(g.heading, g.mark.word if g.mark else "") for g in page.groups][-3:] == [
        ("Inquiries", ""),
        ("Experiments", ""),
        ("Papers", ""),
    ]


def test_without_a_script_the_page_is_a_folded_list_of_links_and_no_more(site):
    seen = Seen(site / "map" / "index.html")
    maps = [a for t, a in seen.tags if a.get("class") == "map"]
    assert len(maps) == 1
    assert "hidden" in maps[0]
    links = {a["href"] for t, a in seen.tags if t == "a" and a.get("href", "").startswith("../claims/")}
    assert len(links) == 9
    assert "Is it the storage that keeps weights where they were?" in seen.text


def test_the_search_finds_the_map_but_not_for_the_words_of_every_page(site):
    index = json.loads((site / "search" / "search_index.json").read_text())
    found = " ".join(e["text"] for e in index["docs"] if e["location"].startswith("map/"))
    assert "hang together" in found
    assert "Is it the storage" not in found
    assert "Whole map" not in found


def test_only_the_map_loads_its_script(site):
    loading = [p for p in site.rglob("*.html") if b"map.js" in p.read_bytes()]
    assert [p.parent.name for p in loading] == ["map"]


def test_a_project_without_claims_has_a_map(tmp_path):
    drawn = graph(context(empty(tmp_path / "root")))
    assert json.loads(graph_json(drawn, layout(drawn)))["nodes"] == []

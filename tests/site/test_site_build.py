"""The built site: every page says what it must, links lead somewhere, nothing is fetched from elsewhere."""

import json
import re
import threading
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from site_samples import Sample

from claims.domain.claim import Registry
from claims.errors import Busy, SetupError
from claims.site.build import build, serve, server

ROOT = Path(__file__).parents[2]


class Seen(HTMLParser):
    """The elements and the visible text of a page."""

    def __init__(self, path=None, *, html=""):
        super().__init__()
        self.tags, self.ids, self._text, self._skip = [], set(), [], 0
        self.feed(path.read_text(encoding="utf-8") if path else html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        self.ids |= {given[k] for k in ("id", "name") if given.get(k)}
        self._skip += tag in {"script", "style"}

    def handle_endtag(self, tag):
        self._skip -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self._skip:
            self._text.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self._text).split())


def empty(root, **other):
    """A project without claims: it builds fast."""
    root.mkdir(parents=True)
    (root / "site").symlink_to(ROOT / "site")
    return Sample(root, Registry(schema_version=1), **other)


def page(site, place):
    return Seen(site / place / "index.html")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (
            "",
            [
                *("9 claims", "supported 1", "refuted 2", "faithful 8", "Do most weights stay put?"),
                *(
                    "Fell: Do most weights stay put: yes.",
                    "standard",
                    "preliminary",
                    "exact",
                    "post-training",
                    "2026-01-03",
                ),
                *("Latest runs", "collected here drifted"),
            ],
        ),
        (
            "claims/storage-keeps-weights",
            [
                *("Supported in decoders below 1 M weights, 8 replicates at scale cpu.", "Verdict"),
                *("Grounding faithful : Table 1 says this", "models decoders below 1 M weights", "below 0.01", "99 %"),
                *("our estimate lies below that range", "Controls: 1 of 1 came out right", "8 of 10", "2 invalid"),
                *(
                    "crash: RuntimeError: no space left",
                    "the gate asks above 0.05",
                    "asserts",
                    "contradicts",
                    "Table 1",
                ),
                *("found in abstract of v2 on 2026-01-01", "overstated", "Most, not all.", "this claim refines"),
                *("Is it about storage at all?", "A run at a hundred times", "claims verify storage-keeps-weights"),
                *("1 thread, torch 2.13.0", "record (JSON)", "never overrules a paper", "dotted line: 0"),
                *("reward by step", "Held: unchanged share in fine was", "15 of 15 other analyses", "invalid ones too"),
                *("the paper arXiv:0001.00001v2, Table 1 Ten checkpoints", "told a note “no weight ever moves”"),
                *("@misc{claim-storage-keeps-weights", "This brief holds what a registry of claims"),
            ],
        ),
        (
            "claims/most-weights-stay",
            [
                *(
                    "Refuted in decoders below 1 M weights, 8 replicates at scale cpu.",
                    "exploratory: it ran outside a git commit",
                ),
                "erratum of 2026-01-02, a tester: the learning rate was not used",
            ],
        ),
        (
            "claims/ranks-hold",
            ["Undecided in decoders", "inconclusive", "over all conditions", "refines this claim"],
        ),
        (
            "claims/blind-test",
            ["No verdict in decoders", "The positive control planted-sparse is wrong", "0.41, 0.41, 0.41"],
        ),
        ("claims/early-look", ["Leans towards supported in decoders below 1 M weights, 5 replicates at scale cpu."]),
        (
            "claims/headline-follows",
            ["Refuted by an audit", "No model was run.", "expected 0 ± 0.5", "2.25"],
        ),
        (
            "claims/not-run-yet",
            [
                "Not tested here yet: 1 prediction is registered",
                "reward gain in fine is above 0.05",
                "No run has been recorded",
            ],
        ),
        ("claims/no-check-yet", ["Not tested here: it has no check yet", "unsupported"]),
        ("claims/taken-back", ["Withdrawn on 2026-01-09: It was two claims in one sentence."]),
        (
            "inquiries/is-it-storage",
            ["Is it about storage at all?", "supported storage-keeps-weights", "refuted most-"],
        ),
        (
            "papers/0001.00001",
            [
                "made up for tests",
                "A. Nobody, Somebody Else",
                "v1",
                "the appendix was not",
                "asserts",
                "most weights stay",
            ],
        ),
        ("papers/0003.00003", ["Not resolved yet", "Weights that stay put"]),
        ("papers/0002.00002", ["Not resolved yet", "section 6"]),
        (
            "experiments/storage",
            [
                *(
                    "Weights that stay put",
                    "there is no paper",
                    "decoders of a tenth",
                    "weights that are bit-identical",
                ),
                *(
                    "0 to 1",
                    "correlation",
                    "shuffled-reward",
                    "trains",
                    "accuracy after steps minus",
                    "2000",
                    "412 MiB",
                    "19 s",
                    "def measure",
                ),
            ],
        ),
        (
            "method",
            [
                "Supported",
                "98.5 %",
                "Wrongly supported",
                "Simulated 100 000 times",
                "cannot overrule a paper",
            ],
        ),
        ("track-record", ["3 tests were decided", "1 claim stands", "Nobody has given a forecast yet"]),
        ("changes", ["built from the records alone", "2026-01-09", "What was taken back?"]),
        ("contribute", ["claims check"]),
        ("inquiries", ["Is it about storage at all?"]),
        ("papers", ["A paper that was made up for tests"]),
        ("experiments", ["Recomputing a headline"]),
        ("status/refuted", ["2 claims", "Do most weights stay put?"]),
        ("grounding/unsupported", ["What has nobody written a check for?"]),
        ("topics/agents", ["What has nobody run yet?"]),
    ],
)
def test_a_page_says_what_it_must(site, place, words):
    text = page(site, place).text
    assert [word for word in words if word not in text] == []


def test_every_figure_is_inline_and_has_words(site):
    svgs = [a for t, a in page(site, "claims/storage-keeps-weights").tags if t == "svg" and a.get("role") == "img"]
    assert len(svgs) == 3 + 1
    assert all(len(a["aria-label"]) > 40 for a in svgs)


def test_the_raw_records_are_there_byte_for_byte(site, project):
    stored = [s for found in project.records.values() for s in found]
    assert [s.path for s in stored if (site / s.path).read_bytes() != (project.root / s.path).read_bytes()] == []


def test_every_link_inside_the_site_leads_somewhere(site):
    pages = {path: Seen(path) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    broken = []
    for path, seen in pages.items():
        for tag, attributes in seen.tags:
            target = urlsplit(attributes.get("href") or "")
            if tag != "a" or target.scheme or not (target.path or target.fragment):
                continue
            place = (path.parent / unquote(target.path)).resolve() if target.path else path
            place = place / "index.html" if place.is_dir() else place
            anchors = pages[place].ids if place in pages else set()
            if not place.is_file() or (target.fragment and target.fragment not in anchors | {"__skip"}):
                broken.append(f"{path.relative_to(site)} -> {attributes['href']}")
    assert broken == []


def test_no_page_or_style_sheet_asks_another_host_for_anything(site):
    asked = []
    for path in sorted(site.rglob("*.html")):
        for tag, attributes in Seen(path).tags:
            loads = [attributes.get(k) for k in ("src", "srcset", "data", "poster", "action", "xlink:href")]
            loads += [attributes.get("href")] if tag in {"link", "use", "image", "base"} else []
            asked += [(path.name, v) for v in loads if v and ("//" in v) and not v.startswith("data:")]
    for path in sorted(site.rglob("*.css")):
        asked += [
            (path.name, u) for u in re.findall(r"(?:url\(|@import)\s*['\"]?((?:https?:)?//[^)'\"]+)", path.read_text())
        ]
    assert asked == []


def test_every_page_has_a_policy_that_lets_no_stranger_run_anything(site):
    for path in sorted(site.rglob("*.html")):
        policies = [a["content"] for t, a in Seen(path).tags if a.get("http-equiv") == "Content-Security-Policy"]
        assert len(policies) == 1, path
        scripts = re.search(r"script-src ([^;]*)", policies[0]).group(1)
        assert "default-src 'none'" in policies[0]
        assert "unsafe" not in scripts
        assert scripts.count("'sha256-") >= 3


def test_claims_are_not_in_the_navigation(site):
    links = [a.get("href", "") for t, a in page(site, "method").tags if a.get("class", "").startswith("md-nav__link")]
    assert links
    assert not [href for href in links if "/claims/" in href]


def test_the_search_index_knows_the_claims_and_not_the_source_code(site):
    index = json.loads((site / "search" / "search_index.json").read_text())
    text = " ".join(d["title"] + d["text"] for d in index["docs"])
    assert "Do most weights stay put?" in text
    assert "def measure" not in text


def test_built_twice_gives_the_same_bytes(site, project):
    again = build(project, project.root / "build" / "again", log=lambda line: None)
    one = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    two = {p.relative_to(again): p.read_bytes() for p in again.rglob("*") if p.is_file()}
    assert sorted(one) == sorted(two)
    assert [str(p) for p in one if one[p] != two[p]] == []


def test_a_project_without_claims_has_a_site(tmp_path):
    said = []
    out = build(empty(tmp_path / "p"), tmp_path / "out" / "site", log=said.append)
    assert "0 claims" in page(out, "").text
    assert said[-1] == f"site in {out}"


def test_a_build_that_fails_leaves_the_old_site_and_no_litter(tmp_path):
    project = Sample(tmp_path / "p", Registry(schema_version=1))
    (tmp_path / "p" / "site").mkdir(parents=True)
    for name in ("mkdocs.yml", "docs", "overrides", "assets", "templates"):
        (tmp_path / "p" / "site" / name).symlink_to(ROOT / "site" / name)
    out = tmp_path / "out" / "site"
    out.mkdir(parents=True)
    (out / "index.html").write_text("old")
    with pytest.raises(SetupError, match=r"rule-v1-error-rates\.json: not there"):
        build(project, out, log=lambda line: None)
    assert (out / "index.html").read_text() == "old"
    assert [p.name for p in out.parent.iterdir() if p.name != ".site.lock"] == ["site"]


def test_a_problem_that_mkdocs_finds_is_one_line(tmp_path):
    project = Sample(tmp_path / "p", Registry(schema_version=1))
    (tmp_path / "p" / "site" / "docs").mkdir(parents=True)
    for name in ("mkdocs.yml", "overrides", "assets", "templates", "data"):
        (tmp_path / "p" / "site" / name).symlink_to(ROOT / "site" / name)
    (tmp_path / "p" / "site" / "docs" / "contribute.md").write_text("[nowhere](nowhere.md)")
    with pytest.raises(SetupError, match=r"^mkdocs build --strict failed: WARNING.*nowhere\.md") as caught:
        build(project, tmp_path / "out", log=lambda line: None)
    assert "\n" not in str(caught.value)


def test_error_rates_that_cannot_be_read_are_named(tmp_path):
    project = Sample(tmp_path / "p", Registry(schema_version=1))
    (tmp_path / "p" / "site" / "data").mkdir(parents=True)
    for name in ("mkdocs.yml", "docs", "overrides", "assets", "templates"):
        (tmp_path / "p" / "site" / name).symlink_to(ROOT / "site" / name)
    (tmp_path / "p" / "site" / "data" / "rule-v1-error-rates.json").write_text('{"rule": 1}')
    with pytest.raises(SetupError, match=r"not what `python -m benchmarks.rule_error_rates` writes"):
        build(project, tmp_path / "out", log=lambda line: None)


def test_a_folder_without_a_site_is_an_error(tmp_path):
    with pytest.raises(SetupError, match=r"mkdocs\.yml: not there"):
        build(Sample(tmp_path, Registry(schema_version=1)), tmp_path / "out", log=lambda line: None)


def test_two_builds_of_one_place_do_not_meet(tmp_path):
    from filelock import FileLock

    with FileLock(tmp_path / ".out.lock"), pytest.raises(Busy):
        build(empty(tmp_path / "p"), tmp_path / "out", log=lambda line: None)


def test_serving_what_was_not_built_is_an_error(tmp_path):
    with pytest.raises(SetupError, match="claims site build"):
        serve(tmp_path, 0)


def test_the_server_listens_on_this_machine_only(site):
    with server(site, 0) as running:
        assert running.server_address[0] == "127.0.0.1"
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        with urllib.request.urlopen(f"http://127.0.0.1:{running.server_address[1]}/method/") as answer:
            assert b"How a verdict is made" in answer.read()
        with pytest.raises(SetupError, match="cannot be used"):
            server(site, running.server_address[1])
        running.shutdown()
        thread.join()

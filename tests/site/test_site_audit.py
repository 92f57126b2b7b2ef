"""The audit: a good site passes, and each way of spoiling it is found, named with its place, and refused."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

import pytest
from site_samples import Sample
from test_site_build import ROOT

from claims.domain.claim import Inquiry, Registry
from claims.errors import SetupError, SiteRefused
from claims.site import policy
from claims.site.audit import audit, files
from claims.site.audit.links import Places
from claims.site.audit.page import PageReader
from claims.site.build import build

PLACE = "claims/storage-keeps-weights/index.html"
LEAD = "</h1>"


@pytest.fixture(scope="module")
def page(site):
    return (site / PLACE).read_text()


@pytest.fixture(scope="module")
def read(site):
    reader = PageReader(policy.of(site))
    return lambda text: [str(s) for s in reader.read(text.encode()).spots]


@pytest.fixture
def copy(site, tmp_path):
    """A copy to spoil: files are written anew, never changed in place."""

    def spoil(**changes):
        for name, text in changes.items():
            path = tmp_path / "site" / name
            path.unlink(missing_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "site"

    shutil.copytree(site, tmp_path / "site", copy_function=os.link)
    return spoil


def test_the_sample_site_passes(site):
    assert audit(site) == []


@pytest.mark.parametrize(
    ("markup", "where"),
    [
        ("<script>alert(1)</script>", "script"),
        ('<script type="text/plain">x</script>', "script"),
        ('<script type="application/ld+json">{"a": "</b>"}</script>', "script application/ld+json"),
        ('<script type="application/ld+json">{"a": }</script>', "script application/ld+json"),
        ('<script src="https://evil.example/x.js"></script>', "script src"),
        ('<script src="../../evidence/x.json"></script>', "script src"),
        ("<iframe src=x></iframe>", "<iframe>"),
        ("<object data=x></object>", "<object>"),
        ("<embed src=x>", "<embed>"),
        ('<base href="/">', "<base>"),
        ("<style>*{}</style>", "<style>"),
        ('<meta http-equiv="refresh" content="0;url=x">', "meta 'refresh'"),
        ('<meta name="google" content="x">', "meta name"),
        ('<link rel="preconnect" href="../">', "link rel"),
        ('<link rel="stylesheet" href="https://evil.example/x.css">', "link href"),
        ('<form action="https://evil.example/"></form>', "form action"),
        ('<form method="post"></form>', "form method"),
        ('<input type="password">', "input type"),
        ('<button formaction="x">x</button>', "button formaction"),
        ("<p onclick=x()>x</p>", "p onclick"),
        ('<p style="position:fixed">x</p>', "p style"),
        ('<a href="javascript:alert(1)">x</a>', "a href"),
        ('<a href="JaVaScRiPt:alert(1)">x</a>', "a href"),
        ('<a href="java&#10;script:alert(1)">x</a>', "a href"),
        ('<a href="&#1;javascript:alert(1)">x</a>', "a href"),
        ('<a href="data:text/html,x">x</a>', "a href"),
        ('<a href="//evil.example/">x</a>', "a href"),
        ('<a href="\\\\evil.example/">x</a>', "a href"),
        ('<a href="http://arxiv.org/abs/1">x</a>', "a href"),
        ('<a href="https://arxiv.org.evil.example/">x</a>', "a href"),
        ('<a href="https://arxiv.org@evil.example/">x</a>', "a href"),
        ('<a href="https://arxiv.org:8443/">x</a>', "a href"),
        ('<a href="../" target="_top">x</a>', "a target"),
        ('<a href="../" ping="https://evil.example/">x</a>', "a ping"),
        ('<img src="https://evil.example/x.png" alt="">', "img src"),
        ('<img src="x.png">', "img"),
        ('<img src="x.png" srcset="y.png 2x" alt="">', "img srcset"),
        ("<svg><foreignObject></foreignObject></svg>", "<foreignobject>"),
        ("<svg><animate/></svg>", "<animate>"),
        ('<svg><use href="https://evil.example/x.svg#a"/></svg>', "use href"),
        ('<svg><use xlink:href="../x.svg#a"/></svg>', "use xlink:href"),
        ('<svg><path fill="url(https://evil.example/#a)"/></svg>', "path fill"),
        ('<svg><path style="fill:red"/></svg>', "path style"),
        ('<svg><path fill="url(#a) url(//evil.example/)"/></svg>', "path fill"),
        ('<svg><rect mask="\\75rl(//evil.example/)"/></svg>', "rect mask"),
        ("<math><mi>x</mi></math>", "<math>"),
        ("<svg><title><script>alert(1)</script></title></svg>", "tag"),
        ("<textarea><img src=x></textarea>", "tag"),
        ('<p title="<img src=x>">x</p>', "tag"),
        ("<!-- x -->", "page"),
        ("<![CDATA[ x ]]>", "page"),
        ("<?php x ?>", "page"),
        ("<h1>Another</h1>", "page"),
        ('<p id="history">x</p>', "id"),
        ("<p>a\u202eb</p>", "text"),
        ("<p>a&#8238;b</p>", "text"),
        ("<p>a&#x2066;b</p>", "text"),
        ("<p>a&#x1b;b</p>", "text"),
        ("<p>a\x07b</p>", "text"),
        ("<p>a\x85b</p>", "text"),
    ],
)
def test_what_is_not_on_the_list_is_found_with_its_line(site, page, markup, where):
    head, _, tail = page.partition(LEAD)
    spots = PageReader(policy.of(site)).read(f"{head}{LEAD}\n{markup}{tail}".encode()).spots
    assert where in {s.where for s in spots}, spots
    assert {s.line for s in spots if s.where == where} & {0, 1, head.count("\n") + 2}
    assert all("; " in s.message for s in spots), "each says what to do"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('<html lang="en"', "<html", "html"),
        ("<!doctype html>", "", "page"),
        ('<meta charset="utf-8">', "", "page"),
        ("script-src 'self'", "script-src *", "meta 'Content-Security-Policy'"),
        ('http-equiv="Content-Security-Policy"', 'name="description"', "page"),
        ("<title>", "<title></title><!--", "title"),
    ],
)
def test_what_a_page_must_have_is_missed(page, site, old, new, where):
    assert old in page
    spots = PageReader(policy.of(site)).read(page.replace(old, new, 1).encode()).spots
    assert where in {s.where for s in spots}, spots


def test_a_policy_after_a_script_is_too_late(page, site):
    meta = page[page.index("<meta http-equiv") : page.index(">", page.index("<meta http-equiv")) + 1]
    late = page.replace(meta, "").replace("</head>", f"{meta}</head>")
    assert "the policy stands after something" in str(PageReader(policy.of(site)).read(late.encode()).spots)


@pytest.mark.parametrize("data", [b"", b"  \n", b"\xff\xfe", b"no page at all"])
def test_bytes_that_are_no_page_are_no_traceback(site, data):
    assert PageReader(policy.of(site)).read(data).spots


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("api/x.json", "{", "is not JSON"),
        ("api/x.json", '"\u202e"', "U+202E"),
        ("feed.xml", "<feed><entry></feed>", "not well-formed"),
        ("feed.xml", "<feed><script/></feed>", "<script>"),
        ("feed.xml", '<feed><title type="html">x</title></feed>', "plain text"),
        ("feed.xml", '<feed><link href="javascript:x"/></feed>', "javascript:x"),
        ("feed.xml", '<feed><link href="https://evil.example/"/></feed>', "evil.example"),
        ("feed.xml", "<feed><uri>https://evil.example/</uri></feed>", "evil.example"),
        ("feed.xml", '<!DOCTYPE x [<!ENTITY e "x">]><feed>&e;</feed>', "document type"),
        ("feed.xml", '<?xml version="1.0"?><?xml-stylesheet href="x"?><feed/>', "instruction"),
        ("feed.xml", "<feed><title>a&#x202e;b</title></feed>", "U+202E"),
        ("badge.svg", '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "svg onload"),
        ("badge.svg", '<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>', "<script>"),
        ("badge.svg", '<svg xmlns="http://www.w3.org/2000/svg"><a href="x"/></svg>', "<a>"),
        ("badge.svg", '<svg xmlns="http://www.w3.org/2000/svg"><use href="x.svg#a"/></svg>', "use href"),
        ("badge.svg", '<svg xmlns="http://www.w3.org/2000/svg"><path fill="url(x#a)"/></svg>', "path fill"),
        ("x.css", "a{background:url(https://evil.example/x.png)}", "another host"),
        ("x.css", "a{background:URL( '//evil.example/x.png' )}", "another host"),
        ("x.css", '@import "x.css";', "@import"),
        ("llms.txt", "# T\n\n- [x](javascript:x)\n", "javascript:x"),
        ("llms.txt", "# T\n\n<img src=x>\n", "<img>"),
        ("robots.txt", "a\x1bb", "U+001B"),
        ("x.exe", "MZ", "does not know"),
    ],
)
def test_other_files_are_looked_into(name, text, words):
    assert words in str(files.read(name, text.encode()).spots)


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("text", "<p>a <b onclick=x>b</b></p>"),
        ("text", "<p class=x>a</p>"),
        ("title", "<img src=x>"),
        ("title", "a</title>"),
        ("text", "<p>a\u2067b</p>"),
    ],
)
def test_the_search_index_holds_what_the_theme_writes_and_no_more(site, part, text):
    index = json.loads((site / "search" / "search_index.json").read_text())
    assert not files.read("search/search_index.json", json.dumps(index).encode()).spots
    index["docs"][3][part] += text
    found = files.read("search/search_index.json", json.dumps(index).encode()).spots
    assert [s for s in found if s.where.endswith(part)]


TREE = {"index.html": {"top"}, "404.html": (), "a/index.html": (), "a/b/index.html": {"here", "ü"}, "a/b/x.json": ()}


@pytest.mark.parametrize(
    ("source", "target"),
    [
        *(
            ("index.html", t)
            for t in ("", "#top", "a/", "a", "a/b/#here", "a/b/?q=1#here", ".", "./", "./a/", "a/b/x.json")
        ),
        *(("a/b/index.html", t) for t in ("../", "..", "../..", "../../", "../../a/b/", "#here", "#%C3%BC", "x.json")),
        *(("404.html", t) for t in ("/", "/.", "/a/", "/a/b/#here", "#__skip")),
    ],
)
def test_a_link_that_leads_somewhere_is_left_alone(source, target):
    assert Places(TREE, lambda name: TREE[name]).wrong(source, target) is None


@pytest.mark.parametrize(
    ("source", "target"),
    [
        *(("index.html", t) for t in ("b/", "#nowhere", "a/#top", "../", "a/b/y.json", "a/b/x.json#here", "/c")),
        *(("a/b/index.html", t) for t in ("../../../", "../../../a/", "#top", "b/", "../x.json")),
    ],
)
def test_a_link_that_leads_nowhere_is_found(source, target):
    assert Places(TREE, lambda name: TREE[name]).wrong(source, target)


def test_a_dead_link_and_a_dead_anchor_are_named_with_their_place(copy, page):
    site = copy(**{PLACE: page.replace(LEAD, f'{LEAD}<a href="../gone/">x</a><a href="../../method/#gone">y</a>', 1)})
    line = page[: page.index(LEAD)].count("\n") + 1
    assert [str(f) for f in audit(site)] == [
        f"{PLACE}:{line}  a href: '../gone/' leads nowhere; link to a file of the site",
        f"{PLACE}:{line}  a href: '../../method/#gone' names a place that method/index.html does not have; "
        "link to an id that is there",
    ]


def test_only_an_answer_may_link_to_any_host(copy, page, site):
    link = '<a href="https://elsewhere.example/" rel="noopener noreferrer">x</a>'
    answer = "inquiries/is-it-storage/index.html"
    text = (site / answer).read_text()
    spoilt = copy(**{PLACE: page.replace(LEAD, LEAD + link, 1), answer: text.replace(LEAD, LEAD + link, 1)})
    assert [f.file for f in audit(spoilt)] == [PLACE]


def test_a_site_that_says_where_it_is_may_name_its_own_places_in_full(copy, site):
    home = "https://reached.example/claims/"
    pages = {}
    for path in site.rglob("*.html"):
        name = path.relative_to(site).as_posix()
        canonical = f'<link rel="canonical" href="{home}{name.removesuffix("index.html")}"></head>'
        pages[name] = path.read_text().replace("</head>", canonical)
        if name == "404.html":  # the only page that names places from the top of the host
            pages[name] = re.sub(r'(href="|src="|URL\(")/', r"\1/claims/", pages[name])
            pages[name] = pages[name].replace("</h1>", '</h1><a href="/other/">x</a>')
    loc = f"<urlset><url><loc>{home}method/</loc></url><url><loc>{home}gone/</loc></url></urlset>"
    summary = f"# T\n\n- [m]({home}method/)\n- [g]({home}gone.json)\n- [e](https://elsewhere.example/)\n"
    spoilt = copy(**pages, **{"sitemap.xml": loc, "llms.txt": summary})
    found = [f for f in audit(spoilt) if f.field != "meta 'Content-Security-Policy'"]  # written for another top
    assert [(f.file, f.message.split()[0]) for f in found] == [
        ("404.html", "'/other/'"),
        ("llms.txt", "'https://elsewhere.example/'"),
        ("llms.txt", "'/gone.json'"),
        ("sitemap.xml", "'/gone/'"),
    ]


def test_what_was_read_before_is_not_read_again_but_its_links_are_tried(copy, page, tmp_path, monkeypatch):
    memory = tmp_path / "memory.json"
    site = copy()
    assert audit(site, memory=memory) == []
    reads = []
    real = PageReader.read
    monkeypatch.setattr(PageReader, "read", lambda self, data: (reads.append(data), real(self, data))[1])
    assert audit(site, memory=memory) == []
    assert reads == []
    spoilt = page.replace(LEAD, f"{LEAD}<b onclick=x>y</b>", 1)
    assert [f.field for f in audit(copy(**{PLACE: spoilt}), memory=memory)] == ["b onclick"]
    assert reads == [spoilt.encode()]
    assert [f.field for f in audit(site, memory=memory)] == ["b onclick"]  # remembered as wrong, not as seen
    copy(**{PLACE: page})
    shutil.rmtree(site / "papers" / "0002.00002")
    assert {f.message.split()[0] for f in audit(site, memory=memory)} >= {"'../../papers/0002.00002/'"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": 1}', '{"key": "x", "files": {"a": 1}}'])
def test_a_memory_that_is_not_ours_is_forgotten(site, tmp_path, text):
    memory = tmp_path / "memory.json"
    memory.write_text(text)
    assert audit(site, memory=memory) == []
    assert len(json.loads(memory.read_text())["files"]) > 30


def test_a_memory_is_void_under_another_policy(site, tmp_path, copy, page):
    memory = tmp_path / "memory.json"
    audit(site, memory=memory)
    witness = (site / "contribute" / "index.html").read_text()
    other = copy(**{"contribute/index.html": witness.replace("__md_scope=", "__md_scope =")})
    assert {f.field for f in audit(other, memory=memory)} >= {"meta 'Content-Security-Policy'"}


def test_a_site_that_does_not_pass_leaves_the_old_one(tmp_path):
    project = Sample(
        tmp_path / "p", Registry(schema_version=1, inquiries=(Inquiry(id="i", question="Q?", answer="A.", cites=()),))
    )
    (tmp_path / "p").mkdir()
    shutil.copytree(ROOT / "site", tmp_path / "p" / "site")
    template = tmp_path / "p" / "site" / "templates" / "inquiry.md.j2"
    template.write_text(template.read_text().replace("<h1 ", '<h1 onclick="x()" '))
    out = tmp_path / "out" / "site"
    out.mkdir(parents=True)
    (out / "index.html").write_text("old")
    with pytest.raises(SiteRefused, match=r"inquiries/i/index\.html:\d+  h1 onclick: is not on the list") as caught:
        build(project, out, log=lambda line: None)
    assert len(caught.value.findings) == 1
    assert (out / "index.html").read_text() == "old"
    assert [p.name for p in out.parent.iterdir() if p.name != ".site.lock"] == ["site"]


def claims(*arguments):
    return subprocess.run(
        [sys.executable, "-c", "from claims.cli.app import main; main()", "site", "audit", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_command_says_sound_or_what_is_wrong(site, copy, page, tmp_path):
    said = claims(site, "--root", tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("sound")
    spoilt = copy(**{PLACE: page.replace(LEAD, f"{LEAD}{'<b onclick=x>y</b>' * 50}", 1)})
    said = claims(spoilt, "--root", tmp_path)
    assert said.returncode == 1
    assert len(said.stdout.splitlines()) == 42
    assert said.stdout.splitlines()[-1] == "50 problems in 1 file"
    listed = json.loads(claims(spoilt, "--json", "--root", tmp_path).stdout)
    assert (len(listed), listed[0]["file"], listed[0]["field"]) == (50, PLACE, "b onclick")


def test_a_folder_without_a_site_is_an_error_of_one_line(tmp_path):
    with pytest.raises(SetupError, match="no site there"):
        audit(tmp_path)
    said = claims(tmp_path, "--root", tmp_path)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)


def test_reading_a_page_takes_milliseconds(page, site):
    reader = PageReader(policy.of(site))
    data = page.encode()
    best = min(_took(lambda: reader.read(data)) for _ in range(5))
    assert best < 0.03 * max(1.0, len(data) / 1e5)  # ten times what it takes on a quiet machine


def _took(call):
    start = time.process_time()
    call()
    return time.process_time() - start

"""`llms.txt`: Markdown in the form of llmstxt.org, in which nobody's text is anything but text."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from claims.domain.claim import Inquiry
from claims.site.address import Address
from claims.site.llms import llms_txt
from claims.site.view.context import context

EVIL = (
    "[x](https://evil.example) <script>alert(1)</script> ![i](https://evil.example/i.png) `c`\n\n# h\n- i \u200b\u202e"
)


@pytest.fixture(scope="module")
def text(site):
    return (site / "llms.txt").read_text("utf-8")


def tokens(text):
    return MarkdownIt("commonmark").parse(text)


def hrefs(text):
    return [c.attrGet("href") for t in tokens(text) for c in t.children or () if c.type == "link_open"]


def test_it_has_the_form_that_its_readers_expect(text):
    assert [t.tag for t in tokens(text) if t.type == "heading_open"].count("h1") == 1
    assert text.startswith("# claims\n\n> ")
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sections == ["Inquiries", "Claims: agents", "Claims: post-training", "Data"]


def test_every_claim_is_there_once_with_its_verdict(text, project):
    for claim in project.registry.claims:
        (line,) = [line for line in text.splitlines() if f"](claims/{claim.id}/)" in line]
        assert f": {project.standing(claim).status.value}" in line
    assert (
        "supported, standard, contested by a dispute. Held: Is it the storage that keeps weights where they were: yes."
        in text
    )


def test_links_lead_somewhere_and_carry_the_address_where_there_is_one(site, text, project):
    found = hrefs(text)
    assert len(found) > 10
    assert [h for h in found if not (site / h / ("index.html" if h.endswith("/") else "")).is_file()] == []
    with_address = llms_txt(context(project, Address.of("https://example.org/c/"))).data.decode()
    assert hrefs(with_address) == [f"https://example.org/c/{h}" for h in found]


def test_nobodys_text_is_markdown_or_hidden(project):
    claim = project.registry.claims[0].model_copy(update={"question": EVIL})
    registry = project.registry.model_copy(
        update={"claims": (claim,), "inquiries": (Inquiry(id="i", question=EVIL, answer="a", cites=(claim.id,)),)}
    )
    text = llms_txt(context(replace(project, registry=registry))).data.decode()
    assert [h for h in hrefs(text) if "evil" in h] == []
    kinds = {c.type for t in tokens(text) for c in t.children or ()}
    assert kinds <= {"text", "softbreak", "link_open", "link_close", "text_special"}
    assert [t for t in tokens(text) if t.type == "html_block"] == []
    assert len([t for t in tokens(text) if t.type == "heading_open"]) == 4
    assert not set("\u200b\u202e") & set(text)

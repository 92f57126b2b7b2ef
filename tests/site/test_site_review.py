"""Reviews: schema.org's ClaimReview in the page of every claim that a run decided, and of no other."""

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_samples import claims_and_records

from claims.site.address import Address
from claims.site.view.context import context
from claims.site.view.review import Organization, data_block, review

DECIDED = {made.id for made in claims_and_records()[0]} - {"not-run-yet", "no-check-yet", "taken-back"}


class Blocks(HTMLParser):
    """The data blocks of a page, and all its elements."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.found, self._inside = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._inside = tag == "script" and dict(attrs).get("type") == "application/ld+json"
        self.found += [""] if self._inside else []

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        if self._inside:
            self.found[-1] += data


def on_page(site, claim_id):
    return [json.loads(b) for b in Blocks((site / "claims" / claim_id / "index.html").read_text("utf-8")).found]


def test_a_decided_claim_has_a_review_and_no_other_has(site, project):
    assert {c.id for c in project.registry.claims if on_page(site, c.id)} == DECIDED


@pytest.mark.parametrize("claim_id", sorted(DECIDED))
def test_a_review_has_what_its_readers_require(site, project, claim_id):
    (found,) = on_page(site, claim_id)
    claim = next(c for c in project.registry.claims if c.id == claim_id)
    assert (found["@context"], found["@type"], found["url"]) == ("https://schema.org", "ClaimReview", "./")
    assert found["claimReviewed"] == claim.statement
    assert (found["author"]["@type"], bool(found["author"]["name"])) == ("Organization", True)
    item, rating = found["itemReviewed"], found["reviewRating"]
    assert (item["@type"], item["text"], item["datePublished"]) == ("Claim", claim.statement, "2025-05-16")
    assert rating["@type"] == "Rating"
    assert "ratingValue" not in rating, "our words are no scale"
    assert found["datePublished"].startswith("2026-01-0")
    assert all((site / "claims" / claim_id / place).resolve().is_file() for place in found["isBasedOn"])


def test_the_rating_carries_its_scope_its_grade_and_its_doubts(site):
    (held,), (void,), (lean,) = (on_page(site, c) for c in ("storage-keeps-weights", "blind-test", "early-look"))
    scope = "models: decoders below 1 M weights; precision: bf16, fp32"
    assert (
        held["reviewRating"]["alternateName"] == f"supported in its scope (standard, contested by a dispute): {scope}"
    )
    assert void["reviewRating"]["alternateName"] == "no verdict (standard): the test did not test anything"
    assert lean["reviewRating"]["alternateName"].startswith("leaning supported in its scope (preliminary): ")
    assert held["reviewRating"]["ratingExplanation"].startswith(
        "Supported in decoders below 1 M weights, 8 replicates at scale cpu. Held: unchanged share in fine was 0.0003 ["
    )


def test_a_claim_appears_where_it_is_asserted_and_told_and_not_where_it_is_denied(site):
    (found,) = on_page(site, "storage-keeps-weights")
    assert found["itemReviewed"]["appearance"] == [
        {
            "@type": "ScholarlyArticle",
            "name": "A paper that was made up for tests",
            "url": "https://arxiv.org/abs/0001.00001v2",
        },
        {"@type": "CreativeWork", "name": "a note", "text": "no weight ever moves"},
    ]


def test_with_an_address_a_review_names_its_page_wherever_it_is_read(project):
    top = context(project, Address.of("https://example.org/c")).at(2)
    found = review(top, project.registry.claims[0])
    assert found.url == "https://example.org/c/claims/storage-keeps-weights/"
    assert found.isBasedOn[0].startswith("https://example.org/c/evidence/storage-keeps-weights/")


@given(st.text(st.one_of(st.characters(), st.sampled_from("<>/&!-\u2028\u2029\"'\\scriptSCRIPT"))))
def test_no_text_ends_the_data_block_or_begins_anything_in_it(text):
    block = str(data_block(Organization(name=f"</script><!--<script>{text}")))
    seen = Blocks(f"{block}<p>after</p>")
    assert seen.tags == ["script", "p"]
    assert json.loads(seen.found[0])["name"] == f"</script><!--<script>{text}"
    assert block.isascii() and block.count("<") == 2 and "&" not in block

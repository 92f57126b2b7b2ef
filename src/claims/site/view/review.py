"""Reviews: a decided claim as schema.org's ClaimReview, in JSON-LD, for the page that says the same to people.

There is no `ratingValue`: our statuses are no scale of truth, and a number would say that they are.
"""

import json
from typing import Annotated, Any, Literal, TypeVar

from markupsafe import Markup
from pydantic import Field

from claims.domain.claim import Claim, Model, Status
from claims.domain.status import Standing, doubts
from claims.export.references import AUTHOR
from claims.ledger.evidence import StoredRecord
from claims.site.links import Links, arxiv_page, bare
from claims.site.view.context import Context
from claims.site.view.marks import STATUSES
from claims.site.words import findings, headline, scope_words

_T = TypeVar("_T")
_Kind = Annotated[_T, Field(serialization_alias="@type")]
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
"""What could end the element that holds the data, or begin something in it."""


class Organization(Model):
    """Who reviewed."""

    kind: _Kind[Literal["Organization"]] = "Organization"
    name: str


class Rating(Model):
    """The verdict in words."""

    kind: _Kind[Literal["Rating"]] = "Rating"
    alternateName: str
    ratingExplanation: str


class Work(Model):
    """A text in which the claim appears."""

    kind: _Kind[Literal["ScholarlyArticle", "CreativeWork"]]
    name: str | None = None
    url: str | None = None
    text: str | None = None


class ReviewedClaim(Model):
    """The claim, and where it is made."""

    kind: _Kind[Literal["Claim"]] = "Claim"
    text: str
    datePublished: str
    appearance: tuple[Work, ...]


class ClaimReview(Model):
    """A review of a claim, with the fields that schema.org's readers ask for."""

    context: Annotated[Literal["https://schema.org"], Field(serialization_alias="@context")] = "https://schema.org"
    kind: _Kind[Literal["ClaimReview"]] = "ClaimReview"
    url: str
    """Of the page; relative to it where the site's address is not known."""
    name: str
    datePublished: str
    claimReviewed: str
    author: Organization
    itemReviewed: ReviewedClaim
    reviewRating: Rating
    isBasedOn: tuple[str, ...]
    """The records."""


def review(context: Context, claim: Claim) -> ClaimReview | None:
    """The review of a claim; None where no run decided anything."""
    address, standing = context.address, context.standings[claim.id]
    if standing.record is None:
        return None
    links = Links(address.root) if address else context.links
    stored = [s for s in context.records(claim.id) if s.record.digest == standing.record.digest]
    return ClaimReview(
        url=links.claim(claim.id) if address else "./",
        name=claim.question,
        datePublished=standing.record.finished[:10],
        claimReviewed=claim.statement,
        author=Organization(name=AUTHOR),
        itemReviewed=ReviewedClaim(
            text=claim.statement,
            datePublished=claim.asserted.isoformat(),
            appearance=_appearances(context, claim),
        ),
        reviewRating=Rating(
            alternateName=rating(claim, standing),
            ratingExplanation=f"{headline(claim, standing)} {findings(claim, standing)}",
        ),
        isBasedOn=_places(stored, links),
    )


def rating(claim: Claim, standing: Standing) -> str:
    """The verdict with its grade, its scope and everything that casts doubt on it."""
    beside = ", ".join(filter(None, [standing.grade, *doubts(standing)]))
    if standing.status is Status.VOID:
        return f"no verdict ({beside}): {STATUSES[Status.VOID]}"
    return f"{standing.status.value.replace('-', ' ')} in its scope ({beside}): {scope_words(claim.scope)}"


def data_block(model: Model) -> Markup:
    """A model as a data block of a page. A browser runs none of it, and nothing in it can end the element."""
    text = json.dumps(_plain(model), sort_keys=True).translate(_ESCAPED)
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704 (escaped above)


def _plain(model: Model) -> Any:
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def _places(stored: list[StoredRecord], links: Links) -> tuple[str, ...]:
    return tuple(links.evidence(s.path) for s in stored)


def _appearances(context: Context, claim: Claim) -> tuple[Work, ...]:
    """The papers that assert it, at the version cited, and how it is told elsewhere."""
    papers = context.project.papers
    asserting = [source.arxiv for source in claim.sources if source.stance == "asserts"]
    return (
        *(
            Work(
                kind="ScholarlyArticle",
                name=papers[bare(arxiv)].title if bare(arxiv) in papers else f"arXiv:{arxiv}",
                url=arxiv_page(arxiv),
            )
            for arxiv in dict.fromkeys(asserting)
        ),
        *(Work(kind="CreativeWork", name=told.where, text=told.text) for told in claim.circulated),
    )

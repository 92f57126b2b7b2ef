"""An inquiry's page: the question, its answer, and the claims that the answer rests on."""

from dataclasses import dataclass

from markupsafe import Markup

from claims.domain.claim import Inquiry
from claims.site.markup import Chip, answer
from claims.site.view.context import Context
from claims.site.view.tables import ClaimRow, claim_row


@dataclass(frozen=True)
class InquiryPage:
    """`answer` is sanitised HTML."""

    id: str
    question: str
    answer: Markup
    rows: tuple[ClaimRow, ...]


def inquiry_page(context: Context, inquiry: Inquiry) -> InquiryPage:
    """The page of one inquiry."""
    chips = {
        claim.id: Chip(
            claim=claim.id,
            word=context.standings[claim.id].status.value,
            kind=context.standings[claim.id].status.value,
            href=context.links.claim(claim.id),
        )
        for claim in context.claims
    }
    rows = tuple(claim_row(context, claim) for c in inquiry.cites if (claim := context.known(c)) is not None)
    return InquiryPage(inquiry.id, inquiry.question, answer(inquiry.answer, chips), rows)

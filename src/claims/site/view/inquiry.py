"""An inquiry's page: the question, its answer, the claims that the answer rests on, and what would change those."""

from dataclasses import dataclass

from markupsafe import Markup

from claims.brief.prompt import brief
from claims.domain.claim import Inquiry
from claims.site.markup import Chip, answer, preformatted, prose
from claims.site.view.context import Context
from claims.site.view.marks import asked
from claims.site.view.tables import ClaimRow, claim_row


@dataclass(frozen=True)
class Watched:
    """A claim that the answer rests on, and what its author says would change it."""

    question: str
    href: str
    watch: Markup


@dataclass(frozen=True)
class InquiryPage:
    """`answer` is sanitised HTML."""

    id: str
    question: str
    answer: Markup
    rows: tuple[ClaimRow, ...]
    watched: tuple[Watched, ...]
    command: str
    """Runs every one of them that can be run; empty where none can."""
    prompt_command: str
    prompt: Markup


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
    cited = [claim for c in inquiry.cites if (claim := context.known(c)) is not None]
    runnable = [claim.id for claim in cited if claim.check is not None and claim.withdrawn is None]
    return InquiryPage(
        id=inquiry.id,
        question=inquiry.question,
        answer=answer(inquiry.answer, chips),
        rows=tuple(claim_row(context, claim) for claim in cited),
        watched=tuple(Watched(asked(c), context.links.claim(c.id), prose(c.watch)) for c in cited),
        command=f"claims verify {' '.join(runnable)}" if runnable else "",
        prompt_command=f"claims prompt {inquiry.id}",
        prompt=preformatted(brief(context.project, inquiry.id).text),
    )

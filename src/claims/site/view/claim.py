"""A claim's page: the answer first, then what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from claims.brief.evidence import repeat_command
from claims.brief.prompt import brief
from claims.domain.claim import SECONDHAND, Claim, Relation
from claims.domain.record import Record
from claims.domain.status import Standing
from claims.experiment import Metric
from claims.export.references import claim_entry
from claims.site.markup import preformatted, prose, struck
from claims.site.view.alike import Alike, alike_note, claims_alike
from claims.site.view.arms import ArmRow, arms
from claims.site.view.context import Context
from claims.site.view.courses import Courses, courses
from claims.site.view.disputes import Disputes, authors_replies, disputes
from claims.site.view.history import HistoryRow, expected_wait, history_rows
from claims.site.view.marks import TIERS, Link, Mark, asked, flag_words, grade_words, grounding_mark, verdict_mark
from claims.site.view.multiverse import Tile, tile
from claims.site.view.predictions import PredictionFigure, PredictionRow, figures, judged_rows, registered_rows
from claims.site.view.review import data_block, review
from claims.site.view.sources import SourceItem, Step, chain, source_item
from claims.site.view.trial import GateRow, Trial, planned_gates, trial
from claims.site.words import findings, headline, scope_words, value_words

_COMMANDS = (
    "",
    "Where claims is installed; make setup installs it in a fresh clone of this registry.",
    "The first where claims is installed; the second in a fresh clone of this registry, which it sets up.",
)


@dataclass(frozen=True)
class Box:
    """The answer: a sentence, and the two marks that are never one."""

    sentence: str
    findings: str
    verdict: Mark
    grade: str
    tier: str
    flags: tuple[tuple[str, str], ...]
    grounding: Mark
    grounding_because: Markup
    secondhand: str
    """Empty where a person saw what the paper says."""


@dataclass(frozen=True)
class Tested:
    """What only a claim with a deciding record has."""

    registered: str
    reason: str
    figures: tuple[PredictionFigure, ...]
    trial: Trial
    tile: Tile | None
    arms: tuple[ArmRow, ...]
    courses: Courses | None


@dataclass(frozen=True)
class Linked:
    """Another claim that a relation links: the words around its question, and its verdict."""

    before: str
    question: str
    href: str
    mark: Mark | None
    """None where no claim has that id."""
    after: str
    because: str


@dataclass(frozen=True)
class ClaimPage:
    """Everything that stands on a claim's page."""

    id: str
    question: str
    box: Box
    statement: str
    scope: tuple[tuple[str, str], ...]
    topics: tuple[Link, ...]
    asserted: str
    experiment: Link | None
    conditions: tuple[tuple[str, Markup], ...]
    parameters: tuple[tuple[str, str], ...]
    planned: Markup
    check_note: Markup
    gates: tuple[GateRow, ...]
    predictions: tuple[PredictionRow, ...]
    tested: Tested | None
    sources: tuple[SourceItem, ...]
    disputes: Disputes | None
    chain: tuple[Step, ...]
    relations: tuple[Linked, ...]
    alike: tuple[Alike, ...]
    alike_note: str
    inquiries: tuple[Link, ...]
    watch: Markup
    commands: tuple[str, ...]
    """With the package installed, and where one number says it all from a fresh clone."""
    commands_words: str
    wait: Markup
    prompt_command: str
    prompt: Markup
    cite: Markup
    documents: tuple[Link, ...]
    history: tuple[HistoryRow, ...]
    cannot_show: str
    review: Markup


def claim_page(context: Context, claim: Claim) -> ClaimPage:
    """The page of one claim."""
    standing = context.standings[claim.id]
    record, links = standing.record, context.links
    declared = context.project.declared.get(claim.check.experiment) if claim.check else None
    experiment = declared.experiment if declared else None
    metrics = {m.name: m for m in experiment.metrics} if experiment else {}
    return ClaimPage(
        id=claim.id,
        question=asked(claim),
        box=_box(context, claim, standing),
        statement=struck(claim.statement) if claim.withdrawn else claim.statement,
        scope=tuple((key.replace("_", " "), value_words(value)) for key, value in claim.scope.items()),
        topics=tuple(Link("", topic, links.group("topics", topic), "") for topic in claim.topics),
        asserted=claim.asserted.isoformat(),
        experiment=Link("", experiment.title, links.experiment(declared.name), "") if declared and experiment else None,
        conditions=tuple((n, prose(words)) for n, words in experiment.conditions.items()) if experiment else (),
        parameters=_parameters(claim, record),
        planned=prose(_planned(claim)),
        check_note=prose((check.note or "") if (check := claim.check or claim.planned) else ""),
        gates=planned_gates(claim),
        predictions=judged_rows(record, links) if record else registered_rows(claim, links),
        tested=_tested(context, claim, record, metrics) if record else None,
        sources=tuple(
            replace(source_item(context, source), replies=authors_replies(context, claim, source))
            for source in claim.sources
        ),
        disputes=disputes(context, claim),
        chain=chain(context, claim),
        relations=_relations(context, claim),
        alike=claims_alike(context, claim),
        alike_note=alike_note(context),
        inquiries=tuple(Link("", i.question, links.inquiry(i.id), "") for i in context.citing(claim.id)),
        watch=prose(claim.watch),
        commands=(commands := _commands(claim, record)),
        commands_words=_COMMANDS[len(commands)],
        wait=prose(_wait(claim, record)),
        prompt_command=f"claims prompt {claim.id}",
        prompt=preformatted(brief(context.project, claim.id).text),
        cite=preformatted(claim_entry(claim, standing)),
        documents=(
            Link("", "on the map", links.on_map(claim.id), ""),
            Link("", "cite", "#cite-this", ""),
            Link("", "JSON", links.document(claim.id), ""),
            Link("", "badge", links.badge(claim.id), ""),
            Link("", "dispute or reply", f"{links.root}contribute/#if-a-claim-is-wrong", ""),
        ),
        history=history_rows(context.records(claim.id), links),
        cannot_show=_cannot_show(claim, experiment.differs if experiment else ""),
        review=data_block(found) if (found := review(context, claim)) else Markup(),
    )


def _box(context: Context, claim: Claim, standing: Standing) -> Box:
    return Box(
        sentence=headline(claim, standing),
        findings=findings(claim, standing),
        verdict=verdict_mark(standing.status, context.links),
        grade=grade_words(claim, standing),
        tier=TIERS[tier] if (tier := context.project.tier(standing)) else "",
        flags=flag_words(standing, context.project.rests_on_fallen.get(claim.id, ())),
        grounding=grounding_mark(claim.grounding.label, context.links),
        grounding_because=prose(claim.grounding.because),
        secondhand=SECONDHAND if claim.secondhand else "",
    )


def _planned(claim: Claim) -> str:
    if claim.planned is None:
        return ""
    return (
        f"Written down before there is an experiment: `experiments/{claim.planned.experiment}.py` is still to be "
        "written. Metrics and conditions are the author's proposal."
    )


def _commands(claim: Claim, record: Record | None) -> tuple[str, ...]:
    if claim.check is None:
        return ()
    fresh = () if record is not None and record.batch > 1 else (f"make verify CLAIM={claim.id}",)
    return (repeat_command(claim.id, record), *fresh)


def _wait(claim: Claim, record: Record | None) -> str:
    if record is not None:
        return expected_wait(record)
    if claim.planned is not None:
        name = f"`experiments/{claim.planned.experiment}.py`"
        return f"Nothing can be run yet. Write {name}, then rename `planned` to `check` in the claim's entry."
    return "Nothing has been measured yet, so its cost is not known."


def _tested(context: Context, claim: Claim, record: Record, metrics: Mapping[str, Metric]) -> Tested:
    ran = f"at commit {record.commit[:10]}, which held these predictions" if record.commit else "outside a commit"
    return Tested(
        registered=f"Ran {ran}; decided by rule {record.rule}.",
        reason=record.verdict.reason,
        figures=figures(claim, record, metrics),
        trial=trial(record, [stored.record for stored in context.records(claim.id)]),
        tile=tile(record, context.links),
        arms=arms(record, metrics),
        courses=courses(record, metrics),
    )


def _parameters(claim: Claim, record: Record | None) -> tuple[tuple[str, str], ...]:
    given = record.params if record else (claim.check.params if claim.check else {})
    return tuple((key, value_words(value)) for key, value in given.items())


def _relations(context: Context, claim: Claim) -> tuple[Linked, ...]:
    """Both directions: what this claim says of others, and what others say of it."""
    outward = [_relation(context, "this claim", r, r.to, "it") for r in claim.relations]
    inward = [_relation(context, "", r, other.id, "this claim") for other, r in context.relating(claim.id)]
    return (*outward, *inward)


def _relation(context: Context, subject: str, relation: Relation, other: str, object_: str) -> Linked:
    """A relation read in its own direction: subject, verb, object."""
    known, verb = context.known(other), relation.kind.replace("-", " ")
    return Linked(
        before=f"{subject} {verb}" if subject else "",
        question=asked(known) if known else other,
        href=context.links.claim(other),
        mark=verdict_mark(context.standings[other].status, context.links) if known else None,
        after="" if subject else f"{verb} {object_}",
        because=relation.because,
    )


def _cannot_show(claim: Claim, differs: str) -> str:
    verb = "would decide" if claim.planned is not None else "decides"
    scope = f"It {verb} the registered predictions in this scope ({scope_words(claim.scope)}) and nowhere else"
    how = f" How it differs from the paper: {differs}" if differs else ""
    return f"{scope}. A small run never overrules a paper.{how}"

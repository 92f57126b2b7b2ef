"""The data page: what can be fetched, where, and how."""

from dataclasses import dataclass

from markupsafe import Markup

from claims.export.references import AUTHOR, REGISTRY
from claims.site.database_schema import SCHEMA
from claims.site.feed import PLACE as FEED
from claims.site.links import API, DATA, DATABASE, bare
from claims.site.markup import code
from claims.site.view.context import Context

_LOCAL = "http://127.0.0.1:8000/"
QUERIES = (
    ("How many claims have which status", "SELECT status, count(*) FROM claims GROUP BY status"),
    (
        "What fell, in words",
        "SELECT id, findings FROM claims WHERE status = 'refuted'",
    ),
    (
        "Told elsewhere as more than the paper says",
        "SELECT claim, text, place, because FROM circulated WHERE label = 'overstated'",
    ),
    (
        "Every seed behind the predictions",
        "SELECT p.claim, p.id, r.seed, m.condition, m.value\n"
        "FROM claims c JOIN predictions p ON p.claim = c.id JOIN replicates r ON r.record = c.record\n"
        "JOIN measurements m ON m.replicate = r.id AND m.metric = p.metric\n"
        "WHERE r.valid AND (m.condition IN (p.condition, p.difference_of, p.minus)\n"
        "  OR coalesce(m.condition, p.condition, p.difference_of) IS NULL)",
    ),
)


@dataclass(frozen=True)
class Fetched:
    """Something to fetch: what it is, where it is, and an example of it."""

    what: str
    place: str
    href: str
    """Empty where the project has none yet."""


@dataclass(frozen=True)
class DataPage:
    """The page."""

    address_note: str
    rows: tuple[Fetched, ...]
    commands: Markup
    frame: Markup
    badge: Markup
    queries: tuple[tuple[str, Markup], ...]
    schema: Markup
    author: str
    registry: str


def data_page(context: Context) -> DataPage:
    """The data page, with the first decided claim as its example."""
    address = context.address
    decided = [c.id for c in context.claims if context.standings[c.id].record is not None]
    some = next(iter(decided), "") or next((c.id for c in context.claims), "")
    root, named = address.root or _LOCAL, some or "ID"
    fetch = f"SITE={root}\ncurl -s ${{SITE}}{API}claims/{named}.json\ncurl -sO ${{SITE}}{DATABASE}\n"
    query = QUERIES[0][1]
    return DataPage(
        address_note="" if address else _NOTE,
        rows=_rows(context, some, next(iter(decided), "")),
        commands=code(f'{fetch}sqlite3 claims.sqlite "{query}"\n', "bash"),
        frame=code(f'import pandas\n\nclaims = pandas.read_json("{root}{DATA}claims.jsonl", lines=True)\n', "python"),
        badge=code(f"[![claim {named}]({root}badges/{named}.svg)]({root}claims/{named}/)\n", "markdown"),
        queries=tuple((words, code(f"{sql};\n", "sql")) for words, sql in QUERIES),
        schema=code(SCHEMA, "sql"),
        author=AUTHOR,
        registry=REGISTRY,
    )


_NOTE = (
    "This site was built without an address of its own, so it has no sitemap, and the examples use that of a site "
    "served on your own machine. Put this site’s address there."
)


def _rows(context: Context, some: str, decided: str) -> tuple[Fetched, ...]:
    """Each family of files, with a link to one of it."""
    links = context.links
    paper = next((bare(s.arxiv) for c in context.claims for s in c.sources), "")
    record = next((s.path for s in context.records(decided)), "") if decided else ""

    def top(what: str, path: str) -> Fetched:
        return Fetched(what, path, f"{links.root}{path}")

    return (
        top(
            "The site in numbers, and the newest record’s date: ask it whether anything is new",
            f"{API}status.json",
        ),
        top("Every claim in short, as claims list --json says it", f"{API}claims.json"),
        Fetched("Everything on a claim", f"{API}claims/ID.json", links.document(some) if some else ""),
        top("Every paper in short", f"{API}papers.json"),
        Fetched("Everything on a paper", f"{API}papers/ARXIV-ID.json", links.paper_document(paper) if paper else ""),
        top("Every run in short", f"{API}runs.json"),
        Fetched("A record, with every measurement", "evidence/ID/FILE.json", links.evidence(record) if record else ""),
        Fetched(
            "The records of a claim as an RO-Crate: fetch its folder",
            "evidence/ID/ro-crate-metadata.json",
            links.crate(decided) if decided else "",
        ),
        top("The documents and their schemas (OpenAPI 3.1)", f"{API}openapi.json"),
        Fetched("A claim’s badge", "badges/ID.svg", links.badge(some) if some else ""),
        Fetched("The badge, for shields.io", "badges/ID.json", links.badge(some, "json") if some else ""),
        top("All of it as an SQLite database", DATABASE),
        top("Claims, one a line", f"{DATA}claims.jsonl"),
        top("Records without their plotted series, one a line", f"{DATA}records.jsonl"),
        top("Changes of verdicts and disputes, as a feed (Atom)", FEED),
        top("A way in for language models", "llms.txt"),
    )

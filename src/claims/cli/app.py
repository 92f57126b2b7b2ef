"""The commands. Nothing heavy is imported here: each command imports what it needs when it runs."""

import errno
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from claims.cli import exchange, hosting, literature, objecting, publishing
from claims.cli.options import ClaimId, Json, Root
from claims.cli.options import load as _load
from claims.cli.options import load_sound as _load_sound
from claims.cli.options import root_of as _root
from claims.domain.counting import count
from claims.errors import Busy, ChangedWhileRunning, ClaimsError, LedgerError, Problems, SiteRefused

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Claims about machine learning: what their papers say, and what a small experiment shows.",
)
app.add_typer(publishing.site_app, name="site")
app.add_typer(literature.sources_app, name="sources")


def _version(*, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"claims {version('claims')}")
        raise typer.Exit


@app.callback()
def claims_command(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version, do nothing else.")
    ] = False,
) -> None:
    """Claims about machine learning: what their papers say, and what a small experiment shows."""


@app.command("list")
def list_claims(
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    status: Annotated[str | None, typer.Option(help="Only this status.")] = None,
    grounding: Annotated[str | None, typer.Option(help="Only claims told with this label.")] = None,
    as_json: Json = False,
    root: Root = None,
) -> None:
    """List the claims with their verdicts and groundings."""
    from claims.cli import browse

    browse.list_claims(
        _load_sound(root, as_json=as_json), topic=topic, status=status, grounding=grounding, as_json=as_json
    )


@app.command()
def show(
    claims: Annotated[list[str], typer.Argument(metavar="ID…", help="Claims, as `claims list` names them.")],
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Show claims: what each says, what its sources say, what the runs showed."""
    from claims.cli import showing

    showing.show(_load_sound(root, as_json=as_json), claims, as_json=as_json)


@app.command()
def verify(
    claims: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Claims to decide.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every claim that has a check.")] = False,
    topic: Annotated[str | None, typer.Option(help="With --all: only this topic.")] = None,
    scale: Annotated[str | None, typer.Option(help="smoke, cpu or gpu; default: the claim's.")] = None,
    seeds: Annotated[int | None, typer.Option(help="Stop at this many replicates: 1 to 7, or 8, 16, 24.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    dtype: Annotated[str, typer.Option(help="Of weights whose precision the condition does not set.")] = "float32",
    jobs: Annotated[int | None, typer.Option(help="Replicates at once; default: one a core.")] = None,
    threads: Annotated[int, typer.Option(help="Threads a replicate.")] = 1,
    batch: Annotated[str, typer.Option(help="A batch of seeds: a number, or `next` for fresh ones.")] = "1",
    budget: Annotated[str | None, typer.Option(help="Start no claim after this long: 90s, 30m, 2h.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run the same seeds again, not from the cache.")] = False,
    sandbox: Annotated[str, typer.Option(help="require, auto or off: how experiments are kept in.")] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and its cost, run nothing.")] = False,
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Run the experiments behind claims, decide, record, update the status.

    Exit status: 0 supported, 10 refuted, 20 inconclusive, leaning or smoke, 30 void; of several the largest.
    """
    from claims.cli import deciding

    wanted = deciding.Wanted(
        claims=tuple(claims or ()), every=every, topic=topic, scale=scale, seeds=seeds, device=device, dtype=dtype,
        jobs=jobs, threads=threads, batch=batch, budget=budget, fresh=fresh, dry_run=dry_run, as_json=as_json,
        sandbox=sandbox,
    )  # fmt: skip
    raise typer.Exit(deciding.run(_root(root), wanted))


@app.command()
def check(
    base: Annotated[str | None, typer.Option(help="Report what is here over this revision.")] = None,
    report: Annotated[Path | None, typer.Option(help="With --base: the whole report as Markdown.")] = None,
    smoke: Annotated[bool, typer.Option("--smoke", help="With --base: run what it changes, at scale smoke.")] = False,
    sandbox: Annotated[str, typer.Option(help="With --smoke: require, auto or off.")] = "require",
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Validate everything; derive every verdict and status again. Exit status 1: problems, 3: tampered."""
    from claims.cli import checking, reviewing

    if base is not None:
        wanted = reviewing.Wanted(base, report, smoke=smoke, sandbox=sandbox, as_json=as_json)
        raise typer.Exit(reviewing.run(_root(root), wanted))
    if report is not None or smoke:
        raise typer.BadParameter("--report and --smoke go with --base: the revision to compare with")
    raise typer.Exit(checking.run(_root(root), as_json=as_json))


@app.command()
def audit(
    claims: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID…", help="Claims whose records to run again, or files of records."),
    ] = None,
    sample: Annotated[int | None, typer.Option(help="This many records, drawn by risk.")] = None,
    entropy: Annotated[str | None, typer.Option(help="What to draw with; default: random, and printed.")] = None,
    replicates: Annotated[int | None, typer.Option(help="So many seeds of each record, drawn; default: all.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Replicates at once; default: one a core.")] = None,
    budget: Annotated[str | None, typer.Option(help="Start no record after this long: 90s, 30m, 2h.")] = None,
    sandbox: Annotated[str, typer.Option(help="require, auto or off: how experiments are kept in.")] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Draw, and run nothing.")] = False,
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Run records again, at their seeds and as many fresh ones, and say whether the numbers agree.

    Exit status: 0 the recorded seeds give the record's numbers and fresh ones do not disagree (they may be too few to
    tell), 10 either of them disagrees, 20 the recorded seeds leave it open, 1 a record could not be run; of several
    records the largest.
    """
    from claims.cli import rerunning

    wanted = rerunning.Wanted(
        claims=tuple(claims or ()), sample=sample, entropy=entropy, replicates=replicates, jobs=jobs, budget=budget,
        dry_run=dry_run, as_json=as_json, sandbox=sandbox,
    )  # fmt: skip
    raise typer.Exit(rerunning.run(_root(root), wanted))


@app.command()
def relations(
    claim: Annotated[str | None, typer.Argument(metavar="[ID]", help="One claim; default: all.")] = None,
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Say what rests on fallen claims, and which claims cannot both hold."""
    from claims.cli import relating

    relating.relations(_load_sound(root, as_json=as_json), claim, as_json=as_json)


@app.command("as-of")
def as_of(
    date: Annotated[str, typer.Argument(metavar="DATE", help="2026-11-01, or a time: 2026-11-01T12:00Z.")],
    whole: Annotated[bool, typer.Option("--all", help="Also the claims that have not changed.")] = False,
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Say how the registry stood at the end of a day (UTC), and what has changed since."""
    from claims.cli import as_of as screen

    screen.run(_load(root), date, whole=whole, as_json=as_json)


@app.command()
def prompt(
    name: Annotated[str, typer.Argument(metavar="ID", help="A claim or an inquiry.")],
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Print a brief to test a claim or an inquiry again, for a person or a language model."""
    from claims.cli import prompting

    prompting.run(_load(root), name, as_json=as_json)


@app.command()
def related(
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="A claim, or a paper's arXiv id.")] = None,
    update: Annotated[bool, typer.Option("--update", help="Compute what reads alike, for the site.")] = False,
    method: Annotated[str, typer.Option(help="auto, model or words; auto: the model where it is installed.")] = "auto",
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Say which claims, and which papers, read alike."""
    from claims.cli import neighbours

    neighbours.run(_load(root), name, renew=update, method=method, as_json=as_json)


@app.command("find")
def find_(
    words: Annotated[str, typer.Argument(metavar="TEXT", help="What you want checked, in your own words.")],
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Find the claims and inquiries that speak of something. Exit status 1: none does."""
    from claims.cli import finding

    raise typer.Exit(finding.run(_load_sound(root, as_json=as_json), words, as_json=as_json))


@app.command()
def power(
    claim: ClaimId,
    spread: Annotated[float | None, typer.Option(help="Sd between replicates, in the metric's unit.")] = None,
    at: Annotated[float | None, typer.Option(help="The true value to assume.")] = None,
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Say what a claim's registered design would see."""
    from claims.cli import powering

    powering.power(_load(root), claim, spread=spread, at=at, as_json=as_json)


for command in (hosting.doctor, exchange.annotate, exchange.new, exchange.export, objecting.dispute):
    app.command()(command)


EXITS: tuple[tuple[type[ClaimsError], int], ...] = ((ChangedWhileRunning, 74), (Busy, 75), (LedgerError, 1))
REFUSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT})
"""What a file system answers that will not take a file: no defect of ours."""


def main() -> NoReturn:
    """Run a command; every error becomes a line and an exit status."""
    try:
        app()
    except SiteRefused as error:
        from claims.cli import auditing

        sys.exit(auditing.refused(error))
    except Problems as error:
        for finding in error.findings:
            print(finding, file=sys.stderr)
        print(f"{count(len(error.findings), 'problem')}; `claims check` tells them all", file=sys.stderr)
        sys.exit(2)
    except ClaimsError as error:
        print(f"claims: {error}", file=sys.stderr)
        sys.exit(next((code for kind, code in EXITS if isinstance(error, kind)), 2))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("CLAIMS_TRACEBACK"):
            raise
        if isinstance(error, OSError) and error.errno in REFUSED:
            print(f"claims: {error.filename or 'a file'}: cannot be used ({error.strerror})", file=sys.stderr)
            sys.exit(1)
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        print(
            f"claims: this is a defect of ours, please report it: {what} (CLAIMS_TRACEBACK=1 shows where)",
            file=sys.stderr,
        )
        sys.exit(70)
    sys.exit(0)

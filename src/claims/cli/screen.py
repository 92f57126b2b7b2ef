"""What a person sees of a verify: the plan, the progress, the conclusion (PAGES)."""

import textwrap
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from claims.cli.browse import console, meanings, predictions_table
from claims.domain.isolation import weakest
from claims.domain.record import Record
from claims.domain.run import Outcome, Replicate
from claims.domain.verdict import ClaimVerdict, ControlResult
from claims.project import Project
from claims.runner.job import Job
from claims.verify.concluding import Result
from claims.verify.plan import Plan, PlannedReplicate


class Screen:
    """Follows one verify. In a pipe it prints a line a replicate and never redraws."""

    def __init__(self, project: Project, *, quiet: bool) -> None:
        self._project = project
        self._out = Console(quiet=True) if quiet else console()
        self._bar = Progress(
            TextColumn("  replicates"), BarColumn(bar_width=32), TextColumn("{task.fields[words]}"),
            TimeRemainingColumn(compact=True), console=self._out, transient=True,
            disable=quiet or not self._out.is_terminal,
        )  # fmt: skip
        self._task: TaskID | None = None
        self._shares: dict[int, float] = {}
        self._kept = 0
        self._total = 0
        self._invalid = 0
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def kept(self) -> str:
        """What an interruption leaves."""
        return f"{self._kept} of {self._total} runs kept"

    def planned(self, plan: Plan) -> None:
        """Say what will run, and whether it will be confirmatory."""
        for line in heading(plan):
            self._out.print(line)
        self._out.print(isolation_line(plan))
        for line in power_lines(self._project, plan):
            self._out.print(line, style="dim")
        waiting = [*plan.controls, *plan.first]
        self._total = len(waiting)
        cached = sum(item.cached is not None for item in waiting)
        if cached:
            self._out.print(f"  {cached} of {len(waiting)} runs are in the ledger already")
        weaker = weakest([plan.box.level, *(item.isolation for item in waiting if item.isolation is not None)])
        if weaker != plan.box.level:
            self._out.print(f"  some of these ran at isolation {weaker}, and so will the record say; --fresh runs anew")
        self._task = self._bar.add_task("", total=self._total, words="")

    def queued(self, count: int) -> None:
        """Know the total before it is reached."""
        self._total = max(self._total, self._kept + count)

    def progress(self, job: Job, share: float) -> None:
        """Move the bar."""
        self._shares[id(job)] = min(share, 0.99)
        self._move()

    def finished(self, planned: PlannedReplicate, replicate: Replicate, *, valid: bool, cached: bool) -> None:
        """Count a replicate; say so where nothing can be redrawn."""
        self._kept += 1
        self._shares.clear()
        self._invalid += not valid
        if not valid and not planned.controls:
            why = replicate.message if replicate.outcome is not Outcome.OK else "a gate was not passed"
            self._out.print(f"  replicate {planned.index} is invalid: {replicate.outcome.value}; {why}")
        elif not self._out.is_terminal and not cached:
            role = "controls, seed" if planned.controls else "replicate"
            took = f"{replicate.seconds:.1f} s"
            self._out.print(
                f"  {role} {planned.index}  {replicate.outcome.value}  {took}  ({self._kept}/{self._total})"
            )
        self._move()

    def decided(self, n: int, verdict: ClaimVerdict) -> None:
        """Nothing at the last look: the conclusion says it. Before, say why it goes on."""
        if verdict.verdict is not None and verdict.verdict.value == "inconclusive":
            self._out.print(f"  look at n = {n}: not settled; {verdict.reason}")

    def _move(self) -> None:
        if self._task is not None:
            invalid = f" · {self._invalid} invalid" if self._invalid else ""
            self._bar.update(
                self._task,
                total=self._total,
                completed=self._kept + sum(self._shares.values()),
                words=f"{self._kept}/{self._total}{invalid}",
            )


def heading(plan: Plan) -> list[str]:
    """Claim, design, registration."""
    options = plan.options
    conditions = len(plan.declared.experiment.conditions)
    looks = "an audit, no seeds" if plan.declared.experiment.deterministic else f"at most {options.asked} replicates"
    return [
        plan.claim.id,
        *_indented(plan.claim.question),
        *_indented(f"{plan.declared.name} at scale {options.scale} · {conditions} conditions · {looks}"),
        *_indented(_registration(plan)),
        "",
    ]


def isolation_line(plan: Plan) -> str:
    """How experiments are kept in, and what keeps that from being `strong`."""
    why = f": {plan.box.why}" if plan.box.why else ""
    return textwrap.fill(f"  isolation {plan.box.level}{why}", 78, subsequent_indent="    ", break_on_hyphens=False)


def _registration(plan: Plan) -> str:
    if plan.options.scale == "smoke":
        return "scale smoke: shows that the code runs, decides nothing"
    if plan.exploratory_because is not None:
        return f"exploratory, at most a leaning: {plan.exploratory_because}"
    return f"registered (HEAD {(plan.commit or '')[:7]} holds this claim and this code): confirmatory"


def power_lines(project: Project, plan: Plan) -> list[str]:
    """What the first look would see, one line a prediction."""
    from claims.power import power_of

    if plan.declared.experiment.deterministic or plan.options.scale == "smoke":
        return []
    look = plan.check.looks[0]
    said: dict[str, list[str]] = {}
    for p in power_of(project, plan.claim).predictions:
        unit = f" ({p.spread_from})" if p.spread is not None else " sd of a replicate"
        needs = (
            f"an interval of ±{p.needed[look]:.2g}{unit}"
            if p.two_sided
            else f"a truth {p.needed[look]:.2g}{unit} inside"
        )
        said.setdefault(needs, []).append(p.id)
    lines = [f"power    .8 at n = {look} needs {needs}: {', '.join(ids)}" for needs, ids in said.items()]
    return [*(part for line in lines for part in _indented(line, hanging=9)), ""]


def plan_lines(project: Project, plan: Plan, seen: set[str]) -> tuple[list[str], float | None]:
    """A plan in words with its cost by recorded seconds; `seen` holds keys that an earlier claim will have run."""
    waiting = [p for p in (*plan.controls, *plan.first) if p.cached is None and p.key not in seen]
    seen.update(p.key for p in waiting)
    cost = _seconds(project.all_records, plan.declared.name, plan.options.scale)
    seconds = len(waiting) * cost / plan.options.jobs if cost is not None else None
    words = f"about {seconds:.0f} s" if seconds is not None else "cost not known yet"
    left = f"{len(waiting)} of them to run; {words}" if waiting else "none left to run: kept, or run for a claim above"
    return [
        f"{plan.claim.id}",
        f"  {plan.declared.name} at scale {plan.options.scale}: {_count(len(plan.first), 'replicate')} and "
        f"{_count(len(plan.controls), 'control run')} to the first look, {left}",
    ], seconds


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _seconds(records: tuple[Record, ...], experiment: str, scale: str) -> float | None:
    found = [
        r.replicate.seconds
        for record in records
        if record.experiment == experiment and record.scale == scale
        for r in record.replicates
    ]
    return sum(found) / len(found) if found else None


def conclusion(root: Path, result: Result) -> None:
    """Controls, predictions, verdict, record, status, page."""
    out = console()
    if result.controls:
        _wrapped(out, "controls   " + "   ".join(_control(c) for c in result.controls), hanging=11)
    invalid = [r for r in result.replicates if not r.valid]
    if invalid:
        out.print(f"  invalid    {len(invalid)} of {len(result.replicates)} replicates (counted, not redrawn)")
    if result.verdict.predictions:
        out.print()
        out.print(predictions_table(result.verdict.predictions, result.plan.claim))
        meanings(out, result.verdict.predictions, result.plan.check)
    out.print()
    word = result.verdict.verdict.value.upper() if result.verdict.verdict else "NO VERDICT"
    scope = " · ".join(f"{k}: {v if not isinstance(v, tuple) else ', '.join(map(str, v))}"
                       for k, v in result.plan.claim.scope.items())  # fmt: skip
    _wrapped(out, f"{word} ({result.verdict.grade})  {result.verdict.reason}", style="bold")
    if result.verdict.verdict is not None:
        _wrapped(out, f"in this scope: {scope}")
    seconds = sum(r.replicate.seconds for r in result.replicates)
    count = len(result.replicates)
    if result.ran == 0:
        out.print("  nothing was run: the ledger holds every replicate")
    elif count:
        out.print(f"  {result.ran} runs; {seconds / count:.1f} s a replicate")
    if result.exploratory_because:
        _wrapped(out, f"exploratory: {result.exploratory_because}")
    if result.path is not None:
        place = f"{result.path.relative_to(root).as_posix()}{'' if result.written else ' (stands)'}"
        out.print(f"  record   {place}", soft_wrap=True)
        change = (
            f"{result.before} → {result.after}" if result.before is not result.after else f"{result.after} (unchanged)"
        )
        out.print(f"  status   {result.plan.file}: {change}")
        out.print(f"  page     build/site/claims/{result.plan.claim.id}/  (claims site build)", soft_wrap=True)
        if result.written:
            out.print("  next     commit the record and the status line by themselves", style="dim")
    out.print()


def _control(control: ControlResult) -> str:
    return f"{control.name} {'✓' if control.held else '✗'}"


def _wrapped(out: Console, text: str, *, hanging: int = 0, style: str = "") -> None:
    for line in _indented(text, hanging=hanging, width=out.width):
        out.print(line, style=style)


def _indented(text: str, *, hanging: int = 0, width: int = 80) -> list[str]:
    lines = textwrap.wrap(
        text,
        width=max(40, width - 2),
        initial_indent="  ",
        subsequent_indent=" " * (2 + hanging),
        break_on_hyphens=False,
    )
    return lines or [""]

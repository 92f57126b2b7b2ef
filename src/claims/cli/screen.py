"""What a person sees of a verify: the plan, the progress, the conclusion (PAGES)."""

import textwrap
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from claims.cli.browse import console, meanings, measured, predictions_table
from claims.domain.claim import Claim
from claims.domain.counting import count
from claims.domain.isolation import weakest
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
        width = width_of(self._out)
        for line in heading(plan, width):
            self._out.print(line)
        self._out.print(isolation_line(plan, width))
        for line in power_lines(self._project, plan, width):
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

    def part(self, what: str) -> None:
        """Head what runs next, and count it from nothing."""
        self._out.print(f"  {what}")
        self._kept = self._total = self._invalid = 0
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task("", total=None, words="")

    def queued(self, count: int) -> None:
        """Know the total before it is reached."""
        self._total = max(self._total, self._kept + count)
        self._move()

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


def width_of(out: Console) -> int:
    """Columns to fill: those of a narrow terminal, else 80."""
    return min(out.width, 80)


def heading(plan: Plan, width: int = 80) -> list[str]:
    """Claim, design, registration."""
    options, experiment = plan.options, plan.declared.experiment
    conditions = count(len(experiment.conditions), "condition")
    looks = "an audit, no seeds" if experiment.deterministic else f"at most {count(options.asked, 'replicate')}"
    return [
        plan.claim.id,
        *indented(plan.claim.question, width=width),
        *indented(f"{plan.declared.name} at scale {options.scale} · {conditions} · {looks}", width=width),
        *indented(_registration(plan), width=width),
        "",
    ]


def isolation_line(plan: Plan, width: int = 80) -> str:
    """How experiments are kept in, and what keeps that from being `strong`."""
    why = f": {plan.box.why}" if plan.box.why else ""
    return "\n".join(indented(f"isolation {plan.box.level}{why}", hanging=2, width=width))


def _registration(plan: Plan) -> str:
    if plan.options.scale == "smoke":
        return "scale smoke: shows that the code runs, decides nothing"
    if plan.exploratory_because is not None:
        return f"exploratory, at most a leaning: {plan.exploratory_because}"
    return f"registered (HEAD {(plan.commit or '')[:7]} holds this claim and this code): confirmatory"


def power_lines(project: Project, plan: Plan, width: int = 80) -> list[str]:
    """What the first look would see, a sentence for the predictions that need the same."""
    from claims.power import POWER, power_of

    if plan.declared.experiment.deterministic or plan.options.scale == "smoke":
        return []
    look = plan.check.looks[0]
    said: dict[str, list[str]] = {}
    for p in power_of(project, plan.claim).predictions:
        unit, source = ("", f" (spread of {p.spread_from})") if p.spread is not None else (" sd of a replicate", "")
        needs = (
            f"the interval reaches {p.needed[look]:.2g}{unit} to each side of the truth"
            if p.two_sided
            else f"the truth lies {p.needed[look]:.2g}{unit} inside the edge"
        )
        said.setdefault(needs + source, []).append(p.id)
    lines = [
        f"power    {count(look, 'seed')} show it with {100 * POWER:g} % chance if {needs}: {', '.join(ids)}"
        for needs, ids in said.items()
    ]
    return [*(part for line in lines for part in indented(line, hanging=9, width=width)), ""]


def conclusion(root: Path, result: Result) -> None:
    """Controls, predictions, verdict, record, status, page."""
    out = console()
    controls_line(out, result.controls)
    invalid = [r for r in result.replicates if not r.valid]
    if invalid:
        out.print(f"  invalid    {len(invalid)} of {len(result.replicates)} replicates (counted, not redrawn)")
    if result.verdict.predictions:
        out.print()
        predictions(out, result.verdict, result.plan.claim)
        meanings(out, result.verdict.predictions, result.plan.check)
    out.print()
    scope = " · ".join(f"{k}: {v if not isinstance(v, tuple) else ', '.join(map(str, v))}"
                       for k, v in result.plan.claim.scope.items())  # fmt: skip
    verdict_line(out, result.verdict)
    if result.verdict.verdict is not None:
        wrapped(out, f"in this scope: {scope}")
    seconds = sum(r.replicate.seconds for r in result.replicates)
    if result.ran == 0:
        out.print("  nothing was run: the ledger holds every replicate")
    elif result.replicates:
        out.print(f"  {count(result.ran, 'run')}; {seconds / len(result.replicates):.1f} s a replicate")
    if result.exploratory_because:
        wrapped(out, f"exploratory: {result.exploratory_because}")
    if result.path is not None:
        place = f"{result.path.relative_to(root).as_posix()}{'' if result.written else ' (stands)'}"
        out.print(f"  record   {place}", soft_wrap=True)
        change = (
            f"{result.before} → {result.after}" if result.before is not result.after else f"{result.after} (unchanged)"
        )
        out.print(f"  status   {result.plan.file}: {change}")
        out.print(f"  page     build/site/claims/{result.plan.claim.id}/  (claims site build)", soft_wrap=True)
        if result.written:
            wrapped(out, "next     commit the record and the status line by themselves", hanging=9, style="dim")
    out.print()


def controls_line(out: Console, controls: Sequence[ControlResult]) -> None:
    """Which controls came out right."""
    if controls:
        marks = (f"{control.name} {'✓' if control.held else '✗'}" for control in controls)
        wrapped(out, f"controls   {'   '.join(marks)}", hanging=11)


def predictions(out: Console, found: ClaimVerdict, claim: Claim) -> None:
    """A row for each prediction; a sentence where the screen is too narrow for whole words in the table."""
    table = predictions_table(found.predictions, claim)
    for column in table.columns:
        column.min_width = len(str(column.header))
    table.columns[-1].no_wrap = True  # half of `leaning-supported` says the wrong thing
    if Measurement.get(out, out.options.update(max_width=1000), table).minimum <= out.width:
        out.print(table)
        return
    expected = {p.id: str(p.expect) for p in claim.check.predictions} if claim.check else {}
    for p in found.predictions:
        beyond = f"n = {p.n}, {p.outside} outside"
        wrapped(out, f"{p.id} {p.verdict.value}: expected {expected.get(p.id, '')}, measured {measured(p)}; {beyond}")


def verdict_line(out: Console, found: ClaimVerdict) -> None:
    """The verdict, what it is worth, and why."""
    word = found.verdict.value.upper() if found.verdict else "NO VERDICT"
    wrapped(out, f"{word} ({found.grade})  {found.reason}", style="bold")


def wrapped(out: Console, text: str, *, hanging: int = 0, style: str = "") -> None:
    """Print a text, indented and broken at spaces to the width of the screen."""
    for line in indented(text, hanging=hanging, width=out.width):
        out.print(line, style=style)


def indented(text: str, *, hanging: int = 0, width: int = 80) -> list[str]:
    """Lines of a text, broken at spaces only."""
    lines = textwrap.wrap(
        text,
        width=max(40, width - 2),
        initial_indent="  ",
        subsequent_indent=" " * (2 + hanging),
        break_on_hyphens=False,
    )
    return lines or [""]

"""Answers: what a child says on its pipe, believed only as far as it can be checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from claims.domain.claim import Model, Name, Number
from claims.domain.run import Environment, Spent, Trace
from claims.experiment import Experiment
from claims.runner.worker import TRACE_POINTS

ANSWER_BYTES = 4 * 2**20
"""Of all answers of a child together."""
MESSAGE = 500
"""Characters of a message that are kept."""


class Result(Model):
    """The numbers of a replicate."""

    measured: dict[Name, dict[Name, Number]]
    combined: dict[Name, Number]
    not_finite: tuple[Name, ...]
    traces: dict[Name, dict[Annotated[str, Field(max_length=80)], Trace]]
    seconds: Spent
    cpu_seconds: Spent
    peak_mib: Spent


class _Progress(Model):
    progress: Number


class _Where(Model):
    environment: Environment


class _Answer(Model):
    result: Result


class _Failure(Model):
    failed: Literal["crash", "out-of-memory"]
    message: str
    environment: Environment | None = None


_LINE = TypeAdapter[_Progress | _Where | _Answer | _Failure](_Progress | _Where | _Answer | _Failure)
_KINDS: Mapping[str, type[Model]] = {
    "progress": _Progress, "environment": _Where, "result": _Answer, "failed": _Failure,
}  # fmt: skip


class Garbled(Exception):
    """A child said something that is no answer; the message is for the replicate."""


@dataclass
class Heard:
    """What a child has said so far."""

    environment: Environment | None = None
    result: Result | None = None
    failed: Literal["crash", "out-of-memory"] | None = None
    message: str = ""
    progress: list[float] = field(default_factory=list)
    """Shares that nobody has been told yet."""
    _bytes: int = 0
    _rest: bytes = b""

    @property
    def complete(self) -> bool:
        """Whether the child has nothing more to say."""
        return self.result is not None or self.failed is not None

    def feed(self, chunk: bytes) -> None:
        """Take what came down the pipe. Raises Garbled where it is no answer, or more than there may be."""
        self._bytes += len(chunk)
        if self._bytes > ANSWER_BYTES:
            raise Garbled("it sent more than it may")
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        if self.complete:
            raise Garbled("it went on after its result")
        match _parsed(line):
            case _Progress(progress=share):
                self.progress.append(min(1.0, max(0.0, share)))
            case _Where(environment=environment):
                self.environment = environment
            case _Answer(result=result):
                self.result = result
            case _Failure(failed=failed, message=message, environment=environment):
                self.failed, self.message = failed, plain_text(message)
                self.environment = environment or self.environment


def _parsed(line: bytes) -> Model:
    try:
        return _LINE.validate_json(line)
    except ValidationError as error:
        # A union reports every form; the one that the line looks like is the one to talk about.
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        names = {cls.__name__ for kind, cls in _KINDS.items() if line.lstrip().startswith(b'{"' + kind.encode())}
        mine = [p for p in problems if p["loc"] and p["loc"][0] in names] or problems
        place = ".".join(str(part) for part in mine[0]["loc"][1:])
        raise Garbled(plain_text(f"it answered what is no answer: {place}: {mine[0]['msg']}"[:200])) from None


def plain_text(text: str) -> str:
    """One line that is safe to print and to record."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MESSAGE]


def disagreement(result: Result, experiment: Experiment, conditions: Iterable[str], *, combine: bool) -> str | None:
    """What of a result contradicts the declaration that the parent read; None where nothing does."""
    wanted = set(conditions)
    if set(result.measured) != wanted:
        return f"measured the conditions {sorted(result.measured)}, asked for {sorted(wanted)}"
    metrics = {m.name: m for m in experiment.metrics if not m.combined}
    combined = {m.name: m for m in experiment.metrics if m.combined} if combine else {}
    for declared, numbers in (
        *((metrics, numbers) for numbers in result.measured.values()),
        (combined, result.combined),
    ):
        for name, value in numbers.items():
            if name not in declared:
                return f"measured {name!r}; declared: {sorted(declared)}"
            if not declared[name].low <= value <= declared[name].high:
                return f"gave {name} = {value!r}, outside its declared bounds"
    if unknown := set(result.not_finite) - {m.name for m in experiment.metrics}:
        return f"called {sorted(unknown)} not finite, which it does not declare"
    if not set(result.traces) <= wanted:
        return "traced a condition that was not asked for"
    for named in result.traces.values():
        for name, trace in named.items():
            if len(trace.x) > TRACE_POINTS + 1 or plain_text(name) != name:
                return f"sent the trace {plain_text(name)!r}: not a name, or more than {TRACE_POINTS + 1} points"
    return None


def contradiction(told: Environment, known: Mapping[str, Any], device: str) -> str | None:
    """What of a reported environment is not so on this machine; None where nothing is."""
    if told.device != device:
        return f"asked for {device}, ran on {plain_text(told.device)}"
    for name, value in known.items():
        said = getattr(told, name)
        if said != value:
            return f"reports {name} {plain_text(str(said))!r}, this machine has {value!r}"
    if any(len(said) > 100 or plain_text(said) != said for said in (told.isa, told.device_name)):
        return "reports an instruction set or device that is no name"
    return None

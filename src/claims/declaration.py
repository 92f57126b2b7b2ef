"""Declared: an experiment's declaration, read from its source text. Nothing is executed."""

import ast
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError, create_model

from claims.errors import DeclarationError
from claims.experiment import Control, Experiment, Metric, Settings

CONSTRUCTORS: dict[str, Callable[..., Any]] = {"Experiment": Experiment, "Metric": Metric, "Control": Control}
TYPES: dict[str, Any] = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "tuple[int, ...]": tuple[int, ...],
    "tuple[float, ...]": tuple[float, ...],
    "tuple[str, ...]": tuple[str, ...],
}


@dataclass(frozen=True)
class Declared:
    """What an experiment says of itself. `parameters` are name → (type, default)."""

    name: str
    path: str
    doc: str
    experiment: Experiment
    parameters: Mapping[str, tuple[Any, Any]]
    combines: bool

    @cached_property
    def _settings(self) -> type[Settings]:
        fields: dict[str, Any] = dict(self.parameters)
        return create_model("Params", __base__=Settings, **fields)

    def params_at(self, scale: str, overrides: Mapping[str, Any]) -> dict[str, Any]:
        """Canonical parameters: defaults, the scale's preset over them, then `overrides`.

        Raises DeclarationError naming each unknown parameter or wrong type.
        """
        given = {**self.experiment.scales.get(scale, {}), **overrides}
        try:
            return self._settings(**given).model_dump()
        except ValidationError as error:
            words = [f"{'.'.join(map(str, e['loc']))}: {_plain(e)}" for e in error.errors()]
            raise DeclarationError(f"{self.path}: parameters at scale {scale}: " + "; ".join(words)) from None

    @property
    def metrics(self) -> Mapping[str, Metric]:
        """Declared metrics by name."""
        return {metric.name: metric for metric in self.experiment.metrics}


@lru_cache(maxsize=256)
def parse(source: str, path: str) -> Declared:
    """Read the declaration in `source`; `path` names it in messages and gives the experiment its name.

    Raises DeclarationError with file and line when something is missing or not literal.
    """
    try:
        return _declared(ast.parse(source), path)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        raise DeclarationError(f"{path}:{line}: not Python that can be read: {error}") from None


def _declared(tree: ast.Module, path: str) -> Declared:
    reader = _Reader(path)
    call = _assigned(tree, "EXPERIMENT")
    if call is None:
        raise DeclarationError(f"{path}:1: no EXPERIMENT = Experiment(…) at the top level")
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if "measure" not in functions:
        raise DeclarationError(f"{path}:1: no function measure(run)")
    experiment = reader.experiment(call)
    combines = "combine" in functions
    if combines != any(metric.combined for metric in experiment.metrics):
        raise DeclarationError(
            f"{path}:{call.lineno}: combined metrics and a function combine(arms, params) go together"
        )
    return Declared(
        name=path.rsplit("/", 1)[-1].removesuffix(".py"),
        path=path,
        doc=ast.get_docstring(tree) or "",
        experiment=experiment,
        parameters=reader.parameters(tree),
        combines=combines,
    )


def _assigned(tree: ast.Module, name: str) -> ast.expr | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and [t.id for t in node.targets if isinstance(t, ast.Name)] == [name]:
            return node.value
    return None


class _Reader:
    """Turns literal syntax into values; anything else is refused with its line."""

    def __init__(self, path: str) -> None:
        self.path = path

    def experiment(self, node: ast.expr) -> Experiment:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Experiment"):
            raise self.error(node, "EXPERIMENT must be a call of Experiment(…)")
        try:
            return _adapter().validate_python(self.value(node))
        except ValidationError as error:
            words = [f"{'.'.join(map(str, e['loc']))}: {_plain(e)}" for e in error.errors()]
            raise self.error(node, "; ".join(words)) from None

    def parameters(self, tree: ast.Module) -> dict[str, tuple[Any, Any]]:
        found: dict[str, tuple[Any, Any]] = {}
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name == "Params":
                for statement in node.body:
                    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                        found[statement.target.id] = self._parameter(statement)
                    elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                        raise self.error(statement, "Params holds fields `name: type = default` only")
                return found
        raise DeclarationError(f"{self.path}:1: no class Params(Settings); it may be empty but for a docstring")

    def _parameter(self, node: ast.AnnAssign) -> tuple[Any, Any]:
        kind = TYPES.get(ast.unparse(node.annotation))
        if kind is None:
            raise self.error(node, f"a parameter is one of {', '.join(TYPES)}")
        if node.value is None:
            raise self.error(node, "a parameter needs a default")
        return kind, self.value(node.value)

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=str() | int() | float() | bool() | None as value):
                return value
            case ast.Name(id="inf"):
                return math.inf
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.value(operand)
                if isinstance(inner, int | float):
                    return -inner
            case ast.Tuple(elts=elements):
                return tuple(self.value(e) for e in elements)
            case ast.List(elts=elements):
                return [self.value(e) for e in elements]
            case ast.Dict(keys=keys, values=values) if all(k is not None for k in keys):
                return {self._key(k): self.value(v) for k, v in zip(keys, values, strict=True) if k is not None}
            case ast.Call(func=ast.Name(id=name)) if name in CONSTRUCTORS:
                return self._call(node, CONSTRUCTORS[name])
        raise self.error(node, f"`{ast.unparse(node)[:60]}` is not literal: the declaration is read, not run")

    def _key(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        raise self.error(node, "keys are words in quotes")

    def _call(self, node: ast.Call, constructor: Callable[..., Any]) -> dict[str, Any]:
        if any(k.arg is None for k in node.keywords):
            raise self.error(node, "** is not literal: the declaration is read, not run")
        positional = [self.value(a) for a in node.args]
        named = {str(k.arg): self.value(k.value) for k in node.keywords}
        try:
            return dict(inspect.signature(constructor).bind(*positional, **named).arguments)
        except TypeError as error:
            raise self.error(node, f"{getattr(constructor, '__name__', '')}: {error}") from None

    def error(self, node: ast.AST, message: str) -> DeclarationError:
        return DeclarationError(f"{self.path}:{getattr(node, 'lineno', 1)}: {message}")


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Experiment]:
    return TypeAdapter(Experiment)


def _plain(error: Any) -> str:
    kind = str(error["type"])
    if kind == "extra_forbidden":
        return "is not a parameter"
    return str(error["msg"]).removeprefix("Input ")

"""Closure: the code and data that an experiment's numbers depend on, and its digest (DESIGN §5)."""

import ast
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from claims.declaration import parse
from claims.domain.digest import digest_of
from claims.domain.record import Closure, FileDigest
from claims.errors import DeclarationError

Read = Callable[[str], bytes | None]
"""A path inside the project, with forward slashes, to its bytes; None when there is no such file."""

ROOTS = {"claims": "src/claims", "experiments": "experiments"}
MAX_BYTES = 512 * 1024
"""Of a file that counts; larger ones do not belong in a repository of claims."""
SKIPPED_FIELDS = frozenset({"kind", "type_comment", "type_ignores"})


@dataclass(frozen=True)
class Source:
    """A file of a closure with its bytes; `path` is inside the project."""

    path: str
    data: bytes


def closure_of(experiment: str, read: Read) -> tuple[Closure, tuple[Source, ...]]:
    """The closure of `experiments/<experiment>.py` as `read` sees the project.

    Python files count by their syntax trees without docstrings, so that a comment or a new layout makes
    nothing stale; data files count by their bytes. Raises DeclarationError when a file is missing or not Python.
    """
    entry = f"experiments/{experiment}.py"
    sources: dict[str, Source] = {}
    digests: dict[str, str] = {}
    waiting = [entry]
    while waiting:
        path = waiting.pop()
        if path in sources:
            continue
        data = read(path)
        if data is None:
            raise DeclarationError(f"{path}: no such file")
        digests[path], imported = _module(data, path)
        sources[path] = Source(path, data)
        waiting.extend(p for p in imported if read(p) is not None)
    for name in parse(sources[entry].data.decode(), entry).experiment.data:
        path = f"experiments/{name}"
        if ".." in name.split("/") or name.startswith("/") or "\0" in name:  # which ends a word to git
            raise DeclarationError(f"{entry}: the data file {name} must lie in experiments/")
        data = read(path)
        if data is None:
            raise DeclarationError(
                f"{entry}: declares the data file {name}, and there is no {path} of at most {MAX_BYTES // 1024} KiB "
                "that is no link"
            )
        sources[path] = Source(path, data)
        digests[path] = hashlib.sha256(data).hexdigest()
    files = tuple(FileDigest(path=p, sha256=digests[p]) for p in sorted(digests))
    digest = digest_of([[f.path, f.sha256] for f in files])
    return Closure(digest=digest, files=files), tuple(sources[p] for p in sorted(sources))


@lru_cache(maxsize=1024)
def _module(data: bytes, path: str) -> tuple[str, tuple[str, ...]]:
    """Digest of what counts of a module, and the files of ours that it may import."""
    tree = _tree(data, path)
    try:
        digest = hashlib.sha256(normal_form(tree).encode()).hexdigest()
    except RecursionError:  # Python's own parser goes deeper than a function of ours can
        raise DeclarationError(f"{path}:1: an expression or a chain of `elif` in it is nested too deep") from None
    return digest, tuple(dict.fromkeys(_imported(tree, path)))


def _tree(data: bytes, path: str) -> ast.Module:
    try:
        return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise DeclarationError(f"{path}:{getattr(error, 'lineno', None) or 1}: not Python: {error}") from None


def normal_form(node: ast.AST) -> str:
    """A syntax tree as text, the same for all Python versions that agree on the tree.

    `ast.dump` is not used: what it prints for empty fields changed between versions.
    """
    return "".join(_walk(_without_docstring(node)))


def _walk(value: object) -> Iterator[str]:
    if isinstance(value, ast.AST):
        yield f"({type(value).__name__}"
        for name, child in ast.iter_fields(_without_docstring(value)):
            if name not in SKIPPED_FIELDS and child is not None and child != []:
                yield f" {name}="
                yield from _walk(child)
        yield ")"
    elif isinstance(value, list):
        yield "["
        for child in value:
            yield from _walk(child)
            yield ","
        yield "]"
    else:
        yield f"{type(value).__name__}:{value!r}"


def _without_docstring(node: ast.AST) -> ast.AST:
    holders = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if not isinstance(node, holders) or ast.get_docstring(node, clean=False) is None:
        return node
    fields = dict(ast.iter_fields(node))
    return type(node)(**{**fields, "body": fields["body"][1:]})


def _imported(tree: ast.Module, path: str) -> Iterator[str]:
    """Files of ours that a tree may import: modules, and the packages on the way to them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, path)
            yield from _files(base)
            for alias in node.names:
                yield from _files(f"{base}.{alias.name}")


def _absolute(node: ast.ImportFrom, path: str) -> str:
    if not node.level:
        return node.module or ""
    parts = path.removesuffix(".py").split("/")
    parts = parts[1:] if parts[0] == "src" else parts
    parts = parts[: len(parts) - node.level]
    return ".".join([*parts, *(node.module or "").split(".")]).rstrip(".")


def _files(module: str) -> Iterator[str]:
    top, *rest = module.split(".")
    if top not in ROOTS:
        return
    for depth in range(len(rest) + 1):
        place = "/".join([ROOTS[top], *rest[:depth]])
        yield f"{place}/__init__.py"
        if depth:
            yield f"{place}.py"

"""Suspects: lines of an experiment that reach further than a measurement needs to. Read, never run. Pure.

A reader of syntax sees names, not what they lead to: code that means to hide can. This says where to look first, and
nothing about the rest; what an experiment can do is settled by the sandbox.
"""

import ast
from collections.abc import Iterator

from claims.report.facts import Suspect
from claims.report.generators import MAKERS, dotted, of_own_generator

MODULES = {
    "os": "the operating system",
    "sys": "the interpreter itself",
    "subprocess": "starts programs",
    "multiprocessing": "starts processes",
    "threading": "starts threads",
    "signal": "signals",
    "socket": "the network",
    "ssl": "the network",
    "http": "the network",
    "urllib": "the network",
    "requests": "the network",
    "httpx": "the network",
    "aiohttp": "the network",
    "huggingface_hub": "the network",
    "ftplib": "the network",
    "smtplib": "the network",
    "ctypes": "memory and foreign code",
    "cffi": "memory and foreign code",
    "mmap": "memory",
    "pickle": "code out of data",
    "cloudpickle": "code out of data",
    "dill": "code out of data",
    "joblib": "code out of data",
    "marshal": "code out of data",
    "shelve": "code out of data",
    "importlib": "imports what no reader sees",
    "runpy": "runs what no reader sees",
    "builtins": "built-in functions by another way",
    "inspect": "frames: who called it, with what",
    "gc": "objects that it was not given",
    "atexit": "acts after its end",
    "pathlib": "files",
    "shutil": "files",
    "tempfile": "files",
    "glob": "files",
    "io": "files",
    "sqlite3": "files",
    "time": "the clock",
    "datetime": "the clock",
    "secrets": "numbers that no seed repeats",
    "uuid": "numbers that no seed repeats",
    "getpass": "who runs it",
    "platform": "what it runs on",
    "base64": "text that cannot be read",
    "codecs": "text that cannot be read",
    "zlib": "text that cannot be read",
}
CALLS = {
    "eval": "runs text",
    "exec": "runs text",
    "compile": "runs text",
    "__import__": "imports what no reader sees",
    "open": "files",
    "input": "waits for a person",
    "globals": "names that no reader sees",
    "vars": "names that no reader sees",
    "getattr": "names that no reader sees",
    "setattr": "changes what it was given",
    "breakpoint": "stops",
}
ENDINGS = {
    "torch.load": "code out of data",
    "torch.hub": "the network",
    "numpy.load": "files",
    "np.load": "files",
    "load_dataset": "the network",
    "from_pretrained": "files or the network",
    "os.environ": "the environment",
    "os.getenv": "the environment",
    "time.time": "the clock",
}
UNSEEDED = {"random", "randint", "choice", "shuffle", "uniform", "gauss", "sample", "rand", "randn", "seed", "normal"}
_GLOBAL = {"random", "np.random", "numpy.random"}
_MOST = 200


def suspects(source: str, path: str, before: str | None = None) -> tuple[Suspect, ...]:
    """Lines to look at, in their order. Those that stood in `before` are not new; all are where there is none."""
    known = {(s.what, s.code) for s in suspects(before, path)} if before is not None else set()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return (Suspect(path, 1, "not Python that can be read", "", new=True),)
    lines, own = source.splitlines(), of_own_generator(tree)
    found: dict[tuple[int, str], Suspect] = {}
    for node in ast.walk(tree):
        for what in _said(node) if node not in own else ():
            line = getattr(node, "lineno", 1)
            code = lines[line - 1].strip() if line <= len(lines) else ""
            found.setdefault((line, what), Suspect(path, line, what, code, new=(what, code) not in known))
    return tuple(found[key] for key in sorted(found))[:_MOST]


def imports(source: str) -> tuple[str, ...]:
    """Every module that is imported, wherever it stands."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    found |= {"." * n.level + (n.module or "") for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    return tuple(sorted(found))


def _said(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (_module(alias.name) for alias in names if _module(alias.name))
        case ast.ImportFrom(module=str() as module) if _module(module):
            yield _module(module)
        case ast.Call(func=func, keywords=keywords):
            yield from _call(func, bool(node.args or keywords))
            if any(k.arg == "trust_remote_code" for k in keywords):
                yield "trust_remote_code: code that comes with a model"
        case ast.Attribute(attr=attr) if attr.startswith("__") and attr.endswith("__") and attr != "__init__":
            yield f"{attr}: behind the language's own curtain"
        case ast.Attribute():
            name = dotted(node)
            yield from (f"{end}: {what}" for end, what in ENDINGS.items() if name == end and "." in end)
        case ast.Constant(value=str() | bytes() as value) if len(value) > 2000:
            yield f"a constant of {len(value)} characters"


def _module(name: str) -> str:
    top = name.partition(".")[0]
    return f"{top}: {MODULES[top]}" if top in MODULES else ""


def _call(func: ast.expr, given: bool) -> Iterator[str]:
    name = dotted(func)
    around, _, last = name.rpartition(".")
    if not around and last in CALLS:
        yield f"{last}(): {CALLS[last]}"
    elif last in ENDINGS:
        yield f"{last}: {ENDINGS[last]}"
    elif around in _GLOBAL and last in UNSEEDED:
        yield f"{name}(): a generator that all share"
    elif last in (*MAKERS, "SystemRandom") and not given:
        yield f"{last}() without a seed"

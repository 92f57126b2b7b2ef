"""Generators: which calls of a source draw from a seeded generator of their own, as far as syntax can tell. Pure."""

import ast

MAKERS = ("Random", "default_rng", "RandomState", "Generator")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def of_own_generator(tree: ast.AST) -> set[ast.AST]:
    """Calls as `random.normal()` in a function where `random` is a seeded generator and nothing else.

    The scaffold's experiment names its generator so: to name each of its lines would teach to read past this list.
    """
    found: set[ast.AST] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and _seeds_its_own(function):
            calls = (n for n in ast.walk(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute))
            found.update(call for call in calls if dotted(call.func).rpartition(".")[0] == "random")
    return found


def _seeds_its_own(function: ast.FunctionDef) -> bool:
    """Whether everything that a function, with those inside it, binds to `random` is a generator made with a seed."""
    inside = list(ast.walk(function))
    bound = sum(_binds(node) for node in inside)
    scopes = (node for node in inside if isinstance(node, _SCOPES) and node is not function)
    others = {below for scope in scopes for below in ast.walk(scope)}
    made = sum(
        isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "random"
        and isinstance(node.value, ast.Call)
        and dotted(node.value.func).rpartition(".")[2] in MAKERS
        and bool(node.value.args or node.value.keywords)
        for node in inside
        if node not in others
    )
    return bound == made > 0


def _binds(node: ast.AST) -> bool:
    """Whether a node gives `random` a meaning: an assignment, a parameter, an import, `global` or `nonlocal`."""
    match node:
        case ast.Name(id="random", ctx=ast.Store() | ast.Del()) | ast.arg(arg="random"):
            return True
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return any((alias.asname or alias.name.partition(".")[0]) in ("random", "*") for alias in names)
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            return "random" in names
        case ast.FunctionDef(name="random") | ast.ClassDef(name="random") | ast.ExceptHandler(name="random"):
            return True
    return False


def dotted(node: ast.expr) -> str:
    """`a.b.c` as it is written; what is no plain name counts as `?`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "?"

"""Write the one thing in the registry that is the tool's: a claim's status. No other byte changes."""

from collections.abc import Iterator
from typing import Any

from claims.domain.claim import Status
from claims.domain.finding import Finding
from claims.errors import Problems
from claims.registry.nodes import MappingNode, Mark, Node, ScalarNode, SequenceNode, child, plain
from claims.registry.yaml_subset import read_yaml


def with_status(data: bytes, claim_id: str, status: Status, file: str = "claims.yaml") -> bytes:
    """The bytes of a registry file with one claim's status changed, or a status line added after its last line.

    `file` names the file in messages. Raises Problems when the file cannot be read, does not hold exactly one
    such claim, or writes the status in a way that cannot be changed in place.
    """
    root = _read(data, file)
    position, claim = _claim(root, claim_id, file)
    wanted = _with(root, position, status)
    scalar = claim.items.get("status")
    text = data.decode("utf-8")
    for edited in _replaced(text, scalar, status) if scalar is not None else _added(text, claim, status):
        result = edited.encode("utf-8")
        document = read_yaml(result, file)
        if document.root is not None and not document.findings and plain(document.root) == wanted:
            return result
    message = f"cannot be changed where it stands; write the line `status: {status.value}` by hand once"
    raise _problem(file, (scalar or claim).start, f"{claim_id}.status", message)


def _replaced(text: str, scalar: Node, status: Status) -> Iterator[str]:
    """In the quotes that are there; after a bare colon with a space."""
    if isinstance(scalar, ScalarNode) and scalar.style in ("", '"', "'"):
        before, after = text[: scalar.start.offset], text[scalar.end.offset :]
        space = " " if before.endswith(":") else ""
        yield f"{before}{space}{scalar.style}{status.value}{scalar.style}{after}"


def _added(text: str, claim: MappingNode, status: Status) -> Iterator[str]:
    """Ways to add a status, the best first; which of them changes nothing else is for the caller to see."""
    if claim.flow:
        end = list(claim.items.values())[-1].end.offset
        yield f"{text[:end]}, status: {status.value}{text[end:]}"
        return
    end = _last(claim).end.offset
    line = " " * (claim.start.column - 1) + f"status: {status.value}"
    content = len(text[:end].rstrip(" \r\n"))  # block text ends after the blank lines that follow it
    yield _with_line(text, content, line)
    yield _with_line(text, max(content, end - 1), line)  # `|+` keeps those blank lines


def _with_line(text: str, offset: int, line: str) -> str:
    """A line added below the one that holds `offset`, ending as that one does."""
    at = text.find("\n", offset)
    if at < 0:
        newline = "\r\n" if "\r\n" in text else "\n"
        return f"{text}{newline}{line}"
    newline = "\r\n" if text[at - 1] == "\r" else "\n"
    return f"{text[: at + 1]}{line}{newline}{text[at + 1 :]}"


def _last(node: Node) -> Node:
    """The last thing inside a block. Its end is exact; that of the block itself lies after comments."""
    if isinstance(node, MappingNode) and node.items and not node.flow:
        return _last(list(node.items.values())[-1])
    if isinstance(node, SequenceNode) and node.items and not node.flow:
        return _last(node.items[-1])
    return node


def _read(data: bytes, file: str) -> Node:
    document = read_yaml(data, file)
    if document.root is None or document.findings:
        raise Problems(document.findings or (Finding(file=file, message="holds no registry"),))
    return document.root


def _claim(root: Node, claim_id: str, file: str) -> tuple[int, MappingNode]:
    """The claim and its position in the file's list."""
    listed = child(root, "claims")
    found: list[tuple[int, MappingNode]] = []
    for position, node in enumerate(listed.items if isinstance(listed, SequenceNode) else ()):
        name = child(node, "id")
        if isinstance(node, MappingNode) and isinstance(name, ScalarNode) and name.value == claim_id:
            found.append((position, node))
    match found:
        case [one]:
            return one
        case []:
            raise _problem(file, None, claim_id, "there is no such claim in this file")
    raise _problem(file, found[1][1].start, claim_id, "two claims have this id")


def _with(root: Node, position: int, status: Status) -> Any:
    value: Any = plain(root)
    value["claims"][position]["status"] = status.value
    return value


def _problem(file: str, mark: Mark | None, field: str, message: str) -> Problems:
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    return Problems([Finding(file=file, line=line, column=column, field=field, message=message)])

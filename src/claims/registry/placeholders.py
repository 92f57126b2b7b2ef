"""Placeholders: what `claims new` leaves for a person to write. A registry that holds one is not sound."""

from claims.registry.nodes import MappingNode, Node, ScalarNode, SequenceNode

MARK = "FILL:"
"""Stands before what is to be written. Nobody needs it in a claim, so it counts wherever it is left over."""

_MOST = 160


def placeholder(hint: str) -> str:
    """A placeholder, quoted for YAML."""
    assert not set(hint) & set('"\\\n'), "hints are ours, and plain"
    return f'"{MARK} {hint}"'


def is_missing(scalar: ScalarNode) -> str:
    """What to do about a scalar that holds no value."""
    hint = " ".join(scalar.raw.partition(MARK)[2].split())
    if MARK not in scalar.raw:
        return "nothing stands here; write a value or delete the key"
    return f"is still to be written: {hint if len(hint) <= _MOST else hint[: _MOST - 1] + '…'}"


def unfilled(node: Node) -> bool:
    """Whether a placeholder is left in it."""
    match node:
        case ScalarNode(raw=raw):
            return MARK in raw
        case SequenceNode(items=items):
            return any(map(unfilled, items))
        case MappingNode(items=items):
            return any(map(unfilled, items.values()))

"""Counting: a number with its noun, as people say it."""


def count(n: int, one: str, many: str | None = None) -> str:
    """`1 seed`, `8 seeds`; `many` where an s does not do."""
    return f"{n} {one if n == 1 else many or one + 's'}"

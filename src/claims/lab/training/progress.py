"""What a supervised or offline loop tells its caller while it runs."""

from collections.abc import Callable

OnStep = Callable[[int, float], None]
"""Called after every step with its number from 0 and what the loop watches: a loss."""


def ignore(_step: int, _value: float) -> None:
    """For callers who do not want to hear."""

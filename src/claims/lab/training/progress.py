"""What a loop tells its caller while it runs."""

from collections.abc import Callable

OnStep = Callable[[int, float], None]
"""Called after every step with its number from 0 and what the loop watches: a loss in nats, a mean reward."""


def ignore(_step: int, _value: float) -> None:
    """For callers who do not want to hear."""

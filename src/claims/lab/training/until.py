"""Training until something measured exactly reaches a target."""

from collections.abc import Callable


def ignore(_steps: int, _value: float) -> None:
    """For callers who do not want to hear."""


def until(
    measured: Callable[[], float],
    target: float,
    train: Callable[[int], None],
    *,
    between: int,
    at_most: int,
    on_check: Callable[[int, float], None] = ignore,
) -> int:
    """Call `train(between)` until `measured()` is at least `target`, or `at_most` steps are taken; the steps taken.

    It is measured before the first step as well; `on_check` hears the steps so far and the value.
    """
    steps = 0
    while steps < at_most:
        value = measured()
        on_check(steps, value)
        if value >= target:
            break
        train(between)
        steps += between
    return steps

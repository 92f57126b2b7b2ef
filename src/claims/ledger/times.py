"""Times as files of evidence tell them."""

import datetime
import re

_TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)


def is_time(text: str) -> bool:
    """Whether this is a UTC time to the second, in this century."""
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True

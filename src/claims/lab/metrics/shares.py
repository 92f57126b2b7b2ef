"""How a model's answers spread over kinds such as formats."""

import math
from collections.abc import Sequence


def effective_number(shares: Sequence[float]) -> float:
    """The exponential of the entropy: how many equally common kinds would be as spread out. Shares sum to 1."""
    return math.exp(-sum(share * math.log(share) for share in shares if share > 0))

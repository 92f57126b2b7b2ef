"""Write `site/data/rule-v1-error-rates.json`, which the method page quotes: `python -m benchmarks.rule_error_rates`.

Takes some ten seconds on one core.
"""

import json
from pathlib import Path
from typing import Any

from claims.stats.calibration import error_rates

SEED = 20260101
REPETITIONS = 100_000
TARGET = Path(__file__).parent.parent / "site" / "data" / "rule-v1-error-rates.json"


def as_text(rates: dict[str, Any]) -> str:
    """Sorted keys and one newline at the end, so that a change shows as a small difference."""
    return json.dumps(rates, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """Simulate and replace the file."""
    text = as_text(error_rates(seed=SEED, repetitions=REPETITIONS))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    partial = TARGET.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(TARGET)


if __name__ == "__main__":
    main()

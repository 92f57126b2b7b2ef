"""The example of the lab in the README, run as it stands there."""

import re
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_example_runs_and_learns(capsys):
    (example,) = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
    before, after = map(float, capsys.readouterr().out.split())
    assert 0.5 < before < after - 0.05

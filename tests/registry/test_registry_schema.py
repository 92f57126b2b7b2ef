"""The schema that editors use is current, and agrees with the loader on the obvious."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from registry_samples import REGISTRY, changed, findings

from claims.registry.schema import PATH, SAID, json_schema, said_schema

ROOT = Path(__file__).parents[2]


def accepted(tmp_path, text):
    file = tmp_path / "claims.yaml"
    file.write_text(text, encoding="utf-8")
    schema = tmp_path / "schema.json"
    schema.write_text(json_schema(), encoding="utf-8")
    command = [Path(sys.executable).with_name("check-jsonschema"), "--schemafile", schema, file]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_the_committed_schema_is_current():
    written = (ROOT / PATH).read_text(encoding="utf-8")
    assert written == json_schema(), "run: python -m claims.registry.schema"
    assert (ROOT / SAID).read_text(encoding="utf-8") == said_schema(), "run: python -m claims.registry.schema"


def test_the_module_writes_the_schemas(tmp_path):
    target = tmp_path / "new"
    subprocess.run([sys.executable, "-m", "claims.registry.schema", target], check=True, timeout=60)
    assert (target / PATH.name).read_text(encoding="utf-8") == json_schema()
    assert (target / SAID.name).read_text(encoding="utf-8") == said_schema()


def test_a_sound_registry_is_accepted(tmp_path):
    result = accepted(tmp_path, REGISTRY)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "edit",
    [
        ("quesiton", "question:"),
        ("arxiv: 2505.11711", "arxiv: 2505.11711v2"),
        ("status: done", "status: untested"),
        ("watch:\n    x: |", "watch: >-"),
        ("", "    watch: A run in fp32 that is as sparse.\n"),
        ("expect: {abov: 0.2}", "expect: {above: 0.20}"),
    ],
)
def test_a_wrong_registry_is_refused_by_both(tmp_path, edit):
    new, old = edit
    text = changed((old, new))
    assert accepted(tmp_path, text).returncode == 1
    assert findings(text)


def test_nothing_may_be_null():
    schema = json.loads(json_schema())
    assert '"null"' not in json.dumps(schema)
    assert "status" not in schema["$defs"]["Claim"]["required"]
    assert "check" not in schema["$defs"]["Claim"]["required"]

"""The JSON Schema of the registry, for editors. `python -m claims.registry.schema` writes it."""

import json
import sys
from pathlib import Path
from typing import Any

from claims.domain.claim import Registry

PATH = Path("site/assets/claims.schema.json")


def json_schema() -> str:
    """JSON Schema 2020-12 of a registry file. What only a program can say is left to `claims check`."""
    schema: Any = _without_null(Registry.model_json_schema())
    schema["title"] = "claims.yaml"
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _without_null(value: Any) -> Any:
    """The models know None for what is left out; in a file null is refused."""
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    if not isinstance(value, dict):
        return value
    body = {key: _without_null(item) for key, item in value.items() if not (key == "default" and item is None)}
    branches = body.get("anyOf")
    if isinstance(branches, list) and {"type": "null"} in branches:
        rest = [branch for branch in branches if branch != {"type": "null"}]
        del body["anyOf"]
        return {**body, **rest[0]} if len(rest) == 1 else {**body, "anyOf": rest}
    return body


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PATH
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json_schema(), encoding="utf-8")

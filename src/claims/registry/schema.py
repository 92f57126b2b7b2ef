"""The JSON Schemas of the registry and of disputes, for editors. `python -m claims.registry.schema` writes them."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from claims.domain.claim import Registry
from claims.domain.dispute import Said

PATH = Path("site/assets/claims.schema.json")
SAID = Path("site/assets/dispute.schema.json")


def json_schema() -> str:
    """JSON Schema 2020-12 of a registry file. What only a program can say is left to `claims check`."""
    return _written(Registry.model_json_schema(), "claims.yaml")


def said_schema() -> str:
    """The same of a file under disputes/."""
    either: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="kind")])
    schema = either.json_schema()
    del schema["discriminator"]  # a word of OpenAPI
    return _written(schema, "a dispute or a reply")


def _written(schema: dict[str, Any], title: str) -> str:
    plain = _without_null(schema) | {"title": title, "$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


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
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PATH.parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PATH.name).write_text(json_schema(), encoding="utf-8")
    (folder / SAID.name).write_text(said_schema(), encoding="utf-8")

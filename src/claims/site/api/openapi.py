"""The OpenAPI document of the static API. Every schema is made of the model that writes the document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from claims.domain.record import Record
from claims.site.address import Address
from claims.site.api.documents import (
    BadgeData,
    ClaimDocument,
    ClaimEntry,
    PaperDocument,
    PaperEntry,
    RunEntry,
    StatusDocument,
)
from claims.site.links import API


@dataclass(frozen=True)
class Endpoint:
    """A document or a family of documents: its path, what it is of, and whether it is a list."""

    path: str
    name: str
    summary: str
    model: type[BaseModel]
    many: bool = False


ENDPOINTS = (
    Endpoint(f"/{API}status.json", "getStatus", "The site in numbers", StatusDocument),
    Endpoint(f"/{API}claims.json", "listClaims", "Every claim, in short", ClaimEntry, many=True),
    Endpoint(f"/{API}claims/{{id}}.json", "getClaim", "Everything on a claim", ClaimDocument),
    Endpoint(f"/{API}papers.json", "listPapers", "Every paper, in short", PaperEntry, many=True),
    Endpoint(f"/{API}papers/{{id}}.json", "getPaper", "Everything on a paper", PaperDocument),
    Endpoint(f"/{API}runs.json", "listRuns", "Every record, in short", RunEntry, many=True),
    Endpoint("/evidence/{claim}/{file}", "getRecord", "A record with every measurement", Record),
    Endpoint("/badges/{id}.json", "getBadge", "A claim's badge, as shields.io reads it", BadgeData),
)
_PARAMETERS = {
    "id": "A claim's id; of a paper its arXiv id without version, with - for /.",
    "claim": "A claim's id.",
    "file": "A record's file, as the claim's document names it.",
}


def openapi(address: Address) -> dict[str, Any]:
    """The document, OpenAPI 3.1. Servers are relative to it where the site's address is not known."""
    models = {endpoint.model for endpoint in ENDPOINTS}
    named, schemas = models_json_schema(
        [(model, "serialization") for model in sorted(models, key=lambda model: model.__name__)],
        ref_template="#/components/schemas/{model}",
    )
    refs = {model: schema for (model, _), schema in named.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "claims",
            "version": "1",
            "summary": "Claims about machine learning with their sources, their verdicts and their records",
            "description": "Static files: there is nothing to send but GET. Links inside the documents lead from "
            "the site's top. Unknown values are null. Within version 1 fields are added and never taken away.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": address.root.rstrip("/") or "../..", "description": "the site's top"}],
        "paths": {endpoint.path: {"get": _operation(endpoint, refs)} for endpoint in ENDPOINTS},
        "components": {"schemas": schemas["$defs"]},
    }


def _operation(endpoint: Endpoint, refs: Mapping[Any, Any]) -> dict[str, Any]:
    schema = refs[endpoint.model]
    content = {"type": "array", "items": schema} if endpoint.many else schema
    operation = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "responses": {
            "200": {"description": endpoint.summary, "content": {"application/json": {"schema": content}}},
            "404": {"description": "There is no such file."},
        },
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "description": words, "schema": {"type": "string"}}
        for name, words in _PARAMETERS.items()
        if f"{{{name}}}" in endpoint.path
    ]
    return {**operation, "parameters": parameters} if parameters else operation

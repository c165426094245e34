"""The OpenAPI 3.1 document, made from the calls themselves, and a page on which people can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from flask import Blueprint, Flask, Response, current_app, json, render_template
from msgspec.structs import replace
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from app.core import site
from app.web.api import PREFIX, Operation
from app.web.guards import open_to_all

docs = Blueprint("openapi", __name__, url_prefix=PREFIX)
BLUEPRINTS = (docs,)
SPELT = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
REFERENCE = "#/components/schemas/{model}"
TITLES = {
    400: "The body is not readable JSON, or not an object", 401: "The token is unknown or has expired",
    403: "The reader's role does not include this", 404: "Not there, or not for this reader",
    409: "Not possible in the case's present state", 413: "Too large", 415: "Not JSON",
    422: "A field is missing, unknown or wrong", 429: "Too many requests; see Retry-After",
}  # fmt: skip
SHORT = {"type": "string", "minLength": 1, "maxLength": 200}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "possible_actions": {"type": "array", "items": {"type": "string"}},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


@docs.get("/openapi.json")
@open_to_all
def document() -> Response:
    """Return the OpenAPI document."""
    return Response(_text(current_app._get_current_object()), mimetype="application/json")  # type: ignore[attr-defined]


@docs.get("/docs")
@open_to_all
def page() -> str:
    """Show the document to people."""
    return render_template("web/api_docs.html", document=json.loads(_text(current_app._get_current_object())))  # type: ignore[attr-defined]


@cache
def _text(app: Flask) -> str:
    return json.dumps(build(app), ensure_ascii=False)


def build(app: Flask) -> dict[str, Any]:
    """Return the whole document for the calls that `app` serves."""
    calls = [(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()]
    described = [told for rule, view in calls if hasattr(view, "operation") for told in _spread(rule, view.operation)]
    schemas = _spelled(_schemas([told.operation for told in described]))
    paths: dict[str, dict[str, Any]] = {}
    for told in sorted(described, key=lambda told: told.path):
        for method in told.methods:
            paths.setdefault(told.path, {})[method] = _call(told, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Heng",
            "version": "1",
            "description": "File complaints, work cases, check orders against the rules.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": site.settings().base_url}],
        "security": [],
        "paths": paths,
        "components": {
            "schemas": schemas["definitions"] | {"Problem": PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


class Told(NamedTuple):
    """One address of the document."""

    path: str
    methods: list[str]
    name: str
    arguments: set[str]
    operation: Operation


def _spread(rule: Rule, operation: Operation) -> Iterator[Told]:
    """Yield a rule as the document tells it, and once more for each word that has a body of its own."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    methods = sorted(method.lower() for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})
    name = rule.endpoint.replace(".", "_")
    yield Told(path, methods, name, rule.arguments, operation)
    if operation.each:
        part, bodies = operation.each
        for word, body in bodies().items():
            own = replace(operation, summary=f"{operation.summary}: {word}", body=body, body_schema=None)
            yield Told(path.replace(f"{{{part}}}", word), methods, f"{name}_{word}", rule.arguments - {part}, own)


def _schemas(operations: list[Operation]) -> dict[str, Any]:
    models: dict[tuple[type[BaseModel], Any], None] = {}
    for operation in operations:
        if operation.body:
            models[operation.body, "validation"] = None
        if operation.query:
            models[operation.query, "validation"] = None
        if isinstance(operation.answer, type):
            models[operation.answer, "serialization"] = None
    references, definitions = models_json_schema(list(models), ref_template=REFERENCE)
    return {"references": references, "definitions": definitions.get("$defs", {})}


def _call(told: Told, schemas: dict[str, Any]) -> dict[str, Any]:
    arguments, operation = told.arguments, told.operation
    call: dict[str, Any] = {
        "operationId": told.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": _parameters(arguments, operation, schemas),
        "responses": _responses(arguments, operation, schemas),
    }
    if operation.signed_in:
        call["security"] = [{"bearer": []}]
    schema = schemas["references"].get((operation.body, "validation")) if operation.body else operation.body_schema
    schema = schema() if callable(schema) else schema
    if schema:
        call["requestBody"] = {"required": True, "content": {operation.body_type: {"schema": schema}}}
    return call


def _parameters(arguments: set[str], operation: Operation, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in sorted(arguments)
    ]
    found += [
        {"name": name, "in": "header", "required": True, "description": why, "schema": SHORT}
        for name, why in operation.headers.items()
    ]
    if operation.query:
        name = schemas["references"][operation.query, "validation"]["$ref"].rsplit("/", 1)[1]
        model = schemas["definitions"][name]
        for key, schema in model.get("properties", {}).items():
            required = key in model.get("required", ())
            found.append({"name": key, "in": "query", "required": required, "schema": _given(schema)})
    return found


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what is there: a query string has no null."""
    kinds = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else schema


def _spelled(schema: Any) -> Any:
    """Return the schema in JSON Schema's words, where pydantic keeps its own for limits of what it cannot look into."""
    if isinstance(schema, dict):
        return {SPELT.get(key, key) if key != "properties" else key: _spelled(each) for key, each in schema.items()}
    return [_spelled(each) for each in schema] if isinstance(schema, list) else schema


def _responses(arguments: set[str], operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if isinstance(operation.answer, dict):
        schema = operation.answer
    elif operation.answer:
        schema = schemas["references"][operation.answer, "serialization"]
    content = {operation.answer_type: {"schema": schema}}
    responses: dict[str, Any] = {str(operation.status): {"description": operation.summary, "content": content}}
    codes = {*operation.problems, 401, 429}
    codes |= {403} if operation.signed_in else set()
    codes |= {404} if arguments else set()
    codes |= {422} if operation.query else set()
    codes |= {400, 413, 415, 422} if operation.body or operation.body_schema else set()
    problem = {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    return responses | {str(code): {"description": TITLES[code], "content": problem} for code in sorted(codes)}

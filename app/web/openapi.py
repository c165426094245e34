"""The OpenAPI 3.1 document, made from the calls themselves, and a page on which people can read it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from flask import Blueprint, Flask, Response, current_app, json, render_template
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.core import site
from app.web.api import PREFIX, Operation
from app.web.guards import open_to_all

docs = Blueprint("openapi", __name__, url_prefix=PREFIX)
BLUEPRINTS = (docs,)
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
    "required": ["type", "title", "status"],
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
    described = [(rule, view.operation) for rule, view in calls if hasattr(view, "operation")]
    schemas = _schemas([operation for _rule, operation in described])
    paths: dict[str, dict[str, Any]] = {}
    for rule, operation in sorted(described, key=lambda pair: pair[0].rule):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _call(rule.endpoint, rule.arguments, operation, schemas)
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


def _call(endpoint: str, arguments: set[str], operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    call: dict[str, Any] = {
        "operationId": endpoint.replace(".", "_"),
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": _parameters(arguments, operation, schemas),
        "responses": _responses(arguments, operation, schemas),
    }
    if operation.signed_in:
        call["security"] = [{"bearer": []}]
    schema = schemas["references"].get((operation.body, "validation")) if operation.body else operation.body_schema
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
        for key, schema in schemas["definitions"][name].get("properties", {}).items():
            found.append({"name": key, "in": "query", "required": False, "schema": schema})
    return found


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

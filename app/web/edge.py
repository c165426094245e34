"""The edge: protection of forms, strict JSON, malformed uploads refused, health for operations."""

from __future__ import annotations

import json
import secrets
from typing import Any

from flask import Flask, Response, g, request
from flask.json.provider import DefaultJSONProvider
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.http import parse_options_header
from werkzeug.routing import IntegerConverter

from app.web.errors import answer
from app.web.guards import open_to_all

csrf = CSRFProtect()
DEEPEST = 40
WITHOUT_FILES = 2 * 1024 * 1024  # bytes of a body that is JSON or a form
BESIDE_FILES = 500_000  # bytes of what stands beside the files: texts, and the heads of parts


class RowNumber(IntegerConverter):
    """A number in an address: ASCII digits, and few enough for any database."""

    regex = "[0-9]{1,9}"


class StrictJson(DefaultJSONProvider):
    """JSON that means one thing: no doubled keys, no NaN, no bottomless nesting; UTF-8 as it is."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        text_ = s.decode("utf-8") if isinstance(s, bytes) else s
        if _depth(text_) > DEEPEST:
            raise ValueError("nested too deeply")
        return json.loads(text_, object_pairs_hook=_no_doubles, parse_constant=_no_constants)


def _depth(text_: str) -> int:
    deepest = depth = 0
    inside = escaped = False
    for ch in text_:
        if inside:
            escaped, inside = (ch == "\\" and not escaped), not (ch == '"' and not escaped)
        elif ch == '"':
            inside = True
        elif ch in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif ch in "]}":
            depth -= 1
    return deepest


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constants(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def install(app: Flask) -> None:
    """Set the edge up."""
    app.json = StrictJson(app)
    app.url_map.converters["int"] = RowNumber

    @app.before_request
    def prepare() -> None:
        g.request_id = secrets.token_hex(8)
        if request.mimetype != "multipart/form-data":
            request.max_content_length = WITHOUT_FILES
        elif request.method == "POST":
            request.max_form_memory_size = BESIDE_FILES
            _whole_multipart()

    csrf.init_app(app)  # after that: it reads the form
    app.register_error_handler(CSRFError, lambda error: answer(400))
    app.add_url_rule("/healthz", "healthz", healthz)


def _whole_multipart() -> None:
    """Refuse a multipart body that was cut off or has no boundary: Werkzeug would read it as an empty form."""
    boundary = parse_options_header(request.content_type)[1].get("boundary", "")
    if not boundary:
        raise BadRequest
    if request.content_length is None:
        raise BadRequest
    if not request.form and not request.files and request.content_length > len(boundary) + 8:
        raise BadRequest


@open_to_all
def healthz() -> Response:
    """Say that the process lives."""
    return Response("ok\n", mimetype="text/plain")

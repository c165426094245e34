"""Errors of the API as problem details. Source: RFC 9457."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, json, request


def wants_json() -> bool:
    """Return whether this request is answered in JSON: everything under /api."""
    return request.path.startswith("/api/")


def problem(
    status: int, title: str, *, detail: str | None = None, errors: Sequence[dict[str, str]] = (), **extra: Any
) -> Response:
    """Return a problem response; `errors` are `{pointer, detail}` of fields to blame. What was sent is never echoed."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "errors": list(errors)}
    if detail:
        body["detail"] = detail
    return Response(json.dumps(body | extra), status, content_type="application/problem+json")

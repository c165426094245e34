"""The draft of this browser: a cookie that opens it, and nothing else in the cookie."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, request
from werkzeug.wrappers import Response

from app.intake import queries
from app.intake.models import Draft
from app.web.guards import act
from workflows.regulation import book

COOKIE = "draft"


def token() -> str | None:
    """Return what the cookie holds, if it can be a token."""
    value = request.cookies.get(COOKIE, "")
    return value if 16 <= len(value) <= 64 and value.isascii() else None


def current(*, again: bool = False) -> Draft | None:
    """Return this browser's draft, looked up once a request, or `again` after it was written to."""
    if again or "draft" not in g:
        g.draft = queries.draft_of(token(), at=act().at)
    draft: Draft | None = g.draft
    return draft


def answers() -> dict[str, Any]:
    """Return what the draft holds, by step."""
    draft = current()
    return (draft.answers if draft else None) or {}


def unsent() -> Draft | None:
    """Return this browser's draft if something was answered and nothing was sent."""
    draft = current()
    return draft if draft and draft.case_id is None and draft.answers else None


def remember(response: Response, opened_by: str) -> Response:
    """Put the draft's token into the browser, for as long as the draft lives."""
    lifetime = book.current().figure("draft_lifetime").length
    response.set_cookie(
        COOKIE, opened_by, max_age=int(lifetime.total_seconds()), httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response

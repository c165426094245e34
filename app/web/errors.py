"""What goes wrong, told to the reader: one table from class to status, a page or problem details."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from app.core.paging import BadCursor
from app.web.admission import HEADER, NotYet
from app.web.problem import problem, wants_json
from app.web.words import sentence
from workflows.procedure.errors import Invalid, NotPermitted, ProcedureError, Repeated, Stale, StepNotAllowed, TooLate

log = logging.getLogger("heng.web")

STATUS: dict[type[ProcedureError], int] = {
    NotPermitted: 403,
    StepNotAllowed: 409,
    Stale: 409,
    TooLate: 409,
    Repeated: 409,
    Invalid: 422,
}
LOST_RACE = {"23505", "40001", "40P01", "55P03"}
"""PostgreSQL's words for: that row is there already, changed meanwhile, deadlock, waited too long for a lock."""
AWAY = (OSError, OperationalError)  # the disk is full or broken, or the database is away: nothing was acknowledged
TITLES = {
    400: _l("The request could not be read"), 401: _l("Sign in first"), 403: _l("Not allowed"), 404: _l("Not found"),
    405: _l("Not possible at this address"), 409: _l("Not possible now"), 410: _l("No longer there"),
    413: _l("Too large"), 415: _l("This kind of content is not taken"), 422: _l("Something needs correcting"),
    429: _l("Too many requests"), 503: _l("Not available just now"),
}  # fmt: skip
PAGES = {400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503}


def install(app: Flask) -> None:
    """Have every error answered in the reader's language."""
    app.register_error_handler(ProcedureError, _refused)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(BadCursor, _bad_cursor)
    app.register_error_handler(NotYet, _not_yet)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def answer(status: int, words: str | None = None, **extra: Any) -> Response | tuple[str, int]:
    """Return the error as problem details under /api, as a page elsewhere. `words` tell what happened."""
    if wants_json():
        return problem(status, _title(status), detail=words, **extra)
    if isinstance(request.routing_exception, SecurityError):  # sent to another host: no link could be made
        return Response(_title(status), status, mimetype="text/plain")
    page = f"errors/{status if status in PAGES else 500}.html"
    return render_template(page, status=status, detail=words, **extra), status


def _title(status: int) -> str:
    return str(TITLES.get(status) or _("Something went wrong on our side"))


def _refused(error: ProcedureError) -> Response | tuple[str, int]:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)
    words = sentence(error.code, error.fields)
    extra: dict[str, Any] = {}
    if error.possible is not None:
        extra = {"possible_actions": list(error.possible)}
    elif isinstance(error, Invalid) and wants_json():
        places = (error.pointer, *error.fields.get("also", ()))
        extra = {"errors": [{"pointer": place, "detail": words} for place in places]}
    return answer(status, words, **extra)


def _stale(error: StaleDataError) -> Response | tuple[str, int]:
    return answer(409, sentence("stale"))


def _database(error: DBAPIError) -> Response | tuple[str, int]:
    """Two wrote at the same instant and PostgreSQL let one of them through; or the database is away."""
    if getattr(error.orig, "sqlstate", None) in LOST_RACE:
        return answer(409, sentence("stale"))
    if isinstance(error, OperationalError):
        log.error("the database is away: %s", error.orig)
        return answer(503)
    return _unforeseen(error)


def _not_yet(error: NotYet) -> Response:
    """Very many are handing in: wait, or do the work that is asked for."""
    asked = {"challenge": error.challenge.text, "bits": error.challenge.bits, "header": HEADER}
    response = make_response(answer(429, sentence("many_arrive"), **({"proof_of_work": asked} if wants_json() else {})))
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _bad_cursor(error: BadCursor) -> Response | tuple[str, int]:
    if not wants_json():
        return answer(400)
    return answer(400, errors=[{"pointer": "/cursor", "detail": sentence("not_possible")}])


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error
    answered = answer(status, getattr(error, "words", None))
    response = answered if isinstance(answered, Response) else Response(answered[0], status)
    for name, value in error.get_headers():
        if name in ("Retry-After", "Allow", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Response | tuple[str, int]:
    log.exception("request failed", extra={"path": request.path, "request": g.get("request_id", "")})
    if not isinstance(error, AWAY):
        return answer(500)
    away = make_response(answer(503))
    away.headers["Retry-After"] = "30"
    return away

"""Who saw which case is written down after the answer has left, at most once in ten minutes a person and case."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, request

from app.cases import service_seen
from app.cases.models_seen import Door
from app.cases.queries import cases_seen
from app.core import clock
from app.web.afterwards import afterwards
from app.web.guards import current_actor

seen = Blueprint("seen", __name__)
BLUEPRINTS = (seen,)
MOST_KEPT = 20_000
_written: set[tuple[int, int, Door, int]] = set()


@seen.after_app_request
def note_cases(response: Response) -> Response:
    """Note which cases this answer showed to somebody with an account; a refusal showed nothing."""
    user_id, at = current_actor().user_id, clock.now()
    cases = cases_seen() if user_id is not None and response.status_code < 400 else frozenset()
    if user_id is None or not cases:
        return response
    door, span = _door(response), service_seen.span_of(at)
    new = {case for case in cases if (user_id, case, door, span) not in _written}
    if new:
        afterwards(lambda: _write_down(user_id, new, door, at))
    return response


def _write_down(user_id: int, cases: set[int], door: Door, at: datetime) -> None:
    service_seen.write_down(user_id, cases, door, at)
    if len(_written) > MOST_KEPT:
        forget()
    _written.update((user_id, case, door, service_seen.span_of(at)) for case in cases)


def forget() -> None:
    """Forget what this process wrote down, as at its start; the table knows it all the same."""
    _written.clear()


def _door(response: Response) -> Door:
    if response.mimetype not in ("text/html", "application/json", "application/problem+json"):
        return Door.FILE
    return Door.API if request.path.startswith("/api/") else Door.PAGE

"""Figures for operations, in the text form that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from flask import Blueprint, Response, abort, request

from app.core import clock
from app.monitoring import queries
from app.web import bearer
from app.web.guards import current_actor, open_to_all
from workflows.procedure.authority import Permission

monitoring = Blueprint("monitoring", __name__)
BLUEPRINTS = (monitoring,)


@monitoring.get("/metrics")
@open_to_all
def metrics() -> Response:
    """Return the figures, to this machine and to people who may watch."""
    if not _may_watch():
        abort(404)
    return Response("\n".join([*_lines(), ""]), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_watch() -> bool:
    here = request.remote_addr is not None and ip_address(request.remote_addr).is_loopback
    forwarded = "X-Forwarded-For" in request.headers
    actors = (current_actor(), bearer.actor_of_request())
    return (here and not forwarded) or any(actor.may(Permission.WATCH_READ) for actor in actors)


def _lines() -> Iterator[str]:
    now = clock.now()
    yield "# HELP heng_cases Open cases by state.\n# TYPE heng_cases gauge"
    for state, count in queries.cases_by_state().items():
        yield f'heng_cases{{state="{state}"}} {count}'
    yield "# HELP heng_clocks_overdue Clocks past their end and not met.\n# TYPE heng_clocks_overdue gauge"
    for kind, count in queries.overdue_clocks().items():
        yield f'heng_clocks_overdue{{kind="{kind}"}} {count}'
    yield "# HELP heng_clocks_unfired Clocks due that nobody has fired yet.\n# TYPE heng_clocks_unfired gauge"
    yield f"heng_clocks_unfired {queries.clocks_to_fire(now)}"
    yield "# HELP heng_outbox Tasks that wait, and tasks given up.\n# TYPE heng_outbox gauge"
    for name, count in queries.outbox(now).items():
        yield f'heng_outbox{{state="{name}"}} {count}'

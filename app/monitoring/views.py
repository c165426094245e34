"""For operations: whether the system can take work, and its figures in the text form that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from flask import Blueprint, Response, abort, request

from app.core import clock
from app.monitoring import queries
from app.monitoring.health import Health, report
from app.web import bearer
from app.web.guards import current_actor, open_to_all
from workflows.procedure.authority import Permission

monitoring = Blueprint("monitoring", __name__)
BLUEPRINTS = (monitoring,)


@monitoring.get("/readyz")
@open_to_all
def readyz() -> Response:
    """Say whether the database answers and there is room, then what is not as it should be, by code."""
    health = report(clock.now())
    lines = ["ready" if health.ready else "not ready", *(f"- {each.code}" for each in health.problems)]
    return Response("\n".join([*lines, ""]), status=200 if health.ready else 503, mimetype="text/plain")


@monitoring.get("/metrics")
@open_to_all
def metrics() -> Response:
    """Return the figures, to this machine and to people who may watch."""
    if not _may_watch():
        abort(404)
    return Response(
        "\n".join([*_lines(report(clock.now())), ""]), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


def _may_watch() -> bool:
    here = request.remote_addr is not None and ip_address(request.remote_addr).is_loopback
    forwarded = "X-Forwarded-For" in request.headers
    actors = (current_actor(), bearer.actor_of_request())
    return (here and not forwarded) or any(actor.may(Permission.WATCH_READ) for actor in actors)


def _gauge(name: str, words: str, values: Mapping[str, float], label: str = "") -> Iterator[str]:
    yield f"# HELP {name} {words}\n# TYPE {name} gauge"
    for key, value in values.items():
        yield f'{name}{{{label}="{key}"}} {value}' if label else f"{name} {value}"


def _lines(health: Health) -> Iterator[str]:
    yield from _gauge("heng_cases", "Open cases by state.", dict(queries.cases_by_state()), "state")
    yield from _gauge("heng_clocks_overdue", "Clocks past their end and not met.", dict(health.overdue), "kind")
    unfired = {"": health.clocks.count}
    yield from _gauge("heng_clocks_unfired", "Clocks due that nobody has fired yet.", unfired)
    waiting = {"waiting": sum(each.count for each in health.lanes.values()), "dead": health.given_up}
    yield from _gauge("heng_outbox", "Tasks that wait, and tasks given up.", waiting, "state")
    lanes = {lane: each.count for lane, each in health.lanes.items()}
    yield from _gauge("heng_outbox_lane", "Tasks that wait, by lane.", lanes, "lane")
    yield from _gauge("heng_disk_free_bytes", "Room left in DATA_DIR.", {"": health.disk_free})
    yield from _gauge("heng_redis_up", "Whether Redis answers.", {"": int(health.redis == "here")})
    if health.swept_at:
        age = (health.at - health.swept_at).total_seconds()
        yield from _gauge("heng_sweep_age_seconds", "Time since the last sweep was noted.", {"": age})
    ages = {queue: (health.at - seen).total_seconds() for queue, seen in health.workers.items() if seen}
    yield from _gauge("heng_worker_age_seconds", "Time since a worker showed itself.", ages, "queue")
    problems = {f"{each.code}{':' + each.what if each.code in NAMED else ''}": 1 for each in health.problems}
    yield from _gauge("heng_problem", "What is not as it should be.", problems, "code")


NAMED = ("worker_silent", "tasks_late")

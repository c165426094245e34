"""Handing in complaints over the API; reading a text, and checking an order, without handing anything in."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import available_timezones

from flask import Response, request
from pydantic import WithJsonSchema

from app.cases.models import Case
from app.cases.queries import findings
from app.cases.showing import anomaly_shown, clock_shown, finding_shown, party_shown, statutory
from app.core import site
from app.core.commands import Frozen
from app.core.db import transaction
from app.core.languages import segment
from app.core.text import Body
from app.intake.commands import EVENTS, LanguageTag, Order, Submission
from app.intake.service import prepare, receive
from app.intake.service_keys import Received
from app.web import admission, limits
from app.web.api import Unprocessable, answer, api_blueprint, operation, read_body, read_object
from app.web.guards import act, open_to_all
from app.web.limits import often
from app.web.words import sentence
from workflows.procedure.checks import engine
from workflows.procedure.checks.facts import REQUEST_SCHEMA, ZONE, CheckRequest, FactsError
from workflows.procedure.checks.finding import FINDING_SCHEMA
from workflows.procedure.checks.strict import or_null
from workflows.procedure.errors import Invalid
from workflows.regulation import book
from workflows.triage.reading import read

api = api_blueprint("intake")
BLUEPRINTS = (api,)
OBJECT: dict[str, Any] = {"type": "object"}
FINDINGS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "findings": {"type": "array", "items": FINDING_SCHEMA},
        "rulebook_version": {"type": "string"},
    },
}
KEY = {"Idempotency-Key": "Any text that is new for each complaint; the same one again makes no second case"}
KEY_LIMIT = 200


@api.post("/complaints")
@open_to_all
@often("complaints")
@operation(
    "Hand in a complaint", tag="complaints", status=201, body=Submission, answer=OBJECT, signed_in=False, headers=KEY
)
def hand_in() -> Response:
    """Make a case of the complaint, and answer with its number, its keys and its clocks."""
    key = _idempotency_key()
    admission.admit(limits.sender(), admission.proof_of_request())
    prepared = prepare(read_body(Submission), act=act())
    with transaction():
        made = receive(prepared, act=act(), channel="api", key=key)
        body = _made(made)
    return answer(body, 200 if made.again else 201)


def _idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise Invalid("idempotency_missing", pointer="/Idempotency-Key")
    if len(key) > KEY_LIMIT or not key.isprintable():
        raise Invalid("not_possible", pointer="/Idempotency-Key")
    return key


def _made(made: Received) -> dict[str, Any]:
    case: Case = made.case
    return {
        "case_number": case.number,
        "access_token": made.access_token,
        "tracking_url": site.absolute(f"/{segment(case.language)}/c/{made.link_token}"),
        "state": case.state,
        "anomaly": anomaly_shown(case),
        "responsible_party": party_shown(case),
        "clocks": [clock_shown(clock) for clock in statutory(case)],
        "findings": [finding_shown(finding) for finding in findings(case)],
    }


class ClassifyText(Frozen):
    """A text to be read, with what is known of the order."""

    text: Body
    language: LanguageTag | None = None
    order: Order | None = None
    events: Annotated[list[dict[str, Any]], WithJsonSchema(EVENTS)] | None = None


@api.post("/classify")
@open_to_all
@often("readings")
@operation("Say what went wrong in a text and who answers for it", tag="rules", body=ClassifyText, answer=OBJECT,
           signed_in=False)  # fmt: skip
def classify() -> Response:
    """Return the reading of a text; nothing is kept."""
    asked = read_body(ClassifyText)
    events = asked.events or []
    _facts({"order": asked.order, "events": events})
    return answer(read(asked.text, language=asked.language, order=asked.order, events=events).to_json())


def _asked() -> dict[str, Any]:
    """Return the schema of what is checked, with every time zone that this machine knows."""
    zones = {"time_zone": or_null({"enum": sorted(filter(ZONE.fullmatch, available_timezones()))})}
    return REQUEST_SCHEMA | {"properties": REQUEST_SCHEMA["properties"] | zones}


@api.post("/checks")
@open_to_all
@often("readings")
@operation("Check an order's facts against the rules", tag="rules", body_schema=_asked, answer=FINDINGS,
           signed_in=False)  # fmt: skip
def checks() -> Response:
    """Return the findings on an order's facts in order of clause; nothing is kept."""
    rulebook = book.current()
    found = engine.check(_facts(read_object()), rulebook)
    return answer({"findings": [each.to_json() for each in found], "rulebook_version": rulebook.version})


def _facts(value: dict[str, Any]) -> CheckRequest:
    try:
        return CheckRequest.from_json(value)
    except FactsError as refused:
        errors = [{"pointer": error.pointer, "detail": sentence(error.code, error.params)} for error in refused.errors]
        raise Unprocessable(errors) from None

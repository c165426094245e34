"""News of a case for the organisation that answers in it: written with the act, sent by a job, sent again on request.

A message holds what happened and nothing about anybody; who wants more asks the API. docs/webhooks.md lists the types.
"""

from __future__ import annotations

from typing import Any

from app.cases.models import Case, CaseEvent
from app.cases.service import when_written
from app.core import outbox, site
from app.core.db import session
from app.core.ids import new_token
from app.hooks import queries
from app.hooks.models import HookDelivery, HookEndpoint
from app.hooks.sending import sound_url
from workflows.procedure.act import Act
from workflows.procedure.authority import Audience
from workflows.procedure.errors import Invalid
from workflows.procedure.states import Action

MOST_ENDPOINTS = 5
SEEN = (Audience.BOTH, Audience.RESPONDENT)


@when_written
def tell(case: Case, event: CaseEvent, act: Act) -> None:
    """Write down a message for each address of the company that was asked, if it may read this entry."""
    asked = case.organisation_ids or event.action is Action.REQUEST_ANSWER  # which is written before it is noted
    if event.audience not in SEEN or case.respondent_id is None or not asked:
        return
    with session().no_autoflush:  # what waits to be written has nothing to do with addresses
        endpoints = queries.endpoints(case.respondent_id)
    for endpoint in endpoints:
        post(endpoint, f"case.{event.action}", _content(case, event), act=act)


def _content(case: Case, event: CaseEvent) -> dict[str, Any]:
    return {
        "case_number": case.number, "entry": event.seq, "action": event.action, "state": event.to_state,
        "at": event.at.isoformat(), "url": site.absolute(f"/api/v1/cases/{case.number}"),
    }  # fmt: skip


def post(endpoint: HookEndpoint, kind: str, content: dict[str, Any], *, act: Act) -> HookDelivery:
    """Write down a message and have it sent after the commit."""
    delivery = HookDelivery(
        endpoint_id=endpoint.id, endpoint=endpoint, message_id=f"msg_{new_token()}", type=kind, created_at=act.at,
        payload={"type": kind, "timestamp": act.at.isoformat(), "data": content}, attempts=0,
    )  # fmt: skip
    session().add(delivery)
    session().flush()
    outbox.add(outbox.Task.SEND_WEBHOOK, at=act.at, delivery_id=delivery.id)
    return delivery


def add(url: str, *, act: Act) -> HookEndpoint:
    """Take in an address and return it; its secret is shown once. Raises Invalid."""
    if not sound_url(url):
        raise Invalid("hook_url", pointer="/url")
    if len(queries.endpoints(act.actor.organisation_id)) >= MOST_ENDPOINTS:
        raise Invalid("hook_too_many", pointer="/url", limit=MOST_ENDPOINTS)
    endpoint = HookEndpoint(
        organisation_id=act.actor.organisation_id, url=url, salt=new_token(), created_at=act.at,
        created_by=act.actor.user_id,
    )  # fmt: skip
    session().add(endpoint)
    session().flush()
    return endpoint


def renew(endpoint: HookEndpoint) -> None:
    """Give the address a new secret; the old one signs nothing any more."""
    endpoint.salt = new_token()


def remove(endpoint: HookEndpoint, *, act: Act) -> None:
    """Send nothing more there; what was sent stays on record."""
    endpoint.removed_at = act.at


def send_again(delivery: HookDelivery, *, act: Act) -> None:
    """Have a message sent once more, under its own id. Raises Invalid where its address was removed."""
    if delivery.endpoint.removed_at is not None:
        raise Invalid("not_possible")
    delivery.delivered_at = None
    outbox.add(outbox.Task.SEND_WEBHOOK, at=act.at, delivery_id=delivery.id)

"""All that is kept of a person's cases as they may have it: a ZIP with one JSON document a case, and the files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import select

from app.cases import queries, queries_talk
from app.cases.models import Case
from app.cases.models_facts import FactStatement
from app.cases.service_letters import complainant
from app.committee.queries import reviews_of
from app.core.db import session
from app.core.masters import trace
from app.core.messages import OutboundMessage
from app.core.sealed import ERASED
from app.core.storage import store
from app.evidence.queries import copy_for, of_case
from app.mediation import queries as mediation
from app.mediation.queries_record import record_of
from app.notices.models import Edition, Notice
from workflows.procedure.authority import consumer_of

CONTACT = ("name", "phone", "email", "contact_by", "contact_hours", "on_behalf_of", "respondent_named")
TOLD = (
    *("number", "state", "channel", "language", "title", "narrative", "order_facts", "order_events", "remedies_sought"),
    *("reading", "received_at", "settled_at", "decided_at", "closed_at"),
)
REMEDY = ("kind", "amount_minor", "currency", "note", "due_at", "proof")
FACTS, ANSWER = ("at", "source", "order", "events"), ("at", "position", "text", "clause")
OFFER, REVIEW = ("n", "by", "terms", "clause", "note", "status", "made_at"), ("at", "grounds", "text", "outcome")
EXHIBIT = ("number", "filename", "side", "note", "sha256", "added_at")
LETTER = ("created_at", "channel", "address", "subject", "body")


def package(cases: Sequence[Case]) -> bytes:
    """Return the ZIP. Nothing that is kept from the complainant in the case is in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for case in cases:
            archive.writestr(f"{case.number}/case.json", json.dumps(_told(case), ensure_ascii=False, indent=1))
            for name, ref in _files(case):
                archive.writestr(f"{case.number}/{name}", store().read(ref))
    return out.getvalue()


def _told(case: Case) -> dict[str, Any]:
    actor = consumer_of(case.id, name="", language=case.language, confirmed=True)
    remedies, rating = queries_talk.remedies(case), queries_talk.rating(case)
    return _values(case, TOLD) | {
        "complainant": _values(complainant(case), CONTACT),
        "history": [_values(each, ("at", "action", "side", "detail")) for each in queries.events(case, actor)],
        "messages": [_values(each, ("at", "side", "body")) for each in queries_talk.messages(case, actor)],
        "findings": [_values(each, ("clause", "verdict", "explanation", "facts")) for each in queries.findings(case)],
        "remedies": [_values(each, REMEDY) for each in remedies],
        "facts": [_values(each, FACTS) for each in _statements(case)],
        "answers": [_values(each, ANSWER) for each in mediation.answers(case, actor)],
        "offers": [_values(each, OFFER) for each in mediation.offers(case, actor)],
        "settlement": _values(record, ("texts", "agreed_at")) if (record := record_of(case, actor)) else None,
        "reviews": [_values(each, REVIEW) for each in reviews_of(case) if each.side == "consumer"],
        "rating": _values(rating, ("solved", "fair", "effort", "comment", "at")) if rating else None,
        "exhibits": [_values(each, EXHIBIT) for each in of_case(case)],
        "letters": [_values(each, LETTER) for each in _letters(case)],
    }  # fmt: skip


def _statements(case: Case) -> Iterable[FactStatement]:
    query = select(FactStatement).where(FactStatement.case_id == case.id, FactStatement.side == "consumer")
    return session().scalars(query.order_by(FactStatement.id)).all()


def _letters(case: Case) -> Iterable[OutboundMessage]:
    party = complainant(case)
    theirs = [trace("address", each) for each in (party.phone, party.email) if each]
    query = select(OutboundMessage).where(OutboundMessage.case_number == case.number)
    return session().scalars(query.where(OutboundMessage.address_trace.in_(theirs)).order_by(OutboundMessage.id)).all()


def _files(case: Case) -> Iterable[tuple[str, str]]:
    actor = consumer_of(case.id, name="", language=case.language, confirmed=True)
    for each in of_case(case):
        if (given := copy_for(each, actor)) and given[0] != ERASED:
            yield f"exhibits/{each.number}-{given[1]}", given[0]
    theirs = Notice.edition.in_((Edition.PARTY, Edition.CONSUMER))
    for notice in session().scalars(
        select(Notice).where(Notice.case_id == case.id, theirs, Notice.pdf_size.is_not(None))
    ):
        if notice.pdf_ref and notice.pdf_ref != ERASED:
            yield f"notices/{notice.kind}-{notice.id}-{notice.language}.pdf", notice.pdf_ref


def _values(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value

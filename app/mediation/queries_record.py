"""Reading the settlement record: for its parties and the desk, never for who judges."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.core.db import session
from app.mediation.models_record import SettlementRecord
from workflows.procedure.authority import Actor, sees_offers


def record_of(case: Case, actor: Actor) -> SettlementRecord | None:
    """Return the record of the case's settlement with its signatures, if `actor` may read it."""
    if case.settled_at is None or not sees_offers(actor):
        return None
    query = select(SettlementRecord).where(SettlementRecord.case_id == case.id)
    return session().scalars(query.options(joinedload(SettlementRecord.signatures))).unique().one_or_none()

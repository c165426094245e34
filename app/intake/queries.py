"""Finding drafts by their token, and cases that a new complaint may repeat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select

from app.cases.models import Case
from app.cases.traces import with_any
from app.core.db import session
from app.core.ids import digest
from app.core.masters import trace
from app.intake.models import Draft, DraftFile, IdempotencyKey, ShopFacts
from workflows.procedure.states import CaseState


def draft_of(token: str | None, *, at: datetime) -> Draft | None:
    """Return the draft that this token opens, unless its time is over."""
    return session().scalars(opened_by(token, at)).one_or_none() if token else None


def opened_by(token: str, at: datetime) -> Select[Draft]:
    """Return the query for the draft that a token opens: the browser's own, or one from a link that was sent."""
    hashed = digest(token)
    held = or_(Draft.token_hash == hashed, Draft.link_hash == hashed)
    return select(Draft).where(held, Draft.expires_at > at).execution_options(populate_existing=True)


def draft_reached_at(contact: str, *, at: datetime) -> Draft | None:
    """Return the newest unsent draft of whoever is reached at this number or address."""
    theirs = (Draft.email_trace if "@" in contact else Draft.phone_trace) == trace("draft", contact)
    query = select(Draft).where(theirs, Draft.case_id.is_(None), Draft.expires_at > at)
    return session().scalars(query.order_by(Draft.saved_at.desc()).limit(1)).one_or_none()


def files_of(draft: Draft | None) -> Sequence[DraftFile]:
    """Return the files of a draft in the order in which they were added."""
    if draft is None:
        return []
    return session().scalars(select(DraftFile).where(DraftFile.draft_id == draft.id).order_by(DraftFile.id)).all()


def file_of(draft: Draft | None, file_id: int) -> DraftFile | None:
    """Return a file of this very draft."""
    return next((file for file in files_of(draft) if file.id == file_id), None)


def open_case_about(order_id: str | None, contacts: Sequence[str]) -> Case | None:
    """Return the open case of the same person about the same order, if there is one."""
    if not order_id or not contacts:
        return None
    same = (with_any("contact", contacts), with_any("order", [order_id]))
    query = select(Case).where(*same, Case.state != CaseState.CLOSED)
    return session().scalars(query.order_by(Case.id.desc()).limit(1)).one_or_none()


def signed_facts(case_id: int) -> ShopFacts | None:
    """Return what a shop signed about the order of a case, if it came by a shop's link."""
    return session().scalars(select(ShopFacts).where(ShopFacts.case_id == case_id)).one_or_none()


def is_used(key: str) -> bool:
    """Return whether a request with this key made a case."""
    return session().get(IdempotencyKey, key) is not None

"""Reading what was published, and the notices printed of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from app.cases.models import Case
from app.cases.queries import saw, seen_by
from app.core.db import session
from app.core.ids import VERIFY_ALPHABET
from app.notices.facts import NoticeKind, NoticeLanguage
from app.notices.models import Edition, Notice, NoticeStatus, RegisterEntry
from workflows.procedure.authority import Actor

NUMBER = re.compile(r"[DS]\d{4}-\d{1,9}", re.ASCII)


def whole(*, notices: bool = True) -> Select[RegisterEntry]:
    """Return the query of entries with their rules and what replaced them, and with their notices unless not wanted."""
    query = select(RegisterEntry).options(selectinload(RegisterEntry.rules), joinedload(RegisterEntry.later))
    return query.options(selectinload(RegisterEntry.notices)) if notices else query


def entries_of(case: Case) -> Sequence[RegisterEntry]:
    """Return what was published of a case, oldest first."""
    query = whole().where(RegisterEntry.case_id == case.id).order_by(RegisterEntry.id)
    return session().scalars(query).unique().all()


def by_number(number: str) -> RegisterEntry | None:
    """Return the entry with this number (D2026-12)."""
    if not NUMBER.fullmatch(number):
        return None
    return session().scalars(whole().where(RegisterEntry.number == number)).unique().one_or_none()


def by_code(typed: str) -> RegisterEntry | None:
    """Return the entry with the verification code in what a person typed: spaces, case and dashes forgiven."""
    code = read_code(typed)
    return session().scalars(whole().where(RegisterEntry.code == code)).unique().one_or_none() if code else None


def read_code(typed: str) -> str | None:
    """Return the verification code as it is printed, or None if it cannot be one."""
    letters = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    if len(letters) != 12 or set(letters) - set(VERIFY_ALPHABET):
        return None
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def edition_of(entry: RegisterEntry, edition: Edition, language: str) -> Notice | None:
    """Return the notice of an entry (loaded whole) in this edition and language."""
    return next((each for each in entry.notices if (each.edition, each.language) == (edition, language)), None)


def paper_of(case: Case, kind: NoticeKind, subject: int, edition: Edition, language: str) -> Notice | None:
    """Return a paper of the case, if it was issued."""
    query = select(Notice).where(
        Notice.case_id == case.id, Notice.kind == kind, Notice.subject == subject, Notice.edition == edition,
        Notice.language == NoticeLanguage(language),
    )  # fmt: skip
    return session().scalars(query).one_or_none()


def paper_by_code(typed: str) -> Notice | None:
    """Return the paper with the verification code in what a person typed."""
    code = read_code(typed)
    return session().scalars(select(Notice).where(Notice.code == code)).one_or_none() if code else None


def newer_than(paper: Notice) -> Notice | None:
    """Return the latest paper of the same kind for the same reader that was issued after this one."""
    query = select(Notice).where(
        Notice.case_id == paper.case_id, Notice.kind == paper.kind, Notice.edition == paper.edition,
        Notice.language == paper.language, Notice.subject > paper.subject,
    )  # fmt: skip
    return session().scalars(query.order_by(Notice.subject.desc()).limit(1)).one_or_none()


def notice(notice_id: int) -> Notice | None:
    """Return a notice as it stands in the database now."""
    return session().get(Notice, notice_id, populate_existing=True)


def notice_for(notice_id: int, actor: Actor) -> Notice | None:
    """Return a notice of a case that `actor` may see; a foreign one does not exist."""
    query = select(Notice).join(Case, Case.id == Notice.case_id)
    found = session().scalars(query.where(Notice.id == notice_id, seen_by(actor))).one_or_none()
    if found is not None:
        saw(found.case_id)
    return found


def unprinted(at: datetime, *, limit: int = 100) -> Sequence[Notice]:
    """Return notices that could not be printed, or have waited for the press since before `at`; oldest first.

    Each comes with its entry.
    """
    late = (Notice.status == NoticeStatus.PENDING) & (Notice.made_at < at)
    query = select(Notice).options(joinedload(Notice.entry)).where((Notice.status == NoticeStatus.FAILED) | late)
    return session().scalars(query.order_by(Notice.id).limit(limit)).all()

"""Drafts of complaints: begun, saved step by step, found again by a link, and spent when they are sent.

Source: clause 2.2.4.2 (figure `draft_lifetime`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from app.cases.models import Case
from app.cases.queries_people import cases_of, contacts_of
from app.cases.service_erasure import remove_files
from app.core import ids, people, site
from app.core.db import session
from app.core.languages import segment
from app.core.masters import trace
from app.core.messages import Channel, post
from app.core.people import Person, when_erasing
from app.core.uploads import COUNT_LIMIT, Upload, new_among
from app.intake.models import Draft, DraftFile
from app.intake.queries import draft_reached_at, files_of, opened_by
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid, Stale
from workflows.procedure.letters import write
from workflows.regulation import book

MOST_LINKS = 3  # to one draft's contact, so that nobody is flooded in another's name
SWEPT_AT_ONCE = 20


def to_write(token: str | None, language: str, *, act: Act) -> tuple[Draft, str]:
    """Return the unsent draft that `token` opens, locked for writing, or a new one; and the token that opens it."""
    draft = session().scalars(opened_by(token, act.at).with_for_update()).one_or_none() if token else None
    if token and draft is not None and draft.case_id is None:
        return draft, token
    return _begun(language, act)


def _begun(language: str, act: Act) -> tuple[Draft, str]:
    _forget_expired(act)
    token = ids.new_token()
    draft = Draft(
        person=Person.new(), token_hash=ids.digest(token), language=language, answers={}, saved_at=act.at,
        expires_at=act.at + book.current().figure("draft_lifetime").length,
    )  # fmt: skip
    session().add(draft)
    session().flush()
    return draft, token


def _forget_expired(act: Act) -> None:
    """Delete some drafts whose time is over. Each new draft does it, so they never pile up."""
    query = select(Draft).where(Draft.expires_at <= act.at).order_by(Draft.expires_at).limit(SWEPT_AT_ONCE)
    for draft in session().scalars(query).all():
        if draft.case_id is None and draft.person.erased_at is None:
            people.erase(draft.person, at=act.at)
        else:
            session().execute(delete(DraftFile).where(DraftFile.draft_id == draft.id))
            session().delete(draft)


def save(draft: Draft, step: str, answers: dict[str, Any], *, act: Act, contacts: Sequence[str] = ()) -> None:
    """Keep the answers of one step, as they were typed. `contacts` are where a link to the draft can be sent."""
    draft.answers = {**(draft.answers or {}), step: answers}
    draft.saved_at = act.at
    for contact in contacts:
        _reach(draft, contact)


def _reach(draft: Draft, contact: str) -> None:
    if "@" in contact:
        draft.email_trace = trace("draft", contact)
    else:
        draft.phone_trace = trace("draft", contact)


def add_files(draft: Draft, files: Sequence[Upload], *, act: Act) -> list[str]:
    """Add files to the draft, each once; return the names of those that it had before.

    Raises Invalid for more than a side may add; then none is added.
    """
    known = {file.sha256: file.filename for file in files_of(draft)}
    new = new_among(files, known)
    if len(known) + len(new) > COUNT_LIMIT:
        raise Invalid("too_many_files", pointer="/files", limit=COUNT_LIMIT)
    session().add_all(DraftFile(draft_id=draft.id, added_at=act.at, **file.as_row()) for file in new)
    draft.saved_at = act.at
    return [known[file.sha256] for file in files if file.sha256 in known]


def remove_file(draft: Draft, file_id: int, *, act: Act) -> None:
    """Take a file out of the draft; one that is not there is no mistake."""
    session().execute(delete(DraftFile).where(DraftFile.draft_id == draft.id, DraftFile.id == file_id))
    draft.saved_at = act.at


def spend(draft_id: int, version: int, case: Case) -> None:
    """Mark the draft as sent and empty it. Raises Stale when it was sent or changed since it was read as `version`."""
    spent = update(Draft).where(Draft.id == draft_id, Draft.version == version, Draft.case_id.is_(None))
    spent = spent.values(case_id=case.id, answers=None, phone_trace=None, email_trace=None, version=version + 1)
    done = session().execute(spent.execution_options(synchronize_session=False))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(seen=version, current=version + 1)


def send_link(draft: Draft, contact: str, *, act: Act) -> None:
    """Send a link that opens the draft to a number or an address; silently not more than a few times."""
    if draft.links_sent >= MOST_LINKS:
        return
    token = ids.new_token()
    draft.link_hash = ids.digest(token)
    draft.links_sent += 1
    _reach(draft, contact)
    days = book.current().figure("draft_lifetime").value
    link = site.absolute(f"/{segment(draft.language)}/complain/resume/{token}")
    letter = write("draft_link", draft.language, link=link, days=days, phone=site.settings().help_phone)
    channel = Channel.EMAIL if "@" in contact else Channel.SMS
    post(
        channel=channel, address=contact, language=draft.language, subject=letter.subject, body=letter.by(channel),
        case_number=None, at=act.at, urgent=True, person=draft.person,
    )  # fmt: skip


@when_erasing
def _remove(person: Person, at: datetime) -> None:
    """Remove the person's drafts, sent or not, with their files, and the keys they were sealed under."""
    became = Draft.case_id.in_([case.id for case in cases_of(person)])
    reached = [trace("draft", contact) for contact in contacts_of(person)]
    waiting = Draft.case_id.is_(None) & (Draft.phone_trace.in_(reached) | Draft.email_trace.in_(reached))
    drafts = list(session().scalars(select(Draft).where(became | waiting | (Draft.person_id == person.id))))
    for writer in {draft.person for draft in drafts}:
        _discard([draft for draft in drafts if draft.person is writer])
        if writer is not person and writer.erased_at is None:
            people.erase(writer, at=at)


def _discard(drafts: Sequence[Draft]) -> None:
    """Delete drafts and the files that were added to them."""
    ids_ = [draft.id for draft in drafts]
    files = session().scalars(select(DraftFile).where(DraftFile.draft_id.in_(ids_))).all()
    remove_files([ref for file in files for ref in (file.ref, file.shared_ref)])
    session().execute(delete(DraftFile).where(DraftFile.draft_id.in_(ids_)))
    session().execute(delete(Draft).where(Draft.id.in_(ids_)))


def send_link_to(contact: str, *, act: Act) -> None:
    """Send a link to the newest draft of whoever is reached there; nothing tells whether there was one."""
    if draft := draft_reached_at(contact, at=act.at):
        send_link(draft, contact, act=act)

"""Mail comes in: stored before the sender is told so, read in a child process, then placed or left to a person.

Whatever happens to a message, its row and its raw form stay. Source: clause 2.2.4.2 (e-mail is one of the channels).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pydantic import ValidationError

from app.cases.models import Case
from app.cases.queries import by_number, case_to_work
from app.cases.service_letters import complainant, tell_of_returned
from app.cases.service_steps import write_message
from app.core import outbox
from app.core.db import session
from app.core.mail_addresses import COMPLAINANT
from app.core.masters import trace
from app.core.people import Person
from app.core.sealed import ERASED
from app.core.storage import store
from app.core.text import BODY_LIMIT, is_blank
from app.core.uploads import COUNT_LIMIT, Upload, UploadRefused, take
from app.evidence.queries import of_case
from app.evidence.service import add
from app.intake.commands import Complainant, Submission
from app.intake.service import Prepared, prepare, receive
from app.post import child, queries
from app.post.models import InboundMail, MailStatus
from app.post.service_judging import Verdict, held, judge, sender_of
from app.post.service_telling import tell_of_held
from workflows.procedure.act import Act
from workflows.procedure.authority import NOBODY, SYSTEM, Actor, Role, consumer_of
from workflows.regulation import book

ANSWERS = re.compile(
    r"^(?:\s*(?:re|aw|fw|fwd|回复|答复|回覆|答覆|转发|轉寄|轉發)\s*(?:\[\d+\])?\s*[:：])+\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that is safely in the store, with what its delivery says of it. `returns_to` None: it does not say."""

    sha256: str
    ref: str = field(repr=False)
    size: int
    source: str
    mailbox: str
    returns_to: str | None = None
    recipients: tuple[str, ...] = ()


def arrive(
    raw: bytes, *, source: str, mailbox: str, returns_to: str | None = None, recipients: tuple[str, ...] = ()
) -> Arrived:
    """Put the raw message into the store. Must be called outside a transaction: it writes to disk."""
    stored = store().put_bytes(raw)
    return Arrived(stored.sha256, stored.ref, stored.size, source, mailbox, returns_to, recipients)


def keep(arrived: Arrived, *, act: Act) -> InboundMail:
    """Write the message down and have it read. After the commit it cannot be lost."""
    mail = InboundMail(
        person=Person.new(), source=arrived.source, mailbox=arrived.mailbox, returns_to=arrived.returns_to,
        recipients=list(arrived.recipients), raw_sha256=arrived.sha256, raw_ref=arrived.ref, size=arrived.size,
        received_at=act.at, status=MailStatus.RECEIVED,
    )  # fmt: skip
    session().add(mail)
    session().flush()
    outbox.add(outbox.Task.READ_MAIL, at=act.at, mail_id=mail.id)
    return mail


@dataclass(slots=True)
class Contents:
    """All that is known of a message before the transaction that places it."""

    verdict: Verdict
    told: dict[str, Any] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    prepared: Prepared | None = None


def read(mail: InboundMail) -> Contents:
    """Read a message and say where it belongs. Outside a transaction: it starts a process and writes files."""
    try:
        with child.opened(mail.raw_ref) as message:
            found = Contents(held("failed"), message.told)
            _take_files(found, message)
    except child.Unreadable as why:
        return Contents(held(why.reason))
    found.verdict = judge(mail, found.told, files=bool(found.files))
    if found.verdict.status is MailStatus.CASE:
        _prepare(found, mail)
    elif found.verdict.status is MailStatus.REPLY and len(found.told["body"]) > BODY_LIMIT:
        found.files.append(_as_file("message.txt", found.told["text"]))
    return found


def _take_files(found: Contents, message: child.Opened) -> None:
    known: set[str] = set()
    for file in message.files:
        try:
            if len(found.files) >= COUNT_LIMIT - 1:  # one place is left for a text that is too long
                found.refused.append({"name": file.name, "why": "too_many_files"})
                continue
            upload = take(file.name, file)  # type: ignore[arg-type]
        except UploadRefused as refused:
            found.refused.append({"name": file.name, "why": refused.code})
            continue
        if upload.sha256 not in known:
            known.add(upload.sha256)
            found.files.append(upload)


def _as_file(name: str, text: str) -> Upload:
    return take(name, BytesIO(text.encode()))


def _prepare(found: Contents, mail: InboundMail) -> None:
    """Make the complaint of it, or leave it to a person where none can be made."""
    told, sender = found.told, sender_of(found.told)
    try:
        submission = Submission(
            narrative=narrative(told),
            complainant=Complainant(name=told["from"][0][0], email=sender, contact_by="email"),
        )
        found.prepared = prepare(submission, act=Act(NOBODY, mail.received_at))
    except ValidationError:
        found.verdict = held("failed")
        return
    if len(told["body"]) + len(told["subject"]) > BODY_LIMIT - 100:
        found.files.append(_as_file("message.txt", told["text"]))
    elif told["quoted"]:
        found.files.append(_as_file("quoted.txt", told["quoted"]))


def narrative(told: dict[str, Any]) -> str:
    """Return the complaint in the sender's words: subject and new text, without what the text repeats."""
    subject, body = ANSWERS.sub("", told["subject"]).strip(), told["body"]
    whole = body if not subject or subject in body[: len(subject) + 100] else f"{subject}\n\n{body}"
    return whole.strip()[:BODY_LIMIT]


# --- in the transaction ----------------------------------------------------------------------------------------------


def settle(mail: InboundMail, found: Contents, *, act: Act) -> None:
    """Place the message as judged, once: one that is settled is left alone."""
    if mail.status is not MailStatus.RECEIVED:
        return
    _note(mail, found)
    verdict = found.verdict
    if found.told and queries.same_as(mail, mail.message_id, found.told["content_sha256"]):
        verdict = Verdict(MailStatus.DUPLICATE)  # the other one was placed while this one was read
    mail.reason, mail.letter_id = verdict.reason, verdict.letter_id
    if verdict.status is MailStatus.CASE:
        _open_case(mail, found, act)
    elif verdict.status is MailStatus.REPLY:
        _join(mail, found, act)
    elif verdict.status is MailStatus.HELD:
        mail.case_id = verdict.case.id if verdict.case else None
        hold(mail, verdict.reason or "failed", act=act)
        _mark_undelivered(mail, found, act)
    else:
        mail.case_id = verdict.case.id if verdict.case else None
        mail.status, mail.settled_at = verdict.status, act.at


def _note(mail: InboundMail, found: Contents) -> None:
    told = found.told
    if not told:
        return
    first = told["from"][0] if told["from"] else ["", ""]
    mail.message_id, mail.content_sha256 = told["message_id"] or None, told["content_sha256"]
    mail.message_id_trace = trace("message_id", mail.message_id) if mail.message_id else None
    mail.sender, mail.sender_name = sender_of(told), f"{first[0]} <{first[1]}>".strip()
    mail.sender_trace = trace("address", mail.sender) if mail.sender else None
    mail.subject, mail.body, mail.marks = told["subject"], told["body"], told["marks"]
    mail.rest = "\n\n".join(part for part in (told["quoted"], told["signature"]) if part) or None
    mail.files, mail.refused_files = [file.as_row() for file in found.files], found.refused


def hold(mail: InboundMail, reason: str, *, act: Act) -> None:
    """Leave the message to a person, with a time limit, and tell the desk.

    Source: clause 2.2.4.2 (figure `mail_placing`).
    """
    mail.status, mail.reason = MailStatus.HELD, reason
    mail.due_at = mail.received_at + book.current().figure("mail_placing").length
    session().flush()
    outbox.add(outbox.Task.REMIND_OF_MAIL, at=max(mail.due_at, act.at), mail_id=mail.id)
    tell_of_held(mail, act=act)


def _open_case(mail: InboundMail, found: Contents, act: Act) -> None:
    """Make a case of it. Its clocks run from the receipt of the message, whenever it was read."""
    assert found.prepared is not None
    key = f"mail-{mail.mailbox}-{mail.message_id}-{mail.content_sha256}"
    arrival = Act(NOBODY, mail.received_at)
    made = receive(found.prepared, act=arrival, channel="email", evidence=found.files, key=key)
    _placed(mail, made.case, MailStatus.CASE, act)


def _join(mail: InboundMail, found: Contents, act: Act) -> None:
    assert found.verdict.case is not None
    case = case_to_work(found.verdict.case.id)
    writer = _writer(case, found.verdict.party or "")
    say_in(case, found.told["body"], found.files, act=Act(writer, act.at))
    _placed(mail, case, MailStatus.REPLY, act)


def _writer(case: Case, party: str) -> Actor:
    if party == COMPLAINANT:
        return consumer_of(case.id, name=complainant(case).name or "", language=case.language, confirmed=True)
    assert case.respondent is not None
    organisation = case.respondent
    return Actor(
        frozenset({Role.RESPONDENT}), organisation.name, organisation_id=organisation.id, language=organisation.language
    )


def say_in(case: Case, body: str, files: list[Upload], *, act: Act) -> None:
    """Put what a party wrote, and their files, into the case; what is more than a side may add stays with the mail."""
    if not is_blank(body):
        write_message(case, body[:BODY_LIMIT], act=act)
    mine = [each.sha256 for each in of_case(case) if each.side == act.actor.side]
    new = [file for file in files if file.sha256 not in mine][: max(0, COUNT_LIMIT - len(mine))]
    if new:
        add(case, new, act=act)


def _placed(mail: InboundMail, case: Case, status: MailStatus, act: Act) -> None:
    mail.case_id, mail.status, mail.settled_at = case.id, status, act.at


def _mark_undelivered(mail: InboundMail, found: Contents, act: Act) -> None:
    """Write down that a letter of ours came back, and tell whoever works the case."""
    letter = queries.letter_by_id(mail.letter_id) if mail.letter_id else None
    if letter is None or mail.reason != "undelivered" or letter.undelivered_at is not None:
        return
    report = found.told["report"] or {}
    undelivered(letter.id, " ".join(filter(None, (report.get("status"), report.get("why")))), act=act)


def undelivered(letter_id: int, why: str, *, act: Act) -> None:
    """Mark a letter as not delivered and tell the desk, once."""
    letter = queries.letter_by_id(letter_id)
    if letter is None or letter.undelivered_at is not None or letter.address == ERASED:
        return
    letter.undelivered_at, letter.undelivered_why = act.at, " ".join(why.split())[:200] or "?"
    if letter.case_number and (case := by_number(letter.case_number, SYSTEM)):
        tell_of_returned(case, letter, act=act)

"""One-time codes: they prove that a browser is the complainant's, and let it act for a while.

A code has six digits, so it lives ten minutes, bears five tries, and only the newest one counts; a keyed hash of it
is all that is stored.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from sqlalchemy import delete, update

from app.accounts import service_sessions
from app.cases.models import Case
from app.cases.models_talk import Confirmation, OneTimeCode
from app.cases.queries import by_number, hold, named_or_another
from app.cases.service_letters import complainant
from app.core import site
from app.core.contact import email_address, phone_number
from app.core.db import session
from app.core.ids import digest, keyed_digest, new_code, new_token
from app.core.languages import segment
from app.core.messages import Channel, post
from app.portal.queries import codes_since, newest_code
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM
from workflows.procedure.letters import write

CODE_LIVES = timedelta(minutes=10)
TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
AN_HOUR, CODES_AN_HOUR = timedelta(hours=1), 5
CONFIRMED_FOR = timedelta(hours=2)


def ways(case: Case) -> dict[Channel, str]:
    """Return how the complainant can be reached, the way they asked for first."""
    party = complainant(case)
    found = {Channel.SMS: party.phone, Channel.EMAIL: party.email}
    order = (Channel.EMAIL, Channel.SMS) if party.contact_by == "email" else (Channel.SMS, Channel.EMAIL)
    return {channel: address for channel in order if (address := found[channel])}


def contact_digest(number: str, typed: str) -> str:
    """Return what is kept of a contact that somebody typed: nothing that could be read."""
    contact = phone_number(typed) or email_address(typed) or typed.strip().casefold()
    return keyed_digest(site.settings().secret_key, "track", number, contact)


def way_to(case: Case, contact: str) -> Channel | None:
    """Return the channel whose address has this digest, or None when it is not this complainant's."""
    found = ways(case).items()
    return next((by for by, at in found if hmac.compare_digest(contact_digest(case.number, at), contact)), None)


def send_code_to(number: str, contact: str, *, act: Act) -> None:
    """Send a code to who asked for their case, if there is such a case and the contact is its complainant's."""
    case = by_number(number, SYSTEM)
    if case is not None and (channel := way_to(case, contact)):
        send_code(case, channel, act=act)


def send_code(case: Case, channel: Channel, *, act: Act) -> bool:
    """Send a new code to the contact that was given, which ends the one before. Returns whether one was sent.

    Too soon after the last one, or too often in an hour, none is sent.
    """
    hold(case)  # two at the same instant: the second finds the code of the first
    address = ways(case).get(channel)
    last = newest_code(case)
    too_soon = last is not None and act.at < last.sent_at + RESEND_AFTER
    if address is None or too_soon or codes_since(case, act.at - AN_HOUR) >= CODES_AN_HOUR:
        return False
    if last and last.spent_at is None:
        last.spent_at = act.at
    code = new_code()
    session().add(
        OneTimeCode(
            case_id=case.id, code_hash=_hashed(case, code), sent_at=act.at, expires_at=act.at + CODE_LIVES, tries=0
        )
    )  # fmt: skip
    letter = write(
        "code", case.language, number=case.number, code=code, minutes=CODE_LIVES // timedelta(minutes=1),
        phone=site.settings().help_phone, track_url=site.absolute(f"/{segment(case.language)}/track"),
    )  # fmt: skip
    post(
        channel=channel, address=address, language=case.language, subject=letter.subject, body=letter.by(channel),
        case_number=case.number, person=case.person, at=act.at, urgent=True,
    )  # fmt: skip
    return True


def open_tracked(number: str, contact: str, typed: str, *, act: Act) -> tuple[Case, str] | None:
    """Return the case that somebody asked for with number and contact, and a confirmation, when the code is its.

    As much is read and written where there is no such case or the contact is another's: time tells nothing either.
    """
    tries = keyed_digest(site.settings().secret_key, "tracked", contact)
    service_sessions.count_failure(tries, act=act)
    case = named_or_another(number)
    if case is None:
        return None
    confirmation = check_code(case, typed, act=act, theirs=way_to(case, contact) is not None)
    if confirmation is None:
        return None
    service_sessions.forget_failures(tries)
    return case, confirmation


def check_code(case: Case, typed: str, *, act: Act, theirs: bool = True) -> str | None:
    """Return the token of a fresh confirmation when `typed` is the live code, else None; every try counts.

    The try is taken before the comparison, by a conditional update, so that racing guesses get no more than five. Who
    asks for a case that is not `theirs` takes none of its tries and is never right.
    """
    last = newest_code(case)
    taken = _take_a_try(last.id if last and theirs else 0, act)
    right = hmac.compare_digest(last.code_hash if last else "", _hashed(case, typed))
    if last is None or not (theirs and taken and right):
        return None
    last.spent_at = act.at
    return confirm(case, act=act)


def _take_a_try(code_id: int, act: Act) -> bool:
    won = session().execute(
        update(OneTimeCode)
        .where(OneTimeCode.id == code_id, OneTimeCode.tries < TRIES, OneTimeCode.spent_at.is_(None))
        .where(OneTimeCode.expires_at >= act.at)
        .values(tries=OneTimeCode.tries + 1)
    )
    return won.rowcount == 1  # type: ignore[attr-defined]


def confirm(case: Case, *, act: Act) -> str:
    """Return the token of a new confirmation; what had run out is cleared away."""
    session().execute(delete(Confirmation).where(Confirmation.case_id == case.id, Confirmation.expires_at <= act.at))
    token = new_token()
    session().add(Confirmation(token_hash=digest(token), case_id=case.id, expires_at=act.at + CONFIRMED_FOR))
    return token


def end_confirmation(token: str) -> None:
    """Take the right to act from the browser that holds `token`."""
    session().execute(delete(Confirmation).where(Confirmation.token_hash == digest(token)))


def _hashed(case: Case, code: str) -> str:
    return keyed_digest(site.settings().secret_key, "code", case.number, code)

"""Where a message belongs: to no case yet, to the case whose reply address it was sent to, or before a person.

`From` proves nothing. A message joins a case only if it came to a reply address that we gave to that very party, from
the address that the party is known by. Source: RFC 3834 (programs that answer), RFC 3464 (delivery reports).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from app.accounts import queries as people
from app.cases.models import Case
from app.cases.queries import by_number
from app.cases.service_letters import complainant
from app.core import site
from app.core.contact import email_address
from app.core.ids import read_case_number
from app.core.mail_addresses import COMPLAINANT, company, is_ours, read_bounce, read_reply, tag_of
from app.core.messages import AN_HOUR
from app.core.text import is_blank
from app.post import queries
from app.post.models import InboundMail, MailStatus
from workflows.procedure.authority import SYSTEM, Role
from workflows.regulation import book

MOST_HOPS = 50
PROGRAMS = {"bulk", "junk", "list", "auto_reply"}
NOBODY_READS = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|notifications?)(?:[+-].*)?")
NUMBER = re.compile(r"(?<![A-Z0-9])H\d{4}-?\d{6,9}-?\d(?!\d)", re.IGNORECASE | re.ASCII)
LOOKED_AT = 2_000  # characters of the text in which a case number is looked for


class Verdict(Struct, frozen=True):
    """What becomes of a message. `case` is what it joins or may belong to, `party` who writes (see reply addresses)."""

    status: MailStatus
    reason: str | None = None
    case: Case | None = None
    party: str | None = None
    letter_id: int | None = None


def held(reason: str, case: Case | None = None, letter_id: int | None = None) -> Verdict:
    """Leave it to a person."""
    return Verdict(MailStatus.HELD, reason, case, letter_id=letter_id)


def judge(mail: InboundMail, told: dict[str, Any], *, files: bool) -> Verdict:
    """Return where the message belongs. `files` tells whether it brought any that were taken."""
    if queries.same_as(mail, told["message_id"] or None, told["content_sha256"]):
        return Verdict(MailStatus.DUPLICATE)
    tags = [tag for address in _sent_to(mail, told) if (tag := tag_of(address))]
    found = _of_a_machine(mail, told, tags)
    if found:
        return found
    sender = sender_of(told)
    if sender is None:
        return held("sender_unclear")
    if is_ours(sender):
        return held("loop")
    if answers := [tag for tag in tags if re.match(r"h\d", tag)]:
        return _answer(answers, sender, told, files=files)
    return _new(mail, sender, told, files=files)


def _sent_to(mail: InboundMail, told: dict[str, Any]) -> set[str]:
    named = [address for header in ("to", "cc", "delivered_to") for _, address in told[header]]
    return {address.lower() for address in (*mail.recipients, *named)}


def sender_of(told: dict[str, Any]) -> str | None:
    """Return the one address that the message says it is from; None where it names several, or shows another."""
    if told["from_headers"] != 1 or len(told["from"]) != 1:
        return None
    [(name, address)] = told["from"]
    sender = email_address(address)
    written = [email_address(word.strip("<>()[]\"',;")) for word in name.split() if "@" in word]
    return sender if all(each == sender for each in written) else None


# --- machines --------------------------------------------------------------------------------------------------------


def _of_a_machine(mail: InboundMail, told: dict[str, Any], tags: list[str]) -> Verdict | None:
    if told["received"] > MOST_HOPS:
        return held("loop")
    returned = next((letter for tag in tags if (letter := read_bounce(tag))), None)
    if told["report"] is not None:
        return _delivery_report(told["report"], returned)
    if not _by_a_program(mail, told):
        return None
    case = next((case for tag in tags if (case := _case_of_tag(tag))), None)
    if told["auto_submitted"] == "auto-replied" and (returned or case):
        return Verdict(MailStatus.NOTED, "robot_answer", case, letter_id=returned)
    if returned:
        return held("bounce", letter_id=returned)
    return Verdict(MailStatus.NOTED, "robot_answer", case) if case else held("robot")


def _by_a_program(mail: InboundMail, told: dict[str, Any]) -> bool:
    local = [address.partition("@")[0].lower() for _, address in told["from"]]
    return bool(
        told["auto_submitted"] not in ("", "no")
        or told["precedence"] in PROGRAMS
        or told["list"]
        or told["auto_reply"]
        or told["returned"]
        or mail.returns_to == ""
        or any(NOBODY_READS.fullmatch(name) for name in local)
    )


def _delivery_report(report: dict[str, str], returned: int | None) -> Verdict:
    domain = site.settings().mail_from.rpartition("@")[2]
    letter = queries.letter_by_id(returned) if returned else None
    letter = letter or queries.letter_named([report.get("message_id", "")], domain)
    if letter is None:
        return held("bounce")
    case = by_number(letter.case_number, SYSTEM) if letter.case_number else None
    action, status = report.get("action", ""), report.get("status", "")
    if action == "failed" or (not action and status.startswith("5")):
        return held("undelivered", case, letter.id)
    return Verdict(MailStatus.NOTED, "delivery_report", case, letter_id=letter.id)


def _case_of_tag(tag: str) -> Case | None:
    read = read_reply(tag)
    return by_number(read[0], SYSTEM) if read else None


# --- people ----------------------------------------------------------------------------------------------------------


def _answer(tags: list[str], sender: str, told: dict[str, Any], *, files: bool) -> Verdict:
    """Judge what was sent to reply addresses."""
    read = [read_reply(tag) for tag in dict.fromkeys(tags)]
    if None in read:
        return held("reply_forged")
    places = {place for place in read if place}
    if len({number for number, _ in places}) > 1 or len(places) > 1:
        return held("two_cases")
    [(number, party)] = places
    case = by_number(number, SYSTEM)
    if case is None:
        return held("reply_forged")
    if case.person.erased_at:
        return held("erased", case)
    if sender not in _known(case, party):
        return held("other_sender", case)
    if _strangers(case, party, sender, told):
        return held("strangers_copied", case)
    if is_blank(told["body"]) and not files:
        return held("empty", case)
    return Verdict(MailStatus.REPLY, None, case, party)


def _known(case: Case, party: str) -> set[str]:
    """Return the addresses by which the party is known now; none for a company that is no longer in the case."""
    if party == COMPLAINANT:
        return {email for email in (complainant(case).email,) if email}
    if case.respondent is None or not case.organisation_ids or company(case.respondent.id) != party:
        return set()
    staff = [user.email for user in people.of_organisation(case.respondent.id)]
    return {address.lower() for address in (case.respondent.email, *staff) if address}


def _strangers(case: Case, party: str, sender: str, told: dict[str, Any]) -> bool:
    """Whether others got the message too: they now hold the reply address, and their answers must not join the case."""
    copied = {address.lower() for header in ("to", "cc") for _, address in told[header]}
    return any(not is_ours(address) for address in copied - {sender} - _known(case, party))


def _new(mail: InboundMail, sender: str, told: dict[str, Any], *, files: bool) -> Verdict:
    """Judge a message that answers nothing of ours, or says so without proof."""
    domain = site.settings().mail_from.rpartition("@")[2]
    letter = queries.letter_named(told["references"], domain)
    if letter is not None and letter.case_number:
        return held("lost_address", by_number(letter.case_number, SYSTEM))
    if case := _named(told):
        return held("number_only", case)
    if person := people.by_email(sender):
        return held("company" if Role.RESPONDENT in person.roles else "of_the_desk")
    if queries.is_a_company(sender):
        return held("company")
    if is_blank(told["subject"]) and is_blank(told["body"]):
        return held("empty")
    if queries.opened_by(sender, mail.received_at - AN_HOUR) >= book.current().figure("mail_cases_per_hour").value:
        return held("too_many")
    return Verdict(MailStatus.CASE)


def _named(told: dict[str, Any]) -> Case | None:
    """Return the first case whose number stands in the subject or near the beginning of the text."""
    numbers: Iterable[str] = NUMBER.findall(f"{told['subject']}\n{told['text'][:LOOKED_AT]}")
    read = (read_case_number(number) for number in dict.fromkeys(numbers))
    return next((case for number in read if number and (case := by_number(number, SYSTEM))), None)

"""The settlement record (调解书): written when both sides have agreed, then read and signed by each.

The agreement binds from the moment of the last yes (`accept`, or figures that cross). The signatures prove that each
side read these very words; a missing one does not undo the agreement. Source: clause 2.2.4.3, 3.1.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal

from app.cases import service_clocks
from app.cases.models import Case, Clock
from app.cases.models_talk import Remedy
from app.cases.queries_talk import remedies
from app.cases.recording import about
from app.cases.service import advance
from app.cases.service_letters import local, tell_assignee, tell_consumer, tell_respondent
from app.cases.terms import freight
from app.core import site
from app.core.db import session
from app.core.languages import LANGUAGES
from app.core.money import written
from app.ledger.records import recorded
from app.ledger.service import record
from app.mediation.models_record import SettlementRecord, SettlementSignature
from app.mediation.queries_record import record_of
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import Invalid, TooLate
from workflows.procedure.letters import write
from workflows.procedure.names import name
from workflows.procedure.states import Action
from workflows.regulation import book

SIDES = frozenset({"consumer", "respondent"})
Method = Literal["code", "proved"]


@recorded("settlement_signature", SettlementSignature)
def _signature(row: SettlementSignature) -> dict[str, object]:
    names = ("record_id", "case_id", "side", "user_id", "language", "sha256", "method", "at")
    return {each: getattr(row, each) for each in names}


# --- writing --------------------------------------------------------------------------------------------------------


def write_record(case: Case, how: str, *, act: Act) -> SettlementRecord:
    """Freeze what is owed from now on as the settlement record, and start the time to sign it.

    `how` is "offer" or "bidding": by what the two came together.
    """
    clock = service_clocks.start(case, ClockKind.SIGNING, act=act, figure="settlement_signing")
    owed = [each for each in remedies(case) if each.source == "settlement" and each.status != "void"]
    made = SettlementRecord(
        case_id=case.id, agreed_at=act.at, sign_until=clock.due_at, signatures=[],
        texts={language: _text(case, owed, how, language, act) for language in LANGUAGES},
    )  # fmt: skip
    session().add(made)
    session().flush()
    clock.subject_id = made.id
    return made


def _text(case: Case, owed: Sequence[Remedy], how: str, language: str, act: Act) -> str:
    anomaly = book.current().anomaly(case.anomaly or "other").name.in_(language)
    letter = write(
        "settlement_record", language, number=case.number, organ=site.settings().organ_name[language],
        organisation=case.respondent.name if case.respondent else "", anomaly=anomaly,
        agreed=local(act.at, case.time_zone), how=name("agreed_by", how, language),
        terms="\n".join(_line(case, each, language) for each in owed),
    )  # fmt: skip
    return f"{letter.subject}\n\n{letter.body}\n"


def _line(case: Case, remedy: Remedy, language: str) -> str:
    kind = book.current().remedy_kind(remedy.kind).name.in_(language)
    who = book.current().party_kind(remedy.party_kind.value).name.in_(language)
    amount = f" {written(remedy.amount_minor, remedy.currency, language)}" if remedy.amount_minor else ""
    until = name("term", "until", language).format(until=local(remedy.due_at, case.time_zone))
    parts = (f"{remedy.n}. {kind}{amount}", who, until, freight(remedy.freight_by, language), remedy.note)
    return " · ".join(part for part in parts if part)


# --- signing --------------------------------------------------------------------------------------------------------


def sign(case: Case, language: str, digest: str, method: Method, *, act: Act) -> None:
    """Keep a side's signature over the text it read, told by its SHA-256; with the second one the record is complete.

    The caller has proved who signs, by `method`. Raises Invalid for another text or a second signature, TooLate.
    """
    this = record_of(case, act.actor)
    if this is None or act.actor.side not in SIDES:
        raise Invalid("not_possible")
    if act.at >= this.sign_until:
        raise TooLate("signing_over")
    if this.signature_of(act.actor.side):
        raise Invalid("already_answered")
    if language not in this.texts or digest != sha256(this.text(language)).hexdigest():
        raise Invalid("other_text")
    mine = SettlementSignature(
        record_id=this.id, case_id=case.id, side=act.actor.side, user_id=act.actor.user_id, language=language,
        sha256=digest, method=method, at=act.at,
    )  # fmt: skip
    this.signatures.append(mine)
    record(mine, about=about(case.id), at=act.at)
    complete = {each.side for each in this.signatures} == SIDES
    detail = {"sha256": digest, "language": language, "method": method}
    advance(case, Action.SIGN_SETTLEMENT, act=act, branch="all" if complete else "one", detail=detail)
    _tell(case, "signed_all" if complete else "signed_one", act, but="" if complete else act.actor.side)
    tell_assignee(case, Action.SIGN_SETTLEMENT, act=act)


@service_clocks.when_elapsed(ClockKind.SIGNING)
def _over(case: Case, clock: Clock, act: Act) -> None:
    """The time to sign is over: the settlement stands, and the record says who did not sign."""
    advance(case, Action.SIGNING_LAPSED, act=Act(SYSTEM, act.at))
    _tell(case, "signing_lapsed", act)


def _tell(case: Case, what: str, act: Act, *, but: str = "") -> None:
    if but != "consumer":
        told, following = (name(group, what, case.language) for group in ("told", "next"))
        tell_consumer(case, "progress", act=act, what=told, turn=following)
    if but != "respondent" and case.respondent:
        told, following = (name(group, what, case.respondent.language) for group in ("told", "next"))
        tell_respondent(case, "respondent_news", act=act, what=told, turn=following)

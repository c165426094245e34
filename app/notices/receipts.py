"""Receipts: what was received and promised, and how each clock ran. Worked out from the record, kept nowhere.

They name neither side, so that a private link may open them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.cases.access import link_token
from app.cases.models import Case, Clock, ClockEffect
from app.cases.queries import effects
from app.core import site
from app.core.languages import segment
from app.notices.facts import (
    ClockAccount,
    ClockOutcome,
    NoticeFacts,
    NoticeKind,
    NoticeLanguage,
    Promise,
    WarningSent,
)
from app.notices.telling_emergency import emergency_table
from app.notices.wording import words
from workflows.procedure.clocks import TIMERS, ClockKind, ClockStatus, is_over
from workflows.procedure.names import name
from workflows.regulation import book

PROMISED = (ClockKind.EMERGENCY_START, ClockKind.FIRST_REPLY, ClockKind.RESOLUTION)
ENDED = {
    ClockStatus.RUNNING: ClockOutcome.RUNNING,
    ClockStatus.MET: ClockOutcome.MET,
    ClockStatus.MET_LATE: ClockOutcome.MET_LATE,
    ClockStatus.BREACHED: ClockOutcome.BROKEN,
    ClockStatus.STOPPED: ClockOutcome.CANCELLED,
    ClockStatus.ELAPSED: ClockOutcome.CANCELLED,
}


def acknowledgement(case: Case, language: NoticeLanguage) -> NoticeFacts:
    """Return the receipt of a complaint: number, private link, and what was promised until when. Source: 2.2.4.2."""
    promised = [clock for clock in case.clocks if clock.kind in PROMISED and clock.generation == 1]
    anomaly = case.anomaly if case.anomaly_status == "confirmed" else case.anomaly_claimed
    return NoticeFacts(
        kind=NoticeKind.ACKNOWLEDGEMENT, language=language, organ=site.settings().organ_name[language],
        title=words("title.acknowledgement", language), case_number=case.number, addressees=(),
        issued_at=case.received_at, time_zone=case.time_zone, seal_label=words("seal.acknowledgement", language),
        tracking_url=site.absolute(f"/{segment(language)}/c/{link_token(case.number)}"), received_at=case.received_at,
        anomaly=book.current().anomaly(anomaly).name.in_(language) if anomaly else "",
        promises=tuple(
            Promise(what=name("clock", clock.kind, language), due_at=clock.due_at, clause=clock.clause)
            for clock in sorted(promised, key=lambda clock: clock.due_at)
        ),
    )  # fmt: skip


def deadline_receipt(case: Case, language: NoticeLanguage, *, at: datetime) -> NoticeFacts:
    """Return the account of every statutory clock of the case as the record has it at `at`. Source: clause 2.2.4.3."""
    done = list(effects(case))
    clocks = sorted((clock for clock in case.clocks if clock.kind not in TIMERS), key=lambda clock: clock.id)
    return NoticeFacts(
        kind=NoticeKind.DEADLINE_RECEIPT, language=language, organ=site.settings().organ_name[language],
        title=words("title.deadline_receipt", language), case_number=case.number, addressees=(), issued_at=at,
        time_zone=case.time_zone, seal_label=words("seal.acknowledgement", language), received_at=case.received_at,
        clocks=tuple(account(case, clock, done, language, at=at) for clock in clocks),
        tables=emergency_table(case, language, at=at),
    )  # fmt: skip


def account(
    case: Case, clock: Clock, done: Iterable[ClockEffect], language: NoticeLanguage, *, at: datetime
) -> ClockAccount:
    """Return how one clock ran, by what it had done (`done`) until `at`."""
    shares = book.current().figure("warnings", on=case.law_as_of).values
    return ClockAccount(
        name=name("clock", clock.kind, language), clause=clock.clause, figure=_figure(case, clock, language),
        started_at=clock.started_at, started_because=name("clock_start", clock.kind, language), due_at=clock.due_at,
        warnings=tuple(
            WarningSent(
                sent_at=effect.at, share=f"{shares[effect.level - 1]}%", told=words(f"told.{effect.told}", language)
            )
            for effect in done
            if effect.clock_id == clock.id and effect.effect == "warning" and effect.at <= at
        ),
        outcome=_ended(clock, at), ended_at=clock.ended_at if clock.ended_at and clock.ended_at <= at else None,
    )  # fmt: skip


def _ended(clock: Clock, at: datetime) -> ClockOutcome:
    """Return how the clock stood at `at`, whatever became of it afterwards."""
    if clock.ended_at and clock.ended_at > at:
        return ClockOutcome.BROKEN if is_over(clock.kind, clock.due_at, at) else ClockOutcome.RUNNING
    return ENDED[clock.status]


def _figure(case: Case, clock: Clock, language: NoticeLanguage) -> str:
    rule = book.current().figure(clock.figure, on=case.law_as_of)
    if clock.due_at - clock.started_at != rule.length:
        return words("figure.terms", language)
    return words(f"figure.{rule.unit}" if rule.value != 1 else f"figure.one_{rule.unit}", language, n=rule.value)

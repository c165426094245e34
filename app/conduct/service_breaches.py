"""Breaches, recorded once from what the product already knows: limits that were missed, decisions that were signed.

With each the penalty of the table is proposed. Nobody has decided anything yet. Source: clause 3.2.3.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from app.cases import service_clocks
from app.cases.models import Case, CaseEvent, Clock
from app.cases.models_talk import Remedy
from app.cases.queries import last_event
from app.cases.queries_talk import remedies
from app.cases.service import advance, when_written
from app.cases.service_letters import local, tell_respondent
from app.conduct import queries
from app.conduct.models import Penalty
from app.conduct.service import MISSED, in_words, lapsed_licence, page_of, resume, stay, void
from app.core import ids
from app.core.db import session
from app.organisations.models import Organisation
from workflows.procedure import penalties as rules
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.penalties import PenaltyStatus
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book

OPEN = (PenaltyStatus.PROPOSED, PenaltyStatus.IN_FORCE)


def propose(
    case: Case, breach: str, clause: str, company: Organisation, *, cause: str, at: datetime,
    decision: CaseEvent | None = None,
) -> Penalty | None:  # fmt: skip
    """Record a breach and propose the table's penalty for it; None where it is recorded already.

    `cause` is how it is known, and unique; `decision` the entry in which the decision was signed that it rests on.
    """
    if queries.known(cause):
        return None
    law, on = book.current(), case.law_as_of
    nth = rules.repetition(queries.earlier(company.id, breach), at, law, on)
    step = law.breach(breach, on).step(nth)
    year = at.astimezone(ZoneInfo(case.time_zone)).year
    penalty = Penalty(
        case_id=case.id, n=queries.last_n(case.id) + 1, number=f"P{year}-{ids.next_serial(f'penalty-{year}')}",
        cause=cause, organisation=company, breach=breach, clause=clause, law_as_of=on, repetition=nth,
        decision=decision.detail["number"] if decision else None, round=decision.detail["round"] if decision else None,
        measure=step.measure, points=step.points, fine_minor=step.fine_minor, days=step.days, breached_at=at,
        proposed_at=at, hear_by=at + law.figure("penalty_hearing", on).length,
    )  # fmt: skip
    session().add(penalty)
    session().flush()
    _write_down(case, penalty, at)
    return penalty


def _write_down(case: Case, penalty: Penalty, at: datetime) -> None:
    names = ("number", "breach", "clause", "decision", "repetition", "measure", "points", "fine_minor", "days")
    detail = {"penalty": penalty.n, "hear_by": penalty.hear_by.isoformat()}
    act = Act(SYSTEM, at)
    advance(case, Action.PROPOSE_PENALTY, act=act, detail=detail | {each: getattr(penalty, each) for each in names})
    company = penalty.organisation
    tell_respondent(
        case, "penalty_proposed", act=act, organisation=company, until=local(penalty.hear_by, company.time_zone),
        case_url=page_of(penalty), **in_words(penalty, company.language),
    )  # fmt: skip
    if penalty.decision and case.state is CaseState.REVIEW:
        stay(case, penalty, at)


# --- limits that a company missed ------------------------------------------------------------------------------------


@service_clocks.when_missed
def limit_missed(case: Case, clock: Clock, act: Act) -> None:
    """Record a limit of the company's that was not kept. What was proved in time was done in time."""
    breach = rules.breach_by_clock(book.current(), clock.kind, case.law_as_of)
    if breach is None:
        return
    if breach.liable and (case.asked_at is None or case.respondent is None or case.respondent.kind != breach.liable):
        return  # a duty of others: the desk's own slowness is no breach of the company that is complained of
    remedy = _remedy_of(case, clock)
    if clock.kind is ClockKind.PERFORMANCE:
        if remedy is None or (remedy.status == "proved" and remedy.proved_at and remedy.proved_at <= clock.due_at):
            return
        company = session().get(Organisation, remedy.organisation_id) if remedy.organisation_id else None
    else:
        company = case.respondent
    if company is not None:
        ordered = remedy is not None and remedy.source == "decision"
        decision = last_event(case, Action.SIGN_DECISION) if ordered else None
        propose(
            case, breach.key, clock.clause, company, cause=f"clock/{clock.id}", at=act.at, decision=decision
        )  # fmt: skip


def _remedy_of(case: Case, clock: Clock) -> Remedy | None:
    if clock.kind is not ClockKind.PERFORMANCE:
        return None
    return next((each for each in remedies(case) if each.id == clock.subject_id), None)


# --- entries of the history that say more ----------------------------------------------------------------------------


@when_written
def follow(case: Case, event: CaseEvent, act: Act) -> None:
    """Do what an entry of a case's history means for penalties."""
    match event.action:
        case Action.DISPUTE_PERFORMANCE:
            _not_done_after_all(case, event, act)
        case Action.REQUEST_REVIEW:
            for penalty in _resting_on_decisions(case):
                stay(case, penalty, act.at)
        case Action.SIGN_DECISION:
            _decided(case, event, act)
        case Action.REQUEST_ANSWER:
            _another_answers(case, event, act)
            _missed_before_it_was_asked(case, act)
            traded_without_licence(case, act)
        case Action.STATE_FACTS | Action.SETTLE_FACT:
            traded_without_licence(case, act)


def _not_done_after_all(case: Case, event: CaseEvent, act: Act) -> None:
    """What was proved in time and disputed later counts from now on: the proof proves nothing."""
    for clock in case.clocks:
        if clock.kind is ClockKind.PERFORMANCE and clock.status is ClockStatus.BREACHED:
            remedy = _remedy_of(case, clock)
            if remedy is not None and remedy.n == event.detail["remedy"]:
                limit_missed(case, clock, act)


def _resting_on_decisions(case: Case) -> list[Penalty]:
    return [each for each in queries.of_case(case) if each.decision and each.status in OPEN]


def _decided(case: Case, event: CaseEvent, act: Act) -> None:
    """A decision is in force: what it upheld is a breach; on review, penalties go on or fall with the earlier one."""
    review = event.detail.get("review")
    for penalty in _resting_on_decisions(case) if review else ():
        if review == "affirmed":
            resume(case, penalty, act.at)
        else:
            void(case, penalty, "decision_changed", act.at)
    if review == "affirmed" or event.branch == "sent_back" or case.respondent is None:
        return
    found = rules.breaches_by_clauses(book.current(), event.detail.get("upheld", ()), case.law_as_of)
    recorded = {each.breach for each in queries.of_case(case) if each.cause.startswith("clock/")}
    for breach, clause in found.items():
        if breach in recorded:  # its clock brought it: the decision says once more what happened once
            continue
        cause = f"decision/{case.number}/{event.detail['round']}/{breach}"
        propose(case, breach, clause, case.respondent, cause=cause, at=act.at, decision=event)


def _missed_before_it_was_asked(case: Case, act: Act) -> None:
    """A limit that passed before it was known whose duty it was counts from the moment the company is asked."""
    law = book.current()
    for clock in case.clocks:
        breach = rules.breach_by_clock(law, clock.kind, case.law_as_of)
        if breach and breach.liable and clock.status in MISSED:
            limit_missed(case, clock, act)


def traded_without_licence(case: Case, act: Act) -> None:
    """Record that a company took the order after its licence had ended; once for each licence. Source: clause 3.2.2."""
    company = case.respondent
    if company is None or case.asked_at is None or not lapsed_licence(case):
        return
    cause = f"licence/{company.id}/{company.licence_until}"
    propose(case, "licence_lapsed", "3.2.2", company, cause=cause, at=act.at)


def _another_answers(case: Case, event: CaseEvent, act: Act) -> None:
    """A company that proves not to answer for the case owed no answer in it."""
    asked = event.detail.get("organisation_id")
    before = any(clock.kind is ClockKind.RESPONDENT_ANSWER for clock in case.clocks)
    for penalty in queries.of_case(case) if asked and before else ():
        if penalty.organisation_id != asked and not penalty.decision and penalty.status in OPEN:
            void(case, penalty, "not_theirs", act.at)

"""A penalty from its proposal to its end: heard, decided by a person, appealed, ruled on by another one.

Every act is an entry of the history of the case, and so of the public record. Source: clause 3.2.3.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.accounts import queries as people
from app.cases.actions import performs
from app.cases.models import Case
from app.cases.service import advance
from app.cases.service_letters import local, tell_respondent, tell_staff
from app.conduct import queries
from app.conduct.commands import AnswerPenalty, AppealPenalty, DecidePenalty, RulePenalty
from app.conduct.models import Penalty
from app.core import site
from workflows.procedure import penalties as rules
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor, Role
from workflows.procedure.clocks import ClockStatus
from workflows.procedure.errors import Invalid, NotPermitted, TooLate
from workflows.procedure.names import name
from workflows.procedure.penalties import PenaltyStatus, Term
from workflows.procedure.states import Action
from workflows.regulation import book

Can = Callable[[Penalty], bool]
MISSED = (ClockStatus.BREACHED, ClockStatus.MET_LATE)


def is_to_answer(penalty: Penalty) -> bool:
    """Return whether the company may still say what speaks against it, as far as its acts go."""
    return penalty.status is PenaltyStatus.PROPOSED and penalty.answered_at is None


def is_to_decide(penalty: Penalty) -> bool:
    """Return whether it waits for a decision; not while a review runs."""
    return penalty.status is PenaltyStatus.PROPOSED and not penalty.stayed


def is_to_appeal(penalty: Penalty) -> bool:
    """Return whether the company may appeal, once; not while a review runs."""
    return penalty.status is PenaltyStatus.IN_FORCE and penalty.appealed_at is None and not penalty.stayed


def is_to_rule(penalty: Penalty) -> bool:
    """Return whether an appeal waits for its ruling; not while a review runs."""
    return penalty.status is PenaltyStatus.IN_FORCE and penalty.appeal_runs and not penalty.stayed


def _any(can: Can) -> Callable[[Case, Actor], bool]:
    def ready(case: Case, actor: Actor) -> bool:
        return _may_have(case) and any(can(each) and _may_touch(each, actor) for each in queries.of_case(case))

    return ready


def _may_have(case: Case) -> bool:
    """Return whether the case can have penalties at all: most cannot, and their pages ask no more for it."""
    return case.decided_at is not None or any(clock.status in MISSED for clock in case.clocks) or lapsed_licence(case)


def lapsed_licence(case: Case) -> bool:
    """Return whether the company took the order after its licence had ended. Source: clause 3.2.2."""
    company, told = case.respondent, (case.order_facts or {}).get("submitted_at")
    if company is None or company.licence_until is None or not told:
        return False
    return rules.lapsed(company.licence_until, datetime.fromisoformat(told), company.time_zone)


def _may_touch(penalty: Penalty, actor: Actor) -> bool:
    return not actor.is_respondent or penalty.organisation_id == actor.organisation_id


def _find(case: Case, n: int, can: Can, act: Act) -> Penalty:
    for penalty in queries.of_case(case):
        if penalty.n == n and can(penalty) and _may_touch(penalty, act.actor):
            return penalty
    raise Invalid("penalty_moved", pointer="/penalty")


# --- the company is heard, a person decides --------------------------------------------------------------------------


@performs(Action.ANSWER_PENALTY, AnswerPenalty, ready=_any(is_to_answer))
def answer(case: Case, command: AnswerPenalty, act: Act) -> None:
    """The company says what speaks against it; from now on somebody may decide."""
    penalty = _find(case, command.penalty, is_to_answer, act)
    if act.at > penalty.hear_by:
        raise TooLate("window_closed", until=local(penalty.hear_by, penalty.organisation.time_zone))
    penalty.answered_at = act.at
    advance(case, Action.ANSWER_PENALTY, act=act, detail={"penalty": penalty.n, "text": command.text})
    _tell_leads(case, penalty, Action.ANSWER_PENALTY, act)


@performs(Action.DECIDE_PENALTY, DecidePenalty, ready=_any(is_to_decide))
def decide(case: Case, command: DecidePenalty, act: Act) -> None:
    """Impose the penalty or drop it, once the company was heard or let its time pass; what is imposed is published."""
    penalty = _find(case, command.penalty, is_to_decide, act)
    if penalty.answered_at is None and act.at <= penalty.hear_by:
        raise Invalid("not_heard", pointer="/penalty", until=local(penalty.hear_by, case.time_zone))
    penalty.decided_at, penalty.decided_by = act.at, act.actor.user_id
    detail: dict[str, Any] = {"penalty": penalty.n, "reason": command.reason}
    if command.outcome == "dropped":
        penalty.status = PenaltyStatus.DROPPED
        advance(case, Action.DECIDE_PENALTY, act=act, branch="dropped", detail=detail)
        _tell_company(case, penalty, Action.DECIDE_PENALTY, command.reason, act)
        return
    _measure_again(penalty)
    detail |= _impose(penalty, act)
    advance(case, Action.DECIDE_PENALTY, act=act, branch="imposed", detail=detail)
    _tell_of_imposed(case, penalty, command.reason, act)


def _measure_again(penalty: Penalty) -> None:
    """Take the step of the table that holds now: an earlier breach may have fallen away since it was proposed."""
    law, on = book.current(), penalty.law_as_of
    before = [at for at in queries.earlier(penalty.organisation_id, penalty.breach) if at < penalty.breached_at]
    penalty.repetition = min(penalty.repetition, rules.repetition(before, penalty.breached_at, law, on))
    step = law.breach(penalty.breach, on).step(penalty.repetition)
    penalty.measure, penalty.points = step.measure, step.points
    penalty.fine_minor, penalty.days = step.fine_minor, step.days


def _impose(penalty: Penalty, act: Act) -> dict[str, Any]:
    law, on = book.current(), penalty.law_as_of
    penalty.status = PenaltyStatus.IN_FORCE
    _lasts(penalty, rules.term(penalty.measure, penalty.days, act.at, law, on))
    penalty.appeal_by = act.at + law.figure("penalty_appeal", on).length
    told = {each: getattr(penalty, each) for each in ("measure", "points", "fine_minor", "days", "repetition")}
    return told | _term_told(penalty) | {"appeal_by": penalty.appeal_by.isoformat()}


def _lasts(penalty: Penalty, term: Term) -> None:
    penalty.until_at, penalty.points_until_at = term.until, term.points_until


def _term_told(penalty: Penalty) -> dict[str, str | None]:
    until, points_until = penalty.until_at, penalty.points_until_at
    return {
        "until": until.isoformat() if until else None,
        "points_until": points_until.isoformat() if points_until else None,
    }


# --- appeal ----------------------------------------------------------------------------------------------------------


@performs(Action.APPEAL_PENALTY, AppealPenalty, ready=_any(is_to_appeal))
def appeal(case: Case, command: AppealPenalty, act: Act) -> None:
    """The company appeals; until somebody else has ruled, the penalty does not bite."""
    penalty = _find(case, command.penalty, is_to_appeal, act)
    if penalty.appeal_by is None or act.at > penalty.appeal_by:
        until = local(penalty.appeal_by or act.at, penalty.organisation.time_zone)
        raise TooLate("window_closed", until=until)
    penalty.appealed_at = act.at
    penalty.halted_at = act.at
    advance(case, Action.APPEAL_PENALTY, act=act, detail={"penalty": penalty.n, "text": command.text})
    _tell_leads(case, penalty, Action.APPEAL_PENALTY, act)


@performs(Action.RULE_PENALTY, RulePenalty, ready=_any(is_to_rule))
def rule(case: Case, command: RulePenalty, act: Act) -> None:
    """Rule on an appeal: never who decided. Upheld, the penalty goes on and loses nothing of its length."""
    penalty = _find(case, command.penalty, is_to_rule, act)
    if act.actor.user_id is None or act.actor.user_id == penalty.decided_by:
        raise NotPermitted("decided_it")
    penalty.ruled_at, penalty.ruled_by = act.at, act.actor.user_id
    detail: dict[str, Any] = {"penalty": penalty.n, "reason": command.reason}
    if command.outcome == "lifted":
        penalty.status = PenaltyStatus.LIFTED
    else:
        _go_on(penalty, act.at)
        detail |= _term_told(penalty)
    advance(case, Action.RULE_PENALTY, act=act, branch=command.outcome, detail=detail)
    _tell_company(case, penalty, Action.RULE_PENALTY, command.reason, act)


def _go_on(penalty: Penalty, at: datetime) -> None:
    """Let the penalty bite again, as much longer as it was halted."""
    if penalty.halted_at and penalty.points_until_at:
        lapse = at - penalty.halted_at
        _lasts(penalty, Term(penalty.until_at, penalty.points_until_at).later(lapse))
    penalty.halted_at = None


# --- what becomes of it with the decision that it rests on -----------------------------------------------------------


def stay(case: Case, penalty: Penalty, at: datetime) -> None:
    """Suspend a penalty while a review of its decision runs. Source: clause 2.2.4.3."""
    penalty.stayed = True
    if penalty.status is PenaltyStatus.IN_FORCE:
        penalty.halted_at = penalty.halted_at or at
    _by_itself(case, penalty, Action.STAY_PENALTY, at)


def resume(case: Case, penalty: Penalty, at: datetime) -> None:
    """Let it go on where the decision was affirmed; who was heard or could appeal has the whole time for it again."""
    penalty.stayed = False
    law, on = book.current(), penalty.law_as_of
    if penalty.status is PenaltyStatus.PROPOSED:
        penalty.hear_by = max(penalty.hear_by, at + law.figure("penalty_hearing", on).length)
    elif not penalty.appeal_runs:
        _go_on(penalty, at)
        if penalty.appealed_at is None:
            penalty.appeal_by = at + law.figure("penalty_appeal", on).length
    detail = _term_told(penalty) if penalty.status is PenaltyStatus.IN_FORCE else {}
    _by_itself(case, penalty, Action.RESUME_PENALTY, at, **detail)


def void(case: Case, penalty: Penalty, because: str, at: datetime) -> None:
    """Take a penalty back whose ground is gone."""
    penalty.status, penalty.stayed = PenaltyStatus.VOID, False
    _by_itself(case, penalty, Action.VOID_PENALTY, at, because=because)


def _by_itself(case: Case, penalty: Penalty, action: Action, at: datetime, **detail: Any) -> None:
    act = Act(SYSTEM, at)
    advance(case, action, act=act, detail={"penalty": penalty.n, **detail})
    words = name("penalty_void", detail["because"], penalty.organisation.language) if "because" in detail else ""
    _tell_company(case, penalty, action, words, act)


# --- letters ---------------------------------------------------------------------------------------------------------


def page_of(penalty: Penalty) -> str:
    """Return where the company reads of a penalty."""
    return site.absolute(f"/r/penalties/{penalty.number}")


def in_words(penalty: Penalty, language: str) -> dict[str, Any]:
    """Return number, breach and measure of a penalty as letters write them."""
    breach = book.current().breach(penalty.breach, penalty.law_as_of).name.in_(language)
    return {"penalty": penalty.number, "breach": breach, "measure": name("measure", penalty.measure, language)}


def _tell_company(case: Case, penalty: Penalty, action: Action, words: str, act: Act) -> None:
    company = penalty.organisation
    what = f"{name('action', action, company.language)} · {penalty.number}"
    turn = "\n".join(text for text in (name("penalty_stage", penalty.stage(act.at), company.language), words) if text)
    tell_respondent(
        case, "respondent_news", act=act, organisation=company, what=what, turn=turn, case_url=page_of(penalty)
    )


def _tell_of_imposed(case: Case, penalty: Penalty, reason: str, act: Act) -> None:
    company = penalty.organisation
    until = local(penalty.appeal_by or act.at, company.time_zone)
    tell_respondent(
        case, "penalty_imposed", act=act, organisation=company, reason=reason, until=until,
        case_url=page_of(penalty), **in_words(penalty, company.language),
    )  # fmt: skip


def _tell_leads(case: Case, penalty: Penalty, action: Action, act: Act) -> None:
    for person in people.with_role(Role.LEAD):
        what = f"{name('action', action, person.language)} · {penalty.number}"
        tell_staff(
            case, person, "staff_news", act=act, what=what, case_url=site.absolute(f"/desk/conduct/{penalty.number}")
        )

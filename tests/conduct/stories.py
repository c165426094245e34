"""Breaches and penalties as they come about: a limit that passes, a decision, and each act that follows."""

from __future__ import annotations

from app.cases import actions, service_clocks
from app.cases.models import Case, Clock
from app.cases.queries import case_to_work
from app.conduct import queries
from app.conduct.commands import AnswerPenalty, AppealPenalty, DecidePenalty, RulePenalty
from app.conduct.models import Penalty
from app.core import clock
from app.core.db import session, transaction
from tests.factories import a_case, a_person, acting, an_act, an_organisation, saved
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.clocks import ClockKind
from workflows.procedure.states import Action, CaseState


def miss(case: Case, kind: ClockKind, time) -> None:
    """Let the running clock of this kind pass its end, and the sweep come."""
    found = next(each for each in case_to_work(case.id).clocks if each.kind is kind and each.is_open)
    time.at = max(time.at, found.due_at) + found.due_at.resolution
    fire(found.id)


def fire(clock_id: int) -> None:
    """Have a clock do all that it has to do until now."""
    while saved(service_clocks.fire, clock_id, act=an_act()):
        pass


def a_late_answer(time, company=None, **changes) -> Penalty:
    """A company that did not answer in time: its penalty is proposed."""
    company = company or saved(an_organisation)
    case = saved(a_case, CaseState.ANSWERING, respondent=company, **changes)
    miss(case, ClockKind.RESPONDENT_ANSWER, time)
    return penalty_of(case)


def penalty_of(case: Case, n: int = 1) -> Penalty:
    """A penalty of the case as the database has it."""
    session().expire_all()
    return next(each for each in queries.of_case(case_to_work(case.id)) if each.n == n)


def fresh(penalty: Penalty) -> Penalty:
    """The penalty as the database has it now."""
    session().rollback()
    return session().get_one(Penalty, penalty.id, populate_existing=True)


def take(penalty: Penalty, action: Action, command, act: Act) -> Penalty:
    """Carry an action out in a transaction of its own, as an edge does; returns the penalty as it then is."""
    with transaction():
        actions.carry_out(case_to_work(penalty.case_id), action, command, act=act)
    return fresh(penalty)


def of_company(penalty: Penalty) -> Act:
    """An act now, by somebody of the company."""
    person = saved(a_person, Role.RESPONDENT, organisation_id=penalty.organisation_id)
    return acting(person)


def by_a_lead() -> Act:
    """An act now, by a duty lead that nobody has seen yet."""
    return acting(saved(a_person, Role.LEAD))


def answered(penalty: Penalty, act: Act | None = None) -> Penalty:
    command = AnswerPenalty(penalty=penalty.n, text="The parcel was on its way.")
    return take(penalty, Action.ANSWER_PENALTY, command, act or of_company(penalty))


def decided(penalty: Penalty, outcome: str = "imposed", act: Act | None = None) -> Penalty:
    command = DecidePenalty(penalty=penalty.n, outcome=outcome, reason="The limit was long.")
    return take(penalty, Action.DECIDE_PENALTY, command, act or by_a_lead())


def appealed(penalty: Penalty, act: Act | None = None) -> Penalty:
    command = AppealPenalty(penalty=penalty.n, text="We answered by telephone.")
    return take(penalty, Action.APPEAL_PENALTY, command, act or of_company(penalty))


def ruled(penalty: Penalty, outcome: str, act: Act | None = None) -> Penalty:
    command = RulePenalty(penalty=penalty.n, outcome=outcome, reason="There is no trace of it.")
    return take(penalty, Action.RULE_PENALTY, command, act or by_a_lead())


def imposed(time, company=None) -> Penalty:
    """A penalty in force, imposed after the time to answer."""
    penalty = a_late_answer(time, company)
    time.at = max(time.at, penalty.hear_by) + penalty.hear_by.resolution
    return decided(penalty)


def clock_of(case: Case, kind: ClockKind) -> Clock:
    return next(each for each in case_to_work(case.id).clocks if each.kind is kind)


def now():
    return clock.now()

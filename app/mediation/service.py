"""What the respondent answers, and how a case is referred. Source: clause 2.1.7.1, 2.2.4.3, 3.3.2."""

from __future__ import annotations

from app.accounts import queries as people
from app.cases import service_clocks
from app.cases.actions import performs
from app.cases.models import Case, Clock
from app.cases.service import advance, after
from app.cases.service_letters import tell_assignee, tell_consumer, tell_respondent, tell_staff
from app.cases.service_steps import say
from app.cases.terms import check_clause, sought_terms
from app.core import site
from app.core.db import session
from app.mediation.commands import Refer, SendAnswer
from app.mediation.models import Answer, Maker
from app.mediation.queries import answered, last_number
from app.mediation.service_offers import put_on_the_table
from app.organisations import queries as organisations
from app.organisations.models import PartyKind
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor, Audience, Role
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.errors import Invalid
from workflows.procedure.names import name
from workflows.procedure.states import Action, CaseState

REFERRED_BY_ITSELF = (CaseState.ANSWERING, CaseState.MEDIATION)


def _not_answered(case: Case, actor: Actor) -> bool:
    return case.asked_at is not None and not answered(case)


@performs(Action.ANSWER, SendAnswer, ready=_not_answered)
def answer(case: Case, command: SendAnswer, act: Act) -> None:
    """Keep the respondent's answer and go where it leads; one that comes late is taken and marked late.

    Source: clause 2.1.7.1 (when), 2.2.2 (who must solve it).
    """
    check_clause(case, command.clause)
    late = _is_late(case, act)
    if command.position == "not_ours":
        _not_ours(case, command, late, act)
    elif command.position == "refuse":
        _refuse(case, command, late, act)
    else:
        _offer(case, command, late, act)
    tell_assignee(case, Action.ANSWER, act=act)


def _is_late(case: Case, act: Act) -> bool:
    asked = [clock for clock in case.clocks if clock.kind is ClockKind.RESPONDENT_ANSWER]
    return bool(asked) and act.at > asked[-1].due_at


def _keep(case: Case, command: SendAnswer, late: bool, act: Act) -> None:
    points_to = PartyKind(command.points_to) if command.points_to else None
    if case.respondent_id is None:
        raise Invalid("party_not_known")
    session().add(
        Answer(
            case_id=case.id, organisation_id=case.respondent_id, user_id=act.actor.user_id, position=command.position,
            text=command.text or None, clause=command.clause or None, points_to=points_to,
            points_to_id=command.organisation_id, at=act.at, late=late,
        )
    )  # fmt: skip


def _offer(case: Case, command: SendAnswer, late: bool, act: Act) -> None:
    terms = command.terms or (sought_terms(case) if command.position == "agree" else [])
    detail = {"position": command.position, "late": late, "offer": last_number(case) + 1}
    _keep(case, command, late, act)
    advance(case, Action.ANSWER, act=act, branch="offer", detail=detail)
    put_on_the_table(case, Maker.RESPONDENT, terms, clause=command.clause, note=command.text, act=act)


def _refuse(case: Case, command: SendAnswer, late: bool, act: Act) -> None:
    if not command.clause:
        raise Invalid("clause_missing", pointer="/clause")
    if not command.text:
        raise Invalid("reason_missing", pointer="/text")
    _keep(case, command, late, act)
    advance(
        case, Action.ANSWER, act=act, branch="refuse",
        detail={"position": "refuse", "clause": command.clause, "late": late},
    )  # fmt: skip
    _tell_consumer_of_refusal(case, "refuse", act)


def _not_ours(case: Case, command: SendAnswer, late: bool, act: Act) -> None:
    """Send the case back to be sorted by a person. From now on the organisation knows no more of it."""
    kind = PartyKind(command.points_to) if command.points_to else None
    named = organisations.by_id(command.organisation_id) if command.organisation_id else None
    if kind is None and named is None:
        raise Invalid("whose_missing", pointer="/points_to")
    if command.organisation_id and (named is None or (kind and named.kind is not kind)):
        raise Invalid("organisation_unknown", pointer="/organisation_id")
    if not command.text:
        raise Invalid("reason_missing", pointer="/text")
    _keep(case, command, late, act)
    kind = kind or (named.kind if named else None)
    advance(
        case,
        Action.ANSWER,
        act=act,
        branch="not_ours",
        detail={"position": "not_ours", "points_to": kind, "late": late},
    )
    say(case, command.text, Audience.INTERNAL, act=act)
    case.asked_at, case.anomaly_status = None, "needs_person"
    _tell_consumer_of_refusal(case, "not_ours", act)


def _tell_consumer_of_refusal(case: Case, position: str, act: Act) -> None:
    what, turn = (name(group, position, case.language) for group in ("told", "next"))
    tell_consumer(case, "progress", act=act, what=what, turn=turn)


@performs(Action.REFER, Refer)
def refer(case: Case, command: Refer, act: Act) -> None:
    """Hand the case to the committee with the mediator's summary. Source: clause 3.3.2."""
    if case.respondent is None or case.anomaly_status != "confirmed":
        raise Invalid("party_not_known")
    _to_committee(case, command.summary, act)


@service_clocks.when_elapsed(ClockKind.REFERRAL)
def _refer_by_itself(case: Case, clock: Clock, act: Act) -> None:
    """Keep the seven days: what is not settled in time goes to the committee; without a respondent, to a person.

    Source: clause 2.2.4.3 (figure `committee_referral`).
    """
    known = case.respondent is not None and case.anomaly_status == "confirmed"
    if case.state in REFERRED_BY_ITSELF or (case.state is CaseState.TRIAGE and known):
        _to_committee(case, "", Act(SYSTEM, act.at))
    elif case.state in (CaseState.RECEIVED, CaseState.TRIAGE):
        for person in people.with_role(Role.LEAD):
            what = name("next", "no_respondent", person.language)
            url = site.absolute(f"/desk/cases/{case.number}")
            tell_staff(case, person, "staff_news", act=act, urgent=True, what=what, case_url=url)


@after(Action.REQUEST_ANSWER)
def _refer_late(case: Case, act: Act) -> None:
    """Keep the seven days also where nobody was named when the case should have gone to the committee.

    The company is heard first, but not for its full time. Source: clause 2.2.4.3 (figure `late_referral`).
    """
    earlier = [clock for clock in case.clocks if clock.kind is ClockKind.REFERRAL]
    if earlier and earlier[-1].status is ClockStatus.ELAPSED:
        service_clocks.start(case, ClockKind.REFERRAL, act=act, figure="late_referral")


def _to_committee(case: Case, summary: str, act: Act) -> None:
    advance(case, Action.REFER, act=act, detail={"summary": summary, "by_itself": act.actor.is_system})
    case.asked_at = case.asked_at or act.at  # whoever is judged knows of it
    what = name("state", CaseState.COMMITTEE, case.language)
    tell_consumer(case, "progress", act=act, what=what, turn=name("next", "committee", case.language))
    if case.respondent:
        language = case.respondent.language
        tell_respondent(
            case, "respondent_news", act=act, what=name("state", CaseState.COMMITTEE, language),
            turn=name("next", "committee", language),
        )  # fmt: skip

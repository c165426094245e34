"""What the desk does with a case, and what the complainant can do at any time."""

from __future__ import annotations

from app.accounts import queries as people
from app.cases import service_clocks
from app.cases.actions import performs
from app.cases.commands import Assign, Classify, Close, ConfirmFinding, Rate, Reply, RequestAnswer, Withdraw
from app.cases.models import Case, Clock, Finding
from app.cases.models_talk import Message, Rating
from app.cases.queries import findings
from app.cases.service import advance
from app.cases.service_letters import local, tell_assignee, tell_consumer, tell_respondent, tell_staff
from app.cases.service_performance import void_open
from app.core import site
from app.core.db import session
from app.organisations import queries as organisations
from app.organisations.models import Organisation, PartyKind
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor, Audience, Role
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import Invalid
from workflows.procedure.names import name
from workflows.procedure.replies import open_fields
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book


@performs(Action.CLASSIFY, Classify)
def classify(case: Case, command: Classify, act: Act) -> None:
    """Confirm or overrule what triage proposed. Source: clause 2.2.2 (the liability table)."""
    overruled = case.anomaly is not None and case.anomaly_status != "needs_person" and case.anomaly != command.anomaly
    if (overruled or command.anomaly == "other") and not command.reason:
        raise Invalid("reason_missing", pointer="/reason")
    kind = responsible_kind(case, command.anomaly) or (PartyKind(command.party_kind) if command.party_kind else None)
    organisation = _named(command.organisation_id, kind) or (organisations.only_one_of(kind) if kind else None)
    before = {"anomaly": case.anomaly, "responsible": case.responsible_kind, "organisation_id": case.respondent_id}
    case.anomaly, case.anomaly_status, case.responsible_kind = command.anomaly, "confirmed", kind
    respond_by(case, organisation or (case.respondent if case.respondent and case.respondent.kind is kind else None))
    if command.emergency is not None:
        case.emergency = command.emergency
    after = {"anomaly": case.anomaly, "responsible": kind, "organisation_id": case.respondent_id}
    advance(case, Action.CLASSIFY, act=act, detail={"before": before, "after": after, "reason": command.reason})


def responsible_kind(case: Case, anomaly: str) -> PartyKind | None:
    """Return who answers for `anomaly` by the table in force for the case; None for `other`. Source: clause 2.2.2."""
    row = book.current().responsible(anomaly, on=case.law_as_of)
    return PartyKind(row.party_kind) if row else None


def _named(organisation_id: int | None, kind: PartyKind | None) -> Organisation | None:
    if organisation_id is None:
        return None
    organisation = organisations.by_id(organisation_id)
    if organisation is None:
        raise Invalid("organisation_unknown", pointer="/organisation_id")
    if kind is not None and organisation.kind is not kind:
        raise Invalid("organisation_other_kind", pointer="/organisation_id", kind=kind)
    return organisation


def respond_by(case: Case, organisation: Organisation | None) -> None:
    """Name the organisation that answers; one named anew has not been asked yet, so it sees nothing yet."""
    if organisation is None or organisation.id != case.respondent_id:
        case.asked_at = case.emergency_called_id = None
    case.respondent, case.respondent_id = organisation, organisation.id if organisation else None
    if organisation and case.responsible_kind is None:
        case.responsible_kind = organisation.kind


@performs(Action.ASSIGN, Assign)
def assign(case: Case, command: Assign, act: Act) -> None:
    """Give the case to a mediator or lead."""
    able = {person.id: person for person in people.with_role(Role.MEDIATOR, Role.LEAD)}
    if command.user_id is not None and command.user_id not in able:
        raise Invalid("not_possible", pointer="/user_id")
    detail = {"from": case.assignee_id, "to": command.user_id}
    case.assignee_id = command.user_id
    advance(case, Action.ASSIGN, act=act, detail=detail)
    if command.user_id and command.user_id != act.actor.user_id:
        person = able[command.user_id]
        url = site.absolute(f"/desk/cases/{case.number}")
        tell_staff(case, person, "staff_news", act=act, what=name("action", "assign", person.language), case_url=url)


@performs(Action.REPLY, Reply)
def reply(case: Case, command: Reply, act: Act) -> None:
    """Write to one side or both, each in its language. The first one that reaches the consumer meets `first_reply`.

    Raises Invalid where a merge field stands unfilled, or where a version is for nobody. Source: clause 2.1.7.1.
    """
    audience, theirs = Audience(command.audience), command.body_for_respondent
    for pointer, text in (("/body", command.body), ("/body_for_respondent", theirs)):
        if audience is not Audience.INTERNAL and (left := open_fields(text)):
            raise Invalid("open_fields", pointer=pointer, fields=", ".join(left))
    if theirs and audience is not Audience.BOTH:
        raise Invalid("not_possible", pointer="/body_for_respondent")
    _say_in_reply(case, command, audience, act)
    to_consumer = audience in (Audience.BOTH, Audience.CONSUMER)
    advance(case, Action.REPLY, act=act, branch="consumer" if to_consumer else "other", audience=audience)
    if to_consumer:
        tell_consumer(case, "reply", act=act, body=command.body)
    if audience in (Audience.BOTH, Audience.RESPONDENT):
        _tell_respondent_of_reply(case, theirs or command.body, act)


def _say_in_reply(case: Case, command: Reply, audience: Audience, act: Act) -> None:
    """Keep what was written, in the language of who reads it; two versions where each side has its own."""
    theirs = case.respondent.language if case.respondent else case.language
    tongue = {Audience.INTERNAL: act.actor.language, Audience.RESPONDENT: theirs}.get(audience, case.language)
    first = say(case, command.body, audience, act=act, language=tongue)
    if command.body_for_respondent:
        first.reader = "consumer"
        say(case, command.body_for_respondent, audience, act=act, language=theirs).reader = "respondent"


def _tell_respondent_of_reply(case: Case, body: str, act: Act) -> None:
    if case.organisation_ids and case.respondent:
        what = name("action", "reply", case.respondent.language)
        tell_respondent(case, "respondent_news", act=act, what=what, turn=body)


def say(case: Case, body: str, audience: Audience, *, act: Act, language: str | None = None) -> Message:
    """Keep a message in the case; who reads it is fixed by its audience."""
    message = Message(
        case_id=case.id, audience=audience, side=act.actor.side, user_id=act.actor.user_id,
        language=language or (case.language if act.actor.is_consumer else act.actor.language), body=body, at=act.at,
    )  # fmt: skip
    session().add(message)
    return message


def write_message(case: Case, body: str, *, act: Act) -> None:
    """A party writes to the desk; the other party does not read it. Source: clause 2.2.4.2."""
    audience = Audience.CONSUMER if act.actor.is_consumer else Audience.RESPONDENT
    advance(case, Action.MESSAGE, act=act, audience=audience)
    say(case, body, audience, act=act)
    tell_assignee(case, Action.MESSAGE, act=act)


@performs(Action.REQUEST_ANSWER, RequestAnswer)
def request_answer(case: Case, command: RequestAnswer, act: Act) -> None:
    """Ask the responsible organisation to answer within its time; from now on it sees the case.

    Source: clause 2.2.2 (who), 2.1.7.1 (figure `respondent_answer`).
    """
    if command.organisation_id is not None:
        respond_by(case, _named(command.organisation_id, None))
    if case.respondent is None or case.anomaly_status != "confirmed":
        raise Invalid("party_not_known")
    case.asked_at = act.at
    advance(case, Action.REQUEST_ANSWER, act=act, detail={"organisation_id": case.respondent_id, "note": command.note})
    clock = service_clocks.start(case, ClockKind.RESPONDENT_ANSWER, act=act, figure="respondent_answer")
    row = book.current().responsible(case.anomaly or "other", on=case.law_as_of)
    clause = row.clause if row else "2.2.2"
    tell_respondent(case, "answer_asked", act=act, due=local(clock.due_at, case.time_zone), clause=clause)


@service_clocks.when_elapsed(ClockKind.RESPONDENT_ANSWER)
def _no_answer(case: Case, clock: Clock, act: Act) -> None:
    """Silence leads to mediation. Source: clause 2.1.7.1."""
    if case.state is CaseState.ANSWERING:
        advance(case, Action.NO_ANSWER, act=Act(SYSTEM, act.at))


@performs(Action.CLOSE, Close)
def close(case: Case, command: Close, act: Act) -> None:
    """Close without an outcome on the merits; the complainant is told why."""
    case.close_reason = command.reason
    advance(case, Action.CLOSE, act=act, detail={"reason": command.reason, "explanation": command.explanation})
    say(case, command.explanation, Audience.CONSUMER, act=act)
    what = name("close_reason", command.reason, case.language)
    tell_consumer(case, "progress", act=act, what=what, turn=command.explanation)


@performs(Action.WITHDRAW, Withdraw)
def withdraw(case: Case, command: Withdraw, act: Act) -> None:
    """The complainant withdraws; everybody who knew of the case is told."""
    case.close_reason = "withdrawn"
    void_open(case, act=act)  # what a decision had ordered that was set aside since
    advance(case, Action.WITHDRAW, act=act, detail={"reason": command.reason})
    if case.organisation_ids and case.respondent:
        what = name("close_reason", "withdrawn", case.respondent.language)
        tell_respondent(case, "respondent_news", act=act, what=what, turn="")


def _not_rated(case: Case, actor: Actor) -> bool:
    return session().get(Rating, case.id) is None


@performs(Action.RATE, Rate, ready=_not_rated)
def rate(case: Case, command: Rate, act: Act) -> None:
    """Keep the consumer's rating, once. Source: clause 2.1.7.3."""
    if not _not_rated(case, act.actor):
        raise Invalid("already_answered")
    scores = command.model_dump(include={"solved", "fair", "effort"})
    session().add(Rating(case_id=case.id, **scores, comment=command.comment or None, at=act.at))
    advance(case, Action.RATE, act=act, audience=Audience.CONSUMER, detail=scores)


def confirm_finding(case: Case, command: ConfirmFinding, *, act: Act) -> None:
    """Have a person stand behind a finding of the rule engine. Source: clause 3.1.1."""
    found: Finding | None = next((each for each in findings(case) if each.clause == command.clause), None)
    if found is None:
        raise Invalid("not_possible", pointer="/clause")
    advance(case, Action.CONFIRM_FINDING, act=act, detail={"clause": found.clause, "verdict": found.verdict})
    found.confirmed_by, found.confirmed_at = act.actor.user_id, act.at

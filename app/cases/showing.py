"""A case as the API shows it to one reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.cases.models import Case, CaseEvent, Clock, Finding
from app.cases.models_talk import Remedy
from app.web.api import money, when
from workflows.procedure.authority import Actor, Permission
from workflows.procedure.clocks import TIMERS
from workflows.regulation import book

Decided = Callable[[Case], list[dict[str, Any]]]
_decided: list[Decided] = []


def shows_decisions(shower: Decided) -> Decided:
    """Register the function that returns what was decided in a case and where each decision stands: the committee's."""
    _decided[:] = [shower]
    return shower


Keeps = Callable[[Case, Actor], bool]
_keeps: list[Keeps] = []


def keeps_progress(keeper: Keeps) -> Keeps:
    """Register the function that tells from whom it is kept when something is done in a case: the committee's."""
    _keeps[:] = [keeper]
    return keeper


def case_shown(case: Case, actor: Actor, remedies: list[Remedy]) -> dict[str, Any]:
    """Return the case as `actor` may see it: parties and the desk see the complaint, only the desk the contact."""
    shown: dict[str, Any] = {
        "case_number": case.number,
        "version": None if any(kept(case, actor) for kept in _keeps) else case.version,  # each vote raises it
        "state": case.state,
        "language": case.language,
        "time_zone": case.time_zone,
        "channel": case.channel,
        "title": case.title,
        "narrative": case.narrative,
        "received_at": when(case.received_at),
        "anomaly": anomaly_shown(case),
        "responsible_party": party_shown(case),
        "respondent": respondent_shown(case),
        "order": case.order_facts,
        "events": case.order_events,
        "remedies_sought": case.remedies_sought,
        "amount": money(case.amount_minor, case.currency),
        "important": case.important,
        "emergency": {
            "flagged": case.emergency,
            "plan": case.emergency_plan,
            "started_at": when(case.emergency_started_at),
            "ended_at": when(case.emergency_ended_at),
        },
        "settled_at": when(case.settled_at),
        "decided_at": when(case.decided_at),
        "closed_at": when(case.closed_at),
        "close_reason": case.close_reason,
        "rulebook_version": case.rulebook_version,
        "clocks": [clock_shown(clock) for clock in statutory(case)],
        "remedies": [remedy_shown(remedy) for remedy in remedies],
        "decisions": _decided[0](case) if _decided and case.decided_at else [],
    }
    if actor.may(Permission.CASE_READ_ALL) or actor.is_consumer:
        shown["complainant"] = complainant_shown(case)
    if actor.may(Permission.CASE_READ_ALL):
        shown["assignee_id"] = case.assignee_id
    return shown


def row_shown(case: Case) -> dict[str, Any]:
    """Return the case as one row of a list."""
    return {
        "case_number": case.number,
        "state": case.state,
        "title": case.title,
        "language": case.language,
        "received_at": when(case.received_at),
        "due_at": when(case.due_at) if case.due_at.year < 9999 else None,
        "anomaly": anomaly_shown(case, brief=True),
        "responsible_party": party_shown(case),
        "amount": money(case.amount_minor, case.currency),
        "emergency": case.emergency,
    }


def anomaly_shown(case: Case, *, brief: bool = False) -> dict[str, Any]:
    """Return what went wrong, how sure that is, and why."""
    shown: dict[str, Any] = {"key": case.anomaly, "status": case.anomaly_status}
    if not brief:
        reading = case.reading or {}
        shown |= {
            "claimed": case.anomaly_claimed,
            "confidence": reading.get("confidence"),
            "reasons": [_reason_shown(reason, case) for reason in reading.get("reasons", [])],
            "others": case.others,
        }
    return shown


def _reason_shown(reason: dict[str, Any], case: Case) -> dict[str, Any]:
    """Return words of the complaint (`text_span`) or a `fact` of the order, with what they speak for in words."""
    words = {"text_span": reason["text"]} if reason.get("text") else {}
    anomaly = book.current().anomaly(reason["points_to"], case.law_as_of)
    return reason | words | {"explanation": anomaly.covers.as_dict()}


def party_shown(case: Case) -> dict[str, Any]:
    """Return who answers for it."""
    return {"kind": case.responsible_kind, "organisation_id": case.respondent_id}


def respondent_shown(case: Case) -> dict[str, Any] | None:
    """Return the organisation that must answer, where it is known."""
    return {"organisation_id": case.respondent_id, "name": case.respondent.name} if case.respondent else None


def complainant_shown(case: Case) -> dict[str, Any] | None:
    """Return the complainant and how to reach them."""
    for party in case.parties:
        if party.role == "complainant":
            return {"name": party.name, "phone": party.phone, "email": party.email, "contact_by": party.contact_by}
    return None


def statutory(case: Case) -> list[Clock]:
    """Return the clocks of the regulation, without the desk's own timers, oldest first."""
    return sorted((clock for clock in case.clocks if clock.kind not in TIMERS), key=lambda clock: clock.id)


def clock_shown(clock: Clock) -> dict[str, Any]:
    """Return a clock."""
    return {
        "kind": clock.kind,
        "generation": clock.generation,
        "clause": clock.clause,
        "started_at": when(clock.started_at),
        "due_at": when(clock.due_at),
        "ended_at": when(clock.ended_at),
        "status": clock.status,
    }


def event_shown(event: CaseEvent) -> dict[str, Any]:
    """Return an entry of the history."""
    return {
        "seq": event.seq,
        "at": when(event.at),
        "action": event.action,
        "branch": event.branch,
        "by": event.side,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "clause": event.clause,
        "detail": event.detail,
    }


def finding_shown(finding: Finding) -> dict[str, Any]:
    """Return a finding of the rule engine."""
    return {
        "clause": finding.clause,
        "verdict": finding.verdict,
        "liable": finding.liable,
        "explanation": finding.explanation,
        "facts": finding.facts,
        "limit": finding.limit,
        "confirmed_at": when(finding.confirmed_at),
    }


def remedy_shown(remedy: Remedy) -> dict[str, Any]:
    """Return what is owed."""
    return {
        "remedy": remedy.n,
        "kind": remedy.kind,
        "amount": money(remedy.amount_minor, remedy.currency),
        "party": remedy.party_kind,
        "organisation_id": remedy.organisation_id,
        "due_at": when(remedy.due_at),
        "status": remedy.status,
        "source": remedy.source,
        "freight_by": remedy.freight_by,
        "note": remedy.note,
    }

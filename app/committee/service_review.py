"""A review: asked for by a party in its window, decided by other members, and what becomes of the first decision.

Source: clause 2.2.4.3.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.cases import service_clocks
from app.cases.actions import performs
from app.cases.models import Case
from app.cases.recording import about
from app.cases.service import advance
from app.cases.service_letters import local, tell_consumer, tell_respondent
from app.cases.service_performance import stay_open
from app.committee import queries
from app.committee.commands import RequestReview
from app.committee.models import Decision, ReviewRequest
from app.committee.service import convene
from app.ledger.service import record
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor
from workflows.procedure.clocks import ClockKind, end_of_civil_day
from workflows.procedure.errors import Invalid, TooLate
from workflows.procedure.names import name
from workflows.procedure.panel import is_review
from workflows.procedure.states import Action
from workflows.regulation import book

MINUTE = timedelta(minutes=1)
STANDS = {"affirmed": "in_force", "changed": "replaced", "sent_back": "set_aside"}


def review_ends(case: Case, decided_at: datetime) -> datetime:
    """Return the last minute in which a review can be asked for: civil days in the zone of the case, to 24:00."""
    days = book.current().figure("review_window", on=case.law_as_of).value
    return end_of_civil_day(decided_at, days, case.time_zone) - MINUTE


def reviewable(case: Case, at: datetime) -> Decision:
    """Return the decision that can be reviewed at `at`: once, and within its window.

    Raises Invalid or TooLate otherwise.
    """
    decision = queries.decision_of(case)
    if decision is None or decision.signed_at is None:
        raise Invalid("nothing_decided")
    if is_review(decision.round):
        raise Invalid("review_final")
    last = review_ends(case, decision.signed_at)
    if at >= last + MINUTE:
        raise TooLate("window_closed", until=local(last, case.time_zone))
    return decision


def _may_be_reviewed(case: Case, actor: Actor) -> bool:
    decision = queries.decision_of(case)
    return decision is not None and not is_review(decision.round)


@performs(Action.REQUEST_REVIEW, RequestReview, ready=_may_be_reviewed)
def request_review(case: Case, command: RequestReview, act: Act) -> None:
    """Open the review: what was ordered is stayed, a clock starts, and other members are drawn."""
    decision = reviewable(case, act.at)
    decision.status = "under_review"
    advance(case, Action.REQUEST_REVIEW, act=act, detail={"grounds": list(command.grounds)})
    case.closed_at = case.close_reason = None
    request = ReviewRequest(
        case_id=case.id, round=decision.round, side=act.actor.side, grounds=list(dict.fromkeys(command.grounds)),
        text=command.text, language=act.actor.language, at=act.at,
    )  # fmt: skip
    record(request, about=about(case.id), at=act.at)
    stay_open(case, act=act)
    service_clocks.start(case, ClockKind.REVIEW, act=act, figure="review", subject_id=decision.id)
    convene(case, act)
    _tell_other_side(case, act)


def _tell_other_side(case: Case, act: Act) -> None:
    if act.actor.is_consumer and case.organisation_ids and case.respondent:
        what = name("action", "request_review", case.respondent.language)
        tell_respondent(case, "respondent_news", act=act, what=what, turn="")
    elif act.actor.is_respondent:
        tell_consumer(case, "progress", act=act, what=name("action", "request_review", case.language), turn="")


def conclude_review(case: Case, decision: Decision) -> str | None:
    """Let a decision on review affirm the earlier one, replace it, or set it aside; return which. None otherwise."""
    if not is_review(decision.round):
        return None
    first = queries.draft_of(case, decision.round - 1)
    request = queries.review_of(case, decision.round - 1)
    if first is None or request is None:
        return None
    request.outcome = first.after_review(decision.outcome, decision.terms)
    first.status = STANDS[request.outcome]
    return request.outcome

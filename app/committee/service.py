"""Convening a panel, declarations of interest, replacement. Source: clause 3.3.2."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from app.cases import service_clocks
from app.cases.actions import performs
from app.cases.models import Case
from app.cases.queries import findings
from app.cases.queries import hold as hold_case
from app.cases.recording import about
from app.cases.service import advance, when_entering
from app.committee import queries
from app.committee import recording as recording  # names what the log commits to
from app.committee.commands import DeclareInterest
from app.committee.models import Issue, Panel, PanelSeat, Vote
from app.committee.service_draw import fill_seats
from app.committee.service_reading import open_dossier
from app.core.db import session
from app.ledger.service import record
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import Invalid, NotPermitted, TooLate
from workflows.procedure.issues import REMIT, questions
from workflows.procedure.panel import may_send_back
from workflows.procedure.states import Action, CaseState
from workflows.procedure.voting import TieRule, voting_ends
from workflows.regulation import book

LIMIT = {CaseState.COMMITTEE: ClockKind.RESOLUTION, CaseState.REVIEW: ClockKind.REVIEW}


@when_entering(CaseState.COMMITTEE)
def convene(case: Case, act: Act) -> None:
    """Draw the panel of the next round, put the issues to it and open its vote.

    Size, quorum, tie rule and candidates are frozen from here on; the seed comes from a later checkpoint of the log.
    """
    law = book.current()
    earlier = queries.panel_of(case)
    number = 1 + (earlier.round if earlier else 0)
    panel = Panel(
        case_id=case.id, round=number, draws=[],
        size=law.figure("panel_size", on=case.law_as_of).value,
        expert_seats=law.figure("expert_seats", on=case.law_as_of).value,
        quorum=law.figure("quorum", on=case.law_as_of).value,
        tie_rule=TieRule.CHAIR, opened_at=act.at, closes_at=act.at, seats=[], challenges=[],
        issues=_issues(case, number),
    )  # fmt: skip
    record(panel, about=about(case.id), at=act.at)
    session().flush()
    for issue in panel.issues:
        record(issue, about=about(case.id), at=act.at)
    if earlier and case.state is CaseState.COMMITTEE:  # sent back: the case has its whole time again
        service_clocks.start(case, ClockKind.RESOLUTION, act=act, figure="resolution")
    open_vote(case, panel, "voting", act=act)
    fill_seats(case, panel, act=act)


def _issues(case: Case, round_: int) -> list[Issue]:
    asked = questions(
        book.current(), case.law_as_of, anomaly=case.anomaly, party=case.responsible_kind,
        findings=[(found.clause, found.verdict) for found in findings(case)], sought=case.remedies_sought,
    )  # fmt: skip
    return [
        Issue(
            n=n, kind=each.kind, subject=each.subject, clause=each.clause, party=each.party,
            amount_minor=each.amount_minor, currency=each.currency,
        )
        for n, each in enumerate((REMIT, *asked) if may_send_back(round_) else asked, start=1)
    ]  # fmt: skip


def open_vote(case: Case, panel: Panel, figure: str, *, act: Act) -> None:
    """Start the time for voting, by `figure`, but so that the case's own limit can still be kept."""
    law = book.current()
    limit = next((c for c in case.clocks if c.kind is LIMIT[case.state] and c.is_open), None)
    panel.closes_at = voting_ends(
        act.at, length=law.figure(figure, on=case.law_as_of).length, limit_ends=limit.due_at if limit else None,
        reserve=law.figure("decision_writing", on=case.law_as_of).length,
        shortest=law.figure("voting_shortest", on=case.law_as_of).length,
    )  # fmt: skip
    service_clocks.start(
        case, ClockKind.VOTING, act=act, figure=figure, due_at=panel.closes_at, subject_id=panel.id
    )  # fmt: skip


# --- interests -----------------------------------------------------------------------------------------------------


def hold(case: Case) -> Panel:
    """Return the panel of the present round, with the case to ourselves: who votes at the same instant comes after."""
    hold_case(case)
    panel = queries.panel_of(case)
    if panel is None:
        raise Invalid("not_possible")
    return panel


def hold_at_work(case: Case) -> Panel:
    """Return the panel to act on; while a challenge waits for its ruling, nothing is done. Raises Invalid."""
    panel = hold(case)
    if panel.halted:
        raise Invalid("challenge_pending")
    return panel


def seat_of(panel: Panel, actor: Actor) -> PanelSeat:
    """Return the seat of who acts. Raises NotPermitted for everybody else."""
    seat = panel.seat_of(actor.user_id)
    if seat is None:
        raise NotPermitted("not_seated")
    return seat


def _sits(case: Case, actor: Actor) -> bool:
    panel = queries.panel_of(case)
    seat = panel.seat_of(actor.user_id) if panel else None
    return panel is not None and panel.sealed and seat is not None


@performs(Action.DECLARE_INTEREST, DeclareInterest, ready=_sits)
def declare_interest(case: Case, command: DeclareInterest, act: Act) -> None:
    """Open the dossier to a member without an interest; replace one who has one, also when it shows later."""
    panel = hold(case)
    seat = seat_of(panel, act.actor)
    if not panel.sealed:
        raise TooLate("voting_closed")
    if command.interest == seat.interest:
        raise Invalid("already_answered")
    if command.interest == "conflict" and not command.reason:
        raise Invalid("reason_missing", pointer="/reason")
    if command.interest == "none" and panel.halted:
        raise Invalid("challenge_pending")
    seat.interest, seat.reason, seat.declared_at = command.interest, command.reason or None, act.at
    advance(case, Action.DECLARE_INTEREST, act=act, detail={"interest": command.interest, "place": seat.place})
    if command.interest == "conflict":
        replace(case, panel, [seat], because="conflict", act=act)
    else:
        open_dossier(case, panel, act)


def replace(case: Case, panel: Panel, seats: Sequence[PanelSeat], *, because: str, act: Act) -> None:
    """Have these members leave, their votes count no more, and seat the next in the draw."""
    left = [seat.user_id for seat in seats]
    for seat in seats:
        seat.left_at, seat.left_because = act.at, because
    for doubt in panel.challenges:
        if doubt.outcome == "pending" and doubt.seat.left_at is not None:
            doubt.outcome, doubt.ruled_at = "moot", act.at
    session().flush()  # a place is free before it is taken again
    session().execute(update(Vote).where(Vote.panel_id == panel.id, Vote.user_id.in_(left)).values(counts=False))
    by_place = {seat.place: seat.user_id for seat in fill_seats(case, panel, act=act)}
    for seat in seats:
        seat.replaced_by = by_place.get(seat.place)

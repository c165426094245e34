"""Seating a panel: the draw, declarations of interest, replacement. Source: clause 3.3.2."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from app.accounts import queries as people
from app.accounts.models import User
from app.cases import service_clocks
from app.cases.actions import performs
from app.cases.models import Case
from app.cases.queries import findings
from app.cases.queries import hold as hold_case
from app.cases.service import advance, when_entering
from app.cases.service_letters import complainant, local, tell_staff
from app.committee import queries
from app.committee.commands import DeclareInterest
from app.committee.models import Issue, Panel, PanelSeat, Vote
from app.core import ids, site
from app.core.db import session
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor, Role
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import Invalid, NotPermitted, TooLate
from workflows.procedure.issues import questions
from workflows.procedure.names import name
from workflows.procedure.panel import Candidate, draw, eligible
from workflows.procedure.states import Action, CaseState
from workflows.procedure.voting import TieRule, voting_ends
from workflows.regulation import book

LIMIT = {CaseState.COMMITTEE: ClockKind.RESOLUTION, CaseState.REVIEW: ClockKind.REVIEW}


@when_entering(CaseState.COMMITTEE)
def convene(case: Case, act: Act) -> None:
    """Draw the panel of the next round, put the issues to it and open its vote.

    Size, quorum, tie rule, seed and candidates are frozen from here on.
    """
    law = book.current()
    earlier = queries.panel_of(case)
    number = 1 + (earlier.round if earlier else 0)
    panel = Panel(
        case_id=case.id, round=number, seed=f"{case.number}/{number}/{ids.new_token()}", candidates=[],
        size=law.figure("panel_size", on=case.law_as_of).value, quorum=law.figure("quorum", on=case.law_as_of).value,
        tie_rule=TieRule.CHAIR, opened_at=act.at, closes_at=act.at, seats=[], issues=_issues(case),
    )  # fmt: skip
    session().add(panel)
    session().flush()
    open_vote(case, panel, "voting", act=act)
    fill_seats(case, panel, act=act)


def _issues(case: Case) -> list[Issue]:
    asked = questions(
        book.current(), case.law_as_of, anomaly=case.anomaly, party=case.responsible_kind,
        findings=[(found.clause, found.verdict) for found in findings(case)], sought=case.remedies_sought,
    )  # fmt: skip
    return [
        Issue(
            n=n, kind=each.kind, subject=each.subject, clause=each.clause, party=each.party,
            amount_minor=each.amount_minor, currency=each.currency,
        )
        for n, each in enumerate(asked, start=1)
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


# --- seats ---------------------------------------------------------------------------------------------------------


def fill_seats(case: Case, panel: Panel, *, act: Act) -> list[PanelSeat]:
    """Give every empty place to the next in the draw and tell them; tell the secretaries where the pool is too small.

    People who joined the pool since are candidates from now on. Returns the new seats.
    """
    panel.candidates = [*panel.candidates, *_newcomers(case, panel, act)]
    empty = sorted(set(range(1, panel.size + 1)) - {seat.place for seat in panel.live_seats})
    drawn = draw(panel.seed, candidates(panel), places=empty, taken=[seat.user_id for seat in panel.seats])
    added = [PanelSeat(user=people.by_id(user_id), place=place, seated_at=act.at) for place, user_id in drawn.items()]
    panel.seats.extend(added)
    session().flush()
    for seat in added:
        _tell_seated(case, panel, seat, act)
    if len(drawn) < len(empty):
        tell_secretaries(case, "panel_short", act=act)
    return added


def candidates(panel: Panel) -> list[Candidate]:
    """Return the frozen candidates as the draw takes them."""
    return [Candidate(each["id"], each["presides"], each["sits"]) for each in panel.candidates]


def _newcomers(case: Case, panel: Panel, act: Act) -> list[dict[str, object]]:
    known = {each["id"] for each in panel.candidates}
    pool = [_candidate(person) for person in people.with_role(Role.MEMBER, Role.CHAIR) if not _is_party(case, person)]
    able = eligible(
        (each for each in pool if each.user_id not in known),
        parties={case.respondent_id} if case.respondent_id else (),
        barred=queries.barred(case),
    )
    return [
        {"id": each.user_id, "presides": each.presides, "sits": each.sits, "since": act.at.isoformat()} for each in able
    ]


def _candidate(person: User) -> Candidate:
    roles = set(person.roles)
    return Candidate(person.id, Role.CHAIR in roles, Role.MEMBER in roles, person.organisation_id)


def _is_party(case: Case, person: User) -> bool:
    email = complainant(case).email
    return email is not None and email.casefold() == person.email


def _tell_seated(case: Case, panel: Panel, seat: PanelSeat, act: Act) -> None:
    due = local(panel.closes_at, case.time_zone)
    tell_staff(case, seat.user, "panel_seat", act=act, due=due, case_url=_url(case))


def _url(case: Case) -> str:
    return site.absolute(f"/committee/{case.number}")


def tell(case: Case, person: User, news: str, *, act: Act) -> None:
    """Write to one of the committee; `news` is a key of `committee_news`."""
    what = name("committee_news", news, person.language)
    tell_staff(case, person, "staff_news", act=act, what=what, case_url=_url(case))


def tell_secretaries(case: Case, news: str, *, act: Act) -> None:
    """Write to the committee's secretaries."""
    for person in people.with_role(Role.SECRETARY):
        tell(case, person, news, act=act)


# --- interests -----------------------------------------------------------------------------------------------------


def hold(case: Case) -> Panel:
    """Return the panel of the present round, with the case to ourselves: who votes at the same instant comes after."""
    hold_case(case)
    panel = queries.panel_of(case)
    if panel is None:
        raise Invalid("not_possible")
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
    seat.interest, seat.reason, seat.declared_at = command.interest, command.reason or None, act.at
    advance(case, Action.DECLARE_INTEREST, act=act, detail={"interest": command.interest, "place": seat.place})
    if command.interest == "conflict":
        replace(case, panel, [seat], because="conflict", act=act)


def replace(case: Case, panel: Panel, seats: Sequence[PanelSeat], *, because: str, act: Act) -> None:
    """Have these members leave, their votes count no more, and seat the next in the draw."""
    left = [seat.user_id for seat in seats]
    for seat in seats:
        seat.left_at, seat.left_because = act.at, because
    session().flush()  # a place is free before it is taken again
    session().execute(update(Vote).where(Vote.panel_id == panel.id, Vote.user_id.in_(left)).values(counts=False))
    by_place = {seat.place: seat.user_id for seat in fill_seats(case, panel, act=act)}
    for seat in seats:
        seat.replaced_by = by_place.get(seat.place)

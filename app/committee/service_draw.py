"""Seats: candidates are frozen, a later checkpoint of the log gives the seed, the lots say who sits.

Nobody can know the seed when the candidates are frozen, so nobody can choose the moment that favours somebody; and
everybody can run the draw again. Who leaves is replaced by the next in the same draw. Source: clause 3.3.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.accounts import queries as people
from app.accounts.models import User
from app.cases.models import Case
from app.cases.recording import about
from app.cases.service_letters import complainant, local, tell_staff
from app.committee import queries
from app.committee.models import Panel, PanelDraw, PanelSeat, PoolMember
from app.core import outbox, site
from app.core.db import session
from app.ledger import queries as ledger
from app.ledger.service import entry_of, record
from workflows.procedure import panel as lots
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.names import name
from workflows.procedure.panel import Candidate, eligible
from workflows.regulation import book

SOON = timedelta(seconds=2)
"""When to ask for the checkpoint: the notary signs about every second."""


def fill_seats(case: Case, panel: Panel, *, act: Act) -> list[PanelSeat]:
    """Give every empty place to the next in the draw and tell them. Returns the new seats.

    Where the draw is exhausted, those who joined the pool since are frozen as candidates of another one; where there
    are none, the secretaries are told.
    """
    added: list[PanelSeat] = []
    for each in panel.draws:
        added += _seat(panel, each, act)
    session().flush()
    for seat in added:
        record(seat, about=about(case.id), at=act.at)
        _tell_seated(case, panel, seat, act)
    if _empty(panel) and not any(each.seed is None for each in panel.draws):
        _freeze(case, panel, act)
    return added


def draw_lots(case: Case, *, act: Act) -> bool:
    """Fill the seats of the present panel if the seed is there by now; returns whether nothing is waited for any more.

    Twice is harmless: a draw gets its seed once.
    """
    panel = queries.panel_of(case)
    waiting = [each for each in panel.draws if each.seed is None] if panel else []
    for each in waiting:
        entry = entry_of(each)
        signed = ledger.covering(entry.position) if entry and entry.position is not None else None
        if signed is None:
            return False
        each.seed, each.checkpoint = lots.seed_of(signed.root.hex(), each.panel_id, each.n), signed.size
    if panel and waiting and panel.sealed:
        fill_seats(case, panel, act=act)
    return True


def candidates(drawn: PanelDraw) -> list[Candidate]:
    """Return the frozen candidates as the draw takes them."""
    return [Candidate(each["id"], each["presides"], each["sits"], expert=each["expert"]) for each in drawn.candidates]


def substitutes(panel: Panel, places: list[int]) -> set[int]:
    """Return those of these places for which a draw still has somebody."""
    taken = [seat.user_id for seat in panel.seats]
    found: set[int] = set()
    for each in panel.draws:
        if each.seed is not None:
            drawn = lots.draw(each.seed, candidates(each), places=places, taken=taken, experts=panel.expert_seats)
            found |= set(drawn)
    return found


def _empty(panel: Panel) -> list[int]:
    return sorted(set(range(1, panel.size + 1)) - {seat.place for seat in panel.live_seats})


def _seat(panel: Panel, drawn: PanelDraw, act: Act) -> list[PanelSeat]:
    if drawn.seed is None:
        return []
    taken = [seat.user_id for seat in panel.seats]
    by_place = lots.draw(
        drawn.seed, candidates(drawn), places=_empty(panel), taken=taken, experts=panel.expert_seats
    )  # fmt: skip
    added = [
        PanelSeat(user=people.by_id(user_id), user_id=user_id, place=place, draw=drawn.n, seated_at=act.at)
        for place, user_id in by_place.items()
    ]
    panel.seats.extend(added)
    return added


# --- who can be drawn ----------------------------------------------------------------------------------------------


def _freeze(case: Case, panel: Panel, act: Act) -> None:
    able = _who_had_decided(case, panel, act.at) or _newcomers(case, panel, act.at)
    if not able:
        tell_secretaries(case, "panel_short", act=act)
        return
    drawn = PanelDraw(
        panel_id=panel.id, n=len(panel.draws) + 1, at=act.at, seed=None, checkpoint=None,
        candidates=[
            {"id": each.user_id, "presides": each.presides, "sits": each.sits, "expert": each.expert} for each in able
        ],
    )  # fmt: skip
    panel.draws.append(drawn)
    record(drawn, about=about(case.id), at=act.at)
    outbox.add(outbox.Task.DRAW_PANEL, at=act.at + SOON, case_id=case.id)


def _who_had_decided(case: Case, panel: Panel, at: datetime) -> tuple[Candidate, ...]:
    """Return those to whom a review sent the case back, each for the place they had; nobody else, and nobody twice."""
    before = queries.decided_before(panel, case) if not panel.draws else None
    if before is None:
        return ()
    serving = {each.user_id for each in _pool(case, queries.pool(), at)}
    return tuple(
        Candidate(seat.user_id, seat.is_chair, not seat.is_chair, seat.user.organisation_id)
        for seat in before.live_seats
        if seat.user_id in serving
    )


def _newcomers(case: Case, panel: Panel, at: datetime) -> tuple[Candidate, ...]:
    """Return who may judge the case, has time for it, and was no candidate yet."""
    known = {each["id"] for drawn in panel.draws for each in drawn.candidates}
    parties = {case.respondent_id, *case.known_to} - {None}
    kept = queries.pool()
    able = eligible(
        (each for each in _pool(case, kept, at) if each.user_id not in known),
        parties=[party for party in parties if party is not None],
        barred=queries.barred(case) | {one.user_id for one in kept.values() if parties & set(one.ties)},
    )
    most = book.current().figure("member_load", on=case.law_as_of).value
    return lots.within_load(able, {who: now for who, (now, _) in queries.load().items()}, most=most, size=panel.size)


def _pool(case: Case, kept: Mapping[int, PoolMember], at: datetime) -> Iterator[Candidate]:
    """Yield those who serve on the day of the draw, each with what they can be drawn for."""
    today = at.astimezone(ZoneInfo(case.time_zone)).date()
    for person in people.with_role(Role.MEMBER, Role.CHAIR):
        one = kept.get(person.id)
        if _is_party(case, person) or (one and not one.serves(today)):
            continue
        expert = one is not None and case.anomaly in one.expertise
        roles = set(person.roles)
        yield Candidate(person.id, Role.CHAIR in roles, Role.MEMBER in roles, person.organisation_id, expert=expert)


def _is_party(case: Case, person: User) -> bool:
    email = complainant(case).email
    return email is not None and email.casefold() == person.email


# --- telling them --------------------------------------------------------------------------------------------------


def _tell_seated(case: Case, panel: Panel, seat: PanelSeat, act: Act) -> None:
    due = local(panel.closes_at, case.time_zone)
    tell_staff(case, seat.user, "panel_seat", act=act, due=due, case_url=_url(case))


def _url(case: Case, page: str = "") -> str:
    return site.absolute(f"/committee/{case.number}{page}")


def tell(case: Case, person: User, news: str, *, act: Act, page: str = "") -> None:
    """Write to one of the committee; `news` is a key of `committee_news`, `page` the path below the case's own."""
    what = name("committee_news", news, person.language)
    tell_staff(case, person, "staff_news", act=act, what=what, case_url=_url(case, page))


def tell_secretaries(case: Case, news: str, *, act: Act, page: str = "") -> None:
    """Write to the committee's secretaries."""
    for person in people.with_role(Role.SECRETARY):
        tell(case, person, news, act=act, page=page)

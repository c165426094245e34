"""Reading penalties: those of a case, of a company, of the desk's board, and what the public may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from app.cases.models import Case, CaseEvent
from app.cases.service_erasure import goes_on
from app.conduct.models import Penalty
from app.core import paging
from app.core.db import session, writing
from app.organisations.models import Organisation
from app.organisations.queries import counting_for
from workflows.procedure.authority import Actor, Permission
from workflows.procedure.penalties import ACTS, Happening, PenaltyStatus

KEPT = "penalties_of_case"
GONE = (PenaltyStatus.DROPPED, PenaltyStatus.LIFTED, PenaltyStatus.VOID)


def of_case(case: Case) -> Sequence[Penalty]:
    """Return the penalties of a case, oldest first; a page reads them once for each entry of the history."""
    query = select(Penalty).where(Penalty.case_id == case.id).order_by(Penalty.n)
    query = query.options(joinedload(Penalty.organisation))
    if writing():
        return session().scalars(query).all()
    kept: dict[tuple[int, int], Sequence[Penalty]] = session().info.setdefault(KEPT, {})
    key = case.id, case.last_seq
    if key not in kept or any(each not in session() for each in kept[key]):
        kept.clear()
        kept[key] = session().scalars(query).all()
    return kept[key]


def known(cause: str) -> bool:
    """Return whether this breach is recorded already."""
    return session().scalar(select(Penalty.id).where(Penalty.cause == cause)) is not None


def earlier(organisation_id: int, breach: str) -> Sequence[datetime]:
    """Return when the company committed the same breach before, as far as that stands."""
    query = select(Penalty.breached_at).where(
        Penalty.organisation_id.in_(counting_for(organisation_id)),
        Penalty.breach == breach,
        Penalty.status.not_in(GONE),
    )
    return session().scalars(query).all()


def last_n(case_id: int) -> int:
    """Return how many penalties the case has."""
    query = select(Penalty.n).where(Penalty.case_id == case_id).order_by(Penalty.n.desc()).limit(1)
    return session().scalar(query) or 0


def _whole() -> Select[Penalty]:
    return select(Penalty).options(joinedload(Penalty.organisation), joinedload(Penalty.case))


def by_number(number: str, actor: Actor) -> Penalty | None:
    """Return a penalty that `actor` may read in full: the desk's readers, and the company itself while it answers."""
    query = _whole().where(Penalty.number == number)
    if not actor.may(Permission.PENALTY_READ):
        if not actor.is_respondent or actor.organisation_id is None:
            return None
        query = query.where(Penalty.organisation_id == actor.organisation_id)
    return session().scalars(query).one_or_none()


def of_company(organisation_id: int) -> Sequence[Penalty]:
    """Return all penalties of a company, newest first."""
    query = _whole().where(Penalty.organisation_id == organisation_id)
    return session().scalars(query.order_by(Penalty.proposed_at.desc(), Penalty.id.desc()).limit(200)).all()


def history(penalty: Penalty) -> Sequence[CaseEvent]:
    """Return what was done about one penalty, oldest first."""
    return [event for event in _entries([penalty.case_id]) if event.detail.get("penalty") == penalty.n]


def happenings(penalties: Collection[Penalty]) -> Mapping[int, list[Happening]]:
    """Return what the record says about each of these penalties, by its id, in one query."""
    ids = {(penalty.case_id, penalty.n): penalty.id for penalty in penalties}
    found: dict[int, list[Happening]] = defaultdict(list)
    for event in _entries({penalty.case_id for penalty in penalties}):
        if penalty_id := ids.get((event.case_id, event.detail.get("penalty", 0))):
            found[penalty_id].append(Happening(event.at, event.action, event.branch, event.detail))
    return found


def _entries(cases: Collection[int]) -> Sequence[CaseEvent]:
    query = select(CaseEvent).where(CaseEvent.case_id.in_(cases), CaseEvent.action.in_(ACTS))
    return session().scalars(query.order_by(CaseEvent.case_id, CaseEvent.seq)).all() if cases else ()


# --- the desk's board ------------------------------------------------------------------------------------------------

VIEWS = ("to_decide", "hearing", "appeals", "in_force", "done")


def board(view: str, at: datetime, *, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page[Penalty]:
    """Return a page of the penalties of a view: what waits longest first, what is over newest first."""
    newest = view in ("in_force", "done")
    column = Penalty.proposed_at
    query = _whole().where(_of_view(view, at))
    if cursor:
        when, last_id = paging.decode(cursor, datetime, int)
        after = (column < when) if newest else (column > when)
        later = (Penalty.id < last_id) if newest else (Penalty.id > last_id)
        query = query.where(after | ((column == when) & later))
    order = (column.desc(), Penalty.id.desc()) if newest else (column, Penalty.id)
    return _page(query.order_by(*order), "proposed_at", limit)


def _of_view(view: str, at: datetime) -> ColumnElement[bool]:
    proposed = and_(Penalty.status == PenaltyStatus.PROPOSED, Penalty.stayed.is_(False))
    heard = or_(Penalty.answered_at.is_not(None), Penalty.hear_by < at)
    appeal = and_(Penalty.appealed_at.is_not(None), Penalty.ruled_at.is_(None))
    imposed = Penalty.status == PenaltyStatus.IN_FORCE
    return {
        "to_decide": and_(proposed, heard),
        "hearing": or_(
            and_(proposed, ~heard), and_(Penalty.status == PenaltyStatus.PROPOSED, Penalty.stayed.is_(True))
        ),
        "appeals": and_(imposed, appeal),
        "in_force": and_(imposed, ~appeal),
        "done": Penalty.status.in_(GONE),
    }[view]


def _page(query: Select[Penalty], column: str, limit: int) -> paging.Page[Penalty]:
    rows = list(session().scalars(query.limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    return paging.Page(rows, paging.encode(getattr(rows[-1], column), rows[-1].id) if more else None)


# --- what the public sees --------------------------------------------------------------------------------------------


class Sought(Struct, frozen=True):
    """Which published penalties. Empty fields do not filter; `now` is in_force, ended or empty for both."""

    measure: str = ""
    breach: str = ""
    now: str = ""
    organisation_id: int | None = None

    def conditions(self, at: datetime) -> Iterator[ColumnElement[bool]]:
        """Yield the conditions of the list; what was lifted or is void was never deserved, and is not shown."""
        yield Penalty.status == PenaltyStatus.IN_FORCE
        over = and_(Penalty.until_at.is_not(None), Penalty.until_at <= at, Penalty.points_until_at <= at)
        if self.now:
            yield over if self.now == "ended" else ~over
        if self.measure:
            yield Penalty.measure == self.measure
        if self.breach:
            yield Penalty.breach == self.breach
        if self.organisation_id is not None:
            yield Penalty.organisation_id.in_(counting_for(self.organisation_id))


@goes_on
def unsettled(case_ids: Sequence[int], at: datetime) -> Collection[int]:
    """Return those of these cases that have a penalty to be heard, decided, or appealed against."""
    open_ = or_(Penalty.appeal_by > at, and_(Penalty.appealed_at.is_not(None), Penalty.ruled_at.is_(None)))
    waits = or_(Penalty.status == PenaltyStatus.PROPOSED, and_(Penalty.status == PenaltyStatus.IN_FORCE, open_))
    return set(session().scalars(select(Penalty.case_id).where(Penalty.case_id.in_(case_ids), waits)))


def published(
    sought: Sought, at: datetime, *, cursor: str | None = None, limit: int = paging.LIMIT
) -> paging.Page[Penalty]:
    """Return a page of published penalties, newest first. Source: clause 3.2.3. Raises BadCursor."""
    query = select(Penalty).options(joinedload(Penalty.organisation)).where(*sought.conditions(at))
    if cursor:
        when, last_id = paging.decode(cursor, datetime, int)
        before = (Penalty.decided_at < when) | ((Penalty.decided_at == when) & (Penalty.id < last_id))
        query = query.where(before)
    return _page(query.order_by(Penalty.decided_at.desc(), Penalty.id.desc()), "decided_at", limit)


def ever_imposed(organisation_ids: Collection[int] | None = None) -> Sequence[Penalty]:
    """Return every penalty that was imposed, whatever became of it: of these companies, or of all."""
    query = select(Penalty).where(Penalty.decided_at.is_not(None), Penalty.status != PenaltyStatus.DROPPED)
    if organisation_ids is not None:
        query = query.where(Penalty.organisation_id.in_(organisation_ids))
    return session().scalars(query.order_by(Penalty.decided_at, Penalty.id)).all()


def companies(ids: Collection[int]) -> Mapping[int, Organisation]:
    """Return companies by id, closed ones too."""
    rows = session().scalars(select(Organisation).where(Organisation.id.in_(ids))) if ids else ()
    return {each.id: each for each in rows}

"""What must hold after every act, whatever was done, by whom, in which order and at which time.

 1. The history is gapless: its entries are numbered 1 … `last_seq`.
 2. Every entry is an arrow of the table of steps and begins where the one before ended; the case is at the last end.
 3. Every clock is what the history and the figures make it: begun, due, ended, in the same state (`recompute`).
 4. No clock did anything early, each level of each clock was done once, and each effect stands in the history.
 5. The case's due instant is the nearest end of an open statutory clock.
 6. Where the case is closed, nothing is waited for any more.
 7. A state implies its rows: settled: one accepted offer or bids that met; decided: a
    signed decision; one open offer a maker.
 8. A company is written to only when it has been asked, or called out in a confirmed emergency.
 9. Every letter is on its way exactly once.
10. Whoever was refused changed nothing, and who acts on an old version is refused.
11. After a sweep nothing is due that was due before it.
12. Whether a penalty bites is what the entries about it say; one that rests on a decision under review never does.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from app.cases import queries
from app.cases.deadlines import explained
from app.cases.models import Case, CaseEvent
from app.committee.models import Decision
from app.conduct.queries import of_case as penalties_of
from app.conduct.standing import astray
from app.core.clock import now
from app.core.db import session
from app.core.messages import OutboundMessage
from app.core.outbox import OutboxRow, Task
from app.mediation.models import Offer, OfferStatus
from workflows.procedure.clocks import ClockKind
from workflows.procedure.penalties import Stage
from workflows.procedure.states import Action, CaseState, next_step


class Broken(AssertionError):
    """An invariant does not hold."""


def hold(condition: object, what: str, *details: object) -> None:
    """Raise Broken unless the condition holds."""
    if not condition:
        raise Broken(f"{what}: {', '.join(map(str, details))}")


def of_case(case_id: int) -> None:
    """Check everything that can be read off one case. Raises Broken."""
    case = queries.case_to_work(case_id)
    history = session().scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.seq)).all()
    _gapless(case, [entry.seq for entry in history])
    _by_the_table(case, list(history))
    _clocks(case)
    _rows(case)
    _penalties(case)


def _gapless(case: Case, numbers: list[int]) -> None:
    hold(numbers == list(range(1, case.last_seq + 1)), "1. the history has gaps", case.last_seq, numbers)


def _by_the_table(case: Case, history: list[CaseEvent]) -> None:
    at: CaseState | None = None
    for entry in history:
        hold(entry.from_state is at, "2. an entry does not begin where the one before ended", entry.seq, entry.action)
        if at is not None:
            step = next_step(at, entry.action, entry.branch)
            hold(step.target is entry.to_state, "2. an entry is no arrow of the table", entry.seq, entry.action)
        at = entry.to_state
    hold(at is case.state, "2. the case is not where its history ends", case.state, at)


def _clocks(case: Case) -> None:
    found = explained(case)
    hold(not found.differences, "3./4. the clocks are not what the record makes them", *found.differences)
    hold(not found.due_at_differs, "5. the due instant is not the nearest end", case.due_at)
    open_clocks = [clock.kind for clock in case.clocks if clock.is_open]
    hold(case.state is not CaseState.CLOSED or not open_clocks, "6. a closed case waits", *open_clocks)


def _rows(case: Case) -> None:
    offers = session().execute(select(Offer.by, Offer.status, Offer.id).where(Offer.case_id == case.id)).all()
    open_by = Counter(by for by, status, _id in offers if status is OfferStatus.OPEN)
    hold(all(n == 1 for n in open_by.values()), "7. a maker has two open offers", open_by)
    running = {clock.subject_id for clock in case.clocks if clock.kind is ClockKind.OFFER and clock.is_open}
    waiting = {offer for _by, status, offer in offers if status is OfferStatus.OPEN}
    hold(running == waiting, "7. an open offer has no clock, or a closed one has", running, waiting)
    if case.state is CaseState.SETTLED:
        accepted = [offer for _by, status, offer in offers if status is OfferStatus.ACCEPTED]
        met = select(CaseEvent.id).where(CaseEvent.case_id == case.id, CaseEvent.branch == "met")
        agreed = [*accepted, *session().scalars(met)]
        hold(len(agreed) == 1, "7. settled without the one accepted offer, or the bids that met", agreed)
    if case.state is CaseState.DECIDED:
        signed = select(func.count()).where(Decision.case_id == case.id, Decision.signed_at.is_not(None))
        hold(session().scalar(signed), "7. decided without a signature")


def _penalties(case: Case) -> None:
    found = penalties_of(case)
    for company in {penalty.organisation_id for penalty in found}:
        hold(not astray(company, now()), "12. a penalty is not what its entries say", company)
    for penalty in found:
        stays = case.state is CaseState.REVIEW and penalty.decision is not None
        halted = penalty.stage(now()) not in (Stage.IN_FORCE, Stage.TO_DECIDE, Stage.HEARING)
        hold(halted or not stays, "12. a penalty bites while its decision is reviewed", penalty.number)


def of_letters(case: Case, action: Action | None, since: int, known: set[int], shops: dict[int, str]) -> None:
    """Check the letters after number `since`. `known` are the companies that knew of the case before or after."""
    letters = select(OutboundMessage).where(OutboundMessage.case_number == case.number)
    allowed = {shops[shop] for shop in known if shop in shops}
    if action is Action.START_EMERGENCY and case.anomaly_status == "confirmed" and case.respondent_id in shops:
        allowed.add(shops[case.respondent_id])
    for address in [each.address for each in session().scalars(letters.where(OutboundMessage.id > since))]:
        hold(address not in shops.values() or address in allowed, "8. written to before it was asked", address, action)


def of_outbox() -> None:
    """Check that each letter has its one row in the outbox."""
    letters = set(session().scalars(select(OutboundMessage.id)))
    rows = session().scalars(select(OutboxRow.payload).where(OutboxRow.task == Task.SEND_MESSAGE)).all()
    sent = Counter(row["message_id"] for row in rows)
    hold(set(sent) == letters and all(n == 1 for n in sent.values()), "9. letters and outbox differ", len(letters))

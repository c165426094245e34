"""What was promised or ordered, and whether it was done. Source: clause 2.2.2 (must solve it and compensate)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.cases import service_clocks
from app.cases.actions import performs
from app.cases.commands import ConfirmPerformance, DisputePerformance, Perform, Term
from app.cases.models import Case, Clock
from app.cases.models_talk import Remedy
from app.cases.queries_talk import remedies
from app.cases.service import advance, when_entering
from app.cases.service_letters import local, tell_consumer, tell_respondent
from app.core import site
from app.core.db import session
from app.core.money import written
from app.organisations.models import PartyKind
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.errors import Invalid
from workflows.procedure.names import name
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book

DONE = ("confirmed", "void")
KEPT = ("confirmed", "stayed")
DUE = ("promised", "disputed")


def promise(case: Case, terms: Sequence[Term], *, source: str, act: Act) -> list[dict[str, int]]:
    """Write down what is owed from now on, each remedy with its own clock; return them as the history keeps them.

    A later decision replaces what an earlier outcome of the case ordered. What it orders again keeps its proof, and is
    not owed twice where it was already confirmed.
    """
    earlier = list(remedies(case))
    last = max((remedy.n for remedy in earlier), default=0)
    owed: list[Remedy] = []
    for term in terms:
        remedy = _remedy(case, term, last + 1, source, act)
        again = next((old for old in earlier if old.status in KEPT and _same(old, remedy)), None)
        if again is None:
            session().add(remedy)
            last += 1
        else:
            earlier.remove(again)
            _resume(again, remedy.due_at)
        owed.append(again or remedy)
    _void(case, [old for old in earlier if old.status not in DONE], act)
    session().flush()
    due = [(remedy, term.days) for remedy, term in zip(owed, terms, strict=True) if remedy.status not in DONE]
    for remedy, _days in due:
        _start_clocks(case, remedy, act)
    return [{"remedy": remedy.n, "days": days} for remedy, days in due]


def _same(old: Remedy, new: Remedy) -> bool:
    return all(getattr(old, part) == getattr(new, part) for part in ("kind", "amount_minor", "currency", "party_kind"))


def _resume(remedy: Remedy, due_at: datetime) -> None:
    if remedy.status == "stayed":
        remedy.status, remedy.due_at = "proved" if remedy.proved_at else "promised", due_at


def _start_clocks(case: Case, remedy: Remedy, act: Act) -> None:
    service_clocks.start(
        case, ClockKind.PERFORMANCE, act=act, figure="performance_default", due_at=remedy.due_at, subject_id=remedy.id
    )
    if remedy.status == "proved":
        service_clocks.start(case, ClockKind.PROOF, act=act, figure="proof_challenge", subject_id=remedy.id)


def _remedy(case: Case, term: Term, n: int, source: str, act: Act) -> Remedy:
    kind = PartyKind(term.party_kind) if term.party_kind else case.responsible_kind
    if kind is None:
        raise Invalid("party_not_known")
    own = case.respondent_id if case.respondent and case.respondent.kind is kind else None
    return Remedy(
        case_id=case.id, n=n, source=source, kind=term.kind, party_kind=kind, organisation_id=own,
        amount_minor=term.amount.amount_minor if term.amount else None,
        currency=term.amount.currency if term.amount else case.currency,
        freight_by=term.freight_by, note=term.note or None, due_at=act.at + timedelta(days=term.days),
        status="promised",
    )  # fmt: skip


def void_open(case: Case, *, act: Act) -> None:
    """Let a new outcome replace what is still open of the old one."""
    _void(case, [remedy for remedy in remedies(case) if remedy.status not in DONE], act)


def _void(case: Case, replaced: Sequence[Remedy], act: Act) -> None:
    for remedy in replaced:
        remedy.status = "void"
        _end(case, remedy, (ClockKind.PERFORMANCE, ClockKind.PROOF), Action.SIGN_DECISION, act)


def stay_open(case: Case, *, act: Act) -> None:
    """Suspend what is still owed while the decision is under review. Source: clause 2.2.4.3."""
    for remedy in remedies(case):
        if remedy.status not in DONE:
            if remedy.status == "disputed":
                remedy.proved_at = None  # when it is owed again, this proof proves nothing
            remedy.status = "stayed"
            _end(case, remedy, (ClockKind.PERFORMANCE, ClockKind.PROOF), Action.REQUEST_REVIEW, act)


def _find(case: Case, n: int, *statuses: str) -> Remedy:
    found = next((remedy for remedy in remedies(case) if remedy.n == n and remedy.status in statuses), None)
    if found is None:
        raise Invalid("not_possible", pointer="/remedy")
    return found


def _end(case: Case, remedy: Remedy, kinds: Sequence[ClockKind], by: Action, act: Act) -> None:
    service_clocks.end(case, kinds, by=by, act=act, subject_id=remedy.id)
    ended = [clock for clock in case.clocks if clock.kind is ClockKind.PERFORMANCE and clock.subject_id == remedy.id]
    if any(clock.status in (ClockStatus.BREACHED, ClockStatus.MET_LATE) for clock in ended):
        remedy.breached_at = remedy.breached_at or act.at  # the sweep had not come yet


def _some(*statuses: str) -> Any:
    return lambda case, actor: any(remedy.status in statuses for remedy in remedies(case))


@performs(Action.PERFORM, Perform, ready=_some("promised", "disputed"))
def perform(case: Case, command: Perform, act: Act) -> None:
    """The respondent shows that a remedy was done; the consumer now has a time to say otherwise."""
    remedy = _find(case, command.remedy, "promised", "disputed")
    remedy.status, remedy.proof, remedy.proved_at = "proved", command.proof, act.at
    advance(case, Action.PERFORM, act=act, detail={"remedy": remedy.n, "proof": command.proof})
    service_clocks.start(case, ClockKind.PROOF, act=act, figure="proof_challenge", subject_id=remedy.id)
    what = name("action", "perform", case.language)
    tell_consumer(case, "progress", act=act, what=what, turn=command.proof)


@performs(Action.CONFIRM_PERFORMANCE, ConfirmPerformance, ready=_some("promised", "proved", "disputed"))
def confirm(case: Case, command: ConfirmPerformance, act: Act) -> None:
    """The consumer confirms that a remedy was done; with the last one the case closes."""
    _finish(case, _find(case, command.remedy, "promised", "proved", "disputed"), Action.CONFIRM_PERFORMANCE, act)


def _finish(case: Case, remedy: Remedy, action: Action, act: Act) -> None:
    _end(case, remedy, (ClockKind.PERFORMANCE, ClockKind.PROOF), action, act)
    remedy.status, remedy.confirmed_at = "confirmed", act.at
    if all(each.status in DONE for each in remedies(case)):
        case.close_reason = "performed"
        advance(case, action, act=act, branch="all", detail={"remedy": remedy.n})
        if case.respondent:
            what = name("close_reason", "performed", case.respondent.language)
            tell_respondent(case, "respondent_news", act=act, what=what, turn="")
    else:
        advance(case, action, act=act, branch="some", detail={"remedy": remedy.n})


@performs(Action.DISPUTE_PERFORMANCE, DisputePerformance, ready=_some("proved"))
def dispute(case: Case, command: DisputePerformance, act: Act) -> None:
    """The consumer says that what was reported as done was not: the remedy's own clock goes on."""
    remedy = _find(case, command.remedy, "proved")
    remedy.status = "disputed"
    _end(case, remedy, (ClockKind.PROOF,), Action.DISPUTE_PERFORMANCE, act)
    advance(case, Action.DISPUTE_PERFORMANCE, act=act, detail={"remedy": remedy.n, "reason": command.reason})
    if case.respondent:
        what = name("action", "dispute_performance", case.respondent.language)
        tell_respondent(case, "respondent_news", act=act, what=what, turn=command.reason)


@when_entering(CaseState.PERFORMING)
def _challengeable_from_now(case: Case, act: Act) -> None:
    """Give what was proved before the outcome was published its whole time: only now can the consumer challenge it."""
    for remedy in remedies(case):
        if remedy.status == "proved":
            _end(case, remedy, (ClockKind.PROOF,), Action.PUBLISH, act)
            service_clocks.start(case, ClockKind.PROOF, act=act, figure="proof_challenge", subject_id=remedy.id)


@service_clocks.when_elapsed(ClockKind.PROOF)
def _proof_stood(case: Case, clock: Clock, act: Act) -> None:
    remedy = next((each for each in remedies(case) if each.id == clock.subject_id and each.status == "proved"), None)
    if remedy and case.state is CaseState.PERFORMING:
        _finish(case, remedy, Action.PROOF_STOOD, Act(SYSTEM, act.at))


@service_clocks.when_warned(ClockKind.PERFORMANCE)
def _remind(case: Case, clock: Clock, act: Act) -> None:
    """Remind the company of what it owes, at each warning of the clock, unless it has reported it as done."""
    due = next((each for each in remedies(case) if each.id == clock.subject_id and each.status in DUE), None)
    if due is None or case.respondent is None or due.organisation_id != case.respondent_id:
        return
    language = case.respondent.language
    what = book.current().remedy_kind(due.kind).name.in_(language)
    if due.amount_minor:
        what = f"{what} {written(due.amount_minor, due.currency, language)}"
    url = site.absolute(f"/r/cases/{case.number}/fulfil")
    tell_respondent(
        case, "performance_due", act=act, what=what, due=local(due.due_at, case.time_zone), clause=clock.clause,
        case_url=url,
    )  # fmt: skip


@service_clocks.when_elapsed(ClockKind.PERFORMANCE)
def _breached(case: Case, clock: Clock, act: Act) -> None:
    """A remedy overdue is a breach, which the penalties table knows. Source: clause 3.2.3."""
    for remedy in remedies(case):
        if remedy.id == clock.subject_id and remedy.status not in DONE:
            remedy.breached_at = act.at
            if case.respondent:
                what = name("clock_status", "breached", case.respondent.language)
                tell_respondent(case, "respondent_news", act=act, what=what, turn="")


def confirmable(case: Case, actor: Actor) -> bool:
    """Return whether something waits for the consumer's word."""
    return case.state is CaseState.PERFORMING and any(remedy.status == "proved" for remedy in remedies(case))

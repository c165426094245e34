"""The decision: drafted from what was voted, sent back or signed by the chair. Source: clauses 2.2.4.3, 3.3.2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from app.accounts import queries as people
from app.accounts import service as accounts
from app.cases.actions import performs
from app.cases.models import Case
from app.cases.queries import findings
from app.cases.recording import about
from app.cases.service import advance
from app.cases.service_letters import local, tell_consumer, tell_respondent
from app.cases.service_performance import promise
from app.cases.terms import check_terms, restored, stored
from app.committee import queries
from app.committee.commands import STATEMENTS, DraftDecision, ReturnDraft, SignDecision
from app.committee.models import Decision, Panel
from app.committee.queries import Ruling
from app.committee.service import hold_at_work, seat_of
from app.committee.service_draw import tell, tell_secretaries
from app.committee.service_review import conclude_review, review_ends
from app.core import ids
from app.core.db import session
from app.ledger.service import record
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.procedure.issues import IssueKind, Order, Outcome, check_orders
from workflows.procedure.names import name
from workflows.procedure.panel import is_review
from workflows.procedure.states import Action
from workflows.procedure.voting import Choice
from workflows.regulation import book
from workflows.regulation.errors import NotInRulebook


def _voted(case: Case, actor: Actor) -> bool:
    panel = queries.panel_of(case)
    return panel is not None and not panel.sealed


@performs(Action.DRAFT_DECISION, DraftDecision, ready=_voted)
def draft_decision(case: Case, command: DraftDecision, act: Act) -> None:
    """Write the decision down, or write it anew; it has to say what the panel voted."""
    panel = hold_at_work(case)
    if panel.sealed:
        raise Invalid("vote_open")
    _check(case, queries.rulings(panel), command)
    decision = queries.draft_of(case, panel.round) or _new_draft(case, panel)
    decision.outcome, decision.dissent = Outcome(command.outcome), command.dissent or None
    decision.facts_found, decision.clauses, decision.reasons = command.facts_found, command.clauses, command.reasons
    decision.terms = stored(command.terms)
    decision.drafted_by, decision.drafted_at = act.actor.user_id or 0, act.at
    decision.returned_at = decision.returned_note = None
    advance(case, Action.DRAFT_DECISION, act=act, detail={"round": panel.round, "outcome": command.outcome})
    if panel.chair:
        tell(case, panel.chair.user, "signature_wanted", act=act)


def _new_draft(case: Case, panel: Panel) -> Decision:
    decision = Decision(case_id=case.id, round=panel.round, language=case.language, status="draft")
    session().add(decision)
    return decision


def _check(case: Case, rulings: Sequence[Ruling], command: DraftDecision) -> None:
    if command.outcome != queries.outcome_of(rulings):
        raise Invalid("outcome_not_voted", pointer="/outcome")
    for place, clause in enumerate(command.clauses):
        try:
            book.current().clause(clause, on=case.law_as_of)
        except NotInRulebook:
            raise Invalid("clause_unknown", pointer=f"/clauses/{place}", clause=clause) from None
    if command.terms:
        check_terms(case, command.terms)
    orders = [Order(term.kind, term.amount.amount_minor if term.amount else None) for term in command.terms]
    check_orders([(ruling.issue.question, ruling.tally.result) for ruling in rulings], orders)


# --- the chair -----------------------------------------------------------------------------------------------------


def _waits_for_chair(case: Case, actor: Actor) -> bool:
    panel = queries.panel_of(case)
    draft = queries.draft_of(case, panel.round) if panel else None
    return draft is not None and draft.waits_for_signature and _presides(panel, actor)


def _presides(panel: Panel | None, actor: Actor) -> bool:
    return panel is not None and panel.chair is not None and panel.chair.user_id == actor.user_id


def _draft_before_chair(case: Case, act: Act) -> tuple[Panel, Decision]:
    panel = hold_at_work(case)
    seat_of(panel, act.actor)
    if not _presides(panel, act.actor):
        raise NotPermitted("not_presiding")
    decision = queries.draft_of(case, panel.round)
    if decision is None or not decision.waits_for_signature:
        raise Invalid("no_draft")
    return panel, decision


@performs(Action.RETURN_DRAFT, ReturnDraft, ready=_waits_for_chair)
def return_draft(case: Case, command: ReturnDraft, act: Act) -> None:
    """Send the draft back to the secretary, with the reason."""
    _, decision = _draft_before_chair(case, act)
    decision.returned_note, decision.returned_at = command.note, act.at
    advance(case, Action.RETURN_DRAFT, act=act)
    tell_secretaries(case, "draft_returned", act=act)


@performs(Action.SIGN_DECISION, SignDecision, ready=_waits_for_chair)
def sign_decision(case: Case, command: SignDecision, act: Act) -> None:
    """Sign: the number is given, what is owed is promised, the case is decided, both sides are told."""
    panel, decision = _draft_before_chair(case, act)
    if missing := [statement for statement in STATEMENTS if statement not in command.statements]:
        raise Invalid("statement_missing", pointer="/statements", missing=len(missing))
    signer = people.by_id(act.actor.user_id or 0)
    if accounts.check_password(signer.email, command.password) is None:
        raise Invalid("password_wrong", pointer="/password")
    year = act.at.astimezone(ZoneInfo(case.time_zone)).year
    decision.number = f"〔{year}〕{ids.next_serial(f'decision-{year}')}"
    decision.signed_by, decision.signed_at, decision.status = signer.id, act.at, "in_force"
    decision.dissent_ruling = command.dissent if decision.dissent else None
    record(decision, about=about(case.id), at=act.at)
    review = conclude_review(case, decision)
    detail: dict[str, Any] = {"round": panel.round, "number": decision.number, "outcome": decision.outcome}
    detail |= {"statements": list(command.statements), "upheld": _upheld(case, panel), "review": review}
    branch = "sent_back" if decision.outcome is Outcome.SENT_BACK else ""
    if not branch:  # what is decided anew stays suspended until then
        detail["owed"] = promise(case, restored(decision.terms), source="decision", act=act)
    advance(case, Action.SIGN_DECISION, act=act, branch=branch, detail=detail)
    _tell_parties(case, decision, act)


def _upheld(case: Case, panel: Panel) -> list[str]:
    """Return the clauses that the company is found to have broken, in whole or in part. Source: clause 3.2.3."""
    others = {each.clause for each in findings(case) if each.liable not in (None, case.responsible_kind)}
    found = [ruling.issue for ruling in queries.rulings(panel) if ruling.tally.result is not Choice.REJECT]
    broken = [each.clause for each in found if each.kind is IssueKind.BREACH and each.clause not in others]
    liable = [each.clause for each in found if each.kind is IssueKind.LIABILITY and each.party == case.responsible_kind]
    return list(dict.fromkeys([*broken, *liable]))


def _tell_parties(case: Case, decision: Decision, act: Act) -> None:
    further, ends = "final" if is_review(decision.round) else "open", review_ends(case, act.at)
    if decision.outcome is Outcome.SENT_BACK:
        again = (clock for clock in case.clocks if clock.kind is ClockKind.RESOLUTION and clock.is_open)
        further, ends = "sent_back", next(again).due_at
    until = local(ends, case.time_zone)

    def fields(language: str) -> dict[str, Any]:
        return {
            "decision": decision.number, "outcome": name("outcome", decision.outcome, language),
            "review": name("review_note", further, language).format(until=until),
        }  # fmt: skip

    tell_consumer(case, "decided", act=act, **fields(case.language))
    if case.organisation_ids and case.respondent:
        tell_respondent(case, "decided_respondent", act=act, **fields(case.respondent.language))

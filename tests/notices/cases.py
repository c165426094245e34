"""Cases with an outcome, for the tests of publishing: settled, or decided by a panel of three."""

from __future__ import annotations

from datetime import timedelta

from app.cases.actions import carry_out
from app.cases.commands import Money, Term
from app.cases.models import Case
from app.cases.service import advance
from app.cases.service_performance import promise
from app.committee.models import Decision, Issue, Panel, PanelSeat, Vote
from app.core import clock, ids
from app.core.db import session
from app.notices.commands import Publish
from app.notices.models import RegisterEntry
from app.notices.queries import entries_of
from tests.factories import a_case, a_person, an_act, an_organisation
from workflows.procedure.authority import Role
from workflows.procedure.issues import IssueKind, Outcome
from workflows.procedure.states import Action, CaseState
from workflows.procedure.voting import Choice, TieRule

REFUND = Term(kind="refund", amount=Money(amount_minor=19900), days=7)
FACTS = ("消费者收到的外套吊牌完好，签收后第三天申请退货。", "商家以“拆封不退”为由拒绝，未提出外套受损的证据。")
REASONS = "签收后七日内可以无理由退货，外套完好，商家应当接受退货并退还货款。"


def a_settled_case(*terms: Term, **changes) -> Case:
    """A case in which both sides agreed on a refund (or on `terms`)."""
    case = a_case(CaseState.MEDIATION, **_apparel(changes))
    advance(case, Action.ACCEPT, act=an_act(), branch="all")
    promise(case, terms or (REFUND,), source="settlement", act=an_act())
    session().flush()
    return case


def a_decided_case(outcome: Outcome = Outcome.FOR_CONSUMER, *, terms=(REFUND,), case=None, **decision) -> Case:
    """A case that a panel decided; signed, not published. With `case`, the decision on its review."""
    if case is None:
        changes = decision.pop("case_changes", {})
        case = a_case(CaseState.MEDIATION, **_apparel(changes))
        advance_quietly(case, CaseState.COMMITTEE)
        _panel(case, 1, outcome)
        round_ = 1
    else:
        round_ = 2
        _panel(case, 2, outcome)
    signed = _decision(case, round_, outcome, terms, **decision)
    session().add(signed)
    advance(case, Action.SIGN_DECISION, act=an_act(), detail={"number": signed.number})
    promise(case, terms, source="decision", act=an_act())
    session().flush()
    return case


def advance_quietly(case: Case, state: CaseState) -> None:
    """Put the case into `state` without drawing a panel: the tests bring their own."""
    case.state = state
    session().flush()


def _apparel(changes: dict) -> dict:
    shop = changes.pop("respondent", None) or an_organisation(name="云栖服饰旗舰店")
    facts = {"id": "O-20260901-77", "category": "apparel"}
    return {"respondent": shop, "order_facts": facts} | changes


def _panel(case: Case, round_: int, outcome: Outcome) -> None:
    people = [a_person(Role.CHAIR), a_person(Role.MEMBER), a_person(Role.MEMBER)]
    at = clock.now()
    issue = Issue(
        n=1, kind=IssueKind.REMEDY, subject="refund", clause="2.1.6.1", party="merchant", amount_minor=19900,
        currency="CNY",
    )  # fmt: skip
    seats = [
        PanelSeat(user_id=who.id, place=n, seated_at=at, interest="none", declared_at=at)
        for n, who in enumerate(people, 1)
    ]
    panel = Panel(
        case_id=case.id, round=round_, draws=[], size=3, quorum=3,
        tie_rule=TieRule.CHAIR, opened_at=at, closes_at=at + timedelta(hours=48), closed_at=at, seats=seats,
        issues=[issue],
    )  # fmt: skip
    session().add(panel)
    session().flush()
    most = Choice.REJECT if outcome is Outcome.FOR_RESPONDENT else Choice.UPHOLD
    for choice, who in zip((most, most, Choice.PARTLY), people, strict=True):
        said = {"choice": choice, "reason": "见卷宗", "at": at, "ballot": f"ballot {who.id}"}
        session().add(Vote(panel_id=panel.id, issue_id=issue.id, user_id=who.id, **said))


def _decision(case: Case, round_: int, outcome: Outcome, terms, **changes) -> Decision:
    at = clock.now()
    secretary = a_person(Role.SECRETARY)
    fields = {
        "case_id": case.id, "round": round_, "number": f"〔{at.year}〕{ids.next_serial(f'decision-{at.year}')}",
        "language": case.language, "outcome": outcome, "facts_found": list(FACTS), "clauses": ["2.1.6.1", "2.1.6.4"],
        "reasons": REASONS, "terms": [term.model_dump(mode="json") for term in terms], "dissent": None,
        "status": "in_force", "drafted_by": secretary.id, "drafted_at": at, "signed_by": secretary.id, "signed_at": at,
    } | changes  # fmt: skip
    return Decision(**fields)


def published(case: Case, **command) -> RegisterEntry:
    """Publish what the case has come to and return its latest entry."""
    carry_out(case, Action.PUBLISH, Publish(**command), act=an_act())
    session().flush()
    return entries_of(case)[-1]

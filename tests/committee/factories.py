"""A case before the committee, a pool to draw from, and each step of the way to a decision."""

from __future__ import annotations

from contextlib import nullcontext

from app.accounts.models import User
from app.cases import actions, queries
from app.cases.commands import Money, Term
from app.cases.models import Case
from app.cases.service import advance
from app.committee import queries as committee
from app.committee.commands import STATEMENTS, CastVotes, DeclareInterest, DraftDecision, IssueVote, SignDecision
from app.committee.models import Panel
from app.committee.service_draw import draw_lots
from app.core import clock
from app.core.db import session, transaction, writing
from app.ledger import keys, notary
from tests.factories import PASSWORD, a_case, a_person, acting, an_act
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.states import Action, CaseState


def a_pool(*, chairs: int = 2, members: int = 5) -> list[User]:
    """Chairs first, then members, and a secretary at the end."""
    chair = [a_person(Role.CHAIR) for _ in range(chairs)]
    return [*chair, *[a_person(Role.MEMBER) for _ in range(members)], a_person(Role.SECRETARY)]


def a_case_before_the_committee(**changes) -> Case:
    """A case in mediation that was just referred, with a pool to draw its panel from."""
    pool = {key: changes.pop(key) for key in ("chairs", "members") if key in changes}
    a_pool(**pool)
    case = a_case(CaseState.MEDIATION, **changes)
    advance(case, Action.REFER, act=an_act())
    return case


def panel_of(case: Case) -> Panel:
    """The latest panel, as the database has it, drawn if the log can give the seed."""
    drawn(case)
    return committee.panel_of(case)


def drawn(case: Case) -> None:
    """Have the notary sign what waits, and the panel drawn."""
    with nullcontext() if writing() else transaction():
        notary.sign_now(keys.for_signing(), at=clock.now())
        draw_lots(queries.case_to_work(case.id), act=an_act())


def take(case: Case, action: Action, command, act: Act) -> None:
    """Carry an action out in a transaction of its own, as an edge does."""
    with transaction():
        actions.carry_out(queries.case_to_work(case.id), action, command, act=act)


def person(user_id: int) -> User:
    return session().get(User, user_id)


def seated(case: Case) -> list[User]:
    """Who sits now, the chair first."""
    return [person(seat.user_id) for seat in panel_of(case).live_seats]


def declare(case: Case, user: User, interest: str = "none", reason: str = "") -> None:
    take(case, Action.DECLARE_INTEREST, DeclareInterest(interest=interest, reason=reason), acting(user))


def ballots(case: Case, choice: str = "uphold", **by_issue: str) -> CastVotes:
    """The same choice on each issue, but where `issue3="reject"` says otherwise; a case goes back by `remit=…` only."""

    def said(issue) -> str:
        other = by_issue.get("remit", "reject") if issue.kind == "remit" else choice
        return by_issue.get(f"issue{issue.n}", other)

    return CastVotes(
        votes=[
            IssueVote(issue=issue.n, choice=said(issue), reason=f"Because of {issue.clause}.")
            for issue in panel_of(case).issues
        ]
    )


def vote(case: Case, user: User, choice: str = "uphold", **by_issue: str) -> None:
    take(case, Action.VOTE, ballots(case, choice, **by_issue), acting(user))


def bring_to_vote(case: Case) -> list[User]:
    """Have everybody who sits declare that they have no interest; returns them, the chair first."""
    people = seated(case)
    for user in people:
        declare(case, user)
    return people


def decide(case: Case, choice: str = "uphold", **by_issue: str) -> list[User]:
    """Have the panel declare and vote alike; the vote closes. Returns the members, the chair first."""
    people = bring_to_vote(case)
    for user in people:
        vote(case, user, choice, **by_issue)
    return people


def a_draft(case: Case, **changes) -> DraftDecision:
    """A draft that says what the panel voted."""
    panel = panel_of(case)
    rulings = committee.rulings(panel)
    terms = [
        Term(kind=r.issue.subject, amount=Money(amount_minor=r.issue.amount_minor) if r.issue.amount_minor else None)
        for r in rulings
        if r.issue.kind == "remedy" and r.tally.result == "uphold"
    ]
    voted = committee.outcome_of(rulings)
    fields = {
        "outcome": voted.value, "facts_found": ["三天内申请了退货。"],
        "clauses": ["2.2.2.5"], "reasons": "商品完好，拒绝没有理由。",
        "terms": [] if voted == "sent_back" else terms,
    }  # fmt: skip
    return DraftDecision(**fields | changes)


def secretary() -> User:
    from app.accounts.queries import with_role

    return with_role(Role.SECRETARY)[0]


def draft(case: Case, **changes) -> None:
    take(case, Action.DRAFT_DECISION, a_draft(case, **changes), acting(secretary()))


def sign(case: Case, user: User, **changes) -> None:
    fields = {"statements": list(STATEMENTS), "password": PASSWORD} | changes
    take(case, Action.SIGN_DECISION, SignDecision(**fields), acting(user))


def to_a_decision(case: Case, choice: str = "uphold") -> Case:
    """Bring a case before the committee to its signed decision; returns it as it then is."""
    chair, *_ = decide(case, choice)
    draft(case)
    sign(case, chair)
    return queries.case_to_work(case.id)

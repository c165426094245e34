"""A case between its two parties, and everybody who acts in it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.accounts.models import User
from app.cases import actions, queries, service_clocks
from app.cases.models import Case
from app.core.commands import Command
from app.core.db import transaction
from app.mediation.commands import Accept, Decline, Propose, SendAnswer
from app.organisations.models import Organisation
from tests.factories import a_case, a_person, acting, an_act, an_organisation, complaining
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.states import Action, CaseState

REFUND = {"kind": "refund", "amount": {"amount_minor": 19900, "currency": "CNY"}}
HALF = {"kind": "partial_refund", "amount": {"amount_minor": 9900, "currency": "CNY"}}


@dataclass
class Table:
    """The case, and the people around it; every step is one transaction, as at the edge."""

    number: str
    organisation: Organisation
    people: dict[str, User]

    @property
    def case(self) -> Case:
        return queries.by_number(self.number, an_act().actor)

    def act(self, who: str) -> Act:
        return complaining(self.case) if who == "consumer" else acting(self.people[who])

    def do(self, who: str, action: Action, command: Command) -> Case:
        act = self.act(who)
        with transaction():
            case = queries.case_to_work(self.case.id)
            actions.carry_out(case, action, command, act=act)
        return self.case

    def answer(self, position: str, **changes) -> Case:
        return self.do("respondent", Action.ANSWER, SendAnswer.model_validate({"position": position} | changes))

    def propose(self, who: str, *terms: dict, **changes) -> Case:
        return self.do(who, Action.PROPOSE, Propose.model_validate({"terms": list(terms) or [HALF]} | changes))

    def accept(self, who: str, n: int = 1) -> Case:
        return self.do(who, Action.ACCEPT, Accept(offer=n))

    def decline(self, who: str, n: int = 1, reason: str = "") -> Case:
        return self.do(who, Action.DECLINE, Decline(offer=n, reason=reason))


def sweep() -> int:
    """Fire every clock that is due now."""
    fired = 0
    for clock_id in queries.due_clocks(an_act().at):
        with transaction():
            fired += service_clocks.fire(clock_id, act=an_act())
    return fired


@pytest.fixture
def table(app):
    """A case whose respondent has been asked; a mediator has it."""
    return a_table(CaseState.ANSWERING)


@pytest.fixture
def mediated(app):
    """A case in mediation."""
    return a_table(CaseState.MEDIATION)


def a_table(state: CaseState) -> Table:
    with transaction():
        shop = an_organisation()
        people = {
            "respondent": a_person(Role.RESPONDENT, organisation_id=shop.id),
            "stranger": a_person(Role.RESPONDENT, organisation_id=an_organisation().id),
            "mediator": a_person(Role.MEDIATOR),
            "lead": a_person(Role.LEAD),
            "operator": a_person(Role.OPERATOR),
            "member": a_person(Role.MEMBER),
            "supervisor": a_person(Role.SUPERVISOR),
        }
        case = a_case(state, respondent=shop, assignee_id=people["mediator"].id)
    return Table(case.number, shop, people)

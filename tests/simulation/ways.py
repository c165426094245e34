"""How far a case has come when the simulation begins: taken there by acts like any other."""

from __future__ import annotations

from collections.abc import Callable

from app.cases import queries
from app.cases.commands import Classify, Money, RequestAnswer, Term
from app.committee import queries as committee
from app.committee.commands import STATEMENTS, DeclareInterest, SignDecision
from app.core.commands import Command
from app.mediation.commands import Accept, Refer, SendAnswer
from app.notices.commands import Publish
from tests.committee.factories import a_draft, ballots, drawn
from tests.factories import PASSWORD
from tests.simulation.world import World
from workflows.procedure.authority import Actor, Role, consumer_of
from workflows.procedure.states import Action, CaseState

Take = Callable[[int, Action, Command, Actor], bool]


class Guide:
    """Takes one case on its way."""

    def __init__(self, world: World, take: Take, case_id: int) -> None:
        self.world, self.take, self.case_id = world, take, case_id

    def received(self) -> None:
        pass

    def asked(self) -> None:
        if queries.case_to_work(self.case_id).state is CaseState.TRIAGE:
            shop = min(self.world.shops)
            said = Classify(anomaly="return_refusal", organisation_id=shop, reason="因为这样更合适。")
            self._take(Action.CLASSIFY, said, Role.MEDIATOR)
            self._take(Action.REQUEST_ANSWER, RequestAnswer(), Role.MEDIATOR)

    def settled(self) -> None:
        self.asked()
        terms = [Term(kind="refund", amount=Money(amount_minor=19900), days=3), Term(kind="apology", days=7)]
        self._take(Action.ANSWER, SendAnswer(position="offer", terms=terms), Role.RESPONDENT)
        self._take(Action.ACCEPT, Accept(offer=1), Role.CONSUMER)

    def performing(self) -> None:
        self.settled()
        self._take(Action.PUBLISH, Publish(redact=True), Role.MEDIATOR)

    def referred(self) -> None:
        self.asked()
        self._take(Action.REFER, Refer(summary="双方各执一词。"), Role.MEDIATOR)

    def voted(self) -> None:
        self.referred()
        self.the_panel_votes()

    def decided(self) -> None:
        self.voted()
        chair = self._seated()[0]
        self._take(Action.DRAFT_DECISION, a_draft(queries.case_to_work(self.case_id)), Role.SECRETARY)
        self.take(
            self.case_id, Action.SIGN_DECISION, SignDecision(statements=list(STATEMENTS), password=PASSWORD), chair
        )

    def ordered(self) -> None:
        self.decided()
        self._take(Action.PUBLISH, Publish(redact=True), Role.SECRETARY)

    def the_panel_votes(self) -> None:
        """Have the lots drawn, and everybody who sits declare and vote."""
        for n in range(3):
            self.a_member_votes(n, then_vote=False)
        for n in range(3):
            self.a_member_votes(n)

    def a_member_votes(self, n: int, *, then_vote: bool = True) -> None:
        """Have the lots drawn, and one who sits declare and vote."""
        drawn(queries.case_to_work(self.case_id))
        for member in self._seated()[n : n + 1]:
            self.take(self.case_id, Action.DECLARE_INTEREST, DeclareInterest(interest="none"), member)
            if then_vote:
                self.take(self.case_id, Action.VOTE, ballots(queries.case_to_work(self.case_id)), member)

    def _seated(self) -> list[Actor]:
        panel = committee.panel_of(queries.case_to_work(self.case_id))
        by_id = {actor.user_id: actor for actor in self.world.staff}
        return [by_id[seat.user_id] for seat in panel.live_seats] if panel else []

    def _take(self, action: Action, said: Command, role: Role) -> None:
        case = queries.case_to_work(self.case_id)
        everybody = [consumer_of(case.id, name="林小雨", language=case.language, confirmed=True)]
        everybody += [*self.world.sellers, *self.world.staff]
        self.take(self.case_id, action, said, next(actor for actor in everybody if role in actor.roles))


WAYS = ("received", "asked", "settled", "performing", "referred", "voted", "decided", "ordered")

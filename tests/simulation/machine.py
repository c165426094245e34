"""Thirty days at the desk: random acts by random people, a clock that jumps, two sweepers, repeated and stale clicks.

Everything random comes from Hypothesis, so a failing run is shrunk and can be replayed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import func, select

from app.cases import actions, queries, service_clocks
from app.cases.models import Case
from app.core.clock import now
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from tests.conftest import NOON, StandingClock
from tests.intake.complaints import a_submission, file
from tests.simulation import invariants
from tests.simulation.invariants import hold
from tests.simulation.stage import Chance, Stage
from tests.simulation.ways import WAYS, Guide
from tests.simulation.world import SHOP, World, command
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor
from workflows.procedure.errors import ProcedureError, Stale
from workflows.procedure.states import Action, CaseState, steps_from

DAYS, MOST_CASES = 30, 2
GOES_ON = frozenset(Action) - {Action.CLOSE, Action.WITHDRAW}
BESIDE = {Action.ASSIGN, Action.REPLY, Action.START_EMERGENCY, Action.END_EMERGENCY, Action.RATE, Action.CLASSIFY}
OUTCOME = frozenset(
    {
        Action.DRAFT_DECISION, Action.SIGN_DECISION, Action.PUBLISH, Action.PERFORM, Action.CONFIRM_PERFORMANCE,
        Action.DISPUTE_PERFORMANCE, Action.REQUEST_REVIEW,
    }
)  # fmt: skip
REFUND = [{"kind": "refund", "amount": {"amount_minor": 19900, "currency": "CNY"}}]
COMPLAINTS = {
    "sure": {"respondent": {"name": SHOP}, "remedies_sought": REFUND},
    "unclear": {"narrative": "东西不好。", "anomaly": None},
    "danger": {"danger": True, "respondent": {"name": SHOP}, "remedies_sought": REFUND},
}
LAPSES = st.sampled_from(
    [
        timedelta(minutes=1),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=11),
        timedelta(days=1, hours=1),
        timedelta(days=4),
        timedelta(days=8),
    ]
)


class Desk(RuleBasedStateMachine):
    """The machine. `world`, `time`, `stage` and `chance` are given by the test."""

    world: ClassVar[World]
    time: ClassVar[StandingClock]
    stage: ClassVar[Stage]
    chance: ClassVar[Chance]

    def __init__(self) -> None:
        super().__init__()
        self.time.at = NOON
        self.chance.begin("rehearsal")
        self.cases: list[int] = []
        self.last: tuple[int, Action, Any, Actor] | None = None
        self.seen_due: list[int] = []

    @initialize(way=st.sampled_from([*WAYS, *COMPLAINTS]))
    def a_case_has_come_some_way(self, way):
        self.cases = self.stage.set_back(way)
        self.chance.begin("story")

    @classmethod
    def rehearse(cls) -> None:
        """Have a case come each way once, by acts like any other, and keep what the desk then looks like."""
        cls.stage.keep("nothing")
        for way in (*WAYS, *COMPLAINTS):
            cls.stage.set_back("nothing")
            desk = cls()
            desk._file(way if way in COMPLAINTS else "sure")
            if way in WAYS:
                getattr(Guide(cls.world, desk._take, desk.cases[0]), way)()
            desk.everything_holds()
            cls.stage.keep(way, *desk.cases)

    # --- time and sweepers ------------------------------------------------------------------------------------------

    @rule(lapse=LAPSES)
    def time_passes(self, lapse):
        self.time.at = min(self.time.at + lapse, NOON + timedelta(days=DAYS))

    @rule(days=st.sampled_from([1, -1]))
    def the_clock_jumps(self, days):
        self.time.at = max(self.time.at + timedelta(days=days), NOON)

    @rule()
    def a_sweep_looks_and_fires(self):
        due = queries.due_clocks(now())
        while due:
            unfired = {clock_id for clock_id in due if not self._fire(clock_id)}  # one's end may end others
            due = queries.due_clocks(now())
            hold(unfired.isdisjoint(due), "11. what is due does not fire", unfired, due)

    @rule()
    def the_other_sweeper_looks(self):
        self.seen_due = queries.due_clocks(now())

    @precondition(lambda self: self.seen_due)
    @rule()
    def the_other_sweeper_fires_what_it_saw(self):
        for clock_id in self.seen_due:
            self._fire(clock_id)
        self.seen_due = []

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def a_worker_fires_whatever_clock(self, data):
        case = queries.case_to_work(data.draw(st.sampled_from(self.cases)))
        self._fire(data.draw(st.sampled_from([clock.id for clock in case.clocks])))

    def _fire(self, clock_id: int) -> bool:
        session().rollback()
        case = queries.case_to_fire(clock_id)
        known, since = set(case.known_to), _last_letter()
        with transaction():
            fired = service_clocks.fire(clock_id, act=Act(SYSTEM, now()))
        case = queries.case_to_work(case.id)
        invariants.of_letters(case, None, since, known | case.known_to, self.world.shops)
        return fired

    # --- acts -------------------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.cases) < MOST_CASES)
    @rule(kind=st.sampled_from(sorted(COMPLAINTS)))
    def a_complaint_comes_twice(self, kind):
        self._file(kind)

    def _file(self, kind: str) -> None:
        complaint, key = a_submission(**COMPLAINTS[kind]), f"key {len(self.cases)}"
        made = [file(complaint, key=key).case.id for _ in range(2)]
        hold(made[0] == made[1], "one complaint sent twice made two cases", made)
        self.cases.append(made[0])

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), stale=st.sampled_from([False, False, False, True]))
    def somebody_goes_on(self, data, stale):
        """Do what is open to somebody; mostly what does not end the case."""
        self._go_on(data, GOES_ON, stale)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def the_case_goes_on(self, data):
        self._go_on(data, GOES_ON - BESIDE, stale=False)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def the_outcome_is_worked_on(self, data):
        self._go_on(data, OUTCOME, stale=False)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def the_panel_does_its_work(self, data):
        case = self._a_case(data)
        if case.state in (CaseState.COMMITTEE, CaseState.REVIEW):
            Guide(self.world, self._take, case.id).a_member_votes(data.draw(st.integers(0, 2)))

    def _go_on(self, data, wanted: frozenset[Action], stale: bool) -> None:
        case = self._a_case(data)
        actors = self.world.actors(case)
        first = data.draw(st.integers(0, len(actors) - 1))
        for actor in actors[first:] + actors[:first]:
            offered = [each for each in actions.open_to(case, actor) if each.action in wanted]
            if offered:
                self._act(data, case, actor, data.draw(st.sampled_from(offered)), stale=stale)
                return

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def somebody_tries_anything(self, data):
        case = self._a_case(data)
        handler = data.draw(st.sampled_from(list(actions.known().values())))
        actor = data.draw(st.sampled_from(self.world.actors(case)))
        state = case.state
        done = self._act(data, case, actor, handler, stale=False)
        hold(not done or steps_from(state, handler.action), "2. done although there is no arrow", state, handler.action)

    @precondition(lambda self: self.last)
    @rule(data=st.data())
    def somebody_clicks_twice(self, data):
        case_id, action, said, actor = self.last
        hold(not self._take(case_id, action, said, actor), "10. the same page was taken twice", action)

    def _a_case(self, data) -> Case:
        session().rollback()
        return queries.case_to_work(data.draw(st.sampled_from(self.cases)))

    def _act(self, data, case: Case, actor: Actor, handler: actions.Handler, *, stale: bool) -> bool:
        said = command(handler.command, handler.action, case, Act(actor, now()), data.draw, self.world)
        if said is None:
            return False
        said = said.model_copy(update={"version": case.version - stale})
        done = self._take(case.id, handler.action, said, actor)
        hold(not (stale and done), "10. an old version was taken", handler.action)
        if done:
            self.last = (case.id, handler.action, said, actor)
        return done

    def _take(self, case_id: int, action: Action, said: Any, actor: Actor) -> bool:
        """Act as an edge would; returns whether it was taken. What was refused changed nothing."""
        before, known, since = *_seen(case_id), _last_letter()
        try:
            with transaction():
                case = queries.case_to_work(case_id)
                actions.carry_out(case, action, said, act=Act(actor, now()))
        except ProcedureError as refused:
            session().expunge_all()
            hold((before, since) == (_seen(case_id)[0], _last_letter()), "10. refused, but changed", action, refused)
            hold(isinstance(refused, Stale) or said.version in (None, before), "10. an old version was read", action)
            return False
        invariants.of_letters(case, action, since, known | _seen(case_id)[1], self.world.shops)
        return True

    # --- what must hold ---------------------------------------------------------------------------------------------

    def everything_holds(self) -> None:
        session().rollback()
        for case_id in self.cases:
            invariants.of_case(case_id)
        invariants.of_outbox()

    def teardown(self) -> None:
        """Everything that was done stands in the record, so what the record must keep is looked at once, at the end."""
        self.everything_holds()
        session().expunge_all()


def _seen(case_id: int) -> tuple[int, set[int]]:
    """Return the case's version, and the companies that know of it."""
    query = select(Case.version, Case.respondent_id, Case.asked_at, Case.emergency_called_id).where(Case.id == case_id)
    version, respondent_id, asked_at, called_id = session().execute(query).one()
    return version, {each for each in (respondent_id if asked_at else None, called_id) if each}


def _last_letter() -> int:
    return session().scalar(select(func.max(OutboundMessage.id))) or 0

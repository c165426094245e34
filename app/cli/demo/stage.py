"""What can happen in a story: one method a verb, each doing what the screen or the API would do.

The method's arguments are the fields of the step in the story. Who acts is told by `by`, or follows from the verb.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.accounts.models import User
from app.cases import actions, service_steps
from app.cases.actions import open_to
from app.cases.commands import ConfirmFinding
from app.cases.exhibits import admitted, opened
from app.cases.models import Case
from app.cases.queries import case_to_work
from app.cases.service_letters import alert_duty, complainant
from app.cli.demo.people import Cast
from app.cli.demo.stories import Moment
from app.committee import queries as committee
from app.committee import service_draw
from app.committee.commands import STATEMENTS
from app.committee.models import Panel
from app.core.db import session
from app.core.uploads import Upload
from app.emergency import queries as calls
from app.emergency.service import plans_ready
from app.evidence.service import add
from app.intake import service as intake
from app.intake.commands import Submission
from app.ledger import keys, notary
from app.mediation.queries import waiting_for
from app.notices.gate import leaking, marks_of
from app.notices.service import waiting
from workflows.procedure.act import Act
from workflows.procedure.authority import NOBODY, SYSTEM, Actor, consumer_of
from workflows.procedure.issues import IssueKind
from workflows.procedure.leaks import Hint
from workflows.procedure.states import Action, CaseState

LIABILITY = "liability"


@dataclass(slots=True)
class Stage:
    """The cases so far, the case in hand, and the instant."""

    cast: Cast
    files: Mapping[str, Upload]
    cases: dict[str, int] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    story: str = field(init=False)
    at: datetime = field(init=False)
    case: Case = field(init=False)

    def do(self, moment: Moment) -> None:
        """Let one moment happen."""
        self.story, self.at = moment.story.key, moment.at
        if moment.do == "file":
            self._file(moment)
            return
        self.case = case_to_work(self.cases[self.story])
        getattr(self, f"do_{moment.do}")(**moment.fields)
        self._answer_call()
        session().flush()

    # --- who ---------------------------------------------------------------------------------------------------

    def _person(self, nick: str) -> Actor:
        return self.cast.people[nick].actor()

    def _desk(self, by: str | None) -> Actor:
        """Return the person named, whoever works on the case, or the lead."""
        if by:
            return self._person(by)
        assignee = session().get(User, self.case.assignee_id) if self.case.assignee_id else None
        return assignee.actor() if assignee else self._person("shen")

    def _consumer(self) -> Actor:
        name = complainant(self.case).name or ""
        return consumer_of(self.case.id, name=name, language=self.case.language, confirmed=True)

    def _company(self) -> Actor:
        assert self.case.respondent is not None, "nobody was named to answer"
        return self.cast.of(self.case.respondent).actor()

    def _side(self, side: str) -> Actor:
        return {"consumer": self._consumer, "respondent": self._company}[side]()

    def draw_lots(self, case: Case, *, at: datetime) -> None:
        """Have the panel drawn, as the workers do it: the public record is signed first."""
        if case.state in committee.BEFORE:
            notary.sign_now(keys.for_signing(), at=at)
            service_draw.draw_lots(case, act=Act(SYSTEM, at))

    def _panel(self) -> Panel:
        self.draw_lots(self.case, at=self.at)
        panel = committee.panel_of(self.case)
        assert panel is not None, "no panel was drawn"
        return panel

    def _seat(self, place: int) -> Actor:
        user_id = next(seat.user_id for seat in self._panel().live_seats if seat.place == place)
        return session().get_one(User, user_id).actor()

    def _carry_out(self, action: Action, actor: Actor, **fields: Any) -> None:
        command = actions.known()[action].command.model_validate(fields)
        actions.carry_out(self.case, action, command, act=Act(actor, self.at))

    # --- intake, desk ------------------------------------------------------------------------------------------

    def _file(self, moment: Moment) -> None:
        story = moment.story
        act = Act(self._person("he") if story.operator else NOBODY, self.at)
        prepared = intake.prepare(Submission.model_validate(story.submission), act=act)
        uploads = [self.files[f"{story.key}/{each['name']}"] for each in story.files]
        done = intake.receive(prepared, act=act, channel=story.channel, evidence=uploads)
        self.cases[story.key] = done.case.id
        session().flush()
        if done.case.emergency:
            alert_duty(done.case, act=Act(SYSTEM, self.at))

    def _answer_call(self) -> None:
        """Have the company's own people confirm an emergency call, but for the story in which nobody is there."""
        if calls.open_call(self.case) and self.story not in self.unanswered:
            self._carry_out(Action.ACKNOWLEDGE_CALL, self._company())

    def do_emergency(self, plan: str = "", note: str = "", by: str = "shen", answered: bool = True) -> None:
        if not answered:
            self.unanswered.add(self.story)
        plan = plan or plans_ready(self.case)[0].key
        self._carry_out(Action.START_EMERGENCY, self._person(by), plan=plan, note=note)

    def do_step(self, step: int, note: str = "") -> None:
        self._carry_out(Action.EMERGENCY_STEP, self._person("shen"), step=step, note=note)

    def do_end_emergency(self, done: str) -> None:
        self._carry_out(Action.END_EMERGENCY, self._person("shen"), done=done)

    def do_assign(self, to: str, by: str = "shen") -> None:
        self._carry_out(Action.ASSIGN, self._person(by), user_id=self.cast.people[to].id)

    def do_sort(self, anomaly: str, company: str = "", reason: str = "", by: str | None = None) -> None:
        """Confirm who answers, where triage did not already."""
        wanted = self.cast.companies[company].id if company else None
        case = self.case
        if (case.anomaly, case.anomaly_status, case.respondent_id) != (anomaly, "confirmed", wanted):
            self._carry_out(
                Action.CLASSIFY,
                self._desk(by),
                anomaly=anomaly,
                organisation_id=wanted,
                reason=reason or "核对事实后确认",
            )

    def do_ask(self, note: str = "", by: str | None = None) -> None:
        """Ask the company to answer, where it was not asked at once."""
        if self.case.asked_at is None:
            self._carry_out(Action.REQUEST_ANSWER, self._desk(by), note=note)

    def do_reply(self, body: str, to: str = "consumer", by: str | None = None) -> None:
        self._carry_out(Action.REPLY, self._desk(by), body=body, audience=to)

    def do_note(self, body: str, by: str | None = None) -> None:
        self.do_reply(body, "internal", by)

    def do_finding(self, clause: str, by: str | None = None) -> None:
        service_steps.confirm_finding(self.case, ConfirmFinding(clause=clause), act=Act(self._desk(by), self.at))

    def do_refer(self, summary: str) -> None:
        self._carry_out(Action.REFER, self._desk(None), summary=summary)

    def do_close(self, reason: str, explanation: str, by: str | None = None) -> None:
        self._carry_out(Action.CLOSE, self._desk(by), reason=reason, explanation=explanation)

    # --- the parties -------------------------------------------------------------------------------------------

    def do_answer(self, **fields: Any) -> None:
        self._carry_out(Action.ANSWER, self._company(), **fields)

    def do_propose(self, terms: list[dict[str, Any]], side: str = "", clause: str = "", note: str = "") -> None:
        actor = self._side(side) if side else self._desk(None)
        self._carry_out(Action.PROPOSE, actor, terms=terms, clause=clause, note=note)

    def do_accept(self, side: str) -> None:
        actor = self._side(side)
        self._carry_out(Action.ACCEPT, actor, offer=waiting_for(self.case, actor)[-1].n)

    def do_decline(self, side: str, reason: str = "") -> None:
        actor = self._side(side)
        self._carry_out(Action.DECLINE, actor, offer=waiting_for(self.case, actor)[-1].n, reason=reason)

    def do_message(self, side: str, body: str) -> None:
        service_steps.write_message(self.case, body, act=Act(self._side(side), self.at))

    def do_evidence(self, side: str, name: str, note: str = "", **drawn: Any) -> None:
        add(self.case, [self.files[f"{self.story}/{name}"]], act=Act(self._side(side), self.at), note=note)

    def do_perform(self, remedy: int, proof: str) -> None:
        self._carry_out(Action.PERFORM, self._company(), remedy=remedy, proof=proof)

    def do_confirm(self, remedy: int) -> None:
        self._carry_out(Action.CONFIRM_PERFORMANCE, self._consumer(), remedy=remedy)

    def do_dispute(self, remedy: int, reason: str) -> None:
        self._carry_out(Action.DISPUTE_PERFORMANCE, self._consumer(), remedy=remedy, reason=reason)

    def do_rate(self, solved: int, fair: int, effort: int, comment: str = "") -> None:
        self._carry_out(
            Action.RATE, self._consumer(), solved=solved, fair=fair, effort=effort, comment=comment
        )  # fmt: skip

    def do_withdraw(self, reason: str = "") -> None:
        self._carry_out(Action.WITHDRAW, self._consumer(), reason=reason)

    def do_review(self, side: str, grounds: list[str], text: str) -> None:
        self._carry_out(Action.REQUEST_REVIEW, self._side(side), grounds=grounds, text=text)

    def do_defend(self, text: str, penalty: int = 1) -> None:
        self._carry_out(Action.ANSWER_PENALTY, self._company(), penalty=penalty, text=text)

    def do_penalise(self, outcome: str, reason: str, penalty: int = 1, by: str = "shen") -> None:
        self._carry_out(Action.DECIDE_PENALTY, self._person(by), penalty=penalty, outcome=outcome, reason=reason)

    def do_appeal(self, text: str, penalty: int = 1) -> None:
        self._carry_out(Action.APPEAL_PENALTY, self._company(), penalty=penalty, text=text)

    def do_rule(self, outcome: str, reason: str, penalty: int = 1, by: str = "ruan") -> None:
        self._carry_out(Action.RULE_PENALTY, self._person(by), penalty=penalty, outcome=outcome, reason=reason)

    # --- the committee -----------------------------------------------------------------------------------------

    def do_declare(self, seat: int, interest: str = "none", reason: str = "") -> None:
        self._carry_out(Action.DECLARE_INTEREST, self._seat(seat), interest=interest, reason=reason)

    def do_vote(self, seat: int, **said: list[str]) -> None:
        """Read, then vote on every issue: what is said to the issue's subject, else to the liability."""
        self._read(self._seat(seat))
        votes = []
        for issue in self._panel().issues:
            subject = LIABILITY if issue.kind is IssueKind.LIABILITY else issue.subject
            choice, reason = said.get(subject, said[LIABILITY])
            if issue.kind is IssueKind.REMIT and subject not in said:
                choice = "reject"
            votes.append({"issue": issue.n, "choice": choice, "reason": reason})
        self._carry_out(Action.VOTE, self._seat(seat), votes=votes)

    def _read(self, member: Actor) -> None:
        """Open every exhibit, and whatever came in since."""
        for exhibit in admitted(self.case):
            opened(self.case.id, exhibit.id, Act(member, self.at))
        session().flush()
        if any(each.action is Action.READ_DOSSIER for each in open_to(self.case, member)):
            self._carry_out(Action.READ_DOSSIER, member)

    def do_draft(self, facts: list[str], clauses: list[str], reasons: str, **fields: Any) -> None:
        """Draft the decision, with the outcome that was voted."""
        voted = committee.outcome_of(committee.rulings(self._panel()))
        self._carry_out(
            Action.DRAFT_DECISION, self._person("fang"), outcome=voted.value, facts_found=facts, clauses=clauses,
            reasons=reasons.strip(), **fields,
        )  # fmt: skip

    def do_return_draft(self, note: str) -> None:
        self._carry_out(Action.RETURN_DRAFT, self._seat(1), note=note)

    def do_sign(self) -> None:
        chair = self._seat(1)
        assert chair.user_id is not None
        self._carry_out(
            Action.SIGN_DECISION, chair, statements=list(STATEMENTS), password=self.cast.passwords[chair.user_id]
        )

    def do_publish(self) -> None:
        by = self._person("fang") if self.case.state is CaseState.DECIDED else self._desk(None)
        everyday = {
            leak.text
            for each in waiting(self.case)
            for found in leaking(each, marks_of(self.case)).values()
            for leak in found
            if leak.hint is Hint.OWN_WORDS
        }
        reason = "Everyday words: nobody can be found by them."
        accepted = [{"text": text, "accept": reason} for text in sorted(everyday)]
        self._carry_out(Action.PUBLISH, by, redact=True, resolutions=accepted)

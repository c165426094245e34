"""The forms of the desk's steps. Each cleans, checks, and hands over a frozen command."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import Optional

from app.accounts import queries as people
from app.cases import queries_joint
from app.cases.commands import Assign, Classify, Close, Join, Part, RequestAnswer
from app.cases.forms import TermsMixin, terms_for_form
from app.cases.models import Case
from app.cases.terms import sought_terms
from app.core.commands import Command
from app.emergency.commands import EndEmergency, StartEmergency
from app.mediation.commands import OpenBidding, Propose, Refer
from app.organisations import queries as organisations
from app.web.filters import law, named
from app.web.forms import Form, Required, line_field, text_field
from app.web.guards import current_actor
from app.web.i18n import language
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.regulation import book

NOTE = 2_000


class StepForm(Form):
    """The parent: knows the version its page was made from, so that a stale page is caught."""

    seen = HiddenField()

    def prepare(self, case: Case, args: Any) -> None:
        """Fill choices and first values from the case."""

    def version(self) -> int | None:
        """Return the version that the page was made from."""
        typed = self.seen.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None

    def looks_on(self) -> bool:
        """Return whether a button was pressed that shows the page again, and takes no step."""
        return False

    def to_command(self) -> Command:
        """Return what was asked for."""
        raise TypeError("each form says which command it makes")

    def bring(self, case: Case, act: Act) -> None:
        """Add to the case what came with the step."""


class ClassifyForm(StepForm):
    """What went wrong, and who answers for it."""

    anomaly = RadioField(_l("What went wrong?"))
    organisation = SelectField(_l("Who answers for it"), validators=[Optional()])
    emergency = RadioField(_l("Does it need emergency handling first?"))
    reason = text_field(_l("Reason"), limit=NOTE)

    def prepare(self, case: Case, args: Any) -> None:
        self.anomaly.choices = [(each.key, each.name.in_(language())) for each in book.current().anomalies]
        self.emergency.choices = [("yes", _("Yes")), ("no", _("No"))]
        every = [(str(o.id), f"{o.name} · {law(o.kind, 'party_kind')}") for o in organisations.all_open()]
        self.organisation.choices = [("", _("By the liability table, or not known yet")), *every]
        if not self.is_submitted():
            self.anomaly.data, self.emergency.data = case.anomaly, "yes" if case.emergency else "no"
            self.organisation.data = str(case.respondent_id or "")

    def to_command(self) -> Classify:
        chosen = int(self.organisation.data) if self.organisation.data else None
        return Classify(
            anomaly=self.anomaly.data, organisation_id=chosen, reason=self.reason.data or "",
            emergency=self.emergency.data == "yes", version=self.version(),
        )  # fmt: skip


class AssignForm(StepForm):
    """Who looks after the case."""

    person = SelectField(_l("Who looks after the case?"))

    def prepare(self, case: Case, args: Any) -> None:
        able = people.with_role(Role.MEDIATOR, Role.LEAD)
        self.person.choices = [("", _("Nobody yet")), *((str(person.id), person.name) for person in able)]
        if not self.is_submitted():
            self.person.data = str(case.assignee_id or "")

    def to_command(self) -> Assign:
        return Assign(user_id=int(self.person.data) if self.person.data else None, version=self.version())


class EmergencyForm(StepForm):
    """Which plan is started."""

    plan = RadioField(_l("Which plan?"), validators=[Required(_l("Choose a plan."))])
    note = text_field(_l("What you did, and whom you reached"), limit=NOTE)

    def prepare(self, case: Case, args: Any) -> None:
        plans = list(book.current().plans_for(case.anomaly or "other", on=case.law_as_of) or book.current().plans)
        self.plan.choices = [(plan.key, plan.name.in_(language())) for plan in plans]
        if not self.is_submitted():
            self.plan.data = plans[0].key

    def to_command(self) -> StartEmergency:
        return StartEmergency(plan=self.plan.data, note=self.note.data or "", version=self.version())


class EndEmergencyForm(StepForm):
    """What was done; both sides read it."""

    done = text_field(_l("What was done"), Required(_l("Say what was done.")), limit=NOTE)

    def to_command(self) -> EndEmergency:
        return EndEmergency(done=self.done.data, version=self.version())


class RequestAnswerForm(StepForm):
    """Whom to ask."""

    organisation = SelectField(_l("Who must answer?"), validators=[Required(_l("Choose who must answer."))])
    note = text_field(_l("Note to them"), limit=NOTE)

    def prepare(self, case: Case, args: Any) -> None:
        kinds = organisations.of_kind(case.responsible_kind) if case.responsible_kind else organisations.all_open()
        self.organisation.choices = [("", _("Choose")), *((str(each.id), each.name) for each in kinds)]
        if not self.is_submitted():
            self.organisation.data = str(case.respondent_id or "")

    def to_command(self) -> RequestAnswer:
        return RequestAnswer(
            organisation_id=int(self.organisation.data), note=self.note.data or "", version=self.version()
        )


class OfferForm(TermsMixin, StepForm):
    """Terms that both sides are asked to accept."""

    clause = line_field(_l("Clause it rests on"), limit=20)
    note = text_field(_l("Why this is fair, in a few words for both sides"), limit=NOTE)

    def prepare(self, case: Case, args: Any) -> None:
        if not self.is_submitted():
            for row, filled in zip(self.terms, terms_for_form(case, sought_terms(case)), strict=False):
                row.form.process(data=filled)

    def to_command(self) -> Propose:
        return Propose(
            terms=self.read_terms(), clause=self.clause.data or "", note=self.note.data or "", version=self.version()
        )


class BiddingForm(StepForm):
    """Nothing to fill in: a round is opened for both sides."""

    def to_command(self) -> OpenBidding:
        return OpenBidding(version=self.version())


class ReferForm(StepForm):
    """What the committee is to decide."""

    summary = text_field(
        _l("What is in dispute"), Required(_l("Say in a few sentences what the committee is to decide.")), limit=NOTE
    )

    def to_command(self) -> Refer:
        return Refer(summary=self.summary.data, version=self.version())


class JoinForm(StepForm):
    """Which case belongs to this one, and why."""

    case_number = line_field(_l("Number of the other case"), Required(_l("Enter the number of the other case.")))
    reason = text_field(_l("Reason"), Required(_l("Say why they belong together.")), limit=NOTE)

    def prepare(self, case: Case, args: Any) -> None:
        _joined, self.likely = queries_joint.belonging(case, current_actor())
        if not self.is_submitted():
            self.case_number.data = args.get("with", "")[:40]

    def to_command(self) -> Join:
        return Join(case_number=self.case_number.data, reason=self.reason.data, version=self.version())


class PartForm(StepForm):
    """Which case does not belong to this one after all, and why."""

    case_number = RadioField(_l("Which case goes its own way?"), validators=[Required(_l("Choose a case."))])
    reason = text_field(_l("Reason"), Required(_l("Say why they do not belong together.")), limit=NOTE)

    def prepare(self, case: Case, args: Any) -> None:
        joined = queries_joint.joined_with(case, current_actor())
        self.case_number.choices = [(each.number, f"{each.number} · {each.title}") for each in joined]

    def to_command(self) -> Part:
        return Part(case_number=self.case_number.data, reason=self.reason.data, version=self.version())


class CloseForm(StepForm):
    """Why it is closed without an outcome."""

    reason = RadioField(_l("Why is it closed?"), validators=[Required(_l("Choose a reason."))])
    explanation = text_field(
        _l("Explanation for the consumer"), Required(_l("Explain it to the consumer.")), limit=NOTE
    )

    def prepare(self, case: Case, args: Any) -> None:
        keys = ("out_of_scope", "inadmissible", "joined")
        self.reason.choices = [(key, named(key, "close_reason")) for key in keys]

    def to_command(self) -> Close:
        return Close(reason=self.reason.data, explanation=self.explanation.data, version=self.version())


class TogetherForm(Form):
    """Why they belong together."""

    reason = text_field(_l("Reason"), Required(_l("Say why they belong together.")), limit=NOTE)

"""The telephone desk: one page with four panels, no wizard. What is missing is asked for, not marked as wrong."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional, StopValidation

from app.cases import queries
from app.cases.forms import read_amount
from app.cases.models import Case
from app.cases.service_letters import local
from app.core.contact import email_address, phone_number
from app.core.languages import LANGUAGES, NAMES
from app.desk.queue import OPEN
from app.intake.commands import Complainant, Respondent, SoughtRemedy, Submission
from app.web.forms import Form, Required, line_field, text_field
from app.web.i18n import language
from workflows.procedure.authority import Actor
from workflows.procedure.clocks import ClockKind
from workflows.procedure.letters import write
from workflows.regulation import book

NARRATIVE, NOTE = 20_000, 2_000


class CallForm(Form):
    """What the caller tells: caller, order, story, outcome."""

    name = line_field(_l("Name"), limit=80)
    phone = line_field(_l("Telephone"), limit=40)
    email = line_field(_l("E-mail"), limit=200)
    spoken = SelectField(_l("Language of the case"))
    company = line_field(_l("Company complained of"), limit=120)
    order_number = line_field(_l("Order number"), limit=60)
    price = line_field(_l("Price of the order"), limit=20)
    story = text_field(_l("What happened, in the caller's words"), Required(_l("Write what the caller tells.")),
                       limit=NARRATIVE)  # fmt: skip
    anomaly = SelectField(_l("What the caller says went wrong"), validators=[Optional()])
    danger = RadioField(_l("Is anybody in danger, or is money still being taken?"))
    remedies = SelectMultipleField(_l("What would put it right"))
    note = text_field(_l("Note on the call, for the desk only"), limit=NOTE)
    shown = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tongue = language()
        self.spoken.choices = [(tag, NAMES[tag]) for tag in LANGUAGES]
        self.anomaly.choices = [("", _("Not clear")), *((a.key, a.name.in_(tongue)) for a in book.current().anomalies)]
        self.danger.choices = [("yes", _("Yes")), ("no", _("No"))]
        self.remedies.choices = [(kind.key, kind.name.in_(tongue)) for kind in book.current().remedy_kinds]

    def validate_phone(self, field: Any) -> None:
        """A number that can be called, or an e-mail address instead."""
        if field.data and phone_number(field.data) is None:
            raise StopValidation(_("Read the number back: this is not a telephone number."))
        if not field.data and not self.email.data:
            raise StopValidation(_("Ask for a telephone number or an e-mail address."))

    def validate_email(self, field: Any) -> None:
        """An address, where one is given."""
        if field.data and email_address(field.data) is None:
            raise StopValidation(_("Have the address spelled: this is not an e-mail address."))

    def validate_price(self, field: Any) -> None:
        """An amount, where one is given."""
        if field.data and read_amount(field.data) is None:
            raise StopValidation(_("Write the amount in figures, for example 3299.00."))

    def missing(self) -> list[str]:
        """Return what could still be asked for; none of it holds the complaint up."""
        asked = {
            _("the order number"): self.order_number.data,
            _("the company"): self.company.data,
            _("the price"): self.price.data,
            _("what would put it right"): self.remedies.data,
            _("whether anybody is in danger"): self.danger.data,
        }
        return [what for what, given in asked.items() if not given]

    def to_submission(self) -> Submission:
        """Return the complaint. Raises ValidationError where it cannot be one."""
        amount = read_amount(self.price.data or "")
        money = {"amount": {"amount_minor": amount, "currency": "CNY"}} if amount else {}
        sought = [
            {"kind": key} | (money if book.current().remedy_kind(key).money else {}) for key in self.remedies.data or ()
        ]
        facts = {"id": self.order_number.data or None, "goods_total_minor": amount, "currency": "CNY"}
        return Submission(
            narrative=self.story.data,
            language=self.spoken.data,
            complainant=Complainant(
                name=self.name.data or None, phone=self.phone.data or None, email=self.email.data or None
            ),
            anomaly=self.anomaly.data or None,
            respondent=Respondent(name=self.company.data or None),
            order={key: value for key, value in facts.items() if value is not None},
            remedies_sought=tuple(SoughtRemedy.model_validate(each) for each in sought),
            danger=self.danger.data == "yes",
        )

    def unseen(self, actor: Actor) -> list[Case]:
        """Return the caller's open cases that no page of this call has shown yet."""
        shown = (self.shown.data or "").split()
        found = callers_cases(actor, self.phone.data or "") + callers_cases(actor, self.email.data or "")
        return [case for number, case in {case.number: case for case in found}.items() if number not in shown]

    def show(self, cases: list[Case]) -> None:
        """Remember that the page shows them."""
        self.shown.data = " ".join([*(self.shown.data or "").split(), *(case.number for case in cases)])


def callers_cases(actor: Actor, typed: str) -> list[Case]:
    """Return the open cases of whoever calls from this number, or writes from this address."""
    contact = phone_number(typed) or email_address(typed)
    if contact is None:
        return []
    return list(queries.page(actor, queries.Filter(states=OPEN, text=contact), order="-received", limit=10).items)


def read_back(case: Case) -> str:
    """Return what the operator reads to the caller before hanging up, in the language of the case."""
    due = {clock.kind: local(clock.due_at, case.time_zone) for clock in case.clocks}
    return write(
        "read_back", case.language, number=case.number, title=case.title, reply_due=due[ClockKind.FIRST_REPLY],
        emergency_due=due[ClockKind.EMERGENCY_START], resolution_due=due[ClockKind.RESOLUTION],
    ).body  # fmt: skip

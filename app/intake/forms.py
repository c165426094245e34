"""The steps of filing on the web. Each form keeps what was typed, checks it, and gives its part of the submission."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from app.cases.forms import read_amount, written_amount
from app.core.contact import email_address, phone_number
from app.core.languages import LANGUAGES, NAMES
from app.core.text import TextRefused, clean
from app.intake.facts import known, order_id
from app.organisations.models import Organisation
from app.web.forms import Form, OneOf, Required, choices, line_field, text_field
from app.web.i18n import language
from workflows.regulation import book

Part = dict[str, Any]
KEEP = "keep"
UNSURE = "unsure"


class Ticks(SelectMultipleField):
    """Several answers as ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class StepForm(Form):
    """One step. `answers()` is what the draft keeps, `part()` what the complaint says."""

    @classmethod
    def of_answers(cls, answers: dict[str, Any] | None) -> StepForm:
        """Return the form as if what the draft holds had been sent just now, ready to be validated."""
        typed = MultiDict((name, each) for name, value in (answers or {}).items() for each in _each(value))
        return cls(formdata=typed, meta={"csrf": False})

    def answers(self) -> dict[str, Any]:
        """Return what was typed, by field, whether it is right or not; only text that cannot be kept is left out."""
        return {field.name: field.data for field in self if field.name != "csrf_token" and _can_be_kept(field.data)}

    def part(self) -> Part:
        """Return this step's part of the submission's JSON."""
        return {}

    @property
    def stale(self) -> bool:
        """Return whether the page was open longer than the browser's session; after `validate`."""
        return "csrf_token" in self and bool(self["csrf_token"].errors)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.stale:
            words = _("This page was open for a long time. Nothing is lost: press the button once more.")
            self["csrf_token"].errors = [words]
        return valid


def _can_be_kept(value: Any) -> bool:
    try:
        return not isinstance(value, str) or clean(value) is not None
    except TextRefused:
        return False


def _each(value: Any) -> Sequence[Any]:
    if isinstance(value, list):
        return value
    return [] if value in (None, False, "") else [value]


def money_field(label: Any, **options: Any) -> Any:
    """Return a field for an amount of money; `read_amount` reads it."""
    return line_field(label, Amount(), limit=20, **options)


class Amount:
    """Refuse what is no amount."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.data and read_amount(field.data) is None:
            raise StopValidation(_("Write the amount in figures, for example 3299.00."))


class OrderForm(StepForm):
    """Which order, from whom, what and how much."""

    order_number = line_field(_l("Order number or link"))
    no_number = BooleanField(_l("I do not have it"))
    merchant = line_field(_l("Shop or company"))
    organisation = RadioField(_l("Is it one of these?"), choices=[], validate_choice=False)
    category = SelectField(_l("What did you buy?"), validate_choice=False)
    paid = money_field(_l("How much did you pay?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.key, kind.name.in_(language())) for kind in book.current().categories]
        self.category.choices = choices([("", _("Choose, or leave it")), *kinds, ("other", _("Something else"))])

    def offer(self, companies: Sequence[Organisation]) -> None:
        """Offer companies of a similar name, and to keep what was typed."""
        named = [(str(each.id), each.name) for each in companies]
        self.organisation.choices = choices([*named, (KEEP, _("None of these. Keep what I typed."))])

    def validate_order_number(self, field: Any) -> None:
        """A number, or the word that there is none."""
        if not field.data and not self.no_number.data:
            raise StopValidation(_("Enter the order number, or choose “I do not have it”."))
        field.data = order_id(field.data) or ""

    def validate_category(self, field: Any) -> None:
        """A kind that was offered; anything else is left out."""
        if field.data not in {each.value for each in field.choices}:
            field.data = ""

    def part(self) -> Part:
        order = known(
            id=self.order_number.data,
            category=self.category.data if self.category.data != "other" else None,
            goods_total_minor=read_amount(self.paid.data or ""),
        )
        name = self.merchant.data or None
        return {"order": order} | ({"respondent": {"name": name}} if name else {})


ANOMALIES = {
    "logistics_info_error": _l("My order did not arrive as it should"),
    "product_info_error": _l("Something is wrong with the item"),
    "return_refusal": _l("They refuse my return or exchange"),
    "payment_info_error": _l("The payment or the amount is wrong"),
    "system_fault": _l("The site or app failed"),
    UNSURE: _l("I am not sure"),
}
COVERS = {
    "logistics_info_error": _l("Lost, late, damaged on the way, or marked as delivered but not received"),
    "product_info_error": _l("Faulty, fake, not as described, or parts are missing"),
    "return_refusal": _l("They say no, do not answer, or make you pay for sending it back"),
    "payment_info_error": _l("Charged twice or too much, or paid but shown as unpaid"),
    "system_fault": _l("You could not place the order or pay because something broke down"),
    UNSURE: _l("Tell us in your own words and we will sort it"),
}
YES_NO = (("yes", _l("Yes")), ("no", _l("No")))


class ProblemForm(StepForm):
    """What went wrong, and whether it is dangerous."""

    COVERS = COVERS

    anomaly = RadioField(
        _l("What went wrong?"), choices=choices(ANOMALIES.items()), validate_choice=False,
        validators=[Required(_l("Choose what went wrong.")), OneOf(tuple(ANOMALIES))],
    )  # fmt: skip
    danger = RadioField(
        _l("Is anyone in danger, or is money still being taken?"),
        choices=choices([("yes", _l("Yes, it is urgent")), ("no", _l("No"))]), validate_choice=False,
        validators=[Required(_l("Say whether it is urgent.")), OneOf(("yes", "no"))],
    )  # fmt: skip

    def part(self) -> Part:
        said = {} if self.anomaly.data == UNSURE else {"anomaly": self.anomaly.data}
        return said | {"danger": self.danger.data == "yes"}


class OutcomeForm(StepForm):
    """What would put it right. `paid_minor` is what the order cost, when that is known."""

    remedies = Ticks(
        _l("What would put it right?"), validate_choice=False, validators=[Required(_l("Choose at least one."))]
    )
    refund = money_field(_l("How much should be paid back?"))
    compensation = money_field(_l("How much compensation?"))
    reason = text_field(_l("Why more than you paid?"), limit=2_000)
    paid_minor: int | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = book.current().remedy_kinds
        self.remedies.choices = choices((kind.key, kind.name.in_(language())) for kind in kinds)

    def offer(self, anomaly: str | None) -> None:
        """Offer the remedies that fit what went wrong, and those that were chosen before."""
        kinds = {kind.key: kind for kind in book.current().remedy_kinds}
        chosen = self.remedies.data or []
        self.remedies.choices = [
            each
            for each in self.remedies.choices
            if anomaly in (None, UNSURE) or anomaly in kinds[each.value].anomalies or each.value in chosen
        ]

    @property
    def sums(self) -> dict[str, int | None]:
        """Return what is asked for in money, by kind of remedy, in minor units."""
        given = {"refund": self.refund, "partial_refund": self.refund, "compensation": self.compensation}
        return {kind: read_amount(given[kind].data or "") for kind in self.remedies.data or () if kind in given}

    @property
    def above_price(self) -> bool:
        """Return whether more is asked for than was paid."""
        asked = [amount for amount in self.sums.values() if amount]
        return self.paid_minor is not None and sum(asked) > self.paid_minor

    def validate_remedies(self, field: Any) -> None:
        """Only what is offered, and not a whole and a part at once."""
        known_kinds = {each.value for each in field.choices}
        field.data = [kind for kind in dict.fromkeys(field.data or ()) if kind in known_kinds]
        if not field.data:
            raise StopValidation(_("Choose at least one."))
        if {"refund", "partial_refund"} <= set(field.data or ()):
            raise StopValidation(_("Choose either the whole refund or a part of it."))

    def validate_reason(self, field: Any) -> None:
        """More than the price may be asked for, with a reason."""
        if self.above_price and not field.data:
            raise StopValidation(_("You ask for more than you paid. You may: say why, then go on."))

    def part(self) -> Part:
        sums, sought = self.sums, []
        for kind in self.remedies.data or ():
            remedy: Part = {"kind": kind}
            if amount := sums.get(kind):
                remedy["amount"] = {"amount_minor": amount, "currency": "CNY"}
            if kind in sums and self.above_price:
                remedy["note"] = self.reason.data
            sought.append(remedy)
        return {"remedies_sought": sought}

    def prefill(self) -> None:
        """Fill in what was paid as the refund, before anything was answered."""
        if not self.refund.data and not self.remedies.data:
            self.refund.data = written_amount(self.paid_minor)


class ContactForm(StepForm):
    """How to reach the complainant."""

    name = line_field(_l("Your name"), Required(_l("Enter your name.")), limit=100)
    phone = line_field(_l("Telephone"), limit=40)
    email = line_field(_l("E-mail"), limit=254)
    contact_by = RadioField(
        _l("How shall we write to you?"), choices=choices([("email", _l("E-mail")), ("phone", _l("Text message"))]),
        validate_choice=False, validators=[OneOf(("email", "phone"))],
    )  # fmt: skip
    hours = line_field(_l("When may we call?"), limit=100)
    speak = RadioField(
        _l("In which language shall we write?"), choices=choices((tag, NAMES[tag]) for tag in LANGUAGES),
        validate_choice=False, validators=[OneOf(LANGUAGES)],
    )  # fmt: skip
    for_other = BooleanField(_l("I complain for somebody else"))
    on_behalf_of = line_field(_l("Name of the person you act for"), limit=100)

    def validate_phone(self, field: Any) -> None:
        """A number that can be called, or at least an address."""
        if field.data and phone_number(field.data) is None:
            words = _("This is not a telephone number. Write it with digits, for example +86 138 0013 8000.")
            raise StopValidation(words)
        if not field.data and not self.email.data:
            raise StopValidation(_("Enter a telephone number or an e-mail address."))

    def validate_email(self, field: Any) -> None:
        """An address that mail can reach."""
        if field.data and email_address(field.data) is None:
            raise StopValidation(_("This is not an e-mail address. It looks like name@example.com."))

    def validate_contact_by(self, field: Any) -> None:
        """Only a way that was given."""
        if field.data == "email" and not self.email.data:
            raise StopValidation(_("For e-mail we need your address. Enter it above, or choose text messages."))
        if field.data == "phone" and not self.phone.data:
            raise StopValidation(_("For text messages we need your number. Enter it above, or choose e-mail."))

    def validate_on_behalf_of(self, field: Any) -> None:
        """Whom one acts for."""
        if self.for_other.data and not field.data:
            raise StopValidation(_("Enter the name of the person you act for."))

    @property
    def reached_at(self) -> list[str]:
        """Return the number and the address in the form in which they are kept."""
        ways = (phone_number(self.phone.data or ""), email_address(self.email.data or ""))
        return [way for way in ways if way]

    def part(self) -> Part:
        person = known(
            name=self.name.data, phone=self.phone.data, email=self.email.data, contact_by=self.contact_by.data,
            hours=self.hours.data, on_behalf_of=self.on_behalf_of.data if self.for_other.data else None,
        )  # fmt: skip
        return {"complainant": person, "language": self.speak.data or language()}


class CheckForm(StepForm):
    """The last page: what the complainant stands by."""

    DECLARED = ("truth", "publication")

    truth = BooleanField(
        _l("What I say here is true to the best of my knowledge."),
        validators=[Required(_l("Confirm that what you say is true."))],
    )
    publication = BooleanField(
        _l("I know that the outcome is published without my name, contact details or order number."),
        validators=[Required(_l("Confirm that you know that the outcome is published without your name."))],
    )


class ReachForm(StepForm):
    """Where to send a link to the draft."""

    contact = line_field(_l("E-mail or telephone"), Required(_l("Enter an e-mail address or a telephone number.")))

    def validate_contact(self, field: Any) -> None:
        """Something that a message can reach."""
        if self.reached_at is None:
            raise StopValidation(_("This is neither an e-mail address nor a telephone number."))

    @property
    def reached_at(self) -> str | None:
        """Return the address or number in the form in which it is kept."""
        typed = self.contact.data or ""
        return email_address(typed) or phone_number(typed)

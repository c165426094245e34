"""The step that asks for facts: at most three questions for what went wrong, then the complainant's own words.

What is not known may stay empty: the rule engine judges only what is known.
"""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import StopValidation

from app.cases.forms import read_amount
from app.core.text import BODY_LIMIT
from app.intake.facts import Event, event, known, noon, read_day, today
from app.intake.forms import YES_NO, Part, StepForm, money_field
from app.web.forms import OneOf, Required, choices, line_field, text_field
from app.web.guards import act

Question = tuple[Any, tuple[str, ...]]


class Day:
    """Refuse what is no day, or one that has not come; keep it in the form that date pickers show."""

    def __call__(self, form: Any, field: Any) -> None:
        if not field.data:
            return
        day = read_day(field.data)
        if day is None or day.year < 2000:
            raise StopValidation(_("Enter a day, for example 2026-09-01."))
        if day > today(act().at):
            raise StopValidation(_("This day has not come yet."))
        field.data = day.isoformat()


def day_field(label: Any) -> StringField:
    """Return a field for a day, which may stay empty."""
    return line_field(label, Day(), limit=20)


def choice_field(label: Any, *answers: tuple[str, Any]) -> RadioField:
    """Return a question with a few answers, which may stay unanswered."""
    values = [value for value, _label in answers]
    return RadioField(label, choices=choices(answers), validate_choice=False, validators=[OneOf(values)])


class DetailsForm(StepForm):
    """The story. Subclasses add the facts of one type: `questions` says how the page asks for them."""

    LONGEST = BODY_LIMIT
    questions: ClassVar[tuple[Question, ...]] = ()
    story = text_field(_l("What happened, in your own words"), Required(_l("Tell us what happened.")), limit=BODY_LIMIT)

    @property
    def today(self) -> str:
        """Return the last day that can be entered."""
        return today(act().at).isoformat()

    def at(self, name: str) -> str | None:
        """Return the instant that stands for the day in field `name`."""
        return noon(read_day(self[name].data or ""), now=act().at)

    def order(self) -> dict[str, Any]:
        """Return the facts of the order."""
        return {}

    def events(self) -> list[Event]:
        """Return what happened to the order, request before answer."""
        return []

    def part(self) -> Part:
        return {"narrative": self.story.data, "order": self.order(), "events": self.events()}


class UnsureDetails(DetailsForm):
    """Nobody knows yet what it is."""

    ordered_on = day_field(_l("Order placed"))
    received_on = day_field(_l("Goods received"))
    asked_on = day_field(_l("Asked the seller for help"))
    replied = choice_field(_l("Did the seller answer?"), *YES_NO)
    questions = (
        (_l("When was it? Leave empty what you do not know."), ("ordered_on", "received_on", "asked_on")),
        (None, ("replied",)),
    )

    def order(self) -> dict[str, Any]:
        return known(submitted_at=self.at("ordered_on"), received_at=self.at("received_on"))

    def events(self) -> list[Event]:
        asked = self.at("asked_on")
        return [event("aftersale_request", asked, actor="consumer")] if asked and self.replied.data == "no" else []


SAID_NO = ("refused", _l("They said no"))
SILENT = ("silent", _l("No answer so far"))
AGREED = ("agreed", _l("They agreed, but nothing happened"))


class ReturnDetails(DetailsForm):
    """A return or exchange that is refused. Source: clauses 2.1.6.1 to 2.1.6.4."""

    received_on = day_field(_l("Goods received"))
    asked_on = day_field(_l("Asked to send it back"))
    answered_on = day_field(_l("Their answer"))
    reply = choice_field(
        _l("What did the seller say?"), SAID_NO, SILENT, AGREED, ("freight", _l("Yes, but I must pay the freight"))
    )
    sound = choice_field(
        _l("Is it as you got it: sound, and with its packaging?"),
        *YES_NO, ("packaging", _l("Sound, but packaging is missing")),
    )  # fmt: skip
    questions = (
        (_l("When was it? Leave empty what you do not know."), ("received_on", "asked_on", "answered_on")),
        (None, ("reply",)),
        (None, ("sound",)),
    )

    def order(self) -> dict[str, Any]:
        sound, complete = {"yes": (True, True), "no": (False, None), "packaging": (True, False)}.get(
            self.sound.data, (None, None)
        )
        return known(received_at=self.at("received_on"), goods_intact=sound, packaging_complete=complete)

    def events(self) -> list[Event]:
        asked, answered = self.at("asked_on"), self.at("answered_on")
        found = [event("return_requested", asked, actor="consumer")] if asked or self.reply.data else []
        match self.reply.data:
            case "refused":
                found.append(event("return_rejected", answered, actor="merchant"))
            case "agreed":
                found.append(event("return_accepted", answered, actor="merchant"))
            case "freight":
                found.append(event("return_accepted", answered, actor="merchant"))
                found.append(event("freight_charged", answered, actor="merchant", kind="return", payer="consumer"))
        return found


class ItemDetails(DetailsForm):
    """Goods that differ or are defective. Source: clauses 2.1.5.1, 2.1.5.2 and 2.1.5.5."""

    received_on = day_field(_l("Goods received"))
    told_on = day_field(_l("Told the seller"))
    answered_on = day_field(_l("Their answer"))
    reply = choice_field(_l("What did the seller say?"), SAID_NO, SILENT, AGREED)
    parcel = choice_field(_l("Was the parcel itself crushed, torn or wet?"), *YES_NO)
    questions = (
        (_l("When was it? Leave empty what you do not know."), ("received_on", "told_on", "answered_on")),
        (None, ("reply",)),
        (None, ("parcel",)),
    )

    def order(self) -> dict[str, Any]:
        return known(received_at=self.at("received_on"))

    def events(self) -> list[Event]:
        told, answered = self.at("told_on"), self.at("answered_on")
        found = [event("damaged_in_transit", self.at("received_on"))] if self.parcel.data == "yes" else []
        if told or self.reply.data:
            found.append(event("defect_objection", told, actor="consumer"))
        if self.reply.data == "refused":
            found.append(event("objection_rejected", answered, actor="merchant"))
        elif self.reply.data == "agreed":
            found.append(event("return_accepted", answered, actor="merchant"))
        return found


class DeliveryDetails(DetailsForm):
    """A parcel that did not come as it should. Source: clauses 2.1.4.1 to 2.1.4.3."""

    ordered_on = day_field(_l("Order placed"))
    sent_on = day_field(_l("Parcel sent"))
    arrived_on = day_field(_l("Arrived, if it did"))
    parcel = choice_field(
        _l("What happened to the parcel?"),
        ("missing", _l("It has not come")), ("late", _l("It came late")),
        ("damaged", _l("It was damaged on the way")), ("undeliverable", _l("It could not be delivered")),
        ("not_mine", _l("It says delivered, but I do not have it")),
    )  # fmt: skip
    distance = choice_field(
        _l("How far did it travel?"),
        ("same_city", _l("Within the city")), ("cross_province", _l("From another province")),
        ("other", _l("From elsewhere")),
    )  # fmt: skip
    questions = (
        (_l("When was it? Leave empty what you do not know."), ("ordered_on", "sent_on", "arrived_on")),
        (None, ("parcel",)),
        (None, ("distance",)),
    )

    def validate_arrived_on(self, field: Any) -> None:
        """Not before it was sent."""
        sent, arrived = read_day(self.sent_on.data or ""), read_day(field.data or "")
        if sent and arrived and arrived < sent:
            raise StopValidation(_("It cannot arrive before it was sent. Check both days."))

    def order(self) -> dict[str, Any]:
        arrived = self.at("arrived_on") if self.parcel.data not in ("missing", "not_mine", "undeliverable") else None
        return known(
            submitted_at=self.at("ordered_on"), delivered_at=arrived, received_at=arrived,
            delivery_scope=self.distance.data,
        )  # fmt: skip

    def events(self) -> list[Event]:
        sent = self.at("sent_on")
        found = [event("shipped", sent)] if sent else []
        if self.parcel.data == "damaged":
            found.append(event("damaged_in_transit", self.at("arrived_on")))
        elif self.parcel.data == "undeliverable":
            found.append(event("undeliverable"))
        return found


class PaymentDetails(DetailsForm):
    """A payment that failed or took too much. Source: clauses 2.2.2.1 and 2.2.2.3."""

    taken_on = day_field(_l("Day of payment"))
    taken = money_field(_l("Amount taken each time"))
    times = choice_field(
        _l("How often was it taken?"), ("1", _l("Once")), ("2", _l("Twice")), ("3", _l("Three times or more"))
    )
    failed = choice_field(
        _l("If the payment failed: who said so?"),
        ("platform", _l("The shop's site or app")), ("provider", _l("The payment service")), ("bank", _l("My bank")),
        ("unknown", _l("It did not fail, or I do not know")),
    )  # fmt: skip
    questions = ((_l("What was taken?"), ("taken_on", "taken")), (None, ("times",)), (None, ("failed",)))

    def events(self) -> list[Event]:
        at, amount = self.at("taken_on"), read_amount(self.taken.data or "")
        found = [event("charged", at, amount_minor=amount)] * int(self.times.data or 1) if amount else []
        if self.failed.data in ("platform", "provider", "bank"):
            found.append(event("payment_failed", at, cause=self.failed.data))
        return found


class SystemDetails(DetailsForm):
    """A site or app that broke down. Source: clause 2.2.2.1."""

    happened_on = day_field(_l("When did it happen?"))
    stopped = choice_field(
        _l("What did it keep you from?"),
        ("order", _l("Placing the order")), ("pay", _l("Paying")), ("other", _l("Something else")),
    )  # fmt: skip
    questions = ((None, ("happened_on",)), (None, ("stopped",)))

    def events(self) -> list[Event]:
        at = self.at("happened_on")
        return [event("payment_failed", at, cause="platform")] if self.stopped.data == "pay" else []


DETAILS: dict[str | None, type[DetailsForm]] = {
    "return_refusal": ReturnDetails,
    "product_info_error": ItemDetails,
    "logistics_info_error": DeliveryDetails,
    "payment_info_error": PaymentDetails,
    "system_fault": SystemDetails,
}


def details_for(anomaly: str | None) -> type[DetailsForm]:
    """Return the form that asks for the facts of what went wrong."""
    return DETAILS.get(anomaly, UnsureDetails)

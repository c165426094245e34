"""The form on which a merchant tries the facts of an order: a file, or the facts that matter most."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, FieldList, FileField, FormField, SelectField
from wtforms import Form as Part
from wtforms.validators import Optional

from app.cases.forms import read_amount
from app.web.filters import named
from app.web.forms import Form, choices, line_field, text_field
from app.web.i18n import language
from workflows.procedure.checks.facts import ACTORS, DEFAULT_ZONE, EVENT_FIELDS
from workflows.regulation import book

EVENTS = 4
_UNKNOWN = ("", _l("Not known"))


def _moment(label: Any) -> DateTimeLocalField:
    return DateTimeLocalField(label, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], validators=[Optional()])


class EventRow(Part):
    """One thing that happened. A row without a kind is not used."""

    type = SelectField(_l("What happened"), default="")
    at = _moment(_l("When"))
    actor = SelectField(_l("By whom"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = [(each, named(each, "order_event")) for each in EVENT_FIELDS]
        actors = [(each, book.current().term(each).name.in_(language())) for each in ACTORS]
        self.type.choices = choices([("", _l("Nothing")), *events])
        self.actor.choices = choices([_UNKNOWN, *actors])


class ChecksForm(Form):
    """What is known of an order. Everything may stay open: what is not known is not judged."""

    file = FileField(_l("File from your shop's system"))
    category = SelectField(_l("Kind of goods"), default="")
    submitted_at = _moment(_l("Order submitted"))
    delivered_at = _moment(_l("Delivered"))
    received_at = _moment(_l("Received"))
    delivery_scope = SelectField(_l("Distance"), default="")
    goods_total = line_field(_l("Goods' total price (CNY)"), limit=20)
    hold = line_field(_l("Withheld in advance (CNY)"), limit=20)
    goods_intact = SelectField(_l("Goods sound"), default="")
    packaging_complete = SelectField(_l("Packaging complete"), default="")
    product_text = text_field(_l("Description of the goods"), limit=20_000)
    events = FieldList(FormField(EventRow), min_entries=EVENTS, max_entries=EVENTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(each.key, each.name.in_(language())) for each in book.current().categories]
        answers = [_UNKNOWN, ("yes", _l("Yes")), ("no", _l("No"))]
        scopes = [("same_city", _l("Same city")), ("cross_province", _l("Across provinces")), ("other", _l("Other"))]
        self.category.choices = choices([_UNKNOWN, *kinds])
        self.delivery_scope.choices = choices([_UNKNOWN, *scopes])
        self.goods_intact.choices = self.packaging_complete.choices = choices(answers)

    def document(self) -> dict[str, Any]:
        """Return the facts as `POST /checks` takes them; instants are taken in the zone of the rules."""
        order = {
            "category": self.category.data or None,
            "delivery_scope": self.delivery_scope.data or None,
            "product_text": self.product_text.data or None,
            "goods_total_minor": read_amount(self.goods_total.data),
            "hold_minor": read_amount(self.hold.data),
            **{name: _instant(self[name].data) for name in ("submitted_at", "delivered_at", "received_at")},
            **{name: _answer(self[name].data) for name in ("goods_intact", "packaging_complete")},
        }
        events = [
            {"type": row.form.type.data, "at": _instant(row.form.at.data), "actor": row.form.actor.data or None}
            for row in self.events
            if row.form.type.data
        ]
        return {"order": order, "events": events}


def _instant(typed: Any) -> str | None:
    return typed.replace(tzinfo=ZoneInfo(DEFAULT_ZONE)).isoformat() if typed else None


def _answer(typed: str) -> bool | None:
    return {"yes": True, "no": False}.get(typed)

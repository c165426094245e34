"""The form in which terms are written, wherever they are: an answer, an offer, a decision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField, SelectField, StringField
from wtforms.validators import StopValidation

from app.cases.commands import Money, Term
from app.cases.models import Case
from app.web.forms import Cleaned, choices
from app.web.i18n import language
from workflows.procedure.names import names
from workflows.regulation import book

ROWS = 4
AMOUNT = re.compile(r"(\d{1,10})(?:\.(\d{1,2}))?", re.ASCII)


def read_amount(typed: str) -> int | None:
    """Return the amount in minor units of what a person typed (`3,299.00`, `¥3299`), or None when it is no amount."""
    plain = typed.replace(",", "").replace("，", "").replace(" ", "").removeprefix("¥").removeprefix("￥")
    match = AMOUNT.fullmatch(plain)
    if not match:
        return None
    whole, cents = match.groups()
    return (int(whole) * 100 + int((cents or "0").ljust(2, "0"))) or None


def written_amount(amount_minor: int | None) -> str:
    """Return an amount as a text field shows it."""
    return "" if amount_minor is None else f"{amount_minor // 100}.{amount_minor % 100:02d}"


class TermRow(Form):
    """One remedy. A row without a kind is not used."""

    kind = SelectField(_l("What"))
    amount = StringField(_l("Amount"), validators=[Cleaned(line=True, limit=20)])
    days = StringField(_l("Within how many days"), default="7", validators=[Cleaned(line=True, limit=3)])
    freight = SelectField(_l("Who pays the freight"), default="")
    note = StringField(_l("Details"), validators=[Cleaned(line=True)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.key, kind.name.in_(language())) for kind in book.current().remedy_kinds]
        self.kind.choices = choices([("", _("Nothing more")), *kinds])
        self.freight.choices = choices([("", _("No goods travel")), *names("freight", language()).items()])

    def validate_amount(self, field: Any) -> None:
        """An amount where the remedy is money, and only there."""
        if not self.kind.data:
            return
        money = book.current().remedy_kind(self.kind.data).money
        if money and read_amount(field.data or "") is None:
            raise StopValidation(_("Write the amount in figures, for example 3299.00."))
        if not money and field.data:
            raise StopValidation(_("This remedy has no amount. Leave it empty, or choose a refund or compensation."))

    def validate_days(self, field: Any) -> None:
        """One to ninety days."""
        if self.kind.data and not (re.fullmatch(r"\d{1,2}", field.data or "", re.ASCII) and 1 <= int(field.data) <= 90):
            raise StopValidation(_("Write a number of days from 1 to 90."))

    def to_term(self, currency: str = "CNY") -> Term:
        """Return what was typed as a term."""
        amount = read_amount(self.amount.data or "")
        money = Money(amount_minor=amount, currency=currency) if amount else None
        return Term(
            kind=self.kind.data, amount=money, days=int(self.days.data), freight_by=self.freight.data or None,
            note=self.note.data or "",
        )  # fmt: skip


class TermsMixin:
    """Gives a form its rows of terms: `class OfferForm(TermsMixin, Form)`."""

    terms = FieldList(FormField(TermRow), min_entries=ROWS, max_entries=ROWS)

    def used_rows(self) -> Iterator[TermRow]:
        """Yield the rows in which something was chosen."""
        return (row.form for row in self.terms if row.form.kind.data)

    def read_terms(self, currency: str = "CNY") -> list[Term]:
        """Return the terms of all used rows."""
        return [row.to_term(currency) for row in self.used_rows()]


def terms_for_form(case: Case, terms: list[Term]) -> list[dict[str, str]]:
    """Return terms as the rows of a form are filled with."""
    return [
        {
            "kind": term.kind,
            "amount": written_amount(term.amount.amount_minor if term.amount else None),
            "days": str(term.days),
            "freight": term.freight_by or "",
            "note": term.note,
        }
        for term in terms[:ROWS]
    ]

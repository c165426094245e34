"""The answers of a complaint as its writer reads them back before sending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from msgspec import Struct
from wtforms import BooleanField, RadioField, SelectField

from app.cases.forms import read_amount
from app.intake.composing import STEPS, Complaint
from app.intake.facts import read_day
from app.intake.forms import Ticks
from app.intake.models import DraftFile
from app.web.filters import local_day, money
from app.web.i18n import language

TITLES = {
    "order": _l("The order"),
    "problem": _l("The problem"),
    "details": _l("What happened"),
    "outcome": _l("What would put it right"),
    "evidence": _l("Photos and files"),
    "contact": _l("How to reach you"),
}
AMOUNTS = {"paid", "taken", "refund", "compensation"}


class Section(Struct, frozen=True):
    """One step read back: rows of (label, value); `open` where something is missing or wrong."""

    step: str
    title: str
    rows: list[tuple[str, Any]]
    open: bool


def sections(complaint: Complaint, files: Sequence[DraftFile]) -> Iterator[Section]:
    """Yield every step as its writer reads it back."""
    for step in STEPS:
        if step == "evidence":
            rows = [(str(_("Files")), Markup("<br>").join(escape(file.filename) for file in files) or _("None yet"))]
        else:
            rows = list(_rows(complaint.forms[step]))
        yield Section(step, str(TITLES[step]), rows, step in complaint.gaps)


def _rows(form: Any) -> Iterator[tuple[str, Any]]:
    """Yield what was answered; questions that were left empty are passed over, but for the first of the step."""
    for n, field in enumerate(form):
        words = _words(field)
        if words or n == 0:
            yield str(field.label.text), words


def _words(field: Any) -> Any:
    if isinstance(field, BooleanField):
        return _("Yes") if field.data else ""
    if isinstance(field, Ticks | RadioField | SelectField):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        labels = [str(each.label) for each in field.choices if each.value in chosen and each.value]
        return ("; " if language() == "en" else "；").join(labels)
    if field.name.endswith("_on"):
        day = read_day(field.data or "")
        return local_day(day) if day else field.data
    if field.name in AMOUNTS:
        amount = read_amount(field.data or "")
        return money(amount) if amount else ""
    return Markup("<br>").join(escape(line) for line in (field.data or "").splitlines())

"""The form of a member of the pool."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectMultipleField
from wtforms.validators import Optional, StopValidation

from app.committee.commands import KeepMember
from app.committee.forms import Ticks
from app.committee.models import PoolMember
from app.organisations import queries as organisations
from app.web.forms import Form
from app.web.i18n import language
from workflows.regulation import book


class PoolForm(Form):
    """Term, expertise and ties. Nothing of it is required: who has no term serves until they are taken off."""

    serves_from = DateField(_l("Serves from"), validators=[Optional()])
    serves_until = DateField(_l("Serves until"), validators=[Optional()])
    expertise = Ticks(_l("Knows these kinds of problem"))
    ties = SelectMultipleField(_l("Ties to these companies"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [each for each in book.current().anomalies if each.key != "other"]
        self.expertise.choices = [(each.key, each.name.in_(language())) for each in kinds]
        self.ties.choices = [(each.id, each.name) for each in organisations.all_open()]

    def validate_serves_until(self, field: Any) -> None:
        """A term ends after it begins."""
        if field.data and self.serves_from.data and field.data < self.serves_from.data:
            raise StopValidation(str(_l("The term ends before it begins.")))

    def to_command(self, user_id: int) -> KeepMember:
        return KeepMember(
            user_id=user_id, serves_from=self.serves_from.data, serves_until=self.serves_until.data,
            expertise=list(self.expertise.data or []), ties=list(self.ties.data or []),
        )  # fmt: skip


def kept(row: PoolMember | None) -> dict[str, Any]:
    """Return what is kept as the form is filled with."""
    if row is None:
        return {}
    return {name: getattr(row, name) for name in ("serves_from", "serves_until", "expertise", "ties")}

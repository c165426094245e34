"""The form by which a party challenges a member of the panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField

from app.committee.commands import ChallengeGround, ChallengeMember
from app.committee.models import PanelSeat
from app.portal.forms import NOTE
from app.web.forms import Form, Required, text_field
from app.web.i18n import language
from workflows.procedure.names import names


class ChallengeForm(Form):
    """Whom, on which grounds, and what shows it. Source: clause 3.3.2."""

    place = RadioField(_l("Whom?"), validators=[Required(_l("Choose one member."))])
    grounds = SelectMultipleField(_l("On which grounds?"), validators=[Required(_l("Choose at least one ground."))])
    text = text_field(_l("What happened, and what shows it?"), Required(_l("Say what happened.")), limit=NOTE)

    def __init__(self, *args: Any, seats: Sequence[PanelSeat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place.choices = [(str(seat.place), _called(seat)) for seat in seats]
        self.grounds.choices = list(names("challenge_ground", language()).items())

    def to_command(self) -> ChallengeMember:
        grounds = cast(list[ChallengeGround], self.grounds.data)
        return ChallengeMember(place=int(self.place.data), grounds=grounds, text=self.text.data or "")


def _called(seat: PanelSeat) -> str:
    return _("%(who)s, presides", who=seat.user.name) if seat.is_chair else seat.user.name

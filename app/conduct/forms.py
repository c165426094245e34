"""The forms about penalties: what a company says, what a person decides and rules."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField

from app.conduct.commands import AnswerPenalty, AppealPenalty, DecidePenalty, RulePenalty
from app.conduct.models import Penalty
from app.core.commands import Command
from app.web.forms import Form, Required, choices, text_field

NOTE = 2_000


class PenaltyForm(Form):
    """A form about one penalty; `version` is the one of the case that the page was made from."""

    makes: ClassVar[type[Command]]
    version = HiddenField()

    def of(self, penalty: Penalty, version: int) -> PenaltyForm:
        """Prepare the form for a page about this penalty."""
        self.penalty = penalty
        self.version.data = self.version.data or str(version)
        return self

    def to_command(self) -> Command:
        """Return what was filled in as the command that this form is for."""
        seen = self.version.data or ""
        version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 12 else None
        said = {field.name: field.data for field in self if field.name in self.makes.model_fields}
        return self.makes(**said | {"penalty": self.penalty.n, "version": version})


class AnswerForm(PenaltyForm):
    """What speaks against a proposed penalty."""

    makes = AnswerPenalty
    text = text_field(_l("What speaks against it"), Required(_l("Write what speaks against the penalty.")), limit=NOTE)


class AppealForm(PenaltyForm):
    """Why somebody else should look at a penalty."""

    makes = AppealPenalty
    text = text_field(_l("Why you appeal"), Required(_l("Write why you appeal.")), limit=NOTE)


class DecideForm(PenaltyForm):
    """Whether the penalty is imposed, and why."""

    makes = DecidePenalty
    outcome = RadioField(
        _l("Decision"),
        choices=choices([("imposed", _l("Impose it")), ("dropped", _l("Drop it"))]),
        validators=[Required(_l("Choose whether it is imposed."))],
    )
    reason = text_field(_l("Reason"), Required(_l("Give a reason.")), limit=NOTE)


class RuleForm(PenaltyForm):
    """Whether the penalty stands on appeal, and why."""

    makes = RulePenalty
    outcome = RadioField(
        _l("Ruling"),
        choices=choices([("upheld", _l("The penalty stands")), ("lifted", _l("Lift the penalty"))]),
        validators=[Required(_l("Choose whether the penalty stands."))],
    )
    reason = text_field(_l("Reason"), Required(_l("Give a reason.")), limit=NOTE)

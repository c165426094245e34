"""Forms of the complainant's and the respondent's pages. A form cleans and checks, then hands over a command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import StopValidation

from app.cases.commands import Perform, Rate
from app.cases.forms import TermsMixin
from app.cases.models import Case
from app.cases.models_talk import Remedy
from app.committee.commands import GroundKey, RequestReview
from app.evidence.forms import WithFiles
from app.mediation.commands import Accept, Decline, Propose, SendAnswer
from app.organisations.models import PartyKind
from app.web.forms import Form, OneOf, Required, line_field, text_field
from app.web.i18n import language
from app.web.words import sentence
from workflows.procedure.names import names
from workflows.regulation import book

NOTE = 2_000


class MessageForm(WithFiles, Form):
    """A message to the desk, with files if need be."""

    body = text_field(_l("Your message"), Required(_l("Write your message.")))


class ReplyForm(Form):
    """Yes or no to one offer, asked once more on the page that sends it."""

    answer = HiddenField(validators=[OneOf(("accept", "decline"))])
    reason = text_field(_l("Why? The other side reads it."), limit=NOTE)

    def to_command(self, n: int) -> Accept | Decline:
        """Return the answer to the offer numbered `n`."""
        if self.answer.data == "accept":
            return Accept(offer=n)
        return Decline(offer=n, reason=self.reason.data or "")


class ProposeForm(TermsMixin, Form):
    """A party's own offer."""

    note = text_field(_l("Anything the other side should know?"), limit=NOTE)

    def to_command(self, case: Case) -> Propose:
        return Propose(terms=self.read_terms(case.currency), note=self.note.data or "")


class WithdrawForm(Form):
    """Stopping it. A reason is welcome, not asked for."""

    reason = text_field(_l("Why? You need not say."), limit=NOTE)


SCORES = ("1", "2", "3", "4", "5")


def _score(label: Any) -> RadioField:
    return RadioField(label, validators=[Required(_l("Choose one answer."))])


class RateForm(Form):
    """Three questions and words. Source: clause 2.1.7.3."""

    solved = _score(_l("Was your problem solved?"))
    fair = _score(_l("Were you treated fairly?"))
    effort = _score(_l("How easy was it for you?"))
    comment = text_field(_l("What should we do better?"), limit=NOTE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.solved.choices = _scale(_("Not at all"), _("A little"), _("Half"), _("Mostly"), _("Fully"))
        self.fair.choices = _scale(_("Very unfairly"), _("Unfairly"), _("Neither"), _("Fairly"), _("Very fairly"))
        self.effort.choices = _scale(_("Very hard"), _("Hard"), _("Neither"), _("Easy"), _("Very easy"))

    def to_command(self) -> Rate:
        scores = {name: int(self[name].data) for name in ("solved", "fair", "effort")}
        return Rate(**scores, comment=self.comment.data or "")


def _scale(*words: str) -> list[tuple[str, str]]:
    return [(n, f"{n} · {word}") for n, word in zip(SCORES, words, strict=True)]


class ReviewForm(WithFiles, Form):
    """On which grounds a decision should be reviewed. Source: clause 2.2.4.3."""

    grounds = SelectMultipleField(_l("On which grounds?"), validators=[Required(_l("Choose at least one ground."))])
    text = text_field(_l("What is wrong, and what shows it?"), Required(_l("Say what is wrong.")), limit=NOTE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grounds.choices = list(names("ground", language()).items())

    def to_command(self) -> RequestReview:
        return RequestReview(grounds=cast(list[GroundKey], self.grounds.data), text=self.text.data)


# --- performance ------------------------------------------------------------------------------------------------------


class FulfilForm(Form):
    """For each remedy: done, or not yet. Its fields are made for the remedies that wait (`for_remedies`)."""

    @classmethod
    def for_remedies(cls, remedies: Sequence[Remedy]) -> FulfilForm:
        """Return the form with a question for each remedy, and room to say what is missing."""
        fields: dict[str, Any] = {
            f"done_{remedy.n}": RadioField(validate_choice=False, validators=[OneOf(("yes", "no"))])
            for remedy in remedies
        }
        fields |= {f"reason_{remedy.n}": text_field(_l("What is missing?"), limit=NOTE) for remedy in remedies}
        form = cast(FulfilForm, type("FulfilForm", (cls,), fields)())
        for remedy in remedies:
            form[f"done_{remedy.n}"].choices = [("yes", _("Yes")), ("no", _("Not yet"))]
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for at least one answer, and for what is missing where it is reported as done."""
        sound: bool = super().validate(extra_validators)
        if sound and not any(field.data for name, field in self._fields.items() if name.startswith("done_")):
            self.form_errors = [_("Answer for at least one of them.")]
            return False
        return sound

    def answers(self) -> dict[int, tuple[str, str]]:
        """Return (yes or no, what is missing) by the number of the remedy, where there is an answer."""
        numbers = [int(name.removeprefix("done_")) for name in self._fields if name.startswith("done_")]
        return {n: (self[f"done_{n}"].data, self[f"reason_{n}"].data or "") for n in numbers if self[f"done_{n}"].data}


class ProofForm(WithFiles, Form):
    """What shows that a remedy was done. `remedy` is its number in the case."""

    remedy = HiddenField()
    proof = text_field(
        _l("What shows it? A refund or parcel number, a date, a name"),
        Required(_l("Say what shows that it was done.")),
        limit=NOTE,
    )

    def validate_remedy(self, field: Any) -> None:
        """The number of a remedy, as the page put it there."""
        if not re.fullmatch(r"[1-9][0-9]{0,2}", field.data or "", re.ASCII):
            raise StopValidation(sentence("not_possible"))

    def to_command(self) -> Perform:
        return Perform(remedy=int(self.remedy.data or 0), proof=self.proof.data or "")


# --- getting in -------------------------------------------------------------------------------------------------------


class CodeForm(Form):
    """The six digits that were sent; spaces between them are forgiven."""

    code = StringField(_l("Six-digit code"), validators=[Required(_l("Enter the six digits from our message."))])

    def digits(self) -> str:
        """Return the digits alone, full-width ones too."""
        typed = (self.code.data or "")[:40]
        return "".join(str(int(ch)) for ch in typed if ch.isdecimal())


class TrackForm(Form):
    """What somebody knows who lost the link."""

    number = line_field(_l("Case number"), Required(_l("Enter the case number. It looks like H2026-000123-7.")))
    contact = line_field(
        _l("Telephone number or e-mail address"),
        Required(_l("Enter the telephone number or e-mail address that you gave us.")),
    )


# --- the respondent's answer ------------------------------------------------------------------------------------------

POSITIONS = ("agree", "offer", "refuse", "not_ours")


class AnswerForm(TermsMixin, WithFiles, Form):
    """Agree, offer part, refuse, or say whose it is: one page. Source: clause 2.1.7.1."""

    position = RadioField(_l("What is your answer?"), validators=[Required(_l("Choose one of the four answers."))])
    clause = SelectField(_l("Clause that you rely on"))
    text = text_field(_l("Your reasons"), limit=NOTE)
    points_to = SelectField(_l("Whose is it?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, book.current().party_kind(kind.value).name.in_(language())) for kind in PartyKind]
        self.position.choices = [(key, names("position", language())[key]) for key in POSITIONS]
        self.points_to.choices = [("", _("Choose")), *kinds]
        self.clause.choices = [("", _("Choose")), *_clauses()]

    def to_command(self, case: Case) -> SendAnswer:
        """Return the answer; only what belongs to the chosen position is taken from the page."""
        position = cast(Literal["agree", "offer", "refuse", "not_ours"], self.position.data)
        return SendAnswer(
            position=position,
            text=self.text.data or "",
            clause=self.clause.data if position == "refuse" else "",
            terms=self.read_terms(case.currency) if position == "offer" else [],
            points_to=(self.points_to.data or None) if position == "not_ours" else None,
        )


def _clauses() -> list[tuple[str, str]]:
    return [(clause.number, f"{clause.number} {clause.title.in_(language())}") for clause in book.current().clauses()]

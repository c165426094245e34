"""The composer: who reads it, a ready-made reply, a text for each side in its own language, files, a look before."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct
from wtforms import RadioField, SelectField, SubmitField
from wtforms.validators import StopValidation

from app.cases.commands import Reply
from app.cases.models import Case
from app.cases.service_letters import complainant
from app.core import site
from app.core.languages import NAMES, segment
from app.desk.composing import merge_fields
from app.desk.forms import StepForm
from app.evidence import service as exhibits
from app.evidence.forms import WithFiles
from app.web.filters import named
from app.web.forms import text_field
from app.web.i18n import language
from workflows.procedure import replies
from workflows.procedure.act import Act
from workflows.procedure.letters import write
from workflows.procedure.names import name
from workflows.procedure.states import Action, steps_from

BOTH, CONSUMER, RESPONDENT, INTERNAL = "both", "consumer", "respondent", "internal"


class Reader(Struct, frozen=True):
    """One side as the composer writes to it."""

    side: str
    name: str
    language: str

    @property
    def tongue(self) -> str:
        """What its language is called."""
        return NAMES[self.language]


class ReplyForm(WithFiles, StepForm):
    """A message to one side or both, each in its own language, or a note for the desk alone."""

    audience = RadioField(_l("Who may read this?"), default=CONSUMER)
    template = SelectField(_l("Ready-made reply"), validate_choice=False)
    fill = SubmitField(_l("Insert"))
    look = SubmitField(_l("Preview"))
    body = text_field(_l("Message"))
    theirs = text_field(_l("Message to the respondent"))

    def prepare(self, case: Case, args: Any) -> None:
        """Fill choices from the case; insert a ready-made reply where one was chosen, and what its fields stand for."""
        self.case = case
        self.consumer = Reader(CONSUMER, complainant(case).name or name("side", CONSUMER, language()), case.language)
        company = case.respondent if case.organisation_ids else None
        self.respondent = Reader(RESPONDENT, company.name, company.language) if company else None
        self.audience.choices = [(key, named(key, "audience")) for key in self._audiences()]
        self.template.choices = [("", _("Choose …")), *replies.titles(language()).items()]
        self.takes_files = bool(self.respondent and steps_from(case.state, Action.ADD_EVIDENCE))
        if not self.is_submitted():
            self.template.data = args.get("template", "")
        if self.fill.data or not self.is_submitted():
            self._insert(self.template.data or "")
        if self.looks_on():
            self.files.validate(self)  # what was chosen is kept
            for reader in self.readers():
                field = self._text_for(reader)
                field.data = replies.with_values(field.data or "", self.values(reader))

    def _audiences(self) -> tuple[str, ...]:
        return (BOTH, CONSUMER, RESPONDENT, INTERNAL) if self.respondent else (CONSUMER, INTERNAL)

    @property
    def split(self) -> bool:
        """Whether the sides read different languages, so that each gets a text of its own."""
        return self.respondent is not None and self.respondent.language != self.consumer.language

    def readers(self) -> list[Reader]:
        """Return who reads it, as far as was said."""
        sides = {BOTH: (CONSUMER, RESPONDENT), INTERNAL: ()}.get(self.audience.data, (self.audience.data,))
        return [each for each in (self.consumer, self.respondent) if each is not None and each.side in sides]

    def _text_for(self, reader: Reader) -> Any:
        return self.theirs if self.split and reader.side == RESPONDENT else self.body

    def values(self, reader: Reader) -> dict[str, str | None]:
        """Return what the merge fields stand for in the reader's language; None for what is not known."""
        return merge_fields(self.case, reader.language)

    def _insert(self, key: str) -> None:
        """Put the ready-made reply above what is written, for each side in its language; once."""
        if key not in replies.titles(language()):
            return
        meant = replies.audience(key)
        if meant in self._audiences():
            self.audience.data = meant
        for reader in self.readers():
            field, text = self._text_for(reader), replies.filled(key, reader.language, self.values(reader))
            if text not in (field.data or "").replace("\r\n", "\n"):
                field.data = f"{text}\n\n{field.data}" if field.data else text

    def looks_on(self) -> bool:
        return bool(self.fill.data or self.look.data)

    def previews(self) -> list[tuple[Reader, Any]]:
        """Return the letter that each side gets, as it would leave now."""
        if not self.look.data:
            return []
        return [(each, self._letter(each, self._text_for(each).data or "")) for each in self.readers()]

    def _letter(self, reader: Reader, text: str) -> Any:
        number, phone = self.case.number, site.settings().help_phone
        if reader.side == CONSUMER:
            track_url = site.absolute(f"/{segment(reader.language)}/track")
            return write("reply", reader.language, number=number, phone=phone, body=text, track_url=track_url)
        what, case_url = name("action", "reply", reader.language), site.absolute(f"/r/cases/{number}")
        return write("respondent_news", reader.language, number=number, organisation=reader.name, what=what, turn=text,
                     case_url=case_url)  # fmt: skip

    # --- what is refused ---------------------------------------------------------------------------------------------

    def validate_body(self, field: Any) -> None:
        """Written, where the consumer reads it or nobody outside; nothing is written for nobody."""
        self._written(field, wanted=not self.split or self.audience.data != RESPONDENT)

    def validate_theirs(self, field: Any) -> None:
        """Written, where the respondent reads it in another language than the consumer."""
        if self.split:
            self._written(field, wanted=self.audience.data in (BOTH, RESPONDENT))

    def _written(self, field: Any, *, wanted: bool) -> None:
        if wanted and not field.data:
            raise StopValidation(_("Write the message."))
        if field.data and not wanted:
            raise StopValidation(_("Nobody would read this. Choose both sides above, or clear the text."))
        if self.audience.data != INTERNAL and (left := replies.open_fields(field.data or "")):
            raise StopValidation(_("Fill in %(fields)s before sending.", fields=", ".join(left)))

    def validate_files(self, field: Any) -> None:
        """Files become exhibits, which both sides see: they go with a message to both only."""
        if field.data and not field.errors and (self.audience.data != BOTH or not self.takes_files):
            raise StopValidation(_("Files become exhibits that both sides see. Write to both, or send without files."))

    def to_command(self) -> Reply:
        alone = self.split and self.audience.data == RESPONDENT
        other = self.theirs.data if self.split and self.audience.data == BOTH else ""
        return Reply(
            body=(self.theirs if alone else self.body).data, audience=self.audience.data,
            body_for_respondent=other or "", version=self.version(),
        )  # fmt: skip

    def bring(self, case: Case, act: Act) -> None:
        if files := self.uploads():
            exhibits.add(case, files, act=act)

"""Forms about exhibits: files that outlive a refused sending, ruling, asking, closing an item, an inspection."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeSerializer
from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import StopValidation

from app.cases.models import Case
from app.core import clock, site
from app.core.uploads import ACCEPT, COUNT_LIMIT, Upload, UploadRefused, shown_name, take
from app.evidence.commands import AskEvidence, DeclineEvidence, RecordInspection, RuleEvidence, SettleEvidence
from app.web.forms import Form, Required, choices, line_field, text_field
from app.web.i18n import language
from app.web.words import sentence
from workflows.procedure.names import names
from workflows.regulation import book

NOTE = 2_000
HARM_REASON = 200
MOST_ITEMS = 10


class Files:
    """Take the files of a field into the store; the field then holds them as uploads, those kept earlier first.

    A validator and not a view's business, so that a file that cannot be taken is told beside the field.
    """

    def __call__(self, form: Any, field: Any) -> None:
        sent = [file for file in field.data or [] if file]
        field.data = _kept(form.kept.data)
        if any(isinstance(file, str) for file in sent):  # a part that lost its file's name on the way
            raise StopValidation(_("A file did not arrive whole. Choose it again."))
        if len(sent) + len(field.data) > COUNT_LIMIT:
            raise StopValidation(sentence("too_many_files", {"limit": COUNT_LIMIT}))
        for file in sent:
            try:
                field.data.append(take(file.filename or "", file.stream))
            except UploadRefused as refused:
                words = sentence(refused.code, {"limit": refused.limit})
                raise StopValidation(f"{shown_name(file.filename or '')}: {words}") from None
            finally:
                form.kept.data = _signer().dumps([upload.as_row() for upload in field.data])


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(site.settings().secret_key, salt="kept files")


def _kept(signed: str | None) -> list[Upload]:
    """Return the files that an earlier, refused sending of the same page brought; none for what we did not sign."""
    try:
        return [Upload(**row) for row in _signer().loads(signed)] if signed else []
    except BadData:
        return []


class WithFiles:
    """Gives a form files that outlive a refused sending, without JavaScript: the page carries them, signed."""

    files = MultipleFileField(_l("Photos and files"), validators=[Files()], render_kw={"accept": ACCEPT})
    kept = HiddenField()

    def uploads(self) -> list[Upload]:
        """Return the files that came with the page, now or in an earlier try."""
        return list(cast(Any, self.files).data or [])


class EvidenceForm(WithFiles, Form):
    """Files that prove something: what of the checklist they are, what was asked for, what they show."""

    proves = SelectField(_l("What is it?"), validate_choice=False)
    item = HiddenField()
    note = text_field(_l("What do they show?"), limit=NOTE)

    def __init__(self, anomaly: str | None, side: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.proves.choices = proof_choices(anomaly, side)

    def validate_files(self, field: Any) -> None:
        """At least one."""
        if not field.errors and not field.data:
            raise StopValidation(_("Choose at least one file."))

    def validate_proves(self, field: Any) -> None:
        """One of the checklist, or nothing: what was asked for is handed in without it."""
        if field.data and field.data not in {choice.value for choice in field.choices}:
            raise StopValidation(sentence("not_possible"))

    def validate_item(self, field: Any) -> None:
        """A number, as the page put it there."""
        if field.data and not re.fullmatch(r"[1-9][0-9]{0,2}", field.data, re.ASCII):
            raise StopValidation(sentence("not_possible"))

    def asked_for(self) -> int | None:
        """Return the number of the item that is handed in with these files."""
        return int(self.item.data) if self.item.data else None


def proof_choices(anomaly: str | None, side: str) -> list[Any]:
    """Return what of the checklist a file may be. Source: clause 2.1.6.5."""
    rows = [row for row in book.current().proof_of(anomaly or "other") if row.side == side]
    return choices([("", _("Something else")), *((row.key, row.name.in_(language())) for row in rows)])


class DeclineForm(Form):
    """Why something that was asked for cannot be given."""

    reason = text_field(_l("Why can you not give it?"), Required(_l("Give a reason.")), limit=NOTE)

    def to_command(self, item: int) -> DeclineEvidence:
        return DeclineEvidence(item=item, reason=self.reason.data)


class RuleForm(Form):
    """Whether an exhibit is admitted."""

    admitted = RadioField(_l("Is it admitted?"), validators=[Required(_l("Choose one answer."))])
    reason = text_field(_l("Reason"), limit=NOTE)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        words = names("standing", language())
        self.admitted.choices = choices([("yes", words["admitted"]), ("no", words["excluded"])])

    def to_command(self, exhibit: int) -> RuleEvidence:
        return RuleEvidence(exhibit=exhibit, admitted=self.admitted.data == "yes", reason=self.reason.data or "")


class SettleForm(Form):
    """What became of an item, as the desk sees it."""

    outcome = RadioField(_l("What became of it?"), validators=[Required(_l("Choose one answer."))])
    reason = text_field(_l("Reason"), limit=NOTE)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        words = names("item_status", language())
        self.outcome.choices = choices([("handed_in", words["handed_in"]), ("waived", words["waived"])])

    def to_command(self, item: int) -> SettleEvidence:
        return SettleEvidence(item=item, handed_in=self.outcome.data == "handed_in", reason=self.reason.data or "")


class AskForm(Form):
    """Whom to ask for what by which day. The day ends at 24:00 in the case's zone."""

    side = RadioField(_l("Who is asked?"), validators=[Required(_l("Choose one answer."))])
    items = text_field(
        _l("What do you need? One thing a line"), Required(_l("Name at least one thing.")), limit=NOTE
    )  # fmt: skip
    due_on = DateField(_l("By the end of"), validators=[Required(_l("Choose a day."))])
    why = text_field(_l("Why? They read it."), limit=NOTE)

    def __init__(self, case: Case, **kwargs: Any) -> None:
        now = clock.now()
        usual = book.current().figure("evidence_request", on=case.law_as_of).length
        self.zone, self.longest = ZoneInfo(case.time_zone), book.current().figure("evidence_longest", on=case.law_as_of)
        self.first = now.astimezone(self.zone).date()
        super().__init__(data={"due_on": (now + usual).astimezone(self.zone).date(), "side": "consumer"}, **kwargs)
        words = names("side", language())
        sides = ["consumer", "respondent"] if case.organisation_ids else ["consumer"]
        self.side.choices = choices([(key, words[key]) for key in sides])

    def validate_items(self, field: Any) -> None:
        """At most ten, each of a line."""
        if len(self.named()) > MOST_ITEMS:
            raise StopValidation(sentence("too_many", {"limit": MOST_ITEMS}))
        if any(len(line) > 200 for line in self.named()):
            raise StopValidation(sentence("too_long", {"limit": 200}))

    def validate_due_on(self, field: Any) -> None:
        """From today to the longest time that may be given."""
        last = self.first + timedelta(days=self.longest.value - 1)
        if field.data and not self.first <= field.data <= last:
            raise StopValidation(sentence("days_out_of_range", {"least": 1, "most": self.longest.value}))

    def named(self) -> list[str]:
        """Return the things that are asked for."""
        return [line.strip() for line in (self.items.data or "").splitlines() if line.strip()]

    def to_command(self) -> AskEvidence:
        ends = datetime.combine(self.due_on.data + timedelta(days=1), time(), self.zone)
        return AskEvidence(side=self.side.data, items=self.named(), due_at=ends, why=self.why.data or "")


class InspectionForm(Form):
    """What an inspection of the goods found. Source: clause 2.1.5.2."""

    inspected_by = RadioField(_l("Who inspected?"), validators=[Required(_l("Choose one answer."))])
    inspected_at = DateTimeLocalField(_l("When?"), validators=[Required(_l("Say when."))])
    what = line_field(_l("What was inspected?"), Required(_l("Say what was inspected.")))
    packaging = RadioField(_l("The packaging"), validators=[Required(_l("Choose one answer."))])
    damage = SelectMultipleField(_l("The goods"))
    conclusion = RadioField(_l("What follows from it?"), validators=[Required(_l("Choose one answer."))])
    exhibits = SelectMultipleField(_l("Exhibits that show it"))
    note = text_field(_l("Note"), limit=NOTE)

    def __init__(self, case: Case, exhibits: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone, rules = ZoneInfo(case.time_zone), book.current()
        self.inspected_by.choices = choices(names("inspected_by", language()).items())
        self.conclusion.choices = choices(names("conclusion", language()).items())
        for field, seen_on in ((self.packaging, "packaging"), (self.damage, "damage")):
            signs = rules.signs_on(seen_on, case.law_as_of)
            field.choices = choices([(sign.key, sign.name.in_(language())) for sign in signs])
        self.exhibits.choices = choices([(str(each["number"]), each["name"]) for each in exhibits])

    def to_command(self) -> RecordInspection:
        at = self.inspected_at.data.replace(tzinfo=self.zone)
        return RecordInspection(
            inspected_by=self.inspected_by.data, inspected_at=at, what=self.what.data, packaging=self.packaging.data,
            damage=self.damage.data or [], conclusion=self.conclusion.data, note=self.note.data or "",
            exhibits=[int(number) for number in self.exhibits.data or []],
        )  # fmt: skip


class HarmForm(Form):
    """Why somebody takes out a file that does harm."""

    reason = line_field(
        _l("Why do you need it?"), Required(_l("Say why. It is kept with your name.")), limit=HARM_REASON
    )

"""Order facts from a file of a shop's system, or one by hand: looked at first, then kept as evidence and merged.

For the pages of the company and of the desk alike; each brings its own guard and its own frame.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeSerializer
from wtforms import FileField, HiddenField, RadioField

from app.cases import service_facts
from app.cases.merging import EVENT, Known, Said, facts_of
from app.cases.models import Case
from app.cases.models_facts import FactStatement
from app.core import site
from app.core.storage import store
from app.core.uploads import Upload, UploadRefused, take
from app.evidence.service import add, again
from app.web.filters import instant, law, money, named
from app.web.forms import Form, OneOf
from app.web.i18n import language
from app.web.words import sentence
from workflows.procedure.act import Act
from workflows.procedure.checks import sheet
from workflows.procedure.checks.sheet import Mistake, SheetRefused
from workflows.procedure.names import names
from workflows.regulation import book

SAYING = ("respondent", "consumer", "desk")


class FactsForm(Form):
    """A file, and on the second page the same file, kept and signed, to be sent."""

    file = FileField(_l("File from the shop's system"))
    side = RadioField(_l("Who says so?"), validators=[OneOf(SAYING)], validate_choice=False, default="respondent")
    kept = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side.choices = [(each, named(each, "side")) for each in SAYING]
        self.mistakes: list[str] = []
        self.upload: Upload | None = None
        self.document: dict[str, Any] = {}

    def read(self) -> bool:
        """Read the file that came, or the one kept from the page before; return whether it holds sound facts."""
        self.upload = self._kept()
        sent = None if isinstance(self.file.data, str) else self.file.data
        if self.upload is None and sent and sent.filename:
            self.upload = self._take(sent.filename, sent.stream.read(sheet.LARGEST + 1))
        if self.upload is None:
            self.mistakes = self.mistakes or [_("Choose a file.")]
            return False
        try:
            self.document = sheet.document(store().read(self.upload.ref))
        except SheetRefused as refused:
            self.mistakes = [told(each) for each in refused.mistakes]
        return not self.mistakes

    def _take(self, name: str, content: bytes) -> Upload | None:
        try:
            if len(content) > sheet.LARGEST:
                raise UploadRefused("file_too_large")
            upload = take(name, io.BytesIO(content))
        except UploadRefused as refused:
            self.mistakes = [sentence(refused.code, {"limit": sheet.LARGEST / 1024**2})]
            return None
        self.kept.data = _signer().dumps(upload.as_row())
        return upload

    def _kept(self) -> Upload | None:
        try:
            return Upload(**_signer().loads(self.kept.data)) if self.kept.data else None
        except BadData:
            return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(site.settings().secret_key, salt="kept facts")


def told(mistake: Mistake) -> str:
    """Return a mistake of a file in words, with its row and field."""
    place = sentence("row", {"row": mistake.row}) + " " if mistake.row else ""
    where = f"{mistake.where}: " if mistake.where else ""
    return f"{place}{where}{sentence(mistake.code, mistake.params)}"


def send(case: Case, form: FactsForm, *, act: Act) -> Known:
    """Keep the file as evidence and merge what it says; return what is known now. Raises Invalid."""
    side = form.side.data if act.actor.side == "desk" else act.actor.side
    files = [form.upload] if form.upload else []
    kept = add(case, files, act=act, note=_("Order facts from a file")) or again(case, files, act=act)
    exhibit = kept[0].number if kept else None
    return service_facts.state(case, form.document, side=side or "desk", source="file", exhibit=exhibit, act=act)


# --- as pages show it -----------------------------------------------------------------------------------------------


def known_face(case: Case) -> dict[str, Any]:
    """Return what is known of the order with who said it, and where another side says otherwise."""
    known = service_facts.known(case)
    differs = [
        {"path": path, "side": side, "other": face(said), "stands": face(known.facts[path])}
        for (path, side), said in known.differences.items()
    ]
    return {"facts": [face(each) for each in known.facts.values()], "differences": differs}


def preview(case: Case, form: FactsForm, side: str) -> list[dict[str, Any]]:
    """Return what each fact of the file would do, beside what the case has now."""
    known = service_facts.known(case)
    order, events = form.document.get("order") or {}, form.document.get("events") or []
    said = FactStatement(side=side, source="file", exhibit=None, order=order, events=events, at=case.received_at)
    rows = []
    for each in facts_of(said):
        before, change = known.facts.get(each.path), known.change(each)
        rows.append(
            face(each)
            | {"change": change, "change_text": named(change, "fact_change")}
            | {"before": face(before) if before and change != "same" else None}
        )
    return rows


def face(said: Said) -> dict[str, Any]:
    """Return a fact as pages show it: its name, its value in words, who said it."""
    exhibit = _("exhibit %(n)s", n=said.exhibit) if said.exhibit else ""
    by = " · ".join(part for part in (named(said.side, "side"), named(said.source, "fact_source"), exhibit) if part)
    value = "\n".join(_words(said))
    label = fact_label(said.path)
    return {"path": said.path, "label": label[:1].upper() + label[1:], "value": value, "by": by, "side": said.side}


def fact_label(path: str) -> str:
    """Return what a fact is called: by the rulebook's own word, else by ours, else by its path."""
    if path.startswith(EVENT):
        _event, kind, actor = path.split(".")
        return named(kind, "order_event") + (f" · {_who(actor)}" if actor else "")
    last = path.rpartition(".")[2]
    try:
        return named(last, "order_fact")
    except KeyError:
        return term_name(last)


def term_name(key: str) -> str:
    """Return the rulebook's word for a fact, or the key where it has none."""
    try:
        return book.current().term(key).name.in_(language())
    except KeyError:
        return key


def values_told(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the facts that a finding stands on, as (name, value), where they have a name that people know."""
    plain = [(key, value) for key, value in facts.items() if isinstance(value, str | int) and value != ""]
    return [(fact_label(key), _plain(key, value)) for key, value in plain if fact_label(key) != key]


def _who(actor: str) -> str:
    return named("consumer", "side") if actor == "consumer" else law(actor, "party_kind")


def _words(said: Said) -> Iterator[str]:
    if not said.is_event:
        yield _plain(said.path, said.value)
        return
    for event in said.value:
        own = [
            _("%(label)s: %(value)s", label=fact_label(name), value=_plain(name, value))
            for name, value in event.items()
            if name not in _FRAME
        ]
        yield " · ".join(
            [instant(datetime.fromisoformat(event["at"])) if event.get("at") else _("time not known"), *own]
        )


_FRAME = ("type", "at", "actor")
_KEYS = {"kind", "finding", "importance", "cause", "payer", "delivery_scope", "category", "forced_by"}


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return " · ".join(_plain(name, each) for each in value)
    if isinstance(value, int):
        return money(value, "CNY") if name.endswith("_minor") else str(value)
    if name.endswith("_at"):
        return instant(datetime.fromisoformat(value))
    if name in _KEYS:
        kinds = {each.key: each.name.in_(language()) for each in book.current().categories}
        return (names("order_value", language()) | kinds).get(value, value)
    return str(value)

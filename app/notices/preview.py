"""What will be published, before it is: the public edition in the reader's language, with every leak marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup, escape
from msgspec import Struct

from app.cases.models import Case
from app.committee.commands import DraftDecision
from app.committee.drafting import Sheet, shows_sheets
from app.committee.models import Panel
from app.notices.document import sheet
from app.notices.facts import NoticeFacts, NoticeLanguage
from app.notices.freezing import freeze, substitutes
from app.notices.gate import Coarse, coarse, leaking, marks_of, typed
from app.notices.outcomes import Outcome, drafted
from app.notices.service import waiting
from workflows.procedure.leaks import Hint, Leak
from workflows.procedure.names import name
from workflows.regulation import book


class Found(Struct, frozen=True):
    """A word that would tell who a party is, and what can stand in its place."""

    text: str
    instead: str
    hint: Hint


class Preview(Struct, frozen=True):
    """An outcome before it is published: what the public will read, typed texts with their leaks marked."""

    outcome: Outcome
    facts: NoticeFacts
    texts: dict[str, Markup]
    told: Coarse
    coarsened: list[str]
    leaks: list[Found]


def previews(case: Case, language: str) -> list[Preview]:
    """Return a preview of everything that waits to be published."""
    return [_preview(case, outcome, NoticeLanguage(language)) for outcome in waiting(case)]


def _preview(case: Case, outcome: Outcome, language: NoticeLanguage) -> Preview:
    found, told = leaking(outcome, marks_of(case)), coarse(case, outcome)
    instead = substitutes(case, outcome.written_in)
    facts = freeze(case, outcome, language=language, code="", at=case.received_at, told=told)
    return Preview(
        outcome=outcome, facts=facts if outcome.serial else replace(facts, number=""),
        texts={pointer: _marked(text, found.get(pointer, ())) for pointer, text in typed(outcome).items()},
        told=told, coarsened=_coarsened(case, outcome, told, language),
        leaks=list(
            dict.fromkeys(Found(leak.text, instead[leak.hint], leak.hint) for each in found.values() for leak in each)
        ),
    )  # fmt: skip


@shows_sheets
def draft_sheet(case: Case, panel: Panel, draft: DraftDecision, at: datetime) -> Sheet:
    """Return a draft as the public would read it on paper, and what in it would stop its publication."""
    outcome = drafted(case, panel, draft, at)
    facts = freeze(case, outcome, language=outcome.written_in, code="", at=at, told=coarse(case, outcome))
    finds = leaking(outcome, marks_of(case)).values()
    bare = replace(facts, number="", seal_label="", verification_code="", verify_url="")
    return Sheet(sheet(bare), bare.language, list(dict.fromkeys(leak.text for each in finds for leak in each)))


def _coarsened(case: Case, outcome: Outcome, told: Coarse, language: NoticeLanguage) -> list[str]:
    """Return what is left out because too few cases are alike, in words."""
    goods = book.current().category((case.order_facts or {}).get("category"), case.law_as_of)
    left_out = [goods.name.in_(language)] if goods and not told.category else []
    return left_out + ([name("amount_band", outcome.amount_band, language)] if told.amount_band is None else [])


def _marked(text: str, leaks: Iterable[Leak]) -> Markup:
    parts, at = [], 0
    for leak in leaks:
        parts += [escape(text[at : leak.start]), Markup("<mark>{}</mark>").format(leak.text)]
        at = leak.end
    return Markup("").join([*parts, escape(text[at:])])

"""The papers of a case: which notices a reader may have of it, and what each says.

Worked out from the record and the registry. Decisions and settlements are not among them: they are published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.cases.models import Case, CaseEvent
from app.core import site
from app.notices import telling, telling_dossier, telling_penalty
from app.notices.facts import NoticeFacts, NoticeKind, NoticeLanguage
from app.notices.freezing import party_roles
from app.notices.kinds import OF_THE_REGISTER, Kind, kinds, reader_of
from app.notices.receipts import acknowledgement, deadline_receipt
from app.notices.telling import Story
from app.notices.wording import words
from workflows.procedure.authority import Actor
from workflows.procedure.states import Action
from workflows.regulation import book


class Paper(Struct, frozen=True):
    """One notice of a case: its kind, and the entry of the history that it tells of (the latest: how things stand)."""

    kind: NoticeKind
    subject: int
    at: datetime
    event: CaseEvent | None = None

    @property
    def entry(self) -> Kind:
        return kinds()[self.kind]


TELLS: dict[NoticeKind, Callable[[Story], dict[str, Any] | None]] = {
    NoticeKind.EMERGENCY: telling.emergency,
    NoticeKind.REQUEST_TO_ANSWER: telling.request_to_answer,
    NoticeKind.BREACH: telling.breach,
    NoticeKind.OFFER: telling.offer,
    NoticeKind.REFERRAL: telling.referral,
    NoticeKind.PANEL: telling.panel,
    NoticeKind.REVIEW: telling.review,
    NoticeKind.PENALTY: telling_penalty.penalty,
    NoticeKind.CLOSING: telling.closing,
    NoticeKind.DOSSIER: telling_dossier.dossier,
}


def papers_of(case: Case, actor: Actor, events: Iterable[CaseEvent], *, now: datetime) -> list[Paper]:
    """Return what papers the actor may have, in the order of the case; `events` is the history as they may read it."""
    theirs = [kind for kind in kinds().values() if kind.for_reader(actor) and kind.kind not in OF_THE_REGISTER]
    found = [
        Paper(kind.kind, event.seq, event.at, event)
        for event in events
        for kind in theirs
        if kind.tells_of(event.action, event.branch) and event.action is not Action.RECEIVE
    ]
    received = [Paper(kind.kind, 1, case.received_at) for kind in theirs if kind.tells_of(Action.RECEIVE, "")]
    return received + found + [Paper(kind.kind, case.last_seq, now) for kind in theirs if kind.tells_how_things_stand]


def facts_of(case: Case, paper: Paper, actor: Actor, language: NoticeLanguage) -> NoticeFacts | None:
    """Return what the paper says to the actor, in a language, as the record has it; None where it has nothing to say.

    Neither number nor code stand in it yet: they are given when it is issued.
    """
    if paper.kind is NoticeKind.ACKNOWLEDGEMENT:
        return acknowledgement(case, language)
    if paper.kind is NoticeKind.DEADLINE_RECEIPT:
        return deadline_receipt(case, language, at=paper.at)
    said = TELLS[paper.kind](Story(case, paper.event, paper.at, actor, language))
    return _frame(case, paper, actor, language, said) if said is not None else None


def _frame(case: Case, paper: Paper, actor: Actor, language: NoticeLanguage, said: dict[str, Any]) -> NoticeFacts:
    roles = party_roles(case, language)
    names = {"consumer": roles.consumer, "respondent": roles.respondent}
    clauses = said.pop("clauses", ())
    facts = NoticeFacts(
        kind=paper.kind, language=language, organ=site.settings().organ_name[language],
        title=words(f"title.{paper.kind}", language), case_number=case.number,
        addressees=tuple(names[each] for each in _addressed(paper, actor)), issued_at=paper.at,
        time_zone=case.time_zone, seal_label=words(f"seal.{paper.entry.seal}", language), received_at=case.received_at,
        complainant=roles.consumer, respondent=roles.respondent,
        anomaly=book.current().anomaly(case.anomaly or "other").name.in_(language),
        rules=tuple(telling.rule(case, clause, language) for clause in dict.fromkeys(clauses)),
    )  # fmt: skip
    return replace(facts, **said)


def _addressed(paper: Paper, actor: Actor) -> list[str]:
    """Return to whom the paper is addressed: its reader; in the hands of anybody else, those sides that may have it."""
    sides: list[str] = [side for side in ("consumer", "respondent") if side in paper.entry.readers]
    return [reader] if (reader := reader_of(actor)) in sides else sides

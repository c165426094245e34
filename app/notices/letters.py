"""The papers that letters bring: the registry says which act's letter carries which paper to which side.

An act only notes on its letter which paper goes with it. The paper is frozen and printed when the letter is about to
leave, so filing prints nothing. Source: clause 2.2.4.4 (the outcome is told in good time).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.cases.models import Case, CaseEvent
from app.cases.queries import case_to_work, events
from app.cases.service import when_written
from app.cases.service_letters import goes_with
from app.core.db import before_commit, session
from app.core.messages import OutboundMessage
from app.notices.facts import NoticeKind, NoticeLanguage
from app.notices.kinds import OF_THE_REGISTER, kinds
from app.notices.papers import Paper
from app.notices.service_papers import issue_paper
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor, Role, consumer_of

WRITTEN = "papers"


@when_written
def _remember(case: Case, event: CaseEvent, act: Act) -> None:
    """Note that papers tell of this entry, until the transaction ends."""
    told = [kind for kind in kinds().values() if kind.kind not in OF_THE_REGISTER]
    noted = [
        (case.id, side, kind.kind, event.seq)
        for kind in told
        for side in kind.sent_to
        if kind.tells_of(event.action, event.branch)
    ]
    if noted:
        session().info.setdefault(WRITTEN, []).extend(noted)
        before_commit(_forget)


def _forget() -> None:
    session().info.pop(WRITTEN, None)


@goes_with
def _papers(case: Case, side: str) -> Sequence[dict[str, Any]]:
    """Return which papers go with a letter to a side of the case: each goes with the first letter after its act."""
    noted = session().info.get(WRITTEN, [])
    mine = [each for each in noted if each[:2] == (case.id, side)]
    for each in mine:
        noted.remove(each)
    return [{"case_id": case.id, "side": side, "kind": kind, "subject": seq} for _, side, kind, seq in mine]


def freeze_papers(message: OutboundMessage, *, act: Act) -> None:
    """Have the papers that go with a letter frozen and printed, in the language of its reader, unless they were."""
    message.attachments = [found for each in message.attachments if (found := _frozen(each, message.language, act))]


def _frozen(each: dict[str, Any], language: str, act: Act) -> dict[str, Any] | None:
    if "notice_id" in each:
        return each
    case = case_to_work(each["case_id"])
    reader = _reader(case, each["side"], language)
    for event in events(case, reader, after=each["subject"] - 1, limit=1):
        paper = Paper(NoticeKind(each["kind"]), event.seq, event.at, event)
        notice = issue_paper(case, paper, NoticeLanguage(language), act=Act(reader, act.at))
        return {"notice_id": notice.id} if notice else None
    return None


def _reader(case: Case, side: str, language: str) -> Actor:
    """Return the side as it reads its papers."""
    if side == "consumer":
        return consumer_of(case.id, name="", language=language, confirmed=True)
    return Actor(frozenset({Role.RESPONDENT}), "", organisation_id=case.respondent_id, language=language)

"""Issuing the papers of a case: frozen when first asked for or sent, printed and signed by a job, the same since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from app.cases.models import Case
from app.cases.queries_people import cases_of
from app.cases.service_erasure import remove_files
from app.core import ids, outbox, site
from app.core.db import session
from app.core.people import Person, when_erasing
from app.notices import proving, queries
from app.notices.facts import NoticeLanguage
from app.notices.kinds import reader_of
from app.notices.models import Edition, Notice, NoticeStatus
from app.notices.papers import Paper, facts_of
from workflows.procedure.act import Act


def issue_paper(case: Case, paper: Paper, language: NoticeLanguage, *, act: Act) -> Notice | None:
    """Return the paper as it was issued to the actor's kind of reader, issued now if it never was.

    None where the record has nothing to say in it (an offer behind the settlement wall).
    """
    edition = Edition(reader_of(act.actor))
    issued = queries.paper_of(case, paper.kind, paper.subject, edition, language)
    if issued is not None:
        return issued
    facts = facts_of(case, paper, act.actor, language)
    if facts is None:
        return None
    code = ids.new_verification_code()
    facts = replace(facts, verification_code=code, verify_url=site.absolute(f"/v/{code}"))
    notice = Notice(
        case_id=case.id, kind=paper.kind, subject=paper.subject, code=code, edition=edition, language=language,
        frozen=facts.to_json().decode(), status=NoticeStatus.PENDING, made_at=act.at,
    )  # fmt: skip
    session().add(notice)
    session().flush()
    proving.enter(notice, code, act=act)
    outbox.add(outbox.Task.ISSUE_NOTICE, at=act.at, notice_id=notice.id)
    return notice


@when_erasing
def _remove(person: Person, at: datetime) -> None:
    """Remove the printed files of the person's notices but the public editions, which name nobody."""
    theirs = Notice.case_id.in_([case.id for case in cases_of(person)])
    notices = session().scalars(select(Notice).where(theirs, Notice.edition != Edition.PUBLIC)).all()
    remove_files([notice.pdf_ref for notice in notices])

"""How a paper is handed to its reader: issued when first asked for, waited for a moment while the press is at it."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Response, abort, make_response, render_template, request

from app.cases import queries as cases
from app.cases.models import Case
from app.core import clock
from app.core.db import session, transaction
from app.core.languages import segment
from app.notices import queries
from app.notices.facts import NoticeKind, NoticeLanguage
from app.notices.files import handed_out, paper_name
from app.notices.kinds import kinds
from app.notices.models import NoticeStatus
from app.notices.papers import Paper, papers_of
from app.notices.service_papers import issue_paper
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor

PATIENCE_S, GLANCE_S = 3.0, 0.05
"""How long an answer waits for the press, and how often it looks; then the reader's browser asks again."""


def hand_over(find: Callable[[], Case], name: str, actor: Actor, language: str) -> Response:
    """Return a paper of the case that `find` gives, as a file; issued now, if it never was. 404 where there is none."""
    with transaction():
        case = find()
        paper = _named(case, name, actor) or abort(404)
        act = Act(actor, clock.now())
        notice = issue_paper(case, paper, NoticeLanguage(language), act=act) or abort(404)
        notice_id, number = notice.id, case.number
    return _printed(notice_id, f"{number}-{name.replace('_', '-')}-{segment(language)}.pdf")


def _named(case: Case, name: str, actor: Actor) -> Paper | None:
    papers = papers_of(case, actor, cases.events(case, actor), now=clock.now())
    return next((each for each in papers if paper_name(each) == name), None)


def receipt(find: Callable[[], Case], kind: NoticeKind, actor: Actor, language: str) -> Response:
    """Return a receipt of the case, as a file: of its first entry, or of how things stand."""
    name = kind if kinds()[kind].tells_how_things_stand else f"{kind}-1"
    return hand_over(find, name, actor, language)


def _printed(notice_id: int, filename: str) -> Response:
    """Return the file once it is printed; a reader for whom that takes too long gets a page that asks again."""
    until = time.monotonic() + PATIENCE_S
    while (notice := queries.notice(notice_id)) and notice.pdf_sha256 is None:
        if notice.status is NoticeStatus.FAILED:
            abort(503)
        if time.monotonic() >= until:
            return _in_a_moment()
        session().rollback()  # what the press writes is seen in a new transaction only
        time.sleep(GLANCE_S)
    answer = handed_out(notice or abort(404), filename)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _in_a_moment() -> Response:
    answer = make_response(render_template("notices/printing.html"), 202)
    answer.headers["Refresh"], answer.headers["Retry-After"] = f"2; url={request.path}", "2"
    answer.headers["Cache-Control"] = "no-store"
    return answer

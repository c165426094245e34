"""Notices and receipts as files that leave the house."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, abort

from app.cases.models import Case, CaseEvent
from app.core import clock
from app.core.sealed import ERASED
from app.notices.models import Notice, NoticeStatus
from app.notices.papers import Paper, papers_of
from app.web.files import attachment
from workflows.procedure.authority import Actor


def handed_out(notice: Notice, name: str) -> Response:
    """Return a notice as a file: 410 once withdrawn, 503 until it is printed."""
    if notice.status is NoticeStatus.WITHDRAWN:
        abort(410)
    if notice.pdf_sha256 is None:
        abort(503)
    return attachment(notice.pdf_ref or ERASED, name, "application/pdf")


def paper_name(paper: Paper) -> str:
    """Return what a paper is called in addresses: offer-12, dossier."""
    return paper.kind if paper.entry.tells_how_things_stand else f"{paper.kind}-{paper.subject}"


def paper_links(case: Case, actor: Actor, events: Iterable[CaseEvent], url: Callable[..., str]) -> list[dict[str, Any]]:
    """Return the papers that the actor may have as links; `url` gives the address of a paper by its `name`."""
    papers = papers_of(case, actor, events, now=clock.now())
    return [
        {
            "kind": each.kind,
            "at": None if each.entry.tells_how_things_stand else each.at,
            "url": url(name=paper_name(each)),
        }
        for each in papers
    ]

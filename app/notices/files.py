"""Notices and receipts as files that leave the house."""

from __future__ import annotations

from flask import Response, abort

from app.core.languages import segment
from app.notices.facts import NoticeFacts
from app.notices.models import Notice, NoticeStatus
from app.notices.render import RenderFailed, render
from app.web.files import attachment


def handed_out(notice: Notice, name: str) -> Response:
    """Return a notice as a file: 410 once withdrawn, 503 until it is printed."""
    if notice.status is NoticeStatus.WITHDRAWN:
        abort(410)
    if notice.pdf_sha256 is None:
        abort(503)
    return attachment(notice.pdf_sha256, name, "application/pdf")


def printed(facts: NoticeFacts, name: str) -> Response:
    """Return a receipt, printed now and kept nowhere."""
    try:
        pdf = render(facts)
    except RenderFailed:
        abort(503)
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{segment(facts.language)}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer

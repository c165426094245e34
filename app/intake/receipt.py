"""What the receipt of a complaint shows. It holds no personal data, so that it can be bookmarked and shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup

from app.cases import access
from app.cases.faces import case_faces
from app.cases.models import Case
from workflows.procedure.states import CaseState


def receipt_of(case: Case, token: str, *, now: datetime) -> dict[str, Any]:
    """Return what the template needs: the case, its link as text and as a picture, who has it, the promised times."""
    link = access.private_link(case)
    asked = case.respondent if case.state is CaseState.ANSWERING and case.asked_at else None
    return {
        "case": case, "link": link, "qr_svg": qr_svg(link), "asked": asked, "clocks": case_faces(case, now),
        "told_by": next((party.contact_by or ("email" if party.email else "phone") for party in case.parties), None),
        "pdf_url": _pdf_url(token),
    }  # fmt: skip


def qr_svg(link: str) -> Markup:
    """Return the link as a QR code, an SVG without styles of its own."""
    import segno

    return Markup(segno.make(link, error="m", micro=False).svg_inline(border=2, omitsize=True))  # noqa: S704 # nosec B704


def _pdf_url(token: str) -> str | None:
    """Return where the receipt is to be had on paper, if the notices room makes one."""
    endpoint = "notices.acknowledgement"
    return url_for(endpoint, token=token) if endpoint in current_app.view_functions else None

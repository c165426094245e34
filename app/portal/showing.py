"""What the pages of both sides draw: terms, offers, remedies, clocks, files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_babel import ngettext

from app.cases.commands import Term
from app.cases.faces import message_faces
from app.cases.models import Case
from app.cases.models_talk import Message, Remedy
from app.cases.terms import freight, restored
from app.core.languages import segment
from app.core.sealed import ERASED
from app.mediation.models import Maker, Offer, OfferStatus
from app.notices.models import Notice, Standing
from app.portal.turn import made_by
from app.web.files import attachment
from app.web.filters import instant, law, money, named
from app.web.i18n import language

Row = tuple[str, str]
Clean = Callable[[str], str]


def term_rows(terms: Iterable[Term]) -> list[Row]:
    """Return terms as rows of facts: what, and how much until when."""
    return [(law(term.kind, "remedy_kind"), _term_words(term)) for term in terms]


def _term_words(term: Term) -> str:
    parts = [
        money(term.amount.amount_minor, term.amount.currency) if term.amount else "",
        ngettext("within %(num)s day", "within %(num)s days", term.days),
        freight(term.freight_by, language()),
        term.note,
    ]
    return " · ".join(part for part in parts if part)


def wishes(case: Case) -> list[str]:
    """Return what the complainant asks for, each in words."""
    return [_wish_words(wish) for wish in case.remedies_sought]


def _wish_words(wish: dict[str, Any]) -> str:
    amount = wish.get("amount")
    sum_ = money(amount["amount_minor"], amount["currency"]) if amount else ""
    return " ".join(part for part in (law(wish["kind"], "remedy_kind"), sum_, wish.get("note") or "") if part)


def offer_face(offer: Offer, case: Case, side: str, clean: Clean = str) -> dict[str, Any]:
    """Return an offer as `side` reads it; free text goes through `clean`."""
    rows = term_rows(restored(offer.terms))
    if offer.note:
        rows.append((_("Mediator's note") if offer.by is Maker.MEDIATOR else _("Note"), offer.note))
    return {
        "n": offer.n,
        "rows": [(label, clean(text)) for label, text in rows],
        "by": made_by(offer, case, side),
        "clause": offer.clause,
        "status": offer.status.value,
        "status_text": named(offer.status, "offer_status"),
        "made": instant(offer.made_at),
        "lapses": instant(offer.lapses_at),
        "ended": instant(offer.ended_at),
        "yours": side in offer.waits_for,
        "answered": side in offer.sides - offer.waits_for and offer.status is OfferStatus.OPEN,
        "both": len(offer.sides) > 1,
        "reasons": [clean(reply.reason) for reply in offer.replies if reply.reason and reply.side != side],
    }


def remedy_face(remedy: Remedy) -> dict[str, Any]:
    """Return what is owed, and how far it has come."""
    return {
        "n": remedy.n,
        "title": law(remedy.kind, "remedy_kind"),
        "amount": money(remedy.amount_minor, remedy.currency),
        "note": " · ".join(part for part in (freight(remedy.freight_by, language()), remedy.note) if part),
        "who": law(remedy.party_kind, "party_kind"),
        "due": instant(remedy.due_at),
        "status": remedy.status,
        "status_text": named(remedy.status, "remedy_status"),
        "proof": remedy.proof,
        "proved": instant(remedy.proved_at),
        "late": remedy.breached_at is not None,
    }


def notice_face(notice: Notice, url: str) -> dict[str, str]:
    """Return a printed notice: where this reader gets it, where the public reads its outcome, what became of that."""
    entry = notice.entry
    replaced = entry is not None and entry.status is not Standing.IN_FORCE
    return {
        "standing": named(entry.status, "decision_status") if entry and replaced else "",
        "name": f"{named(notice.kind, 'notice_kind')} {notice.number}",
        "url": url,
        "public_url": f"/{segment(language())}/decisions/{notice.number}",
    }


def hand_out(notice: Notice) -> Response:
    """Return the notice as a PDF, for saving."""
    return attachment(notice.pdf_ref or ERASED, f"{notice.number}.{notice.language}.pdf", "application/pdf")


def thread(messages: Sequence[Message], side: str) -> list[dict[str, Any]]:
    """Return messages as `side` reads them: who else does stands beside each."""
    readers = {side: _("Only you and us"), "both": _("Both sides")}
    return [face | {"audience_label": readers.get(face["audience"])} for face in message_faces(messages)]


def covered(rows: Iterable[dict[str, Any]], clean: Callable[[str | None], str], *keys: str) -> list[dict[str, Any]]:
    """Return rows in which the texts under `keys` went through `clean`."""
    return [row | {key: clean(row[key]) for key in keys if row.get(key)} for row in rows]


def qr_code(link: str) -> str:
    """Return the link as a QR code in SVG, without styles."""
    import segno  # only the pages that show one need it

    return str(segno.make(link, error="m", micro=False).svg_inline(border=1, omitsize=True, dark="#18222e"))

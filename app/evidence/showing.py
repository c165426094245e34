"""Exhibits as pages show them and as browsers get them. The complainant's pages use these with their own guard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Response, abort, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.cases.exhibits import shows_exhibits
from app.cases.models import Case
from app.core.sealed import ERASED
from app.core.storage import store
from app.core.uploads import ENDINGS
from app.evidence.models import Evidence, EvidenceRequest, Inspection, ItemStatus
from app.evidence.queries import copy_for, inspections_of, is_asked, kept_from, of_case, proved, requests_seen
from app.web import files
from app.web.filters import file_size, instant, law, named
from app.web.i18n import language
from workflows.procedure.authority import Actor
from workflows.regulation import book

Address = Callable[[str, Evidence], str | None]
TEXT_SHOWN = 20_000
TONES = {"admitted": "met", "excluded": "red"}
ITEM_TONES = {"handed_in": "met", "declined": "red", "open": "soon"}


def staff_address(what: str, evidence: Evidence, **values: Any) -> str:
    """Return where staff, the respondent and the committee get an exhibit."""
    return url_for(f"evidence.{what}", evidence_id=evidence.id, **values)


def face(evidence: Evidence, actor: Actor, address: Address = staff_address) -> dict[str, Any]:
    """Return an exhibit as `file_list` and `evidence_strip` draw it.

    `address("download" | "view" | "thumb" | …, evidence)` says where this reader gets it; by default the staff's
    addresses. Who judges learns of an exhibit that was not admitted that it is there and why not, and no more.
    """
    given, kept = copy_for(evidence, actor), kept_from(evidence, actor)
    opens = bool(given and given[0] != ERASED)
    title = _("not admitted") if kept else evidence.filename
    return {
        "id": evidence.id,
        "number": evidence.number,
        "filename": title,
        "admitted": evidence.counts,
        "name": f"{evidence.number}. {title}",
        "kind": _kind(evidence),
        "type": ENDINGS[evidence.media_type].upper(),
        "size_text": file_size(evidence.size),
        "note": _note(evidence, given, kept),
        "url": address("view", evidence) if opens else None,
        "download_url": address("download", evidence) if opens else None,
        "thumb_url": address("thumb", evidence) if opens and has_thumb(evidence) else None,
        "side": evidence.side,
        "added_at": evidence.added_at,
        "sha256": evidence.sha256,
        "said": None if kept else evidence.note,
        "standing": evidence.standing.value,
        "standing_tone": TONES.get(evidence.standing.value),
        "standing_reason": evidence.standing_reason,
        "proves": proof_name(evidence.proves),
        "harm": evidence.known_harm,
    }


def _kind(evidence: Evidence) -> str:
    kind = evidence.media_type.partition("/")[0]
    return kind if kind in ("image", "audio", "video") else "file"


def has_thumb(evidence: Evidence) -> bool:
    """Return whether there is a small picture of it; until it is made, a picture's shared copy stands in."""
    made = evidence.preview.pictures if evidence.preview else []
    return bool(made or (evidence.is_picture and evidence.shared_sha256))


def proof_name(key: str | None) -> str | None:
    """Return what a piece of the checklist is called; None for none, and for one that the rules no longer know."""
    found = book.current().proofs.find(key)
    return found.name.in_(language()) if found else None


@shows_exhibits
def faces(case: Case, actor: Actor) -> list[dict[str, Any]]:
    """Return the exhibits of a case for a page of another room."""
    return [face(each, actor) for each in of_case(case)]


def _note(evidence: Evidence, given: tuple[str, str, str] | None, kept: bool) -> str:
    by = _("from: %(side)s", side=named(evidence.side, "side"))
    more = evidence.standing_reason if kept else _about_copy(evidence, given)
    return f"{by} · {more}" if more else by


def _about_copy(evidence: Evidence, given: tuple[str, str, str] | None) -> str | None:
    """Return what became of the place or the author's name that the original may tell."""
    if evidence.may_tell_place and evidence.shared_sha256 is None:
        if evidence.preview is None and not evidence.is_picture:
            return _("a copy without its place is being made")
        return _("may hold a place, shown to the desk only") if given is None else _("may hold a place")
    if evidence.copy_is_made:
        return _("a copy without its author is being made")
    if not given or given[0] != evidence.shared_ref:
        return None
    return _("place removed") if evidence.may_tell_place else _("author's name removed")


# --- all that is known of the evidence of a case ----------------------------------------------------------------------


def docket(case: Case, actor: Actor, now: datetime, address: Address = staff_address) -> dict[str, Any]:
    """Return the exhibits, what was asked for, what inspections found, and what proof is there or missing."""
    exhibits = of_case(case)
    asked = requests_seen(case, actor)
    return {
        "files": [face(each, actor, address) for each in exhibits],
        "requests": [request_face(each, actor, now, exhibits) for each in asked],
        "inspections": [inspection_face(each, case) for each in inspections_of(case)],
        "checklist": checklist(case.anomaly, proved(exhibits)),
    }


def checklist(anomaly: str | None, there: Any, side: str | None = None) -> list[dict[str, Any]]:
    """Return what proves an anomaly, side by side, each with the exhibits that are said to be it. Clause 2.1.6.5."""
    rows = book.current().proof_of(anomaly or "other")
    sides = [side] if side else ["consumer", "respondent"]
    return [
        {
            "side": each,
            "rows": [
                {"key": row.key, "name": row.name.in_(language()), "exhibits": there.get((each, row.key), [])}
                for row in rows
                if row.side == each
            ],
        }
        for each in sides
    ]


def request_face(request: EvidenceRequest, actor: Actor, now: datetime, exhibits: Sequence[Evidence]) -> dict[str, Any]:
    """Return a request as its page draws it: who was asked for what by when, what came, what is overdue."""
    return {
        "n": request.n,
        "side": named(request.side, "side"),
        "mine": is_asked(request, actor),
        "why": request.why,
        "due": instant(request.due_at),
        "due_at": request.due_at,
        "rows": [
            {
                "n": item.n,
                "what": item.what,
                "open": item.status is ItemStatus.OPEN,
                "status": named(item.status, "item_status"),
                "tone": ITEM_TONES.get(item.status.value),
                "overdue": item.status is ItemStatus.OPEN and now > request.due_at,
                "late": item.ended_at is not None and item.ended_at > request.due_at,
                "reason": item.reason,
                "exhibits": [each.number for each in exhibits if each.item_id == item.id],
            }
            for item in request.items
        ],
    }


def inspection_face(inspection: Inspection, case: Case) -> dict[str, Any]:
    """Return an inspection in words."""
    signs = {sign.key: sign.name.in_(language()) for sign in book.current().signs.on(case.law_as_of)}
    return {
        "n": inspection.n,
        "at": instant(inspection.inspected_at),
        "by": named(inspection.inspected_by, "inspected_by"),
        "what": inspection.what,
        "packaging": signs.get(inspection.packaging, inspection.packaging),
        "damage": [signs.get(key, key) for key in inspection.damage],
        "conclusion": named(inspection.conclusion, "conclusion"),
        "liable": {
            "quality": law("merchant", "party_kind"),
            "transit_damage": law("logistics_company", "party_kind"),
        }.get(inspection.conclusion),
        "exhibits": inspection.exhibits,
        "note": inspection.note,
    }


# --- one exhibit on a page of its own ---------------------------------------------------------------------------------


def viewed(
    evidence: Evidence, beside: Sequence[Evidence], actor: Actor, address: Callable[..., str | None] = staff_address
) -> dict[str, Any]:
    """Return what the page of an exhibit shows, and the ones beside it; 404 where the reader is given none."""
    given = copy_for(evidence, actor) or abort(404)
    told = evidence.preview.told if evidence.preview else {}
    readable = [each for each in beside if copy_for(each, actor)]
    at = next(n for n, each in enumerate(readable) if each.id == evidence.id)
    return {
        "file": face(evidence, actor, address),
        "look": _look(evidence),
        "pages": [address("preview", evidence, n=n) for n in range(1, len(evidence.preview.pictures))]
        if evidence.preview and evidence.media_type == "application/pdf" else [],
        "picture_url": address("picture", evidence) if evidence.is_picture and evidence.shared_sha256 else None,
        "poster_url": address("preview", evidence, n=1) if has_thumb(evidence) else None,
        "text": _text(given[0]) if evidence.media_type == "text/plain" and not evidence.known_harm else None,
        "told": _told(told),
        "peaks": told.get("peaks") or [],
        "all_pages": told.get("pages"),
        "why_none": _why_none(evidence),
        "before": address("view", readable[at - 1]) if at else None,
        "after": address("view", readable[at + 1]) if at + 1 < len(readable) else None,
    }  # fmt: skip


def _look(evidence: Evidence) -> str:
    """Return how it is shown: picture, pages, film, sound, text or none."""
    preview = evidence.preview
    if evidence.known_harm:
        return "none"
    if evidence.media_type == "text/plain":
        return "text"
    if evidence.is_picture:
        return "picture" if evidence.shared_sha256 else "none"
    if preview is None or preview.why_none:
        return "none"
    return {"video": "film", "audio": "sound"}.get(_kind(evidence), "pages" if preview.pictures else "none")


def _told(told: dict[str, Any]) -> list[str]:
    words = []
    if told.get("pages"):
        words.append(ngettext("%(num)s page", "%(num)s pages", told["pages"]))
    if told.get("seconds"):
        minutes, seconds = divmod(round(told["seconds"]), 60)
        words.append(f"{minutes}:{seconds:02}")
    if told.get("width"):
        words.append(f"{told['width']} × {told['height']}")
    return words


def _why_none(evidence: Evidence) -> str:
    if evidence.preview is None and not evidence.is_picture:
        return _("The preview is being made. Load the page again in a moment.")
    why = evidence.preview.why_none if evidence.preview else None
    return named(why or "broken", "no_preview")


def _text(ref: str) -> str:
    """Return the beginning of a text file, in whichever of the usual encodings it is written."""
    try:
        with store().open(ref) as file:
            head = file.read(TEXT_SHOWN * 2)
    except FileNotFoundError:
        return ""
    for encoding in ("utf-8-sig", "gb18030", "big5hkscs"):
        text = head.decode(encoding, errors="replace" if encoding == "big5hkscs" else "ignore")
        if encoding != "utf-8-sig" or len(text.encode("utf-8")) > 0.95 * len(head):
            return text[:TEXT_SHOWN]
    return ""


# --- pictures ---------------------------------------------------------------------------------------------------------


def show(evidence: Evidence, actor: Actor) -> Response:
    """Return the shared copy of a picture, to be shown in a page; 404 where there is none for this reader."""
    if not evidence.is_picture or evidence.shared_ref is None or kept_from(evidence, actor):
        abort(404)
    return files.picture(evidence.shared_ref)


def show_preview(evidence: Evidence, actor: Actor, n: int) -> Response:
    """Return the n-th picture that was made of an exhibit, the small one being 0; 404 where there is none for them."""
    if copy_for(evidence, actor) is None:
        abort(404)
    made = evidence.preview.pictures if evidence.preview else []
    if n == 0 and not made and evidence.is_picture:
        return show(evidence, actor)
    return files.picture(made[n]) if n < len(made) else abort(404)

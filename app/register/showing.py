"""Published outcomes as pages and programs read them."""

from __future__ import annotations

from typing import Any

from flask import abort, url_for
from werkzeug.wrappers import Response

from app.core import site
from app.core.languages import LANGUAGES, segment
from app.notices.facts import NoticeFacts, NoticeLanguage
from app.notices.files import handed_out
from app.notices.freezing import written_number
from app.notices.models import Edition, Notice, RegisterEntry, Standing
from app.notices.queries import edition_of
from app.web.api import money, when
from app.web.filters import law
from app.web.i18n import language


def number_shown(number: str) -> str:
    """Return a register number as the reader's language writes it."""
    return written_number(number, NoticeLanguage(language()))


def respondent_shown(entry: RegisterEntry) -> str:
    """Return the respondent's role: merchant, with the kind of goods where it is known."""
    return " · ".join(filter(None, [law(entry.party_kind, "party_kind"), law(entry.category, "category")]))


def public_facts(entry: RegisterEntry, tag: str) -> NoticeFacts | None:
    """Return what the public edition says in a language."""
    notice = edition_of(entry, Edition.PUBLIC, tag)
    return notice.facts if notice else None


def public_pdf(entry: RegisterEntry, tag: str) -> Response:
    """Return the public edition as a file: 410 once withdrawn, 503 until it is printed."""
    notice = edition_of(entry, Edition.PUBLIC, tag)
    if notice is None:
        abort(404)
    response = handed_out(notice, f"{entry.number}-{segment(tag)}.pdf")
    response.headers["Cache-Control"] = "public, no-cache"  # caches ask each time: it may be withdrawn meanwhile
    return response


# --- the API -------------------------------------------------------------------------------------------------------


def row_shown(entry: RegisterEntry) -> dict[str, Any]:
    """Return an entry as one row of a list; of a withdrawn one its number, when it was withdrawn and why."""
    row = _row(entry)
    if entry.status is Standing.WITHDRAWN:
        kept = {"number", "kind", "status", "published_at", "url"}
        row = {key: value if key in kept else EMPTY.get(key) for key, value in row.items()}
        return row | {"reason": entry.reason, "status_at": when(entry.status_at)}
    return row


EMPTY = {"clauses": [], "respondent": {"kind": None, "category": None}}


def _row(entry: RegisterEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "kind": entry.kind,
        "status": entry.status,
        "published_at": when(entry.published_at),
        "anomaly": entry.anomaly,
        "outcome": entry.outcome,
        "clauses": [rule.clause for rule in entry.rules],
        "respondent": {"kind": entry.party_kind, "category": entry.category},
        "amount_band": entry.amount_band,
        "currency": entry.currency,
        "later": entry.later.number if entry.later else None,
        "url": site.absolute(url_for("register_doors.decision_door", number=entry.number)),
    }


def entry_shown(entry: RegisterEntry) -> dict[str, Any]:
    """Return an entry with its words in each language and its files; of a withdrawn one only why."""
    shown = row_shown(entry) | {
        "status_at": when(entry.status_at),
        "verification_code": entry.code,
        "verify_url": site.absolute(f"/v/{entry.code}"),
    }
    if entry.status is Standing.WITHDRAWN:
        return shown | {"reason": entry.reason, "texts": {}, "files": []}
    facts = {tag: public_facts(entry, tag) for tag in LANGUAGES}
    return shown | {
        "texts": {tag: _words(each) for tag, each in facts.items() if each},
        "files": [_file(notice) for notice in entry.notices],
    }


def _words(facts: NoticeFacts) -> dict[str, Any]:
    return {
        "number": facts.number,
        "title": facts.title.replace("\n", " " if facts.language == "en" else ""),
        "respondent": facts.respondent,
        "facts_found": list(facts.facts_found),
        "exhibits": [{"number": int(row[0]), "by": row[1]} for table in facts.tables for row in table.rows],
        "liable": list(facts.liable),
        "reasons": list(facts.reasons),
        "dissent": list(facts.dissent),
        "dissent_ruling": facts.dissent_ruling or None,
        "written_in": facts.original or facts.language,
        "outcome": list(facts.outcome),
        "remedies": [
            {
                "party": each.party,
                "text": each.text,
                "amount": money(each.amount_minor, each.currency),
                "due_at": when(each.due_at),
            }
            for each in facts.remedies
        ],
        "votes": [
            {
                "issue": ballot.issue,
                "seats": ballot.seats,
                "voted": ballot.voted,
                "stood_aside": ballot.recused,
                "counts": {vote.choice: vote.count for vote in ballot.counts},
            }
            for ballot in facts.ballots
        ],
        "review": list(facts.notes),
    }


def _file(notice: Notice) -> dict[str, Any]:
    """Return what is known of a printed notice; its hash verifies either edition, only the public one can be had."""
    return {
        "edition": notice.edition,
        "language": notice.language,
        "status": notice.status,
        "sha256": notice.pdf_sha256,
        "size": notice.pdf_size,
    }

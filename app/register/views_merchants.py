"""Merchants' credit, penalties and the blacklist, for anybody. Source: clauses 1.2.3, 3.2.3, 3.4.4."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as Answer

from app.conduct import queries as penalties
from app.conduct.queries import Sought
from app.conduct.showing import breach_name, face, measure_shown
from app.conduct.standing import method, scores, standing
from app.core import clock, sheet
from app.organisations.models import Organisation
from app.organisations.queries import merged_into
from app.register import merchants
from app.register.replies import standing_reply
from app.register.sanctions import blacklist_page, decisions_of, every, penalty_shown
from app.web.api import found
from app.web.guards import open_to_all
from app.web.i18n import public
from app.web.limits import often
from workflows.procedure.names import names
from workflows.regulation import book

merchants_public = public(Blueprint("merchants", __name__))
doors = Blueprint("merchants_doors", __name__)
BLUEPRINTS = (merchants_public, doors)
ROWS = 30


@merchants_public.get("/merchants")
@open_to_all
@often("figures")
def index() -> str:
    """Show merchants by name, each with its score."""
    typed, now = request.args.get("q", "").replace("\0", "").strip()[:200], clock.now()
    page = merchants.page(typed, cursor=request.args.get("cursor"), limit=ROWS)
    worth = scores([each.id for each in page.items], now)
    shown = {"typed": typed, "method": method(now), "next": page.next}
    return render_template("register/merchants.html", companies=page.items, scores=worth, **shown)


@merchants_public.get("/merchants/method")
@open_to_all
def how() -> str:
    """Show how scores are worked out, what they bring, and which breach brings which penalty."""
    now = clock.now()
    law, day = book.current(), now.date()
    shown: dict[str, Any] = {"method": method(now), "grades": law.grades.on(day), "listings": law.listings.on(day)}
    shown |= {"breaches": law.breaches.on(day), "measure_shown": measure_shown}
    return render_template("register/credit_method.html", **shown)


@merchants_public.get("/merchants/<int:organisation_id>")
@open_to_all
@often("figures")
def one(organisation_id: int) -> Any:
    """Show a merchant: its score with every reason, its figures, how it went, its penalties."""
    company: Organisation = found(merchants.merchant(organisation_id))
    if company.merged_into_id:
        return redirect(url_for("merchants.one", organisation_id=company.merged_into_id), code=301)
    return render_template("register/merchant.html", **_credit_of(company))


def _credit_of(company: Organisation) -> dict[str, Any]:
    now = clock.now()
    how_, parts = method(now), merged_into(company.id)
    rows = penalties.published(Sought(organisation_id=company.id), now).items
    return {
        "company": company, "method": how_,
        "standing": standing(company.id, now, parts=[each.id for each in parts]),
        "figures": merchants.figures(company.id, now - how_.window), "faces": [face(each, now) for each in rows],
        "decisions": decisions_of(rows), "breach_name": breach_name, "reply": standing_reply(company.id),
        "parts": parts,
    }  # fmt: skip


def sought() -> Sought:
    """Return what the address asks for; what is not known does not filter."""
    asked = {name: request.args.get(name, "") for name in ("measure", "breach", "now")}
    known = {"measure": set(names("measure", "en")), "breach": {each.key for each in book.current().breaches},
             "now": {"in_force", "ended"}}  # fmt: skip
    sound = {name: value if value in known[name] else "" for name, value in asked.items()}
    return Sought(sound["measure"], sound["breach"], sound["now"])


@merchants_public.get("/penalties")
@open_to_all
def penalty_list() -> str:
    """Show published penalties, newest first."""
    wanted, now = sought(), clock.now()
    page = penalties.published(wanted, now, cursor=request.args.get("cursor"), limit=ROWS)
    shown = {"wanted": wanted, "next": page.next, "breaches": book.current().breaches.on(now.date())}
    faces = [face(each, now) for each in page.items]
    return render_template("register/penalties.html", faces=faces, decisions=decisions_of(page.items), **shown)


COLUMNS = (
    "number", "organisation", "organisation_kind", "state", "breach", "clause", "repetition", "measure", "fine_minor",
    "days", "points", "from", "until", "points_until", "decision",
)  # fmt: skip


@merchants_public.get("/penalties.csv")
@open_to_all
@often("figures")
def penalty_table() -> Response:
    """Return all published penalties that match as a table, streamed."""
    answer = Response(stream_with_context(sheet.lines(_rows(sought()))), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="penalties.csv"'
    return answer


def _rows(wanted: Sought) -> Iterator[list[Any]]:
    now = clock.now()
    yield list(COLUMNS)
    for penalty, decision in every(wanted, now):
        row = penalty_shown(penalty, decision, now)
        row |= {"organisation": penalty.organisation.name, "organisation_kind": penalty.organisation.kind.value}
        row |= {"breach": penalty.breach, "clause": penalty.clause, "repetition": penalty.repetition}
        yield [(row | {"fine_minor": penalty.fine_minor or None})[column] for column in COLUMNS]


@merchants_public.get("/blacklist")
@open_to_all
def black() -> str:
    """Show the companies on the blacklist, with the rule, since when and until when."""
    rows, following = blacklist_page(clock.now(), cursor=request.args.get("cursor"), limit=ROWS)
    rules = book.current().listings.on(clock.now().date())
    return render_template("register/blacklist.html", rows=rows, next=following, listings=rules)


# --- addresses without a language lead to the reader's own ---


@doors.get("/merchants")
@open_to_all
def merchants_door() -> Answer:
    """Lead to the merchants."""
    return redirect(url_for("merchants.index"))


@doors.get("/merchants/<int:organisation_id>")
@open_to_all
def merchant_door(organisation_id: int) -> Answer:
    """Lead to a merchant."""
    return redirect(url_for("merchants.one", organisation_id=organisation_id))


@doors.get("/penalties")
@open_to_all
def penalties_door() -> Answer:
    """Lead to the penalties."""
    return redirect(url_for("merchants.penalty_list"))


@doors.get("/blacklist")
@open_to_all
def blacklist_door() -> Answer:
    """Lead to the blacklist."""
    return redirect(url_for("merchants.black"))

"""The public register: finding decisions and settlements, reading one, keeping it as a file, following what is new."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from app.core import sheet, site
from app.core.languages import LANGUAGES, NAMES, segment
from app.notices.models import RegisterEntry, Standing
from app.notices.queries import by_number
from app.notices.similar import like_entry
from app.register import queries
from app.register.bundle import bundle
from app.register.facets import QUERY, facets, link
from app.register.queries import Sought
from app.register.replies import reply_to
from app.register.showing import number_shown, public_facts, public_pdf, respondent_shown, row_shown
from app.web.api import found
from app.web.guards import open_to_all
from app.web.i18n import language, public
from app.web.streaming import gently

register = public(Blueprint("register", __name__))
doors = Blueprint("register_doors", __name__)
BLUEPRINTS = (register, doors)
register.app_template_filter("register_number")(number_shown)
register.app_template_filter("register_respondent")(respondent_shown)
register.app_template_filter("absolute")(site.absolute)


def sought() -> Sought:
    """Return what the address asks for; characters that no text holds are left out."""
    asked = {name: request.args.get(name, "").replace("\0", "").strip()[:200] for name in QUERY.values()}
    return Sought(**{name: asked[key] for name, key in QUERY.items()})


@register.get("/decisions")
@open_to_all
def decisions() -> str:
    """Show a page of the register, with a search and facets."""
    wanted = sought()
    page = queries.page(wanted, cursor=request.args.get("cursor"), limit=20)
    tally = queries.tally(wanted)
    return render_template(
        "register/decisions.html", entries=page.items, wanted=wanted, tally=tally, facets=facets(wanted, tally),
        next_url=link(wanted, cursor=page.next) if page.next else None, first_url=link(wanted), link=link,
        paged="cursor" in request.args,
    )  # fmt: skip


@register.get("/decisions.atom")
@open_to_all
def feed() -> Response:
    """Return the newest entries as a feed."""
    wanted = sought()
    page = queries.page(wanted)
    text = render_template(
        "register/feed.xml", entries=page.items, wanted=wanted, link=link, organ=site.settings().organ_name[language()]
    )
    return Response(text, mimetype="application/atom+xml")


@register.get("/decisions.csv")
@open_to_all
def table() -> Response:
    """Return all entries that match as a table, streamed."""
    return csv_of(sought())


COLUMNS = (
    "number", "kind", "status", "published_at", "anomaly", "outcome", "clauses", "respondent_kind", "category",
    "amount_band", "currency", "later", "url", "reason",
)  # fmt: skip


def csv_of(wanted: Sought) -> Response:
    """Return the entries as CSV, a page at a time."""

    def rows() -> Iterator[list[Any]]:
        yield list(COLUMNS)
        for entry in queries.everything(wanted):
            row = row_shown(entry)
            row |= {"respondent_kind": row["respondent"]["kind"], "category": row["respondent"]["category"]}
            row["clauses"] = " ".join(row["clauses"])
            yield [row.get(column) for column in COLUMNS]

    answer = Response(stream_with_context(gently(sheet.lines(rows()))), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="decisions.csv"'
    return answer


@register.get("/decisions/<number>")
@open_to_all
def decision(number: str) -> Any:
    """Show a published outcome; of a withdrawn one, why."""
    entry: RegisterEntry = found(by_number(number))
    if entry.status is Standing.WITHDRAWN:
        return render_template("register/withdrawn.html", entry=entry), 410
    facts = found(public_facts(entry, language()))
    files = [(tag, NAMES[tag], segment(tag)) for tag in LANGUAGES]
    similar = like_entry(entry)
    shown = {"files": files, "similar": similar, "reply": reply_to(entry)}
    return render_template("register/decision.html", entry=entry, facts=facts, **shown)


@register.get("/decisions/<number>.pdf")
@open_to_all
def decision_pdf(number: str) -> Answer:
    """Return the public edition in the language of the address; of a withdrawn one, why there is none any more."""
    entry: RegisterEntry = found(by_number(number))
    if entry.status is Standing.WITHDRAWN:
        return make_response(render_template("register/withdrawn.html", entry=entry), 410)
    return public_pdf(entry, language())


@register.get("/decisions/<number>.zip")
@open_to_all
def decision_bundle(number: str) -> Answer:
    """Return the outcome with everything that proves it; 503 until the notary has signed all of it."""
    entry = found(by_number(number))
    if entry.status is Standing.WITHDRAWN:
        abort(410)
    content = bundle(entry) or abort(503)
    answer = Response(content, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{entry.number}.zip"'
    return answer


# --- addresses without a language lead to the reader's own ---


@doors.get("/decisions")
@open_to_all
def index() -> Answer:
    """Lead to the register."""
    return redirect(link(sought()))


@doors.get("/decisions/<number>")
@open_to_all
def decision_door(number: str) -> Answer:
    """Lead to a published outcome."""
    return redirect(url_for("register.decision", number=number))


@doors.get("/decisions/<number>.pdf")
@open_to_all
def pdf_door(number: str) -> Answer:
    """Lead to its public edition."""
    return redirect(url_for("register.decision_pdf", number=number))

"""Filing a complaint on the web: the door, the steps, the check, the receipt. Every step is one POST, no account.

What is answered is kept in a draft on the server; the browser holds only the token that opens it.
"""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.cases.queries import by_link
from app.core.db import transaction
from app.intake import composing, drafting, pages, queries, service, service_drafts, service_signed
from app.intake.composing import Complaint
from app.intake.forms import KEEP, CheckForm, ContactForm, OrderForm, StepForm
from app.intake.receipt import receipt_of
from app.intake.summary import sections
from app.organisations import queries as organisations
from app.organisations.models import Organisation
from app.web import admission, limits
from app.web.edge import csrf
from app.web.guards import act, open_to_all
from app.web.i18n import language, public
from app.web.limits import often
from app.web.words import sentence
from workflows.procedure.errors import Stale
from workflows.regulation import book

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]

door = Blueprint("door", __name__)
intake = public(Blueprint("intake", __name__))
filing = public(Blueprint("filing", __name__, url_prefix="/complain"))
BLUEPRINTS = (door, intake, filing)
filing.before_request(pages.receipt_when_sent)


@door.get("/")
@open_to_all
def choose_language() -> Response:
    """Go to the home page in the reader's language."""
    response = redirect(url_for("intake.home"))
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


@intake.get("/")
@open_to_all
def home() -> str:
    """Choose a door."""
    return render_template("intake/home.html", figure=book.current().figure)


@intake.route("/complain", methods=["GET", "POST"])
@open_to_all
@often("filing")
def start() -> Answer:
    """Say what to have ready; begin a draft."""
    if request.method == "GET":
        return render_template("intake/start.html", draft=drafting.unsent(), about=_company_asked_about())
    with transaction():
        draft, token = service_drafts.to_write(None, language(), act=act())
        if company := _company_asked_about():
            service_drafts.save(draft, "order", {"merchant": company.name}, act=act())
    return drafting.remember(redirect(pages.url_of("order"), code=303), token)


def _company_asked_about() -> Organisation | None:
    """Return the company of a link such as `/complain?about=17`."""
    asked = request.values.get("about", "")
    return organisations.by_id(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


# --- the steps -----------------------------------------------------------------------------------------------------


@filing.route("/<any(order, problem, details, outcome, contact):step>", methods=["GET", "POST"])
@open_to_all
@csrf.exempt  # the form checks it, so that an old page loses nothing
def step(step: str) -> Answer:
    """Ask the questions of one step."""
    if request.method == "GET":
        return _page(step, composing.shown(step, drafting.answers()))
    form = composing.posted(step, drafting.answers())
    valid = form.validate() and _company_is_clear(form)
    elsewhere = pages.elsewhere(step)
    if form.stale or not (valid or elsewhere):
        return _page(step, form), 422
    return drafting.remember(redirect(elsewhere or pages.after(step), code=303), _keep(step, form))


def _page(step: str, form: StepForm) -> str:
    findings = composing.read(drafting.answers()).findings()[:2] if step == "outcome" else ()
    place = pages.place(step)
    return render_template(f"intake/{step}.html", form=form, draft=drafting.current(), findings=findings, **place)


def _keep(step: str, form: StepForm) -> str:
    """Keep the answers in the draft and return the token that opens it."""
    reached = form.reached_at if isinstance(form, ContactForm) else []
    with transaction():
        draft, token = service_drafts.to_write(drafting.token(), language(), act=act())
        service_drafts.save(draft, step, form.answers(), act=act(), contacts=reached)
    return token


def _company_is_clear(form: StepForm) -> bool:
    """Ask once which company is meant, where what was typed is only a part of some names; any name will do."""
    if not isinstance(form, OrderForm) or not form.merchant.data:
        return True
    chosen, typed = form.organisation.data, form.merchant.data
    similar = organisations.matching(typed)
    if chosen == KEEP or not similar or organisations.by_name(typed):
        return True
    if company := next((each for each in similar if str(each.id) == chosen), None):
        form.merchant.data = company.name
        return True
    form.offer(similar)
    form.add_error("organisation", _("Choose the company that you mean, or keep what you typed."))
    return False


@filing.post("/<any(order, problem, details, outcome, contact):step>/draft")
@open_to_all
def autosave(step: str) -> Response:
    """Keep what was typed so far; a script sends it now and then."""
    token = _keep(step, composing.posted(step, drafting.answers()))
    return drafting.remember(Response(status=204), token)


@filing.get("/companies")
@open_to_all
def companies() -> Response:
    """Suggest companies for what was typed so far."""
    typed = request.args.get("q", "")[:100]
    return jsonify([each.name for each in organisations.matching(typed)] if len(typed) > 1 else [])


# --- checking and sending ------------------------------------------------------------------------------------------


@filing.route("/check", methods=["GET", "POST"])
@open_to_all
@often("filing")
@csrf.exempt  # the form checks it, so that an old page loses nothing
def check() -> Answer:
    """Read everything back; send it."""
    form, complaint = CheckForm(), composing.read(drafting.answers())
    if request.method == "GET":
        return _check_page(form, complaint)
    valid = form.validate()
    if not valid or complaint.gaps:
        return _check_page(form, complaint), 422
    if (wait_s := _must_wait()) is not None:
        form.form_errors = [sentence("many_arrive")]
        return _check_page(form, complaint), 429, {"Retry-After": str(wait_s)}
    return redirect(_send(complaint), code=303)


def _must_wait() -> int | None:
    """Return for how many seconds, where very many are sending and this browser did no work, else None."""
    try:
        admission.admit(limits.sender(), admission.proof_of_request())
    except admission.NotYet as wait:
        return wait.retry_after_s
    return None


def _check_page(form: CheckForm, complaint: Complaint) -> str:
    same = queries.open_case_about(complaint.order.get("id"), complaint.contacts)
    told = list(sections(complaint, queries.files_of(drafting.current())))
    gaps = [each for each in told if each.open] if request.method == "POST" else []
    errors = [{"target": each.step, "text": _("Please complete: %(step)s", step=each.title)} for each in gaps]
    shown = {"sections": told, "errors": errors, "same": same, "shop": complaint.signed}
    return render_template("intake/check.html", form=form, challenge=admission.challenge(), **shown)


def _send(complaint: Complaint) -> str:
    """File the complaint and return the address of its receipt; sent twice, it is filed once."""
    draft = drafting.current()
    assert draft is not None  # only a draft can have answered every step
    seen, files = (draft.id, draft.version), [file.as_upload() for file in queries.files_of(draft)]
    prepared = service.prepare(complaint.submission(), act=act())
    try:
        with transaction():
            done = service.receive(prepared, act=act(), channel="web", evidence=files, declared=CheckForm.DECLARED)
            if complaint.signed:
                service_signed.take(complaint.signed, done.case, act=act())
            service_drafts.spend(*seen, done.case)
    except Stale:
        return url_for("filing.check")
    return url_for("intake.receipt", token=done.link_token)


@intake.get("/complain/receipt/<token>")
@open_to_all
def receipt(token: str) -> str:
    """Show the number, the private link, who has the case and by when what is promised."""
    case = by_link(token) or abort(404)
    return render_template("intake/receipt.html", **receipt_of(case, token, now=act().at))

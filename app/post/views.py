"""Mail as staff see it: always as plain text, files only to be saved, the raw message too."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from app.accounts.models_watch import ReasonFor
from app.accounts.service_watch import state_reason
from app.cases.models import Case
from app.core import clock
from app.core.db import transaction
from app.core.uploads import Upload
from app.evidence.forms import HarmForm
from app.evidence.handing import HARMFUL, harm_in_file
from app.intake.service import prepare
from app.post import queries, service_staff
from app.post.forms import DiscardForm, OpenForm, PlaceForm
from app.post.models import InboundMail
from app.web.files import attachment
from app.web.forms import Form
from app.web.guards import act, requires
from app.web.i18n import language
from app.web.words import sentence
from workflows.procedure.act import Act
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid

post = Blueprint("post", __name__, url_prefix="/desk/mail")
BLUEPRINTS = (post,)


@post.get("")
@requires(Permission.QUEUE_READ)
def index() -> str:
    """List what waits for a person, or everything that came."""
    waiting = request.args.get("v") != "all"
    page = queries.page(waiting=waiting, at=clock.now(), cursor=request.args.get("cursor"))
    numbers = queries.numbers_of(list(page.items))
    return render_template("post/list.html", waiting=waiting, mails=page.items, next_cursor=page.next, numbers=numbers)


@post.get("/<int:mail_id>")
@requires(Permission.QUEUE_READ)
def read(mail_id: int) -> Any:
    """Show a message and what can be done with it."""
    return _page(_mail(mail_id))


@post.post("/<int:mail_id>/place")
@requires(Permission.COMPLAINT_TYPE)
def place(mail_id: int) -> Any:
    """Put it into a case."""
    form = PlaceForm()
    if not form.validate():
        return _page(_mail(mail_id), place=form)
    try:
        with transaction():
            case = service_staff.place(_mail(mail_id), form.to_command(), act=act())
    except Invalid as refused:
        return _refused(mail_id, form, refused, "place")
    return _done(case)


@post.post("/<int:mail_id>/open")
@requires(Permission.COMPLAINT_TYPE)
def open_case(mail_id: int) -> Any:
    """Make a case of it."""
    mail, form = _mail(mail_id), OpenForm()
    if not form.validate():
        return _page(mail, opening=form)
    prepared = prepare(form.to_submission(), act=Act(act().actor, mail.received_at))
    try:
        with transaction():
            made = service_staff.open_case(_mail(mail_id), prepared, act=act())
    except Invalid as refused:
        return _refused(mail_id, form, refused, "opening")
    return _done(made.case)


@post.post("/<int:mail_id>/discard")
@requires(Permission.COMPLAINT_TYPE)
def discard(mail_id: int) -> Any:
    """Set it aside."""
    form = DiscardForm()
    if not form.validate():
        return _page(_mail(mail_id), discard=form)
    try:
        with transaction():
            service_staff.discard(_mail(mail_id), form.to_command(), act=act())
    except Invalid as refused:
        return _refused(mail_id, form, refused, "discard")
    flash(_("Set aside. The message and your reason are kept."), "success")
    return redirect(url_for("post.index"), code=303)


@post.get("/<int:mail_id>/raw")
@requires(Permission.QUEUE_READ)
def raw(mail_id: int) -> Response:
    """Hand out the message byte for byte, for saving."""
    mail = _mail(mail_id)
    return attachment(mail.raw_ref, f"mail-{mail.id}.eml", "application/octet-stream")


@post.route("/<int:mail_id>/files/<int:n>", methods=["GET", "POST"])
@requires(Permission.QUEUE_READ)
def file(mail_id: int, n: int) -> Any:
    """Hand out an attachment, for saving; of one that does harm it is asked first what for, and the answer kept."""
    wanted, form = _file(mail_id, n), HarmForm()
    harm = harm_in_file(wanted.ref)
    if harm is None:
        return attachment(wanted.ref, wanted.filename, wanted.media_type)
    if not form.validate_on_submit():
        shown = {"back": url_for("post.read", mail_id=mail_id), "back_words": _("Mail"), "name": wanted.filename}
        page = render_template("evidence/harmful.html", form=form, harm=harm, **shown)
        return page, 422 if form.errors else 200
    with transaction():
        state_reason(ReasonFor.HARM, form.reason.data or "", f"mail {mail_id} · {n}", act=act())
    return attachment(wanted.ref, wanted.filename + HARMFUL, "application/octet-stream")


def _file(mail_id: int, n: int) -> Upload:
    files = _mail(mail_id).uploads()
    return files[n - 1] if 1 <= n <= len(files) else abort(404)


def _mail(mail_id: int) -> InboundMail:
    return queries.by_id(mail_id) or abort(404)


def _page(mail: InboundMail, **posted: Form) -> Any:
    """Show the message; a form that was refused as it was sent, the others fresh."""
    number = queries.numbers_of([mail]).get(mail.case_id or 0, "")
    name = (mail.sender_name or "").partition("<")[0].strip()
    story = "\n\n".join(part for part in (mail.subject, mail.body) if part)
    fresh = {"story": story, "name": name, "email": mail.sender or "", "spoken": language()}
    forms = {
        "place": posted.get("place") or PlaceForm(formdata=None, data={"number": number, "side": "internal"}),
        "opening": posted.get("opening") or OpenForm(formdata=None, data=fresh),
        "discard": posted.get("discard") or DiscardForm(formdata=None),
    }
    refused = next(iter(posted.values()), None)
    shown = {"mail": mail, "number": number, "refused": refused, "opened": next(iter(posted), None)}
    return render_template("post/mail.html", **shown, **forms), 422 if refused else 200


def _refused(mail_id: int, form: Form, refused: Invalid, name: str) -> Any:
    form.add_error(refused.pointer.strip("/"), sentence(refused.code, refused.fields))
    return _page(_mail(mail_id), **{name: form})


def _done(case: Case) -> Answer:
    flash(_("Done: %(what)s.", what=case.number), "success")
    return redirect(url_for("desk.case", number=case.number, tab="messages"), code=303)

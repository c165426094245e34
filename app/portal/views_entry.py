"""Getting in: a one-time code before acting, and the way back for who lost the link."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from app.cases.access import link_token
from app.cases.models import Case
from app.core import clock, outbox
from app.core.db import transaction
from app.core.ids import read_case_number
from app.core.messages import Channel
from app.portal import forms, queries, service
from app.portal.masking import mask_email, mask_phone
from app.portal.views_frame import Page, Visit, by_private_link, cookie_of, remember
from app.web import limits
from app.web.guards import act, open_to_all
from app.web.i18n import public
from app.web.limits import often

entry = public(Blueprint("entry", __name__))
BLUEPRINTS = (entry,)
TRACKED = "tracked"
MINUTES = service.CODE_LIVES // timedelta(minutes=1)
MASKS = {Channel.SMS: mask_phone, Channel.EMAIL: mask_email}


# --- before acting ----------------------------------------------------------------------------------------------------


@entry.route("/c/<token>/verify", methods=["GET", "POST"])
@open_to_all
@often("codes")
@by_private_link
def verify(visit: Visit) -> Page:
    """Ask for the code that was sent, and go on to where the reader was going."""
    form = forms.CodeForm()
    if visit.confirmed:
        return redirect(_onward(visit), code=303)
    if form.validate_on_submit():
        with transaction():
            confirmation = service.check_code(visit.case, form.digits(), act=act())
        if confirmation:
            return _let_in(visit.case, confirmation, _onward(visit))
        form.add_error("code", wrong_code_words())
    return _verify_page(visit, form, 422 if form.is_submitted() else 200)


def _verify_page(visit: Visit, form: forms.CodeForm, status: int) -> Page:
    last, now = queries.newest_code(visit.case), clock.now()
    live = last is not None and last.spent_at is None and last.expires_at >= now
    ways = {channel: MASKS[channel](address) for channel, address in service.ways(visit.case).items()}
    sent_to = [address for channel, address in ways.items() if request.args.get("by", channel) == channel]
    again_at = last.sent_at + service.RESEND_AFTER if live and last else None
    shown = {"ways": ways, "sent_to": sent_to, "live": live or status == 422, "minutes": MINUTES, "again_at": again_at}
    page = render_template(
        "portal/verify.html", visit=visit, case=visit.case, form=form, onward=_onward(visit), **shown
    )
    return page, status


@entry.post("/c/<token>/verify/send")
@open_to_all
@often("codes")
@by_private_link
def send_code(visit: Visit) -> Page:
    """Send a code to the contact that was given."""
    channel = next((each for each in service.ways(visit.case) if each.value == request.form.get("channel")), None)
    with transaction():
        sent = channel is not None and service.send_code(visit.case, channel, act=act())
    words = sent_words() if sent else too_soon_words()
    flash(words, "success" if sent else "warning")
    return redirect(visit.url("entry.verify", next=_onward(visit), by=channel if sent else None), code=303)


@entry.post("/c/<token>/lock")
@open_to_all
@by_private_link
def lock(visit: Visit) -> Page:
    """Take the right to act from this browser."""
    with transaction():
        service.end_confirmation(request.cookies.get(cookie_of(visit.case), ""))
    response = redirect(visit.url("portal.home"), code=303)
    response.delete_cookie(cookie_of(visit.case))
    return response


def _let_in(case: Case, confirmation: str, onward: str) -> Page:
    return remember(redirect(onward, code=303), case, confirmation, act().at + service.CONFIRMED_FOR)


def _onward(visit: Visit) -> str:
    """Return where the reader was going: a page of this very case, or its first one."""
    target = request.values.get("next", "")
    own = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if own and f"/c/{visit.token}" in target.partition("?")[0] else visit.url("portal.home")


def wrong_code_words() -> str:
    """Return the one answer to every code that does not open: wrong, too old, or tried too often."""
    return _("This code does not open the case. It may be mistyped, too old, or tried too often. Ask for a new one.")


def sent_words() -> str:
    return _("We sent you a code. It is valid for %(minutes)s minutes.", minutes=MINUTES)


def too_soon_words() -> str:
    return _("A code was sent a moment ago. Wait a minute before you ask for another, or call us.")


# --- the way back -----------------------------------------------------------------------------------------------------


@entry.route("/track", methods=["GET", "POST"])
@open_to_all
@often("codes")
def track() -> Page:
    """Ask for case number and contact; the answer is the same, and as quick, whether there is such a case or not."""
    form = forms.TrackForm()
    if form.validate_on_submit():
        number, contact = read_case_number(form.number.data or "") or "", form.contact.data or ""
        limits.require(limits.TO_ONE_CONTACT, "contact", service.contact_digest("", contact))
        asked = service.contact_digest(number, contact)
        with transaction():  # a job looks the case up, so nobody can tell by the time it takes
            outbox.add(outbox.Task.SEND_TRACKING_CODE, at=act().at, number=number, contact=asked)
        session[TRACKED] = [number, asked]
        return redirect(url_for("entry.track_code"), code=303)
    return render_template("portal/track.html", form=form), 422 if form.is_submitted() else 200


@entry.route("/track/code", methods=["GET", "POST"])
@open_to_all
@often("codes")
def track_code() -> Page:
    """Ask for the code, and open the case with it."""
    if TRACKED not in session:
        return redirect(url_for("entry.track"), code=303)
    form = forms.CodeForm()
    if form.validate_on_submit():
        with transaction():
            number, contact = session[TRACKED]
            opened = service.open_tracked(number, contact, form.digits(), act=act())
        if opened:
            case, confirmation = opened
            session.pop(TRACKED)
            return _let_in(case, confirmation, url_for("portal.home", token=link_token(case.number)))
        form.add_error("code", wrong_code_words())
    return render_template("portal/track_code.html", form=form, minutes=MINUTES), 422 if form.is_submitted() else 200

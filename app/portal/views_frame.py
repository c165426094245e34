"""How a private link opens a case: masked to whoever holds it, whole and open to acts once a code confirmed them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.cases.models import Case
from app.cases.queries import by_link, case_to_work
from app.cases.service_letters import complainant
from app.core import clock, site
from app.core.db import transaction
from app.core.languages import segment
from app.portal import queries
from app.portal.masking import Veil
from app.web.errors import STATUS
from app.web.forms import Form
from app.web.i18n import language
from app.web.words import sentence
from workflows.procedure.authority import Actor, consumer_of
from workflows.procedure.errors import Invalid, ProcedureError

Page = str | Response | tuple[str, int]


@dataclass
class Visit:
    """One request to a complainant's page: the case, who looks at it, and until when they may act."""

    case: Case
    token: str
    actor: Actor
    veil: Veil
    until: datetime | None

    @property
    def confirmed(self) -> bool:
        return self.until is not None

    @property
    def link(self) -> str:
        """The private link, in the language of this page."""
        return site.absolute(f"/{segment(language())}/c/{self.token}")

    def url(self, page: str, **values: Any) -> str:
        """Return the address of another page of this case."""
        return url_for(page, token=self.token, **values)


def cookie_of(case: Case) -> str:
    """Return the name of the cookie that lets a browser act in this case, and in no other."""
    return site.cookie(f"heng-{case.number}")


def remember(response: Response, case: Case, confirmation: str, expires_at: datetime) -> Response:
    """Put a confirmation into the browser."""
    response.set_cookie(
        cookie_of(case), confirmation, expires=expires_at, httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


def by_private_link(view: Callable[..., Any]) -> Callable[..., Any]:
    """Open the case of the link in the path and hand the view a Visit; an unknown link gets a page that helps."""

    @wraps(view)
    def opened(token: str, **values: Any) -> Any:
        case = by_link(token)
        if case is None:
            return render_template("portal/no_case.html"), 404
        return view(_visit(case, token), **values)

    return opened


def to_act(view: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a page that acts: who only looks around is asked for a code first.

    A form that was sent too late is not: its page comes back with what was written, and says so.
    """

    @by_private_link
    @wraps(view)
    def confirmed(visit: Visit, **values: Any) -> Any:
        if not visit.confirmed and request.method == "GET":
            return redirect(visit.url("entry.verify", next=request.full_path.rstrip("?")), code=303)
        return view(visit, **values)

    return confirmed


def _visit(case: Case, token: str) -> Visit:
    until = queries.confirmed_until(case, request.cookies.get(cookie_of(case)), clock.now())
    party = complainant(case)
    g.zone = case.time_zone
    g.actor = consumer_of(case.id, name=party.name or "", language=case.language, confirmed=until is not None)
    names = tuple(name for name in (party.name, party.on_behalf_of) if name)
    return Visit(case, token, g.actor, Veil(names, until is not None), until)


def attempt(form: Form, case_id: int, do: Callable[[Case], None]) -> tuple[Case, int]:
    """Do it with the case as it is now, in one transaction; return the case, and 0 or the status of a refusal.

    A refusal is written beside the field it is about, so that the page can come back with all that was typed.
    """
    try:
        with transaction():
            case = case_to_work(case_id)
            do(case)
            return case, 0
    except ProcedureError as refused:
        _place(form, refused)
        status = next((STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS), 422)
    except StaleDataError:
        form.form_errors = [*form.form_errors, sentence("stale")]
        status = 409
    return case_to_work(case_id), status


def _place(form: Form, refused: ProcedureError) -> None:
    words = sentence(refused.code, refused.fields)
    steps = refused.pointer.strip("/").split("/") if isinstance(refused, Invalid) else [""]
    target: Any = form._fields.get(steps[0])
    if target is not None and len(steps) == 3 and hasattr(form, "used_rows"):
        target = list(form.used_rows())[int(steps[1])]._fields.get(steps[2])
    if target is None or target.type in ("FieldList", "FormField"):
        form.form_errors = [*form.form_errors, words]
        return
    target.errors = [*target.errors, words]
    if len(steps) == 3:  # a row of terms: the summary does not look into rows
        form.form_errors = [*form.form_errors, words]

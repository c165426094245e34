"""Who may open a page: every view carries one of these, and a test refuses a view without.

The actor is put on `g.actor` by `app.accounts.login`; here it is only read. Deny by default.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import g, redirect, request, url_for
from werkzeug.exceptions import Unauthorized

from app.core import clock, site
from workflows.procedure.act import Act
from workflows.procedure.authority import NOBODY, Actor, Permission
from workflows.procedure.errors import NotPermitted

View = TypeVar("View", bound=Callable[..., Any])
OPEN = "open"


def current_actor() -> Actor:
    """Return who asks; nobody in particular for an open page."""
    actor: Actor = g.get("actor", NOBODY)
    return actor


def act() -> Act:
    """Return who acts and when, fixed once for a request."""
    if "act" not in g:
        g.act = Act(current_actor(), clock.now())
    this: Act = g.act
    return this


def open_to_all(view: View) -> View:
    """Anybody may open this page; what it shows is public, or a token in the path says what it is."""
    view.required_permission = OPEN  # type: ignore[attr-defined]
    return view


def requires(permission: Permission, *others: Permission) -> Callable[[View], View]:
    """Only an actor with `permission` (or one of `others`) may open this page; others sign in first, or are refused."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = current_actor()
            if actor is NOBODY:
                if request.path.startswith("/api/"):
                    raise Unauthorized
                return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), code=303)
            if not any(actor.may(each) for each in (permission, *others)):
                raise NotPermitted("role", permission=permission)
            return view(*args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


def is_fresh() -> bool:
    """Return whether the reader proved within the set time that it is them; a token's scope proves it for programs."""
    if request.path.startswith("/api/"):
        return True
    proved_at = g.get("proved_at")
    return proved_at is not None and act().at <= proved_at + timedelta(minutes=site.settings().fresh_minutes)


def fresh(view: View) -> View:
    """Only who gave password or factor a short while ago may go on: to vote, sign, export, erase, change people.

    Others are asked, and go on to where they were; what they had filled in goes along. Stands under `requires`.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if is_fresh():
            return view(*args, **kwargs)
        ask = url_for("accounts_proof.prove", next=request.full_path.rstrip("?"))
        return redirect(ask, code=307 if request.method == "POST" else 303)  # 307: the form goes along

    guarded.needs_fresh = True  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]

"""Which page of the filing comes before and after which."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.cases import access
from app.cases.queries import case_to_work
from app.core.languages import SEGMENTS
from app.intake import drafting
from app.intake.composing import STEPS


def url_of(step: str, **query: Any) -> str:
    """Return the address of a step."""
    if step == "evidence":
        return url_for("filing_files.evidence", **query)
    return url_for("filing.step", step=step, **query)


def from_check() -> dict[str, Any]:
    """Return the query that says that the reader came from the check page, or nothing."""
    return {"from": "check"} if request.args.get("from") == "check" else {}


def before(step: str) -> str:
    """Return where "Back" leads: to the check page for somebody who came from there, else one step back."""
    if from_check():
        return url_for("filing.check")
    index = STEPS.index(step)
    return url_of(STEPS[index - 1]) if index else url_for("intake.start")


def after(step: str) -> str:
    """Return where "Continue" leads."""
    if from_check() or step == STEPS[-1]:
        return url_for("filing.check")
    return url_of(STEPS[STEPS.index(step) + 1])


def elsewhere(step: str) -> str | None:
    """Return where another button than "Continue" leads, whatever was answered: coming back later, another language."""
    if "save" in request.form:
        return url_for("later.saved")
    if (chosen := request.form.get("switch")) in SEGMENTS:
        return url_of(step, lang=chosen, **from_check())
    return None


def place(step: str) -> dict[str, object]:
    """Return what a step's page says of its place among the others."""
    return {"step": step, "number": STEPS.index(step) + 1, "total": len(STEPS), "back": before(step)}


def receipt_when_sent() -> Response | None:
    """Lead whoever comes back to the steps of a complaint that was sent to its receipt: nothing is sent twice."""
    draft = drafting.current()
    if draft is None or draft.case_id is None:
        return None
    token = access.link_token(case_to_work(draft.case_id).number)
    return redirect(url_for("intake.receipt", token=token), code=303)

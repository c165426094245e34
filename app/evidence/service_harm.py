"""Telling of a file that is known to do harm: whoever sent it, and whoever works the case."""

from __future__ import annotations

from typing import Any

from app.accounts import queries as people
from app.accounts.models_watch import EventKind
from app.accounts.service_watch import note
from app.cases.queries import case_to_work
from app.cases.service_letters import tell_consumer, tell_desk, tell_respondent
from app.core import site
from app.evidence.models import Evidence
from workflows.procedure.act import Act


def tell(exhibit: Evidence, found: str, *, act: Act) -> None:
    """Ask the sender for a clean copy, warn the desk; administrators find it among the security events."""
    case = case_to_work(exhibit.case_id)
    fields: dict[str, Any] = {"n": exhibit.number, "file": exhibit.filename, "found": found}
    if exhibit.side == "consumer":
        tell_consumer(case, "harm_found", act=act, **fields)
    elif exhibit.side == "respondent" and exhibit.organisation_id == case.respondent_id:
        tell_respondent(case, "harm_found_company", act=act, **fields)
    tell_desk(case, "harm_found_desk", act=act, case_url=site.absolute(f"/desk/cases/{case.number}"), **fields)
    sender = people.find(exhibit.user_id) if exhibit.user_id else None
    note(EventKind.HARM_FOUND, about=sender, act=act, exhibit=exhibit.id, found=found)

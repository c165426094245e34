"""What the notice of a penalty says: the breach and its ground, the measure, for how long, and how to appeal.

Source: clause 3.2.3.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.conduct.models import Penalty
from app.conduct.queries import of_case
from app.notices import phrasing
from app.notices.telling import Said, Story
from workflows.procedure.names import name
from workflows.regulation import book


def penalty(story: Story) -> Said | None:
    """A penalty was imposed."""
    found = next((each for each in of_case(story.case) if each.n == story.detail.get("penalty")), None)
    if found is None:
        return None
    told = {
        "penalty": found.number, "breach": _breach(found, story), "decision": found.decision,
        "measure": _measure(story.detail, story), "lasts": _lasts(story), "reason": story.detail.get("reason"),
    }  # fmt: skip
    until = story.until(datetime.fromisoformat(story.detail["appeal_by"]))
    return {
        "particulars": story.particulars(**told),
        "clauses": (found.clause, "3.2.3"),
        "notes": (story.w("next.penalty", until=until),),
    }


def _breach(found: Penalty, story: Story) -> str:
    breach = book.current().breach(found.breach, found.law_as_of).name.in_(story.language)
    return story.w("penalty.breach", breach=breach, nth=story.detail["repetition"])


def _measure(detail: dict[str, Any], story: Story) -> str:
    measure = name("measure", detail["measure"], story.language)
    if detail["fine_minor"]:
        measure = f"{measure} {phrasing.money(detail['fine_minor'], 'CNY', story.language)}"
    return story.w("penalty.measure", measure=measure, points=detail["points"])


def _lasts(story: Story) -> str:
    until = story.detail["until"]
    ends = story.day(datetime.fromisoformat(until)) if until else story.w("penalty.for_good")
    return story.w("penalty.lasts", begins=story.day(story.at), ends=ends)

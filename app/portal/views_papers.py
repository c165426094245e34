"""The papers of a case, as its complainant may have them."""

from __future__ import annotations

from flask import Blueprint, Response

from app.cases.queries import by_link
from app.notices.views_frame import hand_over
from app.portal.views_frame import Visit, to_act
from app.web.api import found
from app.web.guards import open_to_all
from app.web.i18n import language, public
from app.web.limits import often

papers = public(Blueprint("papers", __name__))
BLUEPRINTS = (papers,)


@papers.get("/c/<token>/papers/<name>.pdf")
@open_to_all
@often("printing")
@to_act
def paper(visit: Visit, name: str) -> Response:
    """Hand out a paper, in the language of the page; it names both sides, so only who confirmed that it is them."""
    return hand_over(lambda: found(by_link(visit.token)), name, visit.actor, language())

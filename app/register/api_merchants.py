"""Standing, penalties and blacklist over the API, for anybody. Source: clauses 1.2.3, 3.2.3, 3.4.4."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response, redirect, url_for
from pydantic import Field
from werkzeug.wrappers import Response as Answer

from app.conduct import queries
from app.conduct.queries import Sought
from app.conduct.standing import standing
from app.core import clock, paging
from app.core.commands import Digits, Frozen
from app.register.merchants import merchant
from app.register.sanctions import blacklist_page, company_shown, decisions_of, listed_shown, penalty_shown
from app.register.sanctions import standing_shown as shown
from app.web.api import answer, api_blueprint, found, operation, page, read_query
from app.web.guards import open_to_all
from app.web.limits import often

api = api_blueprint("merchants")
BLUEPRINTS = (api,)


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
MAYBE, NUMBER = {"type": ["string", "null"]}, {"type": ["integer", "null"]}
INSTANT = {"type": "string", "format": "date-time"}
UNTIL = {"type": ["string", "null"], "format": "date-time"}
WORDS = _object(**dict.fromkeys(("zh-Hant", "zh-Hans", "en"), TEXT))
COMPANY = _object(id=WHOLE, name=TEXT, kind=TEXT)
LISTED = _object(
    rule=TEXT, reason=WORDS, clause=TEXT, **{"from": INSTANT}, until=UNTIL, penalties=_list(TEXT)
)  # fmt: skip
PENALTY = _object(
    number=TEXT, organisation=COMPANY, state=TEXT,
    breach=_object(key=TEXT, name=WORDS, clause=TEXT, repetition=WHOLE), measure=TEXT, points=WHOLE, days=NUMBER,
    fine={"type": ["object", "null"]}, clause=TEXT, **{"from": INSTANT}, until=UNTIL, points_until=INSTANT,
    decision=MAYBE, decision_url=MAYBE,
)  # fmt: skip
STANDING = _object(
    organisation=COMPANY, as_of=INSTANT, score=NUMBER, grade=MAYBE, cases=WHOLE, conduct=WHOLE, ratings=NUMBER,
    losses=_list(
        _object(penalty=TEXT, breach=TEXT, clause=TEXT, decision=MAYBE, points=WHOLE, score=WHOLE, until=INSTANT)
    ),
    trend=_list(_object(at=INSTANT, score=NUMBER, cases=WHOLE)), blacklist=_list(LISTED),
)  # fmt: skip


def _page_of(item: dict[str, Any]) -> dict[str, Any]:
    return _object(items=_list(item), next=MAYBE)


class Page(Frozen):
    """From where on, and how many."""

    limit: Annotated[Digits, Field(ge=1, le=paging.MAXIMUM)] = paging.LIMIT
    cursor: paging.ByInstant | None = None


class Penalties(Page):
    """Which penalties."""

    measure: Literal["warning", "fine", "points", "suspension", "ban"] | None = None
    breach: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] | None = None
    state: Literal["in_force", "ended"] | None = None
    organisation_id: Annotated[Digits, Field(ge=1, le=2**31 - 1)] | None = None


@api.get("/organisations/<int:organisation_id>/standing")
@open_to_all
@often("figures")
@operation(
    "A merchant's standing: its score with every loss explained, twelve months of it, the blacklist", tag="register",
    answer=STANDING, signed_in=False, problems=(404,),
)  # fmt: skip
def organisation_standing(organisation_id: int) -> Answer:
    """Return the standing; only merchants have one that is public. Of a merged one, the other's."""
    company = found(merchant(organisation_id))
    if company.merged_into_id:
        return redirect(url_for(".organisation_standing", organisation_id=company.merged_into_id), code=301)
    return answer(shown(company, standing(company.id, clock.now())))


@api.get("/penalties")
@open_to_all
@operation(
    "A page of published penalties, newest first", tag="register", query=Penalties, answer=_page_of(PENALTY),
    signed_in=False, problems=(400,),
)  # fmt: skip
def penalties() -> Response:
    """Return published penalties."""
    asked, now = read_query(Penalties), clock.now()
    wanted = Sought(
        measure=asked.measure or "", breach=asked.breach or "", now=asked.state or "",
        organisation_id=asked.organisation_id,
    )  # fmt: skip
    rows = queries.published(wanted, now, cursor=asked.cursor, limit=asked.limit)
    numbers = decisions_of(rows.items)
    return page([penalty_shown(each, numbers.get(each.id), now) for each in rows.items], rows.next)


@api.get("/blacklist")
@open_to_all
@often("figures")
@operation(
    "A page of the companies on the blacklist, newest first", tag="register", query=Page, signed_in=False,
    answer=_page_of(_object(organisation=COMPANY, **LISTED["properties"])), problems=(400,),
)  # fmt: skip
def blacklist() -> Response:
    """Return the blacklist, by rule and company."""
    asked = read_query(Page)
    rows, following = blacklist_page(clock.now(), cursor=asked.cursor, limit=asked.limit)
    return page([{"organisation": company_shown(company)} | listed_shown(each) for company, each in rows], following)

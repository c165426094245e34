"""The public register over the API: lists, one outcome with its words and hashes, its file, a table."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response
from pydantic import Field
from werkzeug.wrappers import Response as Answer

from app.core import paging
from app.core.commands import Digits, Frozen
from app.core.text import OptionalLine
from app.notices.queries import by_number
from app.register import queries
from app.register.queries import Sought
from app.register.showing import entry_shown, public_pdf, row_shown
from app.register.views import csv_of
from app.web.api import answer, api_blueprint, found, operation, page, read_query
from app.web.guards import open_to_all
from app.web.i18n import language

api = api_blueprint("register")
BLUEPRINTS = (api,)
LIST: dict[str, Any] = {
    "type": "object",
    "required": ["items", "next"],
    "properties": {"items": {"type": "array", "items": {"type": "object"}}, "next": {"type": ["string", "null"]}},
}
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
Clause = Annotated[str, Field(pattern=r"^[0-9]{1,2}(\.[0-9]{1,2}){1,4}$")]
Word = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]


class Wanted(Frozen):
    """What to look for: words that must all be there, a kind, an outcome, a clause, a month of publication."""

    q: OptionalLine = ""
    anomaly: Word | None = None
    outcome: Literal["settled", "for_consumer", "partly", "for_respondent", "sent_back"] | None = None
    clause: Clause | None = None
    month: Month | None = None

    def sought(self) -> Sought:
        return Sought(
            text=self.q, anomaly=self.anomaly or "", outcome=self.outcome or "", rule=self.clause or "",
            month=self.month or "",
        )  # fmt: skip


class DecisionList(Wanted):
    """What to look for, and from where on."""

    limit: Annotated[Digits, Field(ge=1, le=paging.MAXIMUM)] = paging.LIMIT
    cursor: paging.ByInstant | None = None


class InLanguage(Frozen):
    """In which language."""

    language: Literal["zh-Hans", "zh-Hant", "en"] | None = None


@api.get("/decisions")
@open_to_all
@operation(
    "A page of published decisions and settlements, newest first", tag="register", query=DecisionList, answer=LIST,
    signed_in=False, problems=(400,),
)  # fmt: skip
def decisions() -> Response:
    """Return rows of the register."""
    asked = read_query(DecisionList)
    rows = queries.page(asked.sought(), cursor=asked.cursor, limit=asked.limit)
    return page([row_shown(entry) for entry in rows.items], rows.next)


@api.get("/decisions.csv")
@open_to_all
@operation(
    "All published decisions and settlements that match, as a table", tag="register", query=Wanted, signed_in=False,
    answer={"type": "string"}, answer_type="text/csv",
)  # fmt: skip
def table() -> Response:
    """Return the register as CSV, streamed."""
    return csv_of(read_query(Wanted).sought())


@api.get("/decisions/<number>")
@open_to_all
@operation(
    "One published outcome: where it stands, its words in each language, the hashes of its files", tag="register",
    answer={"type": "object"}, signed_in=False, problems=(404,),
)  # fmt: skip
def decision(number: str) -> Response:
    """Return a published outcome; of a withdrawn one, why."""
    return answer(entry_shown(found(by_number(number))))


@api.get("/decisions/<number>.pdf")
@open_to_all
@operation(
    "The public edition of a published outcome", tag="register", query=InLanguage, signed_in=False, problems=(404,),
    answer={"type": "string", "format": "binary"}, answer_type="application/pdf",
)  # fmt: skip
def decision_pdf(number: str) -> Answer:
    """Return the file in a language: the one asked for, or the reader's."""
    return public_pdf(found(by_number(number)), read_query(InLanguage).language or language())

"""A browser at the complainant's pages, and one of the company's people at theirs."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.core.db import session
from app.core.messages import OutboundMessage
from app.web.limits import limiter
from tests.factories import link_of, sign_in
from tests.mediation.conftest import Table, a_table
from workflows.procedure.states import CaseState


def terms_typed(*rows: dict) -> dict[str, str]:
    """Return the fields of the rows of terms as a browser sends them: all four, empty or not."""
    fields = {}
    for n in range(4):
        row = {"kind": "", "amount": "", "days": "7", "note": ""} | (rows[n] if n < len(rows) else {})
        fields |= {f"terms-{n}-{name}": value for name, value in row.items()}
    return fields


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's forms, as a browser sends them."""
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    named = ((re.search(r'name="([^"]*)"', each), re.search(r'value="([^"]*)"', each)) for each in inputs)
    return {name[1]: value[1] for name, value in named if name and value and name[1] != "csrf_token"}


class Complainant:
    """The complainant of a case in a browser without scripts."""

    def __init__(self, client, table: Table, language: str = "en") -> None:
        self.client, self.table, self.language = client, table, language
        self.base = f"/{language}/c/{link_of(table.case)}"

    def get(self, page: str = "", **options):
        return self.client.get(self.base + page, **options)

    def post(self, page: str, data: dict | None = None, **options):
        return self.client.post(self.base + page, data=data or {}, **options)

    def last_code(self) -> str:
        letters = session().scalars(select(OutboundMessage).order_by(OutboundMessage.id.desc()))
        return next(found.group() for each in letters if (found := re.search(r"\b\d{6}\b", each.body)))

    def confirm(self) -> Complainant:
        assert self.post("/verify/send", {"channel": "email"}).status_code == 303
        assert self.post("/verify", {"code": self.last_code()}).status_code == 303
        return self


@pytest.fixture
def table(app):
    return a_table(CaseState.ANSWERING)


@pytest.fixture
def mediated(app):
    return a_table(CaseState.MEDIATION)


@pytest.fixture
def me(client, mediated):
    """The complainant of a case in mediation, with the link alone."""
    return Complainant(client, mediated)


@pytest.fixture
def shop(app, mediated):
    """A browser in which one of the company's people signed in."""
    browser = app.test_client()
    sign_in(browser, mediated.people["respondent"])
    return browser


@pytest.fixture(autouse=True)
def unhurried(built_app):
    """Tests come from one address, faster than any person: each begins with its own count."""
    limiter.reset()

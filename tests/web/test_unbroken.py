"""Numbers of cases stay in one piece at the end of a line; where only text may stand nothing is added."""

from __future__ import annotations

import pytest
from flask import Flask, Response

from app.web import unbroken

HELD = '<span class="nowrap">H2026-000123-7</span>'


@pytest.fixture
def answered():
    app = Flask("pages")
    unbroken.install(app)

    def answer(body: str, mimetype: str = "text/html") -> str:
        with app.test_request_context():
            return app.process_response(Response(body, mimetype=mimetype)).get_data(as_text=True)

    return answer


@pytest.mark.parametrize("number", ["H2026-000123-7", "H2026-123456789-0", "D2026-12", "P2026-3", "S2026-4"])
def test_a_number_in_a_text_is_held_together(answered, number):
    held = f'<span class="nowrap">{number}</span>'

    assert answered(f"<p>Case {number}, received</p>") == f"<p>Case {held}, received</p>"
    assert answered(f"<p>案件{number}已受理</p>") == f"<p>案件{held}已受理</p>"


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/r/cases/H2026-000123-7" aria-label="Case H2026-000123-7">x</a>',
        "<title>H2026-000123-7 · Centre</title>",
        "<textarea>about H2026-000123-7</textarea>",
        "<option>H2026-000123-7</option>",
        '<script type="application/json">{"case": "H2026-000123-7"}</script>',
        "<p>AH2026-000123-7 H1999-000123-7</p>",
    ],
)
def test_nothing_is_added_elsewhere(answered, body):
    assert answered(body) == body


def test_a_link_with_its_number_keeps_its_address(answered):
    link = '<a href="/r/cases/H2026-000123-7">{}</a>'

    assert answered(link.format("H2026-000123-7")) == link.format(HELD)


@pytest.mark.parametrize("mimetype", ["application/json", "text/plain", "application/atom+xml"])
def test_other_kinds_of_answers_stay_as_they_are(answered, mimetype):
    assert answered("<p>H2026-000123-7</p>", mimetype) == "<p>H2026-000123-7</p>"

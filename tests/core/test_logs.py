"""The common log names the case and quotes nobody."""

import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.cases import queries
from app.core import logs
from app.core.db import session
from tests.factories import a_case, saved

PERSON = "林小雨 lin@example.test"


def line(message: str, *arguments, error: BaseException | None = None) -> str:
    told = (type(error), error, error.__traceback__) if error else None
    return logs.Line().format(logging.LogRecord("heng.jobs", logging.ERROR, __file__, 1, message, arguments, told))


def caught(raises) -> BaseException:
    try:
        raises()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def refuse():
    raise ValueError(f"refused: {PERSON}")


def test_a_line_is_made_of_names_and_values(app):
    told = line("row %s failed", 17)

    assert ' level=error from=heng.jobs what="row 17 failed"' in told
    assert "\n" not in line("two\nlines")


def test_the_case_that_is_worked_on_is_named_and_no_other(app):
    case = saved(a_case)
    with app.app_context():
        queries.case_to_work(case.id)
        assert f" case={case.number} " in line("row failed")
    with app.app_context():
        assert "case=" not in line("row failed")


def test_of_an_exception_the_kind_and_the_place_are_told_but_not_its_words():
    told = line("row failed", error=caught(refuse))

    assert "error=ValueError" in told
    assert "test_logs.py" in told
    assert "refuse" in told
    assert PERSON not in told
    assert "林" not in told


@pytest.mark.parametrize("statement", ["INSERT INTO nowhere VALUES (:who)", "SELECT :who FROM nowhere"])
def test_what_a_statement_carried_is_in_no_error(app, statement):
    error = caught(lambda: session().execute(text(statement), {"who": PERSON}))
    session().rollback()

    assert isinstance(error, DBAPIError)
    assert PERSON not in str(error)


def test_outside_a_request_there_is_no_case():
    logs.about_case("H2026-000001-1")

    assert "case=" not in line("starting")

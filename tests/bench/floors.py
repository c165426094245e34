"""What the same thing costs on this machine, now, when nothing of ours is in it."""

from __future__ import annotations

from sqlalchemy import text
from weasyprint import HTML

from app.core.db import session


def one_durable_commit() -> None:
    """Write one row in a transaction that is safely on disk afterwards."""
    session().rollback()
    session().connection(execution_options={"immediate": True})
    session().execute(text("INSERT INTO floor (body) VALUES (:body)"), {"body": "x" * 2_000})
    session().commit()


def make_room_for_commits() -> None:
    session().execute(text("CREATE TABLE floor (id INTEGER PRIMARY KEY, body TEXT)"))
    session().commit()


def a_bare_print() -> bytes:
    """Print two pages of plain text with whatever fonts there are."""
    pages = "<p>The goods were not as described. " * 60
    printed: bytes = HTML(
        string=f"<h1>Decision</h1>{pages}<h1 style='break-before: page'>Reasons</h1>{pages}"
    ).write_pdf()
    return printed

"""What the same thing costs on this machine, now, when nothing of ours is in it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from hashlib import sha256

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import select, text
from weasyprint import HTML

from app.cases.models import Case
from app.core.db import db, session
from app.core.storage import store
from app.notices.composing import Composer, Pictures, pictures
from app.notices.document import html
from app.notices.facts import NoticeFacts
from app.notices.render import FONTS

LISTED = 50


def a_file_and_a_row() -> None:
    """Keep two kilobytes as a file and as a row, both safely on disk afterwards."""
    store().put_bytes(secrets.token_bytes(2_000))
    session().rollback()
    session().connection(execution_options={"immediate": True})
    session().execute(text("INSERT INTO floor (body) VALUES (:body)"), {"body": "x" * 2_000})
    session().commit()


def make_room_for_commits() -> None:
    session().execute(text("CREATE TABLE floor (id INTEGER PRIMARY KEY, body TEXT)"))
    session().commit()


def bare_list_page(database: dict[str, object]) -> Flask:
    """Return an application with one page: one query, fifty rows, a small template."""
    bare = Flask("bare")
    bare.config.update(database)
    db.init_app(bare)
    row = "<li><a href='/{{ case.number }}'>{{ case.title }}</a> {{ case.state }} {{ case.due_at }}</li>"
    page = f"<!doctype html><title>Cases</title><ul>{{% for case in cases %}}{row}{{% endfor %}}</ul>"
    bare.jinja_loader = DictLoader({"list.html": page})

    @bare.get("/")
    def cases() -> str:
        return render_template("list.html", cases=session().scalars(select(Case).order_by(Case.due_at).limit(LISTED)))

    return bare


def bare_renderer() -> Callable[[NoticeFacts], bytes]:
    """Return what renders the same pages with the same fonts and styles: no process, no limits, nothing attached."""
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
    composer = Composer.load()

    def render(facts: NoticeFacts) -> bytes:
        page = HTML(string=html(facts), url_fetcher=Pictures(pictures(facts)))
        return bytes(page.write_pdf(stylesheets=[composer.style], font_config=composer.fonts))

    return render


def bare_hashes(data: Sequence[bytes]) -> None:
    """Hash each of these, and as many pairs as a tree over them has: the least that a check of it can cost."""
    for each in data:
        sha256(each).digest()
    pair = bytes(65)
    for _ in data:
        sha256(pair).digest()

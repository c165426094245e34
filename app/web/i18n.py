"""The reader's language: in the path of public pages, in the profile of staff, by header for the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, g, redirect, request, session, url_for
from flask_babel import Babel, get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import languages
from app.core.languages import BABEL, SEGMENTS
from workflows.procedure.authority import NOBODY

babel = Babel()


def language() -> str:
    """Return the tag of the language in which this request is answered: path, choice, profile, then browser."""
    if "language" not in g:
        g.language = _asked() or languages.preferred(tag for tag, _quality in request.accept_languages)
    tag: str = g.language
    return tag


def _asked() -> str | None:
    actor = g.get("actor", NOBODY)
    if tag := SEGMENTS.get(_first_of_path()):  # also where no page is: the error is told in that language
        return tag
    if request.path.startswith("/api/"):
        return languages.known(request.args.get("language"))
    chosen = languages.known(session.get("language"))
    return chosen or (actor.language if actor is not NOBODY else None)


def _first_of_path() -> str:
    return request.path.split("/")[1]


def public(blueprint: Blueprint) -> Blueprint:
    """Give a blueprint of public pages the language prefix: read from the path, put back into links."""
    known = ", ".join(f'"{segment}"' for segment in SEGMENTS)
    blueprint.url_prefix = f"/<any({known}):lang>" + (blueprint.url_prefix or "")

    @blueprint.url_value_preprocessor
    def read(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values:
            g.language = SEGMENTS[values.pop("lang")]

    @blueprint.url_defaults
    def write(endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("lang", languages.segment(language()))

    return blueprint


def language_links() -> list[dict[str, Any]]:
    """Return the three links that show this very page in another language."""
    here = language()
    asked = urlencode(list(request.args.items(multi=True)))  # never given to url_for, which would obey `_scheme`

    def link(tag: str) -> str:
        if request.endpoint and request.url_rule and "lang" in request.url_rule.arguments:
            values: dict[str, Any] = dict(request.view_args or {}) | {"lang": languages.segment(tag)}
            return url_for(request.endpoint, **values) + (f"?{asked}" if asked else "")
        if _first_of_path() in SEGMENTS:
            return request.full_path.replace(_first_of_path(), languages.segment(tag), 1).rstrip("?")
        return url_for("accounts.choose_language", tag=tag, next=request.full_path.rstrip("?"))

    return [
        {
            "tag": tag,
            "label": languages.SHORT[tag],
            "name": languages.NAMES[tag],
            "url": link(tag),
            "current": tag == here,
        }
        for tag in languages.LANGUAGES
    ]


def _spelled_as_we_do() -> Response | None:
    """Send `/zh-Hans/…`, as the tag itself is written, to `/zh-hans/…`: a path of ours, so never to another host."""
    first = _first_of_path()
    if first in SEGMENTS or first.lower() not in SEGMENTS:
        return None
    asked = request.query_string.decode(errors="replace")
    path = quote(request.path.replace(first, first.lower(), 1))
    return redirect(path + (f"?{asked}" if asked else ""), code=308)


def install(app: Flask) -> None:
    """Set Babel up: our tags mapped to its locales; every room's catalogue is compiled into one."""
    app.config.update(BABEL_TRANSLATION_DIRECTORIES=str(app.config["TRANSLATIONS"]))
    babel.init_app(
        app, locale_selector=lambda: BABEL[language()], timezone_selector=lambda: g.get("zone", "Asia/Shanghai")
    )
    app.before_request(_spelled_as_we_do)


gettext: Callable[..., str] = _
__all__ = ["babel", "get_locale", "gettext", "install", "language", "language_links", "public"]

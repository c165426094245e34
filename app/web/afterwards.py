"""Work that nobody should wait for: done once the answer has been sent, in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g
from werkzeug.wsgi import ClosingIterator

from app.core.db import transaction

log = logging.getLogger("heng.web")
Work = Callable[[], None]


def afterwards(work: Work) -> None:
    """Have `work` done after this request's answer has left. It gets a transaction, and no request."""
    g.setdefault("afterwards", []).append(work)


def install(app: Flask) -> None:
    """Do such work when the server closes the answer. Where it fails, the answer was given all the same."""

    @app.after_request
    def arrange(response: Response) -> Response:
        if works := g.get("afterwards"):
            if response.direct_passthrough:  # a file: Werkzeug hands it over without telling us of its end
                body: Any = response.response
                response.response = ClosingIterator(body, lambda: _do(app, works))
            else:
                response.call_on_close(lambda: _do(app, works))
        return response


def _do(app: Flask, works: list[Work]) -> None:
    try:
        with app.app_context(), transaction():
            for work in works:
                work()
    except Exception:
        log.exception("what was to be done after the answer failed")

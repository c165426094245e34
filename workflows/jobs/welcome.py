"""What the person at the terminal sees when everything is up: where it is, and who may sign in."""

from __future__ import annotations

import json
import threading
import unicodedata
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import config
from workflows.jobs.processes import say
from workflows.jobs.stop_sign import StopSign

ASK_EVERY_S = 0.2


def when_ready(settings: config.Settings, stopping: StopSign) -> None:
    """Say welcome as soon as the web answers; gives up quietly when everything is stopping."""
    threading.Thread(target=_wait, args=(settings, stopping), daemon=True).start()


def _wait(settings: config.Settings, stopping: StopSign) -> None:
    health = config.local_url(settings.host, settings.port) + "/healthz"
    while not stopping.wait(ASK_EVERY_S):
        if answers(health):
            for line in message(settings):
                say("heng", line)
            return


def answers(url: str) -> bool:
    """Return whether a GET of `url`, without any proxy, is answered with 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:  # our own address, from HOST and PORT
            return response.status == 200
    except OSError:
        return False


def message(settings: config.Settings) -> list[str]:
    """Return the lines: the address, the demo's sign-ins as a table, how to stop."""
    sign_ins = _sign_ins(settings.data_dir / "demo-accounts.json")
    return [
        "",
        f"Heng is ready: {settings.base_url}",
        *(["", *sign_ins] if sign_ins else []),
        "",
        f"Ctrl-C stops it; the data stays in {settings.data_dir}.",
        "",
    ]


def _sign_ins(accounts: Path) -> list[str]:
    people = json.loads(accounts.read_text("utf-8")) if accounts.exists() else []
    rows = [(p["role"], p["email"], p["password"], p["organisation"] or "") for p in people]
    return table([("role", "e-mail", "password", "organisation"), *rows]) if rows else []


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows as lines of aligned columns; Chinese characters are two columns wide."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    padded = ([cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)] for row in rows)
    return ["  " + "  ".join(cells).rstrip() for cells in padded]


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

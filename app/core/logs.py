"""The common log: one line for one thing, as `name=value`, with the case it is about and without personal data.

What an exception says may quote a person (an address that was refused, a row that was not taken), so of an exception
the log holds its kind and where it came from. The case is that of the present request or job.
"""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime
from pathlib import PurePath

from flask import g, has_app_context

PLACES = 6
"""How many of the innermost places of an exception are told."""


def about_case(number: str) -> None:
    """Have the log lines of this request or job name the case."""
    if has_app_context():
        g.case_in_log = number


def install(level: int = logging.INFO) -> None:
    """Write this process's log to standard error, which the supervisor collects."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line())
    logging.basicConfig(level=level, handlers=[handler])


class Line(logging.Formatter):
    """`at=… level=… from=… case=… what="…" error=… where="…"`"""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {"at": at, "level": record.levelname.lower(), "from": record.name}
        if has_app_context():
            fields |= {"case": g.get("case_in_log", ""), "request": g.get("request_id", "")}
        fields["what"] = _quoted(record.getMessage())
        if record.exc_info and record.exc_info[1]:
            fields |= _told(record.exc_info[1])
        return " ".join(f"{name}={value}" for name, value in fields.items() if value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', "'").replace("\n", "\\n") + '"'


def _told(error: BaseException) -> dict[str, str]:
    frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
    places = (f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return {"error": type(error).__name__, "where": _quoted(" > ".join(places))}

"""What the rules refuse, in codes that the edge turns into the reader's language.

Each class knows no HTTP; `app/web/errors.py` holds the one table from class to status.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ProcedureError(Exception):
    """Something the procedure does not allow. `code` names the reason, `fields` fill its words.

    `possible` are the actions that can be taken instead; None where nobody looked.
    """

    possible: Sequence[str] | None = None

    def __init__(self, code: str, **fields: Any) -> None:
        self.code, self.fields = code, fields
        super().__init__(f"{type(self).__name__}: {code} {fields or ''}".strip())


class NotPermitted(ProcedureError):
    """The actor's roles or standing do not allow it."""


class StepNotAllowed(ProcedureError):
    """The case is not in a state from which this step may be taken."""

    def __init__(self, state: str, action: str, *, possible: Sequence[str]) -> None:
        self.state, self.action, self.possible = state, action, list(possible)
        super().__init__("step_not_allowed", state=state, action=action, possible=", ".join(possible))


class Stale(ProcedureError):
    """Somebody else changed the case since the page was read."""

    def __init__(self, *, seen: int, current: int) -> None:
        self.seen, self.current = seen, current
        super().__init__("stale", seen=seen, current=current)


class Invalid(ProcedureError):
    """The content of a command breaks a rule; `pointer` names the field (JSON pointer)."""

    def __init__(self, code: str, *, pointer: str = "", **fields: Any) -> None:
        self.pointer = pointer
        super().__init__(code, **fields)


class TooLate(ProcedureError):
    """A right or a step whose time is over."""


class Repeated(ProcedureError):
    """What is asked for was done already, word for word; nothing is changed by it."""

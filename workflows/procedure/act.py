"""Who does something, and when, as one value that every service is handed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from workflows.procedure.authority import Actor


@dataclass(frozen=True, slots=True)
class Act:
    """One act: the actor and the instant (aware, UTC). Services never read a clock themselves."""

    actor: Actor
    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("An act needs an aware instant.")
        if self.at.tzinfo is not UTC:  # elsewhere two hours later on a wall may be one or three
            object.__setattr__(self, "at", self.at.astimezone(UTC))

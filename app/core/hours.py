"""Hours of the day and time zones, as people write them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.core.text import Line
from workflows.procedure.quiet import known_zone


def _zone(value: str) -> str:
    if not known_zone(value):
        raise PydanticCustomError("unknown_time_zone", "unknown_time_zone")
    return value


Hour = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="such as 08:30")]
TimeZone = Annotated[Line, AfterValidator(_zone)]

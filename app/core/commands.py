"""The parent of all commands: what somebody asks for, frozen, strict, with no unknown field."""

import re
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

LARGEST = 2**53 - 1

AmountMinor = Annotated[int, Field(gt=0, le=10**12, description="money in minor units (cents)")]


def _ascii_digits(value: object) -> object:
    """Read a number of a query string; `1_0` and digits of other scripts, which Python would read, are refused."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 16:
        raise PydanticCustomError("int_parsing", "not a number")
    return int(value)


def _written_as(form: str, code: str) -> BeforeValidator:
    """Read only what is written so; Python would read a bare number as an instant, too."""

    def check(value: object) -> object:
        if not isinstance(value, str) or not re.fullmatch(form, value, re.ASCII):
            raise PydanticCustomError(code, code)
        return value

    return BeforeValidator(check)


Digits = Annotated[int, BeforeValidator(_ascii_digits)]
CivilDay = Annotated[date, Field(strict=False), _written_as(r"\d{4}-\d\d-\d\d", "wrong_type")]
Instant = Annotated[
    AwareDatetime,
    Field(strict=False),
    _written_as(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", "not_an_instant"),
]
RowId = Annotated[int, Field(gt=0, le=LARGEST)]


class Frozen(BaseModel):
    """A strict, frozen value. How it is checked is worked out when the first one comes, not at start-up."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", defer_build=True)


class Command(Frozen):
    """One act on a case. `version` is the one the page was made from; a case changed since then refuses it."""

    version: Annotated[int, Field(ge=1, le=LARGEST)] | None = None

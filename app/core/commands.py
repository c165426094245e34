"""The parent of all commands: what somebody asks for, frozen, strict, with no unknown field."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

LARGEST = 2**53 - 1

AmountMinor = Annotated[int, Field(gt=0, le=10**12, description="money in minor units (cents)")]
RowId = Annotated[int, Field(gt=0, le=LARGEST)]


class Frozen(BaseModel):
    """A strict, frozen value."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Command(Frozen):
    """One act on a case. `version` is the one the page was made from; a case changed since then refuses it."""

    version: Annotated[int, Field(ge=1, le=LARGEST)] | None = None

"""Facts of an order, and who said them: each statement is kept, none overwrites another side's."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import OfCase
from app.core.db import Model
from app.core.sealed import sealed


class FactStatement(OfCase, Model):
    """What one side said of the order at one time. What the case goes by is folded from all of them (`merging`)."""

    __tablename__ = "fact_statements"
    __table_args__ = (Index("ix_fact_statements_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    side: Mapped[str] = mapped_column(comment="consumer, respondent, desk: who says so")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    source: Mapped[str] = mapped_column(comment="complaint, case, file, form, settled")
    exhibit: Mapped[int | None] = mapped_column(comment="number of the exhibit that is the file")
    order: Mapped[dict[str, Any]] = sealed(dict)
    events: Mapped[list[dict[str, Any]]] = sealed(list)
    at: Mapped[datetime]

"""Who asked to be erased, and what became of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, partial_index

OPEN = text("done_at IS NULL")


class ErasureWish(Model):
    """A request that a person be erased. It waits while a case of theirs runs, and for two people to agree."""

    __tablename__ = "erasure_wishes"
    __table_args__ = (partial_index("uq_erasure_wishes_open", "person_id", unique=True, where=OPEN),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(comment="consumer or desk")
    agreed_at: Mapped[datetime | None] = mapped_column(
        comment="when two people agreed; then only the end is waited for"
    )
    done_at: Mapped[datetime | None]

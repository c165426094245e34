"""The settlement record (调解书): what both sides agreed to, in words, and who signed them when."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import OfCase
from app.core.db import Model
from app.core.sealed import sealed


class SettlementRecord(OfCase, Model):
    """The record of a case's settlement, the same text in each language, frozen when both sides had agreed."""

    __tablename__ = "settlement_records"
    __table_args__ = (CheckConstraint("sign_until > agreed_at", name="signed_after_agreed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    texts: Mapped[dict[str, Any]] = sealed(dict, comment="by language; what is signed is the SHA-256 of one of them")
    agreed_at: Mapped[datetime]
    sign_until: Mapped[datetime]
    signatures: Mapped[list["SettlementSignature"]] = relationship(
        order_by="SettlementSignature.id", lazy="raise_on_sql"
    )

    def text(self, language: str) -> bytes:
        """Return the very bytes that are signed in a language: what the reader saw, and can download."""
        return str(self.texts[language]).encode()

    def digest(self, language: str) -> str:
        """Return the SHA-256 of the text in a language."""
        return sha256(self.text(language)).hexdigest()

    def signature_of(self, side: str) -> "SettlementSignature | None":
        """Return a side's signature."""
        return next((each for each in self.signatures if each.side == side), None)


class SettlementSignature(Model):
    """One side's signature under the record: over which text, and how it was proved who signs."""

    __tablename__ = "settlement_signatures"
    __table_args__ = (UniqueConstraint("record_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("settlement_records.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    side: Mapped[str] = mapped_column(comment="consumer or respondent")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    language: Mapped[str]
    sha256: Mapped[str]
    method: Mapped[str] = mapped_column(comment="code: sent to the contact given; proved: password or second factor")
    at: Mapped[datetime]

"""Organisations that can be answerable: merchants, the platform, payment providers, logistics companies."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, by_value


class PartyKind(StrEnum):
    """The kinds of party in the liability table. Source: clause 2.2.2."""

    PLATFORM = "platform"
    MERCHANT = "merchant"
    PAYMENT_PROVIDER = "payment_provider"
    LOGISTICS_COMPANY = "logistics_company"


class Organisation(Model):
    """A company with people who answer for it. `emergency_contacts` are kept by clause 2.2.3.1."""

    __tablename__ = "organisations"
    __table_args__ = (Index("ix_organisations_kind_name", "kind", "folded_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PartyKind] = mapped_column(by_value(PartyKind))
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(comment="for look-up: case and width folded")
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="zh-Hans")
    time_zone: Mapped[str] = mapped_column(default="Asia/Shanghai", comment="in which its contacts keep their hours")
    emergency_contacts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    contacts_kept_at: Mapped[datetime | None] = mapped_column(comment="when the contacts were last looked over")
    contacts_kept_by: Mapped[str | None] = mapped_column(comment="by whom, by name")
    licence_number: Mapped[str | None]
    licence_until: Mapped[date | None] = mapped_column(comment="the last day on which it holds; empty: not known")
    licence_verified_at: Mapped[datetime | None] = mapped_column(comment="when somebody looked at it last")
    licence_verified_by: Mapped[str | None] = mapped_column(comment="who, by name")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

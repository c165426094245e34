"""Organisations that can be answerable: merchants, the platform, payment providers, logistics companies."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
    __table_args__ = (
        Index("ix_organisations_kind_name", "kind", "folded_name"),
        Index("ix_organisations_merged_into", "merged_into_id"),
        CheckConstraint("merged_into_id IS NULL OR closed_at IS NOT NULL", name="closed_when_merged"),
    )

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
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), comment="the company it counts for since it was merged; closed as long"
    )


class OrganisationMerge(Model):
    """That one company became part of another: why, by whom, and if it was undone."""

    __tablename__ = "organisation_merges"
    __table_args__ = (
        Index("ix_organisation_merges_organisation", "organisation_id"),
        CheckConstraint("(undone_at IS NULL) = (undone_because IS NULL)", name="reason_when_undone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    reason: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(comment="by name")
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    undone_because: Mapped[str | None]
    into: Mapped[Organisation] = relationship(foreign_keys=into_id, lazy="raise_on_sql")

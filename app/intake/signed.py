"""Facts that a shop signed, in a draft: they fill the forms in, and stand beside what the complainant says.

They stand for one order of one shop: whoever names another order or another shop in the form goes on without them.
What the complainant answers otherwise is theirs to say; the case then holds both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict

from app.cases.forms import written_amount
from app.organisations.order_links import INSTANTS, SignedOrder
from workflows.procedure.checks.facts import DEFAULT_ZONE

STEP = "shop"
ASKED_AS = {"ordered_on": "submitted_at", "received_on": "received_at", "arrived_on": "delivered_at"}
Facts = dict[str, Any]


class FromShop(Struct, frozen=True):
    """What a draft keeps of a link that was believed."""

    organisation_id: int
    name: str
    digest: str
    order: Facts
    events: list[Facts]

    @classmethod
    def of(cls, signed: SignedOrder) -> FromShop:
        shop = signed.organisation
        return cls(shop.id, shop.name, signed.digest, signed.order, signed.events)

    @classmethod
    def kept_in(cls, answers: dict[str, Any]) -> FromShop | None:
        """Return what the draft holds, or None."""
        return cls(**answers[STEP]) if answers.get(STEP) else None

    def as_answers(self) -> dict[str, Any]:
        """Return it as a draft keeps it."""
        return asdict(self)

    def order_form(self) -> dict[str, Any]:
        """Return the answers of the first step."""
        known = {"order_number": self.order["id"], "merchant": self.name, "category": self.order.get("category")}
        paid = self.order.get("goods_total_minor")
        told = known | {"paid": written_amount(paid) if paid else None}
        return {name: value for name, value in told.items() if value}

    def days(self) -> dict[str, str]:
        """Return the days that the step about details asks for."""
        return {field: _day(self.order[fact]) for field, fact in ASKED_AS.items() if self.order.get(fact)}

    def instant(self, name: str) -> datetime | None:
        """Return an instant that the shop signed."""
        return datetime.fromisoformat(self.order[name]) if self.order.get(name) else None

    def is_about(self, number: str | None, shop: str | None) -> bool:
        """Return whether the form still names this order of this shop."""
        return (number, shop) == (self.order["id"], self.name)

    def with_answers(self, told: Facts) -> Facts:
        """Return the facts of the order: the shop's, or what the complainant says otherwise. A same day agrees."""
        same = {name for name in INSTANTS if told.get(name) and self.order.get(name)}
        same = {name for name in same if _day(told[name]) == _day(self.order[name])}
        return self.order | {name: value for name, value in told.items() if name not in same}

    def events_with(self, told: list[Facts]) -> list[Facts]:
        """Return the complainant's events, and the shop's of kinds that the complainant says nothing about."""
        kinds = {each.get("type") for each in told}
        return [*(each for each in self.events if each.get("type") not in kinds), *told]


def _day(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(DEFAULT_ZONE)).date().isoformat()

"""The facts of an order as the rule engine takes them: frozen, strict, every fact may be unknown (None).

Their JSON is that of `POST /checks` in the public contract.
"""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from workflows.procedure.checks.strict import (
    FactError,
    FactsError,
    Place,
    Reader,
    Refused,
    Schema,
    flag,
    instant,
    items,
    object_schema,
    one_of,
    record,
    text,
    texts_by_name,
    whole,
)

__all__ = ["ACTORS", "EVENT_FIELDS", "REQUEST_SCHEMA", "CheckRequest", "Event", "FactError", "FactsError", "OrderFacts"]

DEFAULT_ZONE = "Asia/Shanghai"
MOST_EVENTS = 500
ACTORS = ("consumer", "merchant", "platform", "payment_provider", "logistics_company")
ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class Payment(Struct, frozen=True):
    """How the order could be paid: methods offered, one forced, an amount that capped it, and by whom."""

    offered: tuple[str, ...] | None = None
    forced: str | None = None
    forced_by: str | None = None
    cap_minor: int | None = None


class DeliveryFee(Struct, frozen=True):
    """The fee rule as stated beforehand: a fee in minor units, free from a sum on."""

    stated_minor: int | None = None
    free_from_minor: int | None = None


class OrderFacts(Struct, frozen=True):
    """One order. Instants in UTC, money in minor units of `currency`."""

    id: str | None = None
    category: str | None = None
    submitted_at: datetime | None = None
    goods_total_minor: int | None = None
    currency: str = "CNY"
    hold_minor: int | None = None
    delivery_scope: str | None = None
    delivered_at: datetime | None = None
    received_at: datetime | None = None
    goods_intact: bool | None = None
    packaging_complete: bool | None = None
    product_text: str | None = None
    listing: dict[str, str | None] | None = None
    commitments: tuple[str, ...] | None = None
    proof: tuple[str, ...] | None = None
    delivery_fee: DeliveryFee = field(default=DeliveryFee())
    payment: Payment = field(default=Payment())


class Event(Struct, frozen=True):
    """Something that happened to the order; each type has its own facts, see `EVENT_FIELDS`."""

    type: str
    at: datetime | None = None
    actor: str | None = None
    consumer_consent: bool | None = None
    notified_at: datetime | None = None
    field: str | None = None
    reason: str | None = None
    finding: str | None = None
    kind: str | None = None
    payer: str | None = None
    amount_minor: int | None = None
    importance: str | None = None
    cause: str | None = None
    commitment: str | None = None
    kept: bool | None = None

    @property
    def possible(self) -> bool:
        """Return whether its actor could do it: the consumer asks, or the platform for them; a company answers."""
        return self.actor is None or self.actor in _DOERS.get(self.type, ACTORS)


_COMPANIES = tuple(actor for actor in ACTORS if actor != "consumer")
_DOERS = dict.fromkeys(
    ("edit_requested", "defect_objection", "return_requested", "exchange_requested", "aftersale_request"),
    ("consumer", "platform"),
) | dict.fromkeys(
    ("edit_accepted", "edit_refused", "objection_rejected", "return_accepted", "return_rejected", "aftersale_replied"),
    _COMPANIES,
)

_CHANGE: dict[str, Reader] = {"consumer_consent": flag, "notified_at": instant, "field": text()}
_KIND: dict[str, Reader] = {"kind": one_of("no_reason", "quality")}
_REASON: dict[str, Reader] = {"reason": text(2_000)}
_FREIGHT: dict[str, Reader] = {
    "kind": one_of("return", "exchange", "outbound"),
    "payer": one_of(*ACTORS),
    "amount_minor": whole(),
}
EVENT_FIELDS: dict[str, dict[str, Reader]] = {
    "edit_requested": {},
    "edit_accepted": {},
    "edit_refused": _REASON,
    "address_changed": _CHANGE,
    "delivery_method_changed": _CHANGE,
    "price_changed": _CHANGE,
    "order_changed": _CHANGE,
    "shipped": {},
    "tracking_updated": {},
    "undeliverable": {},
    "damaged_in_transit": {},
    "defect_objection": {},
    "objection_rejected": _REASON,
    "inspection_finding": {"finding": one_of("quality", "transit_damage")},
    "return_requested": _KIND,
    "exchange_requested": _KIND,
    "return_accepted": {},
    "return_rejected": _REASON,
    "refund_paid": {},
    "freight_charged": _FREIGHT,
    "aftersale_request": {"importance": one_of("important", "ordinary")},
    "aftersale_replied": {},
    "anomaly_reported": {},
    "emergency_started": {},
    "appeal_filed": {},
    "appeal_decided": {},
    "payment_failed": {"cause": one_of("platform", "provider", "bank")},
    "charged": {"amount_minor": whole()},
    "commitment_invoked": {"commitment": text(), "kept": flag},
}
_EVERY: dict[str, Reader] = {"type": one_of(*EVENT_FIELDS), "at": instant, "actor": one_of(*ACTORS)}
_OF_TYPE = {kind: record(Event, _EVERY | own) for kind, own in EVENT_FIELDS.items()}
_ANY_EVENT = frozenset(name for own in EVENT_FIELDS.values() for name in own)


def _currency(value: Any, _: Place) -> str:
    if type(value) is str and CURRENCY.fullmatch(value):
        return value
    raise Refused("not_a_currency")


def _zone(value: Any, _: Place) -> ZoneInfo:
    if type(value) is str and ZONE.fullmatch(value):
        try:
            return ZoneInfo(value)
        except (ValueError, OSError, LookupError):
            pass
    raise Refused("unknown_time_zone")


def _event(value: Any, place: Place) -> Event | None:
    if type(value) is not dict:
        raise Refused("not_an_object")
    kind = value.get("type")
    own = EVENT_FIELDS.get(kind) if isinstance(kind, str) else None
    if not isinstance(kind, str) or own is None:
        place.at("type").wrong("missing" if kind is None else "not_one_of", options=tuple(EVENT_FIELDS))
        return None
    for name in value:
        if name in _ANY_EVENT and name not in own:
            place.at(name).wrong("not_for_this_event", type=kind)
    known = {name: held for name, held in value.items() if name in own or name not in _ANY_EVENT}
    event: Event | None = _OF_TYPE[kind].take(known, place)
    return event


def _event_schema(kind: str, reader: Reader) -> Schema:
    properties = reader.schema["properties"] | {"type": {"const": kind}}
    return reader.schema | {"properties": properties, "required": ["type"]}


_PAYMENT = {"offered": items(text(), most=50), "forced": text(), "forced_by": one_of(*ACTORS), "cap_minor": whole()}
_DELIVERY_FEE = {"stated_minor": whole(), "free_from_minor": whole()}
_ORDER = {
    "id": text(),
    "category": text(),
    "submitted_at": instant,
    "goods_total_minor": whole(),
    "currency": Reader(_currency, {"type": "string", "pattern": f"^{CURRENCY.pattern}$"}),
    "hold_minor": whole(),
    "delivery_scope": one_of("same_city", "cross_province", "other"),
    "delivered_at": instant,
    "received_at": instant,
    "goods_intact": flag,
    "packaging_complete": flag,
    "product_text": text(20_000),
    "listing": texts_by_name(most=100, longest=2_000),
    "commitments": items(text(), most=100),
    "proof": items(text(), most=50),
    "delivery_fee": record(DeliveryFee, _DELIVERY_FEE),
    "payment": record(Payment, _PAYMENT),
}
_EVENTS = Reader(_event, {"oneOf": [_event_schema(kind, reader) for kind, reader in _OF_TYPE.items()]})
_REQUEST = {
    "order": record(OrderFacts, _ORDER),
    "events": items(_EVENTS, most=MOST_EVENTS),
    "complaint_at": instant,
    "time_zone": Reader(_zone, {"type": "string", "default": DEFAULT_ZONE}),
}
REQUEST_SCHEMA: Schema = object_schema(_REQUEST)


class CheckRequest(Struct, frozen=True):
    """What is checked: an order, its events in order of time, "now" (`complaint_at`) and the consumer's zone."""

    order: OrderFacts = field(default=OrderFacts())
    events: tuple[Event, ...] = ()
    complaint_at: datetime | None = None
    time_zone: ZoneInfo = field(default=ZoneInfo(DEFAULT_ZONE))

    @classmethod
    def from_json(cls, document: Any) -> "CheckRequest":
        """Return the request that a decoded JSON document stands for.

        Events are put in order of time; those without a time come last. Raises: FactsError with every mistake.
        """
        place = Place()
        read = place.read(record(dict, _REQUEST), document)
        if place.errors:
            raise FactsError(place.errors)
        last = datetime.max.replace(tzinfo=UTC)
        read["events"] = tuple(sorted(read.get("events", ()), key=lambda event: event.at or last))
        return cls(**read)

"""What people complain of in the journeys, as they type it; and the photos they take."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from app.cli.demo import pictures
from app.cli.demo.stories import ZONE
from app.core.clock import now

SHOP = "晴川服饰旗舰店"
CARDIGAN = (
    "羊毛开衫收到后只在家里试了一下，袖子太短。吊牌没剪，包装袋也在。"
    "我第二天就在订单页申请七天无理由退货，商家拒绝，说“特价款一经售出不退不换”，可商品页上根本没有这句话。"
)


def photo(name: str, label: str, colour: str) -> dict[str, Any]:
    """Return a photo as a telephone takes it, with the place in it, for a file field."""
    into = io.BytesIO()
    shot = pictures.photo("zh-Hans", "shirt", label, colour)
    shot.save(into, "JPEG", quality=84, exif=pictures.where_it_was_taken())
    return {"name": name, "mimeType": "image/jpeg", "buffer": into.getvalue()}


def days_ago(days: int) -> str:
    """Return the civil day so many days ago, as a date field takes it."""
    return (now().astimezone(ZONE) - timedelta(days=days)).date().isoformat()


def a_refused_return() -> dict[str, dict[str, Any]]:
    """Return the answers to every step of filing, by step."""
    return {
        "order": {"order_number": "QC620119377", "merchant": SHOP, "category": "apparel", "paid": "399"},
        "problem": {"anomaly": "return_refusal", "danger": "no"},
        "details": {
            "received_on": days_ago(4),
            "asked_on": days_ago(2),
            "answered_on": days_ago(1),
            "reply": "refused",
            "sound": "yes",
            "story": CARDIGAN,
        },
        "outcome": {"remedies": ["refund"], "refund": "399.00"},
        "contact": {"name": "林小雨", "phone": "138 0013 8099", "email": "xiaoyu@mail.example", "contact_by": "email"},
    }


def the_wrong_tea(organisation: str) -> dict[str, Any]:
    """Return a complaint for the API: the shop sent something else."""
    return _body(
        "zh-Hant", "JN-1001", organisation, "product_info_error", 68_000,
        "訂的是阿里山春茶禮盒，寄來的是冬片散裝，外盒也不是商品頁上的那一款。收到當天就拍照反映，店家說「內容相近」。我要退款。",
        category="food", events=[{"type": "defect_objection", "at": _at(1, 20), "actor": "consumer"}],
    )  # fmt: skip


def a_late_parcel(organisation: str) -> dict[str, Any]:
    """Return a complaint for the API: nine days for a delivery that may take five."""
    return _body(
        "en", "JN-1002", organisation, "logistics_info_error", 24_000,
        "The parcel took nine days across two provinces, and the tracking stood still for six of them. The carrier "
        "calls five days an estimate. I would like the delivery fee and something for the two days that I waited in.",
        delivery_scope="cross_province", submitted_at=_at(12, 10), delivered_at=_at(3, 15),
        events=[{"type": "shipped", "at": _at(12, 16), "actor": "merchant"}],
    )  # fmt: skip


def fruit_not_wanted(organisation: str) -> dict[str, Any]:
    """Return a complaint for the API: fresh fruit that is simply not wanted any more."""
    return _body(
        "zh-Hans", "JN-1003", organisation, "return_refusal", 12_800,
        "买了一箱猕猴桃，到货后家里已经有人买了，就想七天无理由退掉。商家说生鲜不退。果子没坏，也没拆，就是不想要了。",
        category="fresh", received_at=_at(1, 11), goods_intact=True, packaging_complete=True,
        events=[
            {"type": "return_requested", "at": _at(1, 15), "actor": "consumer", "kind": "no_reason"},
            {"type": "return_rejected", "at": _at(1, 17), "actor": "merchant", "reason": "生鲜不适用无理由退货"},
        ],
    )  # fmt: skip


WAGES = "来电人是仓库分拣员，说公司拖欠上个月加班费，想让我们帮忙要回来。没有买东西，也没有订单。"


def _at(days: int, hour: int) -> str:
    local = (now() - timedelta(days=days)).astimezone(ZONE)
    return local.replace(hour=hour, minute=0, second=0, microsecond=0).isoformat()


def _body(
    language: str, order: str, organisation: str, anomaly: str, amount_minor: int, narrative: str,
    *, events: list[dict[str, Any]], **facts: Any,
) -> dict[str, Any]:  # fmt: skip
    amount = {"amount_minor": amount_minor, "currency": "CNY"}
    return {
        "language": language, "narrative": narrative, "anomaly": anomaly,
        "complainant": {"name": "Robin Lam", "email": f"{order.lower()}@mail.example", "contact_by": "email"},
        "respondent": {"name": organisation}, "events": events, "danger": False,
        "order": {"id": order, "goods_total_minor": amount_minor} | facts,
        "remedies_sought": [{"kind": "refund", "amount": amount}],
    }  # fmt: skip

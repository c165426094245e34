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

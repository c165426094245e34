"""Complaints for these tests: legal by default, a test names only what it is about."""

from __future__ import annotations

from app.core import clock
from app.core.db import transaction
from app.intake import service
from app.intake.commands import Submission
from app.intake.service_keys import Received
from workflows.procedure.act import Act
from workflows.procedure.authority import NOBODY

REFUSED_RETURN = (
    "八月三十日收到外套，没有穿过，吊牌都在。九月一日申请七天无理由退货，"
    "商家拒绝退货，说打折商品不退不换。我要求退货退款。"
)


def a_submission(**changes) -> Submission:
    """A complaint about a refused return, as its JSON would be."""
    body = {
        "language": "zh-Hans", "narrative": REFUSED_RETURN, "anomaly": "return_refusal",
        "complainant": {"name": "林小雨", "email": "lin@example.test", "contact_by": "email"},
        "respondent": {"name": "晴川服饰"},
    } | changes  # fmt: skip
    return Submission.model_validate(body)


def file(submission: Submission | None = None, *, channel: str = "web", **options) -> Received:
    """File it in a transaction of its own, as an edge does."""
    act = Act(NOBODY, clock.now())
    prepared = service.prepare(submission or a_submission(), act=act)
    with transaction():
        return service.receive(prepared, act=act, channel=channel, **options)

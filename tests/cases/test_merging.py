"""Facts of an order said by several sides: the first word stands, its own side corrects it, the desk settles."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.cases.merging import fold

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
SHIPPED = {"type": "shipped", "at": "2026-08-30T10:00:00+08:00", "actor": "merchant"}


@dataclass
class Told:
    side: str
    order: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    source: str = "file"
    exhibit: int | None = None
    at: datetime = NOON


def test_what_nobody_said_before_is_taken_with_who_said_it():
    known = fold([Told("consumer", {"id": "O-1"}), Told("respondent", {"listing": {"origin": "杭州"}}, [SHIPPED])])

    assert known.order() == {"id": "O-1", "listing": {"origin": "杭州"}}
    assert known.events() == [SHIPPED]
    assert known.facts["listing.origin"].side == "respondent"


def test_a_side_never_overwrites_what_another_said():
    known = fold([Told("consumer", {"goods_intact": True}), Told("respondent", {"goods_intact": False})])

    assert known.order() == {"goods_intact": True}
    assert [(path, side, said.value) for (path, side), said in known.differences.items()] == [
        ("goods_intact", "respondent", False)
    ]


def test_a_side_corrects_its_own_word():
    known = fold([Told("consumer", {"goods_total_minor": 100}), Told("consumer", {"goods_total_minor": 200})])

    assert (known.order(), known.differences) == ({"goods_total_minor": 200}, {})


def test_a_side_that_comes_round_differs_no_more():
    known = fold([Told("consumer", {"id": "A"}), Told("respondent", {"id": "B"}), Told("respondent", {"id": "A"})])

    assert known.differences == {}


def test_the_desk_settles_a_difference():
    settled = Told("respondent", {"id": "B"}, source="settled")
    known = fold([Told("consumer", {"id": "A"}), Told("respondent", {"id": "B"}), settled])

    assert (known.order(), known.differences) == ({"id": "B"}, {})


def test_one_instant_written_in_two_zones_is_the_same_word():
    here, there = "2026-08-30T10:00:00+08:00", "2026-08-30T02:00:00+00:00"
    known = fold([Told("consumer", {"received_at": here}, [SHIPPED]),
                  Told("respondent", {"received_at": there}, [SHIPPED | {"at": there}])])  # fmt: skip

    assert known.differences == {}


def test_an_event_told_with_another_time_is_a_difference_and_not_a_second_event():
    later = SHIPPED | {"at": "2026-08-31T10:00:00+08:00"}
    known = fold([Told("consumer", events=[SHIPPED]), Told("respondent", events=[later])])

    assert known.events() == [SHIPPED]
    assert ("event.shipped.merchant", "respondent") in known.differences

"""Instants, lengths and sums in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflows.regulation import wording
from workflows.regulation.text import Text3

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_an_instant_is_told_in_the_zone_and_with_seconds_only_where_they_count():
    assert wording.moment(datetime(2024, 6, 8, 2, tzinfo=UTC), SHANGHAI) == Text3(
        "2024年6月8日 10:00", "2024年6月8日 10:00", "8 June 2024 at 10:00"
    )
    assert wording.moment(datetime(2024, 6, 8, 2, 0, 1, tzinfo=UTC), SHANGHAI).en == "8 June 2024 at 10:00:01"


def test_a_civil_day_ends_at_24_hours():
    assert wording.end_of(date(2024, 6, 8)).en == "8 June 2024 at 24:00"


@pytest.mark.parametrize(
    ("time", "english", "traditional"),
    [
        (timedelta(), "0 seconds", "0 秒"),
        (timedelta(seconds=1), "1 second", "1 秒"),
        (timedelta(seconds=59), "59 seconds", "59 秒"),
        (timedelta(seconds=61), "1 minute", "1 分鐘"),
        (timedelta(hours=1), "1 hour", "1 小時"),
        (timedelta(hours=25, minutes=5), "1 day 1 hour", "1 天 1 小時"),
        (timedelta(days=2, minutes=5), "2 days", "2 天"),
        (-timedelta(minutes=90), "1 hour 30 minutes", "1 小時 30 分鐘"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(time: timedelta, english: str, traditional: str):
    words = wording.length(time)

    assert (words.en, words.zh_hant) == (english, traditional)


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (123_450, "CNY", "CNY 1,234.50"),
        (1, "CNY", "CNY 0.01"),
        (0, "HKD", "HKD 0.00"),
        (500, "JPY", "JPY 500"),
        (2**53, "CNY", "CNY 90,071,992,547,409.92"),
    ],
)
def test_a_sum_is_told_with_its_currency(minor: int, currency: str, words: str):
    assert wording.money(minor, currency).en == words


def test_names_are_listed_as_each_language_does():
    names = [Text3("甲", "甲", "A"), Text3("乙", "乙", "B"), Text3("丙", "丙", "C")]

    assert wording.listing(names) == Text3("甲、乙、丙", "甲、乙、丙", "A, B and C")
    assert wording.listing(names[:1]).en == "A"
    assert wording.listing([]).en == ""

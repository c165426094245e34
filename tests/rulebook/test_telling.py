"""A refused change says what is wrong, what was kept and what to do next, in the reader's language."""

from __future__ import annotations

from html import unescape
from io import BytesIO

import pytest

from app.core.db import session
from app.rulebook.models import Amendment
from tests.factories import a_person, saved, sign_in
from workflows.procedure.authority import Role
from workflows.regulation import approved, book, shipped
from workflows.regulation.approved import Edition

FIGURES = shipped.files()["figures.toml"]
WRONG = FIGURES.replace('unit = "hour"', 'unit = "fortnight"', 1)


def refused(client, language: str, text: str, since: str = "2026-09-10", name: str = "figures.toml") -> str:
    sign_in(client, saved(a_person, Role.ADMIN, language=language))
    sent = {"files": (BytesIO(text.encode()), name), "since": since, "reason": "Because of the feast"}
    answer = client.post("/admin/rulebook/propose", data=sent)
    assert answer.status_code == 422
    return unescape(answer.text)


@pytest.mark.parametrize(
    ("language", "place", "reason", "kept", "next_"),
    [
        ("en", "figures.toml, figure emergency_start", "'unit' is 'fortnight', not one of minute, hour,",
         "The day and the reason are still here.", "choose all your changed files again"),
        ("zh-Hans", "figures.toml，数值 emergency_start", "“unit”是“fortnight”，只能是以下之一：minute, hour,",
         "您填写的日期和理由都还在。", "重新选择所有改过的文件"),
        ("zh-Hant", "figures.toml，數值 emergency_start", "「unit」是「fortnight」，只能是以下之一：minute, hour,",
         "您填寫的日期和理由都還在。", "重新選擇所有改過的檔案"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_the_readers_language(client, language, place, reason, kept, next_):
    page = refused(client, language, WRONG)

    assert f"<strong>{place}</strong>" in page
    assert reason in page
    assert kept in page
    assert next_ in page
    assert "Because of the feast" in page
    assert 'value="2026-09-10"' in page
    assert session().query(Amendment).count() == 0


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "cannot be read as TOML: "), ("zh-Hans", "无法按TOML读取："), ("zh-Hant", "無法按TOML讀取：")],
)
def test_what_a_library_says_stays_english_inside_the_sentence(client, language, sentence):
    page = refused(client, language, "a =")

    assert sentence + '<span lang="en">Invalid value (at end of document)</span>' in page


def test_words_within_words_are_told_too_and_nothing_of_a_file_becomes_markup(client):
    text = FIGURES.replace('unit = "hour"', 'unit = "hour"\nown = "<b>"', 1)

    page = refused(client, "zh-Hans", text)

    assert "“own”应是true或false，而不是'<b>'" in page
    assert "<b>" not in client.get("/admin/rulebook").text


@pytest.mark.parametrize(
    ("language", "since", "sentence"),
    [
        ("zh-Hans", "2026-09-01", "请选择2026-09-02或以后的日期"),
        ("zh-Hant", "2029-09-01", "請選擇不晚於2028-09-01的日期。"),
        ("en", "2029-09-01", "Choose a day until 2028-09-01."),
    ],
)
def test_a_day_that_cannot_be_is_told_with_one_that_can(client, language, since, sentence):
    assert sentence in refused(client, language, FIGURES, since)


def test_a_damaged_file_is_told_in_the_readers_language(client, tmp_path):
    approved.use(tmp_path)
    try:
        approved.put([Edition(None, shipped.open_to_change())])
        book.current()
        (tmp_path / approved.NAME).write_text("{}")
        sign_in(client, saved(a_person, Role.ADMIN, language="zh-Hans"))

        assert "已批准的规则：无法读取：" in client.get("/admin/rulebook").text
    finally:
        approved.use(None)

"""A title is the complainant's own first sentence, short."""

import pytest

from app.intake.titles import LONGEST, title_of


@pytest.mark.parametrize(
    ("narrative", "title"),
    [
        ("商家拒绝退货。已经三天了。", "商家拒绝退货"),
        ("您好，我买的手机屏幕碎了！客服不理。", "我买的手机屏幕碎了！"),
        ("Hello, my parcel was marked delivered. I never got it.", "my parcel was marked delivered"),
        ("急。包裹丢失没有人管", "包裹丢失没有人管"),
        ("第 1.5 版说明书不对", "第 1.5 版说明书不对"),
    ],
)
def test_the_first_sentence_that_says_something_is_the_title(narrative, title):
    assert title_of(narrative) == title


@pytest.mark.parametrize("narrative", ["退" * 500, "word " * 100, "a" * 80])
def test_a_long_sentence_is_cut(narrative):
    title = title_of(narrative)

    assert len(title) <= LONGEST
    assert title.endswith("…")
    assert not title.endswith(" …")

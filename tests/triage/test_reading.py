import pytest

from workflows.triage.reading import read


def test_reasons_point_at_the_words_of_the_original_text():
    text = "您好😀，　快遞顯示已簽收，但我根本冇收到貨！！"

    reading = read(text)

    assert reading.language == "zh-Hant"
    assert reading.reasons
    assert all(text[reason.start : reason.end] == reason.text for reason in reading.reasons)


@pytest.mark.parametrize("text", ["", "\x00" * 50, "😀" * 100, "。", "?", "a" * 20_000, "退" * 20_000, "<b>" * 5_000])
def test_any_text_at_all_gets_a_reading(text):
    assert read(text).needs_person


def test_facts_outrank_the_text():
    reading = read(
        "The payment failed and I do not know why, please help me to place this order.",
        events=[{"type": "payment_failed", "cause": "bank"}],
    )

    assert reading.responsible_party == "payment_provider"
    assert reading.reasons[0].fact == "payment_failed.cause=bank"

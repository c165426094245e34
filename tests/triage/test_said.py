import pytest

from workflows.triage.features import prepare
from workflows.triage.learning import HELD_OUT, TRAINING, examples
from workflows.triage.reading import read
from workflows.triage.said import said


@pytest.mark.parametrize(
    ("text", "family", "asked", "sums"),
    [
        ("手机是坏的，要求退款并赔偿", "zh", {"refund", "compensation"}, []),
        ("商家不肯退款。", "zh", set(), []),
        ("請幫我換一件新的，貨款NT$1,280", "zh", {"replacement"}, [("TWD", 128000)]),
        ("俾咗HK$388，我要求退錢", "zh", {"refund"}, [("HKD", 38800)]),
        ("I'd like a refund of £12.50 please", "en", {"refund"}, [("GBP", 1250)]),
        ("They refuse to refund me", "en", set(), []),
        ("Please send me the right one", "en", {"replacement"}, []),
    ],
)
def test_what_is_asked_for_and_the_sums_are_read(text, family, asked, sums):
    told = said(prepare(text, family))

    assert asked <= set(told.asked_for) if asked else not told.asked_for
    assert [(words.currency, words.amount_minor) for words in told.amounts] == sums


def test_days_and_sums_point_to_the_original_words():
    text = "１０月２０日買的，付了１,２９９元"

    told = said(prepare(text, "zh"))

    for words in (*told.dates, *told.amounts):
        assert text[words.start : words.end] == words.text
    assert told.amounts[0].amount_minor == 129900


def test_what_a_quoted_agent_offers_is_not_asked_for():
    told = said(prepare("> we can offer you a refund, please reply\nI only want to know where my parcel is", "en"))

    assert "refund" not in told.asked_for


@pytest.mark.parametrize(
    "text",
    [
        "钱没了订单也没了，平台让我等24小时",
        "錢扣了訂單還是未付款",
        "Money gone, status is payment pending for two days, no order",
        "付款十天了，没有发货也没人理",
        "5 weeks and it still hasn't shipped",
        "碗碎了两个，不知道是路上碎的还是装的时候就碎",
    ],
)
def test_what_no_text_can_decide_goes_to_a_person_and_names_the_fact(text):
    reading = read(text)

    assert reading.needs_person
    assert reading.missing


def test_each_fact_that_would_settle_it_says_where_it_leads():
    told = read("我付了钱，订单没有生成").to_json()["would_change"]

    assert {each["responsible_party"] for each in told} == {"platform", "payment_provider"}


def test_no_text_that_is_measured_on_is_taught():
    assert not {row.text for row in examples(HELD_OUT)} & {row.text for row in examples(TRAINING)}

"""The leak gate: names and contacts are found however they are written, and ordinary text is let alone."""

import pytest

from workflows.procedure.leaks import Hint, Marks, leaks, redacted

MARKS = Marks(
    consumer=("張小雨", "Anna Lee", "欧阳小雨"),
    respondent=("雲棲數碼旗艦店", "Sunny Shoes Ltd", "宝盛有限公司"),
    numbers=("+8613800138000", "O-20260901", "7731"),
    amounts=(458800, 1800),
    texts=(
        "我奶奶在夜市摊位上看中了这只翡翠镯子，商家七天无理由退货都不肯。",
        "My grandmother saw the jade bracelet at a night market.",
    ),
)

NAMED = {
    "张小雨申请退货": "张小雨",
    "張 小 雨申請退貨": "張 小 雨",
    "張·小雨": "張·小雨",
    "张女士申请退货": "张女士",
    "Z女士申请退货": "Z女士",
    "Z某申请退货": "Z某",
    "小Z申请退货": "小Z",
    "ZXY申请退货": "ZXY",
    "Ｚ．Ｘ．Ｙ．申请退货": "Ｚ．Ｘ．Ｙ．",
    "Ms Z. asked for it": "Ms Z.",
    "O.Y.X.Y. 来信": "O.Y.X.Y.",
    "AL asked for it": "AL",
    "欧阳先生来信": "欧阳先生",
    "ANNA  LEE asked": "ANNA  LEE",
    "ａｎｎａ ｌｅｅ": "ａｎｎａ ｌｅｅ",
    "as Ms. Lee said": "Ms. Lee",
    "云栖数码的客服": "云栖数码",
    "雲棲數碼旗艦店拒絕": "雲棲數碼旗艦店",
    "Sunny Shoes refused": "Sunny Shoes",
    "拨打13800138000": "13800138000",
    "call 138-0013-8000 now": "138-0013-8000",
    "+86 138 0013 8000": "+86 138 0013 8000",
    "a.b+c@mail.example.cn 来信": "a.b+c@mail.example.cn",
    "见 https://shop.example/o/1?x=2。": "https://shop.example/o/1?x=2",
    "微信号：lin_xiaoyu88": "微信号：lin_xiaoyu88",
    "WeChat ID: anna_lee": "WeChat ID: anna_lee",
    "支付宝账号 lin88888": "支付宝账号 lin88888",
    "订单O20260901": "O20260901",
    "卡号 6222 0212 3456 7890 123": "6222 0212 3456 7890 123",
    "运单SF1234567890123": "SF1234567890123",
    "身份证31010119900101123X": "31010119900101123X",
    "电话 (02) 2345-6789": "(02) 2345-6789",
    "+852 2345 6789": "+852 2345 6789",
    "0912-345-678": "0912-345-678",
    "收货于世纪大道100号3栋202室": "收货于世纪大道100号3栋202室",
    "at 12 Baker Street": "12 Baker Street",
    "货款4,588.00元": "4,588.00",
    "货款4588元": "4588",
    "运费18元": "18元",
    "消费者在夜市摊位上看中了镯子": "在夜市摊位上看中了",
    "消費者於夜市攤位上看中了這隻": "夜市攤位上看中了這隻",
    "she bought a jade bracelet there": "jade bracelet",
}


@pytest.mark.parametrize("text", NAMED)
def test_what_tells_who_a_party_is_is_found(text):
    assert [leak.text for leak in leaks(text, MARKS)] == [NAMED[text]]


@pytest.mark.parametrize(
    "text",
    [
        "消费者于2026年9月1日购买外套一件，价款3,299.00元。",
        "签收后第3天，即9月4日12时30分，申请退货（第2.1.6.1条）。",
        "衡裁〔2026〕12号；HD [2026] 12; D2026-12",
        "2026-09-01 12:30 至 2026-09-08 24:00",
        "包裹送到街道后第3天签收，等了12路公交。",
        "人民币1,234,567,890.00元",
        "人民币1234567890.50元",
        "Leeway was given; the annals say so; a sunny day",
        "宝盛是别的意思",
        "online shopping; Line by line, alipays are told",
        "账号被盗用了五次，微信支付失败3次",
        "第202条；案号H2026-000123-7",
        "A女士与B先生；Mr A and Ms B; zxy; 收件凭证SF12；VIP会员",
        "",
    ],
)
def test_ordinary_text_is_let_alone(text):
    assert leaks(text, MARKS) == []


def test_each_leak_has_its_place_and_whom_it_points_to():
    text = "张小雨打了13800138000，云栖数码没接。"

    found = leaks(text, MARKS)

    assert [text[leak.start : leak.end] for leak in found] == [leak.text for leak in found]
    assert [leak.hint for leak in found] == [Hint.CONSUMER, Hint.CONTACT, Hint.RESPONDENT]


def test_roles_take_the_place_of_every_leak():
    words = {Hint.CONSUMER: "消费者", Hint.RESPONDENT: "商家", Hint.CONTACT: "〔电话〕"}

    clean = redacted("张小雨打了138 0013 8000，雲棲數碼旗艦店没接，张小雨再打。", MARKS, lambda leak: words[leak.hint])

    assert clean == "消费者打了〔电话〕，商家没接，消费者再打。"
    assert leaks(clean, MARKS) == []


def test_a_long_text_is_checked_quickly():
    assert leaks("包裹在路上" * 4_000, MARKS) == []

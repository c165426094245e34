"""What the veil covers, and what it leaves alone."""

import pytest

from app.portal.masking import Veil, mask_email, mask_name, mask_phone, mask_text


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("电话 138 0013 8000。", "电话 138****8000。"),
        ("+86-138-0013-8000", "138****8000"),
        ("（021）6888 1234", "（021****1234"),
        ("+852 9123 4567", "852****4567"),
        ("mail lin.xiao+a@example.test now", "mail l***@example.test now"),
        ("寄到上海市静安区南京西路100号3栋502室，谢谢", "****，谢谢"),
        ("I live at 22 Garden Road.", "I live at ****"),
        ("林小雨 and Ann Brown", "林** and A*** B***"),
        ("卡号 6222 0212 3456 7890 123", "卡号 622****0123"),
    ],
)
def test_numbers_names_and_addresses_are_covered(text, covered):
    assert mask_text(text, ["林小雨", "Ann Brown"]) == covered


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-01 14:30",
        "20260901",
        "¥3,299.00",
        "12,345,678.00",
        "第2.1.6.1条，7天之内",
        "H2026-000123-7 is no telephone",
        "3至5天，共48小时",
    ],
)
def test_dates_sums_and_clauses_are_left_alone(text):
    assert mask_text(text, ["林小雨"]) == text


def test_names_telephones_and_addresses_alone():
    assert mask_name("欧阳娜娜") == "欧***"
    assert mask_phone("+8613800138000") == "138****8000"
    assert mask_phone("12345") == "****"
    assert mask_email("a@b.test") == "a***@b.test"


def test_a_lifted_veil_changes_nothing():
    veil = Veil(("林小雨",), lifted=True)

    assert veil.text("林小雨 13800138000") == "林小雨 13800138000"
    assert veil.name(None) == ""

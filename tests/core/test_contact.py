"""Telephone numbers and e-mail addresses are read as people write them."""

import pytest

from app.core.contact import email_address, phone_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("010-6512 3456", "+861065123456"),
        ("(0755) 8888 8888", "+8675588888888"),
        ("9123 4567", "+85291234567"),
        ("+852 9123 4567", "+85291234567"),
        ("0912-345-678", "+886912345678"),
        ("+886 (0)912 345 678", "+886912345678"),
        ("02 2345 6789", "+886223456789"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_number_is_read_in_the_forms_people_write(typed, number):
    assert phone_number(typed) == number


@pytest.mark.parametrize("typed", ["", "12", "138 0013 800", "+86 12345", "call me", "١٣٨٠٠١٣٨٠٠٠", "+852 1", "1" * 30])
def test_what_is_no_number_is_refused(typed):
    assert phone_number(typed) is None


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Lin@Example.test ", "lin@example.test"),
        ("lin＠例子.中国", "lin@xn--fsqu00a.xn--fiqs8s"),
        ("a+b@c.de", "a+b@c.de"),
    ],
)
def test_an_address_is_read_in_small_letters(typed, address):
    assert email_address(typed) == address


@pytest.mark.parametrize(
    "typed", ["lin", "lin@", "@x.test", "lin@x", "a b@x.test", "lin@x..test", "a\n@x.test", "x" * 250 + "@a.test"]
)
def test_what_is_no_address_is_refused(typed):
    assert email_address(typed) is None


def test_an_address_that_was_read_can_be_read_again():
    for typed in ("lin@example.test³", "lin@ｅxample.test", "林@例子.中国", "lin@exam²ple.test"):
        read = email_address(typed)
        assert read is None or email_address(read) == read

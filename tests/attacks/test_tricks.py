"""Text that turns, hides or imitates: kept as it was given, shown so that it is seen, found nevertheless."""

from __future__ import annotations

import pytest

from app.cases.models import Case
from app.core.contact import email_address
from app.core.db import session
from app.core.text import folded, made_visible
from app.organisations import queries as organisations
from tests.factories import a_case, a_person, an_organisation, saved, sign_in
from workflows.procedure.authority import Role

TURNED = "晴川\u202e商家\u200b店"


def hand_in(client, **changes):
    body = {"narrative": "商家拒绝退货。", "complainant": {"email": "lin@example.test"}} | changes
    return client.post("/api/v1/complaints", json=body, headers={"Idempotency-Key": "k"})


def test_turning_and_hidden_characters_are_kept_and_written_out_on_the_screen(client):
    sign_in(client, saved(a_person, Role.MEDIATOR))
    answer = hand_in(client, narrative=TURNED * 2, respondent={"name": TURNED})

    page = client.get(f"/desk/cases/{answer.json['case_number']}").text

    assert session().query(Case).one().narrative == TURNED * 2
    assert "\u202e" not in page
    assert "晴川[U+202E]商家[U+200B]店" in page


def test_emoji_and_letters_that_need_joiners_are_left_alone():
    assert made_visible("👩\u200d👧 क\u200cष") == "👩\u200d👧 क\u200cष"


@pytest.mark.parametrize("typed", ["Ｓｈｏｐ Ａ", "SHOP\u200b A", "Ѕhор А", "sh\u2060opa"])
def test_a_company_is_found_under_names_that_look_the_same(app, typed):
    shop = saved(an_organisation, name="Shop A")

    assert organisations.by_name(typed).id == shop.id
    assert folded(typed) == folded("Shop A")


@pytest.mark.parametrize(
    ("typed", "read"),
    [("Lin@例子.测试", "lin@xn--fsqu00a.xn--0zwm56d"), ("lin@xn--fsqu00a.xn--0zwm56d", "lin@xn--fsqu00a.xn--0zwm56d"),
     ("lin@" + "a" * 300 + ".test", None), ("lin@" + "例" * 70 + ".test", None), ("lin@a..b", None)],
)  # fmt: skip
def test_a_domain_of_other_letters_is_kept_as_its_a_label_or_refused(typed, read):
    assert email_address(typed) == read


@pytest.mark.parametrize("text", ["😀" * 40, "𠮷野家で買った", "e" + "\u0301" * 100, "👩\u200d👧\u200d👦 拒绝退货"])
def test_any_character_that_people_write_is_taken(client, text):
    answer = hand_in(client, narrative=text)

    assert answer.status_code == 201
    assert session().query(Case).one().narrative == text


def test_the_log_of_a_case_shows_no_tricks_either(client):
    case = saved(a_case, title=TURNED, narrative=TURNED)
    sign_in(client, saved(a_person, Role.LEAD))

    for address in ("/desk?v=all", f"/desk/search?q={case.number}", f"/desk/cases/{case.number}?tab=log"):
        assert "\u202e" not in client.get(address).text

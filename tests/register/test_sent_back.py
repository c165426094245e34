"""A decision that was set aside on review says so wherever it is read, and so do those that came after it."""

import zipfile
from io import BytesIO

import pytest

from app.accounts.service import give_token
from app.cases.queries import case_to_work
from app.core.db import transaction
from app.notices.queries import by_number, entries_of
from app.notices.service import issue
from tests.committee.factories import a_case_before_the_committee, secretary, to_a_decision
from tests.committee.test_sent_back import OTHERS, SAME, a_filed_case, ask_for_review, decide_anew, send_back
from tests.factories import an_act, link_of, saved, sign_in
from tests.ledger.logs import sealed, the_key
from tests.notices.cases import published
from workflows.verify.__main__ import verified


def publish(case):
    with transaction():
        entry = published(case_to_work(case.id))
    with transaction():
        for notice in by_number(entry.number).notices:
            issue(notice.id, b"%PDF-1.7 " + notice.language.encode(), by="a test", at=an_act().at)
    sealed()
    return entry


@pytest.fixture
def case(app):
    """A published decision that a review sent back; the sending back is published too."""
    case = to_a_decision(saved(a_case_before_the_committee, chairs=4, members=12))
    publish(case)
    send_back(case, OTHERS)
    publish(case)
    return case_to_work(case.id)


WORDS = {
    "en": ("Set aside, decided anew", "Set aside on review by", "Sent back, to be decided anew"),
    "zh-hans": ("已撤销，重新审理", "复核后由", "发回重审"),
    "zh-hant": ("已撤銷，重新審理", "覆核後由", "發回重審"),
}


@pytest.mark.parametrize("language", WORDS)
def test_the_register_and_the_verification_page_tell_of_it(case, client, language):
    first, second = entries_of(case)
    standing, by, outcome = WORDS[language]

    for address in (f"/{language}/decisions/{first.number}", f"/{language}/v/{first.code}"):
        page = client.get(address).text
        assert standing in page
        assert by in page
        assert second.number.removeprefix("D2026-") in page
    assert standing in client.get(f"/{language}/decisions").text
    assert outcome in client.get(f"/{language}/decisions/{second.number}").text


def test_the_notice_names_the_decision_that_it_sets_aside_and_who_decides_anew(case):
    second = entries_of(case)[1]
    said = {notice.language.value: notice.facts for notice in second.notices}

    assert said["en"].outcome[:2] == (
        "The case is sent back, to be decided anew.", "Decision HD [2026] 1 is set aside.",
    )  # fmt: skip
    assert said["zh-Hans"].outcome[1] == "衡裁〔2026〕1号裁决予以撤销。"
    assert said["zh-Hant"].outcome[1] == "衡裁〔2026〕1號裁決予以撤銷。"
    assert said["en"].notes[0].startswith("Other members are drawn")
    assert [len(each.ballots) for each in said.values()] == [1] * len(said)
    assert {len(each.remedies) + len(each.liable) for each in said.values()} == {0}


def test_programs_read_what_became_of_each(case, client):
    first, second = entries_of(case)

    row = client.get(f"/api/v1/decisions/{first.number}").get_json()
    assert (row["status"], row["later"]) == ("set_aside", second.number)
    assert [each["number"] for each in client.get("/api/v1/decisions?outcome=sent_back").get_json()["items"]] == [
        second.number
    ]
    token = saved(give_token, secretary(), "test", act=an_act())
    read = client.get(f"/api/v1/cases/{case.number}", headers={"Authorization": f"Bearer {token}"})
    told = read.get_json()["decisions"]
    assert [(each["status"], each["reviewed"]) for each in told] == [("set_aside", "sent_back"), ("in_force", None)]


def test_while_the_case_runs_again_there_is_nothing_more_to_publish(case, client):
    from app.cases.actions import open_to
    from tests.factories import acting
    from workflows.procedure.states import Action

    assert Action.PUBLISH not in {each.action for each in open_to(case, acting(secretary()).actor)}


def test_the_secretary_is_told_to_publish_it(app, client):
    case = to_a_decision(saved(a_case_before_the_committee, chairs=4, members=12))
    publish(case)
    send_back(case, SAME)
    sign_in(client, secretary())

    assert "To publish" in client.get("/committee").text


def test_once_it_is_decided_anew_each_leads_to_the_next(case, client):
    decide_anew(case)
    publish(case)

    first, second, third = entries_of(case_to_work(case.id))
    assert [each.status.value for each in (first, second, third)] == ["set_aside", "in_force", "in_force"]
    assert (first.later.number, second.later.number) == (second.number, third.number)
    assert "The case was decided anew by" in client.get(f"/en/decisions/{second.number}").text
    ask_for_review(case)
    assert [each.status.value for each in entries_of(case_to_work(case.id))] == [
        "set_aside", "in_force", "under_review",
    ]  # fmt: skip


def test_every_package_on_the_way_holds_offline(app, client, time, tmp_path):
    case = a_filed_case()
    to_a_decision(case)
    for step in (lambda: send_back(case, SAME), lambda: decide_anew(case)):
        publish(case)
        time.go(hours=4)
        step()
    publish(case)

    entries = entries_of(case_to_work(case.id))
    for entry in entries:
        answer = client.get(f"/en/decisions/{entry.number}.zip")
        folder = tmp_path / entry.number
        with zipfile.ZipFile(BytesIO(answer.data)) as archive:
            archive.extractall(folder)
        assert [line for holds, line in verified(folder, key=str(the_key())) if not holds] == []
    assert [entry.outcome for entry in entries] == ["for_consumer", "sent_back", "for_consumer"]


def test_the_parties_read_it_beside_their_copy(case, client):
    page = client.get(f"/en/c/{link_of(case)}").text

    assert "Set aside, decided anew" in page

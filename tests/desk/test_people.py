"""Administrators' pages: people, security events, acts that take two; and messages that stay covered."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts import queries, service_approvals
from app.accounts.models_watch import Approval, EventKind, ReasonFor, SecurityEvent, StatedReason
from app.accounts.service_approvals import TwoPersonAct
from app.core.clock import now
from app.core.db import session
from app.core.messages import Channel, OutboundMessage, post
from tests.factories import a_person, acting, an_organisation, saved, sign_in
from workflows.procedure.authority import Role


@pytest.fixture
def admin(client):
    person = saved(a_person, Role.ADMIN)
    sign_in(client, person)
    return person


def test_an_administrator_invites_and_the_letter_goes_out(client, admin, deliver):
    shop = saved(an_organisation)
    asked = {"email": "Lin@Shop.test", "name": "Lin", "roles": ["respondent"], "organisation": str(shop.id),
             "spoken": "en"}  # fmt: skip

    done = client.post("/admin/people/invite", data=asked)
    deliver()

    user = queries.by_email("lin@shop.test")
    assert done.location == f"/admin/people/{user.id}"
    assert (user.roles, user.organisation_id, user.language) == (["respondent"], shop.id, "en")
    [letter] = session().scalars(select(OutboundMessage))
    assert letter.address == "lin@shop.test"
    assert "http://desk.test/signin/link/" in letter.body


@pytest.mark.parametrize(
    "changes", [{"email": "no"}, {"roles": []}, {"roles": ["respondent"]}, {"roles": ["mediator", "supervisor"]},
                {"roles": ["system"]}, {"name": ""}]
)  # fmt: skip
def test_an_invitation_that_cannot_be_says_why(client, admin, changes):
    asked = {"email": "new@desk.test", "name": "New", "roles": ["mediator"], "organisation": "", "spoken": "en"}

    assert client.post("/admin/people/invite", data=asked | changes).status_code == 422
    assert queries.by_email("new@desk.test") is None


def test_roles_are_changed_from_the_next_request_on(app, client, admin):
    person = saved(a_person, Role.MEDIATOR)
    theirs = app.test_client()
    sign_in(theirs, person)
    assert theirs.get("/desk").status_code == 200

    client.post(f"/admin/people/{person.id}", data={"roles": ["secretary"]})

    assert theirs.get("/desk").status_code == 403
    assert theirs.get("/committee").status_code == 200


def test_disabling_and_enabling(app, client, admin):
    person = saved(a_person, Role.MEDIATOR)
    theirs = app.test_client()
    sign_in(theirs, person)

    client.post(f"/admin/people/{person.id}/disable")
    shut_out = theirs.get("/desk").status_code
    client.post(f"/admin/people/{person.id}/enable")

    assert shut_out == 303
    assert theirs.get("/desk").status_code == 303  # the old session stays dead
    sign_in(theirs, person)


def test_people_are_listed_by_role_at_the_same_cost(client, admin, count_queries):
    costs = []
    for _ in range(2):
        for _ in range(4):
            saved(a_person, Role.MEDIATOR)
        with count_queries() as seen:
            page = client.get("/admin/people?role=mediator").text
        costs.append(len(seen))

    assert costs[0] == costs[1] <= 4
    assert page.count("@desk.test") == 8


def test_what_happens_to_accounts_stands_on_the_screen(client, admin):
    person = saved(a_person, Role.MEDIATOR, name="Somebody Else")
    client.post(f"/admin/people/{person.id}/disable")

    page = client.get("/admin/alarms").text

    assert "The account was disabled" in page
    assert "Somebody Else" in page


def test_the_other_administrators_hear_of_every_change_of_rights_and_who_made_it_does_not(client, admin):
    other, person = saved(a_person, Role.ADMIN), saved(a_person, Role.MEDIATOR)
    new = {"email": "new@desk.test", "name": "New", "roles": ["lead"], "organisation": "", "spoken": "en"}

    client.post("/admin/people/invite", data=new)
    client.post(f"/admin/people/{person.id}", data={"roles": ["lead"]})
    client.post(f"/admin/people/{person.id}/disable")
    client.post(f"/admin/people/{person.id}/enable")

    told = session().scalars(select(OutboundMessage)).all()
    assert [letter.address for letter in told] == [other.email] * 4
    for words in ("Was invited", "Roles were changed", "The account was disabled", "The account was enabled"):
        assert any(words in letter.body for letter in told)


# --- two people ----------------------------------------------------------------------------------------------------


@pytest.fixture
def done(monkeypatch):
    """What was done by two, instead of erasing somebody."""
    deeds: list[dict] = []
    monkeypatch.setattr(service_approvals, "_deeds", {})
    service_approvals.done_by_two(TwoPersonAct.ERASE_PERSON, told=lambda subject: f"person {subject['n']}")(
        lambda subject, act: deeds.append({**subject, "by": act.actor.user_id})
    )
    return deeds


def ask(asker) -> Approval:
    return saved(service_approvals.ask, TwoPersonAct.ERASE_PERSON, {"n": 7}, "They asked us to", act=acting(asker))


def test_an_act_of_two_is_done_when_another_person_agrees(app, client, admin, done):
    approval = ask(admin)
    refused = client.post(f"/admin/approvals/{approval.id}", data={"answer": "agree"})
    second, browser = saved(a_person, Role.LEAD), app.test_client()
    sign_in(browser, second)

    assert refused.status_code == 403
    assert done == []
    assert "person 7" in browser.get("/admin/approvals").text
    assert browser.post(f"/admin/approvals/{approval.id}", data={"answer": "agree"}).status_code == 303
    assert done == [{"n": 7, "by": second.id}]
    assert browser.post(f"/admin/approvals/{approval.id}", data={"answer": "agree"}).status_code == 422
    assert len(done) == 1


def test_declining_does_nothing_and_what_was_asked_for_runs_out(app, client, admin, done, time):
    second, browser = saved(a_person, Role.LEAD), app.test_client()
    declined, late = ask(admin), ask(admin)
    sign_in(browser, second)

    browser.post(f"/admin/approvals/{declined.id}", data={"answer": "decline"})
    time.go(days=15)
    sign_in(browser, second)
    over = browser.post(f"/admin/approvals/{late.id}", data={"answer": "agree"})

    assert over.status_code == 422
    assert done == []


# --- kept messages -------------------------------------------------------------------------------------------------


def a_message(body: str, case_number: str | None = "H2026-000001-4") -> int:
    return saved(post, channel=Channel.SMS, address="+8613800138000", language="en", subject="Code",
                 body=body, case_number=case_number, at=now()).id  # fmt: skip


@pytest.mark.parametrize(
    ("body", "secret"),
    [("Your code is 123456. It holds ten minutes.", "123456"), ("您的验证码是123456，十分钟内有效。", "123456"),
     ("Open http://desk.test/en/c/abcdefghijklmnopqrstuv now", "abcdefghijklmnopqrstuv")],
)  # fmt: skip
def test_codes_and_links_are_covered_until_somebody_says_why(client, body, secret):
    sign_in(client, saved(a_person, Role.OPERATOR))
    message = a_message(body)

    covered = client.get("/desk/outbox").text
    asked = client.get(f"/desk/outbox/{message}").text
    nothing = client.post(f"/desk/outbox/{message}", data={"reason": ""})
    whole = client.post(f"/desk/outbox/{message}", data={"reason": "hand_on"}).text

    assert secret not in covered + asked + nothing.text
    assert secret in whole
    [stated] = session().scalars(select(StatedReason))
    assert (stated.kind, stated.reason) == (ReasonFor.REVEAL, "hand_on")
    assert session().scalars(select(SecurityEvent.kind)).all() == [EventKind.REVEALED]


def test_case_numbers_amounts_and_dates_are_not_covered(client):
    sign_in(client, saved(a_person, Role.OPERATOR))
    a_message("Case H2026-000123-7 of 2026-09-01: 123456.00 is due; call 400-000-1234.")

    page = client.get("/desk/outbox").text

    assert "123456.00" in page
    assert "H2026-000123-7" in page


def test_what_lets_staff_in_is_read_by_who_manages_people_only(client, app):
    sign_in(client, saved(a_person, Role.OPERATOR))
    message = a_message("http://desk.test/signin/link/abcdefghijklmnopqrstuv", None)
    (app.config["HENG"].data_dir / "demo-accounts.json").write_text("[]")

    page = client.get("/desk/outbox").text
    (app.config["HENG"].data_dir / "demo-accounts.json").unlink()

    assert "abcdefghijklmnopqrstuv" not in page
    assert client.get(f"/desk/outbox/{message}").status_code == 404


def test_what_was_sent_opens_nothing_any_more_in_the_record(app, monkeypatch):
    from workflows.jobs import tasks

    monkeypatch.setattr(tasks, "application", lambda: app)
    monkeypatch.setattr(tasks, "_carry", lambda message, files: True)
    message = a_message("Your code is 123456.")

    tasks.send_message(message)

    session().rollback()
    assert "123456" not in session().get(OutboundMessage, message).body

"""The mail channel: a complaint sent by SMTP, opened and answered by staff in a browser, and the letter that leaves."""

from __future__ import annotations

import smtplib

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from app.cases.models import Case
from app.core.db import session
from tests.evidence.files import a_photo
from tests.jobs.running import a_free_port
from tests.post.mails import DESK, a_mail, come_in, do_what_is_due
from workflows.jobs import mail_in, tasks
from workflows.procedure.authority import Role

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def jobs(app, monkeypatch):
    monkeypatch.setattr(tasks, "application", lambda: app)
    monkeypatch.setattr(mail_in, "application", lambda: app)


def send(mail) -> None:
    listener = mail_in.Listener("127.0.0.1", a_free_port())
    listener.start()
    try:
        with smtplib.SMTP("127.0.0.1", listener.port, timeout=60) as server:
            server.sendmail("lin@example.test", [DESK], mail.as_bytes())
    finally:
        listener.stop()
    do_what_is_due()


def test_a_complaint_by_mail_is_opened_and_answered_in_the_browser(signed_in):
    message = a_mail()
    message.add_attachment(a_photo(size=(64, 48)), maintype="image", subtype="jpeg", filename="coat.jpg")
    send(message)
    number = session().scalars(select(Case.number)).one()
    page = signed_in(Role.LEAD)

    page.goto(f"/desk/cases/{number}?tab=evidence")
    expect(page.get_by_text("coat.jpg").first).to_be_visible()
    page.goto(f"/desk/cases/{number}/reply")
    page.locator("[name=audience][value=consumer]").check()
    page.locator("[name=body]").fill("我们已经联系商家，请保留吊牌。")
    page.locator("main form button[type=submit]:not([name])").last.click()
    page.wait_for_url(f"**/desk/cases/{number}**")
    page.goto(f"/desk/outbox?case={number}")

    letter = page.locator("article").first
    expect(letter).to_contain_text("lin@example.test")
    letter.locator("summary").click()
    expect(letter).to_contain_text("我们已经联系商家，请保留吊牌。")


@pytest.mark.parametrize(("scripts", "colours"), [(True, "light"), (False, "dark")])
def test_mail_that_waits_is_placed_and_its_pages_are_accessible(signed_in, scripts, colours):
    come_in(a_mail(Precedence="bulk", Subject="<b>偽造</b>"))
    page = signed_in(Role.LEAD, java_script_enabled=scripts, color_scheme=colours)
    page.goto("/desk/mail")
    problems = {"list": violations(page, scripts)}
    page.locator("article a").first.click()
    page.locator("summary", has_text="Set it aside").click()
    problems["mail"] = violations(page, scripts)
    page.set_viewport_size({"width": 320, "height": 640})
    wide = page.evaluate("document.documentElement.scrollWidth") if scripts else 320
    page.locator("[name=reason]").fill("Advertising.")
    page.get_by_role("button", name="Set it aside").click()

    expect(page.locator("article")).to_have_count(0)
    assert (problems, wide <= 320) == ({"list": [], "mail": []}, True)


def violations(page, scripts: bool) -> list[str]:
    """What the accessibility checker, itself a script, finds."""
    return [found["id"] for found in Axe().run(page).response["violations"]] if scripts else []

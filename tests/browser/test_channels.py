"""The other channels as people use them: a call typed without a mouse, a mail placed by staff, a shop's button, and the
page that describes the API."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.cases.models import Case, Party
from app.cases.models_talk import Message
from app.core.db import session
from app.organisations import service_keys
from tests.browser.test_filing import answer, go_on
from tests.evidence.files import a_photo
from tests.factories import a_case, a_person, acting, an_organisation, saved
from tests.intake.complaints import a_submission, file
from tests.intake.test_filing import CONTACT, DETAILS, OUTCOME
from tests.intake.test_from_shop import link
from tests.post.mails import a_mail, come_in
from workflows.jobs import tasks
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState

pytestmark = pytest.mark.browser
FOCUSED = "() => document.activeElement?.name || document.activeElement?.type || ''"
MOST_TABS = 60  # a page has no more places to stop at


@pytest.fixture(autouse=True)
def jobs(app, monkeypatch):
    monkeypatch.setattr(tasks, "application", lambda: app)


def tab_to(page: Page, name: str) -> None:
    """Go on by the tab key until the field of this name has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_a_call_is_typed_without_a_mouse_and_the_caller_known_by_the_number(signed_in):
    earlier = file(a_submission(complainant={"phone": "+8613800138000"})).case.number
    page = signed_in(Role.OPERATOR)
    page.goto("/desk/phone")
    tab_to(page, "phone")
    page.keyboard.type("138 0013 8000")
    page.keyboard.press("Enter")
    expect(page.get_by_text(earlier).first).to_be_visible()
    expect(page.locator("form[method=post] [name=phone]")).to_have_value("138 0013 8000")

    for name, typed in (("name", "Ms Carter"), ("company", "Hill Outdoor"), ("order_number", "T-77"), ("price", "899"),
                        ("story", "The tent arrived torn and the shop refuses to take it back.")):  # fmt: skip
        tab_to(page, name)
        page.keyboard.type(typed)
    tab_to(page, "danger")
    page.keyboard.press("ArrowDown")  # to the second: no
    expect(page.locator("[name=danger][value=no]")).to_be_checked()
    tab_to(page, "remedies")
    page.keyboard.press("Space")
    tab_to(page, "submit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/phone/done/**")

    case = session().scalars(select(Case).order_by(Case.id.desc())).first()
    expect(page.locator("main")).to_contain_text(case.number)
    assert (case.channel, case.amount_minor, case.emergency) == ("phone", 89_900, False)
    assert [each.name for each in session().scalars(select(Party).where(Party.case_id == case.id))] == ["Ms Carter"]


def test_what_is_missing_in_a_call_is_asked_for_and_typed_on(signed_in):
    page = signed_in(Role.OPERATOR)
    page.goto("/desk/phone")
    tab_to(page, "story")
    page.keyboard.type("The tent is torn.")
    page.keyboard.press("Tab")
    tab_to(page, "submit")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Ask for a telephone number or an e-mail address.").first).to_be_visible()
    expect(page.locator("[name=story]")).to_have_value("The tent is torn.")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_mail_that_could_not_be_placed_is_placed_by_staff(signed_in, scripts):
    case = saved(a_case)
    message = a_mail("The parcel came back to me.", From="somebody@else.test", Subject=f"About {case.number}")
    message.add_attachment(a_photo(size=(64, 48)), maintype="image", subtype="jpeg", filename="parcel.jpg")
    come_in(message)
    page = signed_in(Role.MEDIATOR, java_script_enabled=scripts)
    page.goto("/desk/mail")
    page.locator("article a").first.click()
    expect(page.get_by_text("The parcel came back to me.").first).to_be_visible()

    page.locator("form[action$=place] [name=number]").fill(case.number)
    page.locator("form[action$=place] [name=side][value=consumer]").check()
    page.get_by_role("button", name="Place it in this case").click()
    page.goto(f"/desk/cases/{case.number}?tab=messages")

    expect(page.get_by_text("The parcel came back to me.").first).to_be_visible()
    page.goto(f"/desk/cases/{case.number}?tab=evidence")
    expect(page.get_by_text("parcel.jpg").first).to_be_visible()
    page.goto("/desk/mail")
    expect(page.locator("article")).to_have_count(0)
    session().rollback()  # what the server wrote meanwhile is seen
    assert session().scalars(select(Message.case_id)).all() == [case.id]


@pytest.mark.parametrize("scripts", [True, False])
def test_both_sides_are_written_to_each_in_its_language_and_unsent_text_is_kept(signed_in, scripts):
    shop = saved(an_organisation, language="en", name="Hill Outdoor")
    case = saved(a_case, CaseState.MEDIATION, respondent=shop)
    page = signed_in(Role.MEDIATOR, java_script_enabled=scripts)
    reply = f"/desk/cases/{case.number}/reply"
    page.goto(reply)
    page.locator("[name=audience][value=both]").check()
    page.locator("[name=template]").select_option("next_steps")
    page.locator("[name=fill]").click()
    expect(page.locator("[name=theirs]")).to_have_value(re.compile("A mediator will now propose terms"))
    if scripts:
        page.locator("[name=theirs]").press_sequentially("!")
        page.goto(f"/desk/cases/{case.number}")
        page.goto(reply)
        page.locator("[name=audience][value=both]").check()
        expect(page.locator("[name=theirs]")).to_have_value(re.compile("!"))

    page.locator("[name=look]").click()
    expect(page.locator("main section", has_text="Hill Outdoor").first).to_contain_text("To both sides of case")
    assert Axe().run(page).response["violations"] == [] if scripts else True
    page.get_by_role("button", name="Send", exact=True).click()
    page.goto(reply)

    expect(page.locator("[name=theirs]")).to_have_value("")
    session().rollback()
    kept = session().execute(select(Message.reader, Message.language).order_by(Message.id)).all()
    assert [tuple(row) for row in kept] == [("consumer", "zh-Hans"), ("respondent", "en")]


@pytest.fixture
def shops_page():
    """A function that puts a page on a shop's own server and returns its address."""
    pages = {}

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def put(body: str) -> str:
            pages["/order"] = body
            return f"http://127.0.0.1:{server.server_port}/order"

        yield put
        server.shutdown()


def test_a_button_on_a_shop_s_page_opens_the_form_with_the_order_filled_in(visit, address, shops_page):
    shop = saved(an_organisation, name="晴川服饰")
    key = saved(service_keys.make, act=acting(saved(a_person, Role.RESPONDENT, organisation_id=shop.id)))
    body = (
        f'<html lang="zh-Hans"><a data-heng-order="{link(key)}"></a><script src="{address}/widget/button.js"></script>'
    )
    page = visit()
    page.goto(shops_page(body))
    button = page.locator("a[data-heng-order]")
    expect(button).not_to_be_empty()

    button.click()
    page.wait_for_url("**/from-shop**")
    assert page.url.startswith(f"{address}/zh-hans/from-shop")
    expect(page.locator("main")).to_contain_text("O-2026-1")
    assert Axe().run(page).response["violations"] == []
    page.locator("main form button").first.click()
    expect(page.locator("[name=order_number]")).to_have_value("O-2026-1")
    expect(page.locator("[name=merchant]")).to_have_value("晴川服饰")
    go_on(page)
    for step in ({"anomaly": "return_refusal", "danger": "no"}, DETAILS, OUTCOME):
        answer(page, step)
        go_on(page)
    go_on(page)
    answer(page, CONTACT)
    go_on(page)
    expect(page.locator("main")).to_contain_text("晴川服饰")
    answer(page, {"truth": "y", "publication": "y"})
    page.get_by_role("button", name="提交投诉").click()

    expect(page.locator(".casenumber")).to_be_visible()
    assert session().scalars(select(Case)).one().respondent_id == shop.id


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_page_of_the_api_is_read_without_scripts_of_others(visit, colours):
    loaded, wrong = [], []
    page = visit(color_scheme=colours)
    page.on("request", lambda asked: loaded.append(asked.url))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto("/api/v1/docs")

    expect(page.get_by_role("heading", name="POST /api/v1/complaints")).to_be_visible()
    page.locator("a[href='#schema-Submission']").first.click()
    expect(page.locator("#schema-Submission")).to_be_in_viewport()
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert (Axe().run(page).response["violations"], wrong, wide) == ([], [], False)
    assert {url.split("/")[2] for url in loaded} == {page.url.split("/")[2]}

"""Filing as people do it: on a telephone, without scripts and with them, watched by an accessibility checker."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.cases.models import Case
from app.core.db import session
from app.evidence.queries import of_case
from tests.evidence.files import PDF, a_photo
from tests.factories import an_organisation, saved
from tests.intake.test_filing import CONTACT, DETAILS, ORDER, OUTCOME

pytestmark = pytest.mark.browser
CONTINUE = {"zh-hans": "继续", "en": "Continue"}


def photo(name: str, width: int = 640) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": a_photo(size=(width, 480))}


def go_on(page: Page, language: str = "zh-hans") -> None:
    page.get_by_role("button", name=CONTINUE[language], exact=True).click()


def answer(page: Page, answers: dict) -> None:
    """Fill a step in by the names of its fields."""
    for name, value in answers.items():
        for each in value if isinstance(value, list) else [value]:
            field = page.locator(f"[name={name}]").first
            kind = field.get_attribute("type")
            if kind in ("radio", "checkbox"):
                page.locator(f"[name={name}][value={each}]").check()
            elif field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(each)
            else:
                field.fill(each)


def to_evidence(page: Page, language: str) -> None:
    page.goto(f"/{language}/complain")
    page.locator("main form button").last.click()
    for step in (ORDER, {"anomaly": "return_refusal", "danger": "no"}, DETAILS, OUTCOME):
        answer(page, step)
        go_on(page, language)


def test_a_complaint_with_two_photos_is_filed_without_scripts(visit):
    saved(an_organisation, name="晴川服饰")
    page = visit(java_script_enabled=False)
    page.goto("/")
    page.goto("/zh-hans/")
    page.get_by_role("main").get_by_role("link", name="我要投诉").click()
    page.get_by_role("button", name="开始填写").click()
    for step in (ORDER, {"anomaly": "return_refusal", "danger": "no"}, DETAILS, OUTCOME):
        answer(page, step)
        go_on(page)
    page.locator("[name=files]").set_input_files([photo("coat.jpg"), photo("tags.jpg", 480)])
    page.get_by_role("button", name="添加所选文件").click()
    expect(page.locator("#file-list .file")).to_have_count(2)
    page.locator("[name=files]").set_input_files([{"name": "receipt.pdf", "mimeType": "", "buffer": PDF}])
    go_on(page)
    answer(page, CONTACT)
    go_on(page)
    answer(page, {"truth": "y", "publication": "y"})
    page.get_by_role("button", name="提交投诉").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("已收到你的投诉")
    case = session().scalars(select(Case)).one()
    expect(page.locator(".casenumber")).to_have_text(case.number)
    assert [each.filename for each in of_case(case)] == ["coat.jpg", "tags.jpg", "receipt.pdf"]
    assert case.state == "answering"

    page.go_back()
    assert page.url.endswith("/complain/check") or "/receipt/" in page.url
    page.reload()
    assert "/complain/receipt/" in page.url


def test_files_go_up_as_they_are_chosen_and_a_refused_one_keeps_no_other_out(visit):
    page = visit()
    to_evidence(page, "en")

    page.locator("[name=files]").set_input_files(
        [photo("coat.jpg"), {"name": "tool.exe", "mimeType": "", "buffer": b"MZ\x90\x00"}]
    )

    expect(page.locator(".file--failed")).to_contain_text("Files of this kind are not taken.")
    expect(page.locator(".file:not(.file--failed) .file__name")).to_have_text("coat.jpg")
    expect(page.get_by_role("button", name="Add the chosen files")).to_be_hidden()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#file-list .file")).to_have_count(0)


def test_a_refused_step_leads_to_its_fields_by_keyboard(visit):
    page = visit()
    page.goto("/en/complain/problem")
    page.get_by_role("button", name="Continue").press("Enter")

    expect(page).to_have_title("Error: What went wrong? · Online Consumer Dispute Centre")
    expect(page.locator("#errors")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#anomaly-0")).to_be_focused()


def test_what_was_typed_is_saved_by_itself(visit):
    page = visit()
    page.goto("/en/complain/details")
    page.locator("[name=story]").fill("The coat never came.")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved at")

    page.goto("/en/complain/details")

    expect(page.locator("[name=story]")).to_have_value("The coat never came.")


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_survives_a_change_of_language(visit, scripts):
    page = visit(java_script_enabled=scripts)
    page.goto("/en/complain/details")
    page.locator("[name=story]").fill("The coat never came.")

    page.get_by_role("button", name="繁").click()

    expect(page.locator("[name=story]")).to_have_value("The coat never came.")
    assert page.url.endswith("/zh-hant/complain/details")


def test_the_enter_key_goes_on(visit):
    page = visit(java_script_enabled=False)
    page.goto("/en/complain/order")
    page.locator("[name=order_number]").fill("118")
    page.locator("[name=order_number]").press("Enter")

    assert page.url.endswith("/en/complain/problem")


def test_company_names_are_suggested_while_typing(visit):
    saved(an_organisation, name="Northwind Outfitters")
    page = visit()
    page.goto("/en/complain/order")

    page.locator("[name=merchant]").press_sequentially("northw")

    expect(page.locator("#companies option")).to_have_attribute("value", "Northwind Outfitters")


PAGES = (
    "",
    "/complain",
    *(f"/complain/{s}" for s in ("order", "problem", "details", "outcome", "evidence", "contact")),
)
AFTER = ("/complain/check", "/complain/saved", "/complain/resume")


def walk(page: Page, language: str):
    """Yield at every page of filing, once with its answers."""
    to_evidence(page, language)
    page.locator("[name=files]").set_input_files([photo("coat.jpg")])
    expect(page.locator("#file-list .file")).to_have_count(1)
    page.goto(f"/{language}/complain/contact")
    answer(page, CONTACT)
    go_on(page, language)
    for path in (*PAGES, *AFTER):
        page.goto(f"/{language}{path or '/'}")
        yield path
    page.goto(f"/{language}/complain/check")
    answer(page, {"truth": "y", "publication": "y"})
    page.locator("main form button").last.click()
    expect(page.locator(".casenumber")).to_be_visible()
    yield "receipt"


@pytest.mark.parametrize(("language", "colours"), [*product(["zh-hans", "en"], ["light", "dark"])])
def test_every_page_is_accessible_and_fits_a_small_telephone(visit, language, colours):
    page = visit(color_scheme=colours)
    found = {}
    for path in walk(page, language):
        axe = Axe().run(page)
        page.set_viewport_size({"width": 320, "height": 640})
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        page.set_viewport_size({"width": 390, "height": 844})
        if axe.violations_count or wide:
            found[path] = (axe.generate_report(), wide)

    assert found == {}

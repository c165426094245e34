"""The register and the verification of a notice in a real browser, as anybody finds them."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.core import clock
from app.core.db import transaction
from app.notices import queries, service
from app.notices.models import Edition
from tests.factories import PASSWORD, a_person, saved
from tests.notices.cases import a_decided_case, a_settled_case, published
from workflows.procedure.authority import Role

pytestmark = pytest.mark.browser
LANGUAGES = ("zh-hans", "zh-hant", "en")


@pytest.fixture
def entry(app):
    """A published decision whose notices were printed (any bytes will do for a browser)."""
    saved(published, saved(a_settled_case))
    entry = saved(published, saved(a_decided_case, dissent="一名委员认为应当部分退款。"))
    with transaction():
        for notice in queries.by_number(entry.number).notices:
            pdf = f"%PDF-1.7 {notice.edition} {notice.language}".encode()
            service.issue(notice.id, pdf, by="Heng", at=clock.now())
    return entry


def screens(entry):
    return ("decisions", f"decisions/{entry.number}", "v", f"v/{entry.code}", "v/XXXX-XXXX-XXXX")


def faults(page):
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, entry, scheme):
    page = visit(color_scheme=scheme)

    for language, screen in product(LANGUAGES, screens(entry)):
        page.goto(f"/{language}/{screen}")
        assert faults(page) == [], (language, screen)


def test_320_pixels_need_no_sideways_scroll(visit, entry):
    page = visit(viewport={"width": 320, "height": 640})

    for language, screen in product(LANGUAGES, screens(entry)):
        page.goto(f"/{language}/{screen}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, (language, screen)


def test_a_file_is_compared_without_leaving_the_browser(visit, entry):
    page, sent = visit(), []
    page.on("request", lambda request: sent.append((request.method, request.url.partition("?")[0])))
    page.goto(f"/en/v/{entry.code}")
    sent.clear()

    page.set_input_files("#file", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 party zh-Hans"})
    expect(page.locator("[data-verdict]")).to_contain_text("Unchanged")
    expect(page.locator("[data-verdict]")).to_contain_text("For the parties · 简体中文")
    page.set_input_files("#file", {"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 party zh-HanS"})
    expect(page.locator("[data-verdict]")).to_contain_text("not one that we issued")

    assert all(method == "GET" and "/static/img/" in url for method, url in sent), sent


def test_without_scripts_the_page_says_how_to_compare_by_hand(visit, entry):
    page = visit(java_script_enabled=False)

    page.goto(f"/zh-hans/v/{entry.code}")

    expect(page.get_by_text("sha256sum notice.pdf")).to_be_visible()
    expect(page.locator("#file")).to_be_hidden()
    hashes = [notice.pdf_sha256 for notice in queries.by_code(entry.code).notices]
    assert all(page.get_by_text(each).is_visible() for each in hashes)


def test_the_register_is_searched_and_narrowed_down_without_scripts(visit, entry):
    page = visit(java_script_enabled=False)
    page.goto("/zh-hant/decisions")

    page.get_by_label("搜尋文號").fill("拆封不退")
    page.get_by_role("main").get_by_role("button", name="搜尋").click()
    expect(page.locator(".result")).to_have_count(1)
    page.get_by_text("結果", exact=True).click()
    page.get_by_role("link", name="支持消費者").click()
    expect(page.locator(".result")).to_have_count(1)
    page.locator(".result h2 a").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("無理拒絕退換貨")


def test_staff_see_what_would_leak_and_publish_with_roles_instead(visit, entry):
    case = saved(a_decided_case, facts_found=["林小雨申请退货。", "客服电话13800138000无人接听。"])
    person = saved(a_person, Role.LEAD)
    page = visit()
    page.goto("/signin")
    page.locator("[name=email]").fill(person.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk**")

    page.goto(f"/outcomes/{case.number}")
    expect(page.locator("mark")).to_have_text(["林小雨", "13800138000"] * 2)  # where it stands, and to be resolved
    assert faults(page) == []
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#errors")).to_contain_text("林小雨、13800138000")
    page.get_by_label("Put the parties' roles").check()
    page.get_by_role("button", name="Publish").click()

    expect(page.get_by_text("Published. The notices are being printed.")).to_be_visible()
    assert faults(page) == []
    public = queries.edition_of(queries.entries_of(case)[0], Edition.PUBLIC, "zh-Hans")
    assert public.facts.facts_found[0] == "消费者申请退货。"

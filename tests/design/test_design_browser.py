"""The gallery in a real browser: axe, narrow windows, text spacing, focus, keys, uploads, no-script."""

from collections.abc import Iterator
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.design.gallery import LANGUAGES, PAGES

pytestmark = pytest.mark.browser
TEXT_SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-block-end: 2em !important }"""
SCREENS = [f"/gallery/{page}" for page in PAGES] + ["/error/404"]


@pytest.fixture
def desktop(chromium, address) -> Iterator[Page]:
    """A page of 1280 × 800 that fails the test when the browser reports an error."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, base_url=address)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert problems == []


@pytest.mark.parametrize(("screen", "theme"), list(product(SCREENS, ["light", "dark"])))
def test_axe_finds_nothing(desktop, screen, theme):
    for language in LANGUAGES:
        desktop.goto(f"{screen}?lang={language}&theme={theme}&errors=1")
        found = Axe().run(desktop).response["violations"]
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_320_pixels_and_wide_text_need_no_sideways_scroll(desktop, screen):
    desktop.set_viewport_size({"width": 320, "height": 640})
    for language in LANGUAGES:
        desktop.goto(f"{screen}?lang={language}&errors=1")
        assert desktop.evaluate("document.documentElement.scrollWidth") <= 320
        # Through the DOM, so that the page's policy on inline styles stays in force.
        desktop.evaluate(
            "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets.push(s) }",
            TEXT_SPACING,
        )
        assert desktop.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("screen", SCREENS)
def test_targets_are_at_least_24_pixels(desktop, screen):
    """Links inside sentences are exempt (WCAG 2.5.8)."""
    for width in (390, 1280):
        desktop.set_viewport_size({"width": width, "height": 844})
        desktop.goto(screen)
        small = desktop.evaluate("""() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
            .filter(e => e.offsetParent)
            .filter(e => !e.closest('p, .facts, .prose, .finding, .ruletext, .msg, .file__name, label, dt'))
            .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 || box.width < 24).map(([html]) => html)""")
        assert small == []


def test_a_refused_form_gets_focus_on_its_summary_and_a_link_reaches_the_field(desktop):
    desktop.goto("/gallery/form?errors=1")

    assert desktop.evaluate("document.activeElement.id") == "errors"
    desktop.click("#errors a[href='#order']")
    assert desktop.evaluate("document.activeElement.id") == "order"


def test_keys_move_select_and_search_but_never_while_typing(desktop):
    desktop.goto("/gallery/queue")
    link = "document.activeElement.closest('[data-row]')?.querySelector('input').value"

    desktop.keyboard.press("j")
    second = desktop.evaluate(link)
    desktop.keyboard.press("j")
    assert desktop.evaluate(link) != second
    desktop.keyboard.press("k")
    assert desktop.evaluate(link) == second
    desktop.keyboard.press("x")
    assert desktop.is_checked(f"input[value='{second}']")
    desktop.keyboard.press("/")
    desktop.keyboard.type("jk?x")
    assert desktop.input_value("#q") == "jk?x"
    assert desktop.locator("dialog[open]").count() == 0


def test_a_key_that_composes_a_character_does_nothing(desktop):
    desktop.goto("/gallery/queue")

    desktop.evaluate("""document.body.dispatchEvent(
        new KeyboardEvent("keydown", {key: "j", isComposing: true, bubbles: true}))""")
    assert desktop.evaluate("document.activeElement.closest('[data-row]')") is None


def test_all_rows_are_ticked_at_once(desktop):
    desktop.goto("/gallery/queue")

    desktop.check("[data-tick-all]")
    assert desktop.locator(".case input:checked").count() == desktop.locator(".case input").count() > 1


def test_keys_can_be_listed_and_switched_off(desktop):
    desktop.goto("/gallery/queue")

    desktop.keyboard.press("?")
    desktop.click("[data-keys-switch]")
    assert desktop.inner_text("[data-keys-status]") == "Keyboard shortcuts are off"
    desktop.click("dialog button[type=submit]")
    desktop.keyboard.press("j")
    assert desktop.evaluate("document.activeElement.closest('[data-row]')") is None


def test_a_row_opens_beside_the_list_and_its_heading_gets_focus(desktop):
    desktop.goto("/gallery/queue")

    desktop.click("text=Marked as delivered")
    expect(desktop.locator(".case-h")).to_be_focused()
    assert desktop.url.endswith("open=018837-3")
    assert desktop.locator(".case.is-open a").inner_text() == "Marked as delivered, never received"


def test_in_a_narrow_window_a_row_opens_a_page(desktop):
    desktop.set_viewport_size({"width": 800, "height": 800})
    desktop.goto("/gallery/queue")

    with desktop.expect_navigation():
        desktop.click("text=Marked as delivered")
    assert desktop.url.endswith("open=018837-3")


def test_a_second_press_sends_nothing(desktop):
    desktop.goto("/gallery/composer")
    sent = []
    desktop.route("**/sent", lambda route: sent.append(1))
    desktop.evaluate("document.querySelector('form.composer').action = '/sent'")

    desktop.locator("form.composer button").dblclick(no_wait_after=True)
    desktop.wait_for_timeout(200)
    assert len(sent) == 1


def test_clock_chips_keep_time_and_turn_over(desktop):
    desktop.clock.install(time=0)
    desktop.goto("/gallery/parts")

    desktop.clock.run_for(60 * 60 * 1000)
    texts = desktop.locator("[data-due]").all_inner_texts()
    assert texts[:4] == ["2 d 5 h left", "4:12 left", "over 0:18", "over 3:15"]
    assert desktop.locator(".clock--over").count() == 2


def test_one_failed_upload_leaves_the_others_and_can_be_tried_again(desktop):
    answers = iter(["fail", "ok", "ok"])
    page = "<ul id=file-list><li class=file>{}</li></ul>"

    def answer(route):
        if next(answers) == "fail":
            route.abort()
        else:
            route.fulfill(body=page.format("kept.png"), content_type="text/html")

    desktop.route("**/nowhere", answer)
    desktop.goto("/gallery/form")
    desktop.wait_for_selector("[data-drop][data-ready]")
    files = [{"name": name, "mimeType": "image/png", "buffer": b"x"} for name in ("first.png", "second.png")]
    desktop.set_input_files("input[type=file]", files)

    desktop.click("text=Try again")
    expect(desktop.locator(".file--failed, [data-pending]")).to_have_count(0)
    expect(desktop.locator("#file-list")).to_have_text("kept.png")


def test_colours_can_be_fixed_and_the_choice_is_kept(desktop):
    desktop.goto("/gallery/home")

    desktop.click("[data-theme-switch]")
    assert desktop.get_attribute("html", "data-theme") == "dark"
    assert "theme=dark" in desktop.evaluate("document.cookie")


def test_without_scripts_the_form_is_whole(chromium, address):
    context = chromium.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()

    page.goto("/gallery/form?errors=1")
    assert page.locator("input[type=file]").is_visible()
    assert page.locator("[data-theme-switch]").is_hidden()
    assert page.locator("#errors").is_visible()
    context.close()


@pytest.mark.parametrize("screen", ["/gallery/parts", "/gallery/queue", "/gallery/file-step"])
def test_forced_colours_keep_states_apart(chromium, address, screen):
    context = chromium.new_context(forced_colors="active", base_url=address)
    page = context.new_page()

    page.goto(screen)
    edges = page.evaluate("""() => [...document.querySelectorAll('.clock, .btn, .tile, .tag')]
        .filter(e => e.offsetParent).map(e => getComputedStyle(e).borderTopWidth)""")
    assert all(edge != "0px" for edge in edges)
    context.close()

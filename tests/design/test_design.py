"""The frame and every component, rendered without a browser: structure, languages, colours, nothing inline."""

import re
from html.parser import HTMLParser
from itertools import product

import pytest

from tests.design.gallery import ERRORS, LANGUAGES, PAGES, ROOT

SCREENS = [f"/gallery/{page}" for page in PAGES] + [f"/error/{code}" for code in ERRORS]
HAN = re.compile(r"[\u4e00-\u9fff]")


class Outline(HTMLParser):
    """What a page consists of: (tag, attributes) in order, and the visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def screen_of(gallery):
    """Return a function that gets a screen as (html, outline)."""
    client = gallery.test_client()

    def get(address: str) -> tuple[str, Outline]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        return answer.text, Outline(answer.text)

    return get


@pytest.mark.parametrize(("screen", "language"), list(product(SCREENS, LANGUAGES)))
def test_every_screen_has_one_h1_a_main_a_title_and_its_language(screen_of, screen, language):
    _, outline = screen_of(f"{screen}?lang={language}")

    assert outline.all("html") == [{"lang": language}]
    assert len(outline.all("h1")) == 1
    assert [main["id"] for main in outline.all("main")] == ["main"]
    assert len(outline.all("title")) == 1
    skip = [a["href"] for a in outline.all("a") if a.get("class") == "skip"]
    ids = {attrs["id"] for _, attrs in outline.tags if "id" in attrs}
    assert skip
    assert all(target.removeprefix("#") in ids for target in skip)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("query", ["", "?errors=1"])
def test_ids_are_unique_and_references_reach_them(screen_of, screen, query):
    _, outline = screen_of(screen + query)
    ids = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]

    assert len(ids) == len(set(ids))
    for _, attrs in outline.tags:
        for name in ("for", "aria-describedby", "aria-labelledby"):
            assert set((attrs.get(name) or "").split()) <= set(ids), (name, attrs)


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_is_inline(screen_of, screen):
    """A strict policy forbids inline styles and handlers; scripts carry the request's nonce."""
    _, outline = screen_of(screen)

    assert outline.all("style") == []
    for _tag, attrs in outline.tags:
        assert "style" not in attrs
        assert not [name for name in attrs if name.startswith("on")]
    assert all(script["nonce"] == "gallery" for script in outline.all("script"))


@pytest.mark.parametrize("screen", SCREENS)
def test_buttons_say_what_they_are_and_inputs_have_labels(screen_of, screen):
    _, outline = screen_of(screen)
    labelled = {label.get("for") for label in outline.all("label")}

    assert all(button.get("type") in ("submit", "button") for button in outline.all("button"))
    for field in outline.all("input") + outline.all("textarea") + outline.all("select"):
        if field.get("type") in ("hidden", "radio", "checkbox"):
            continue
        assert field["id"] in labelled, field


def test_a_refused_form_says_error_in_the_title_and_links_to_each_field(screen_of):
    html, outline = screen_of("/gallery/form?errors=1")
    ids = {attrs["id"] for _, attrs in outline.tags if "id" in attrs}
    summary = html[html.index('id="errors"') : html.index("<form")]

    assert "<title>Error: " in html
    assert {"order", "story", "bought_on", "true", "remedies-0"} <= set(re.findall(r'href="#([^"]+)"', summary))
    assert {"order", "story", "bought_on", "true", "remedies-0"} <= ids
    assert [f["id"] for f in outline.all("input") if f.get("aria-invalid") == "true"] == ["order", "bought_on", "true"]


def test_the_title_is_plain_when_nothing_is_wrong(screen_of):
    html, _ = screen_of("/gallery/form")

    assert "<title>Details · Online Consumer Dispute Centre</title>" in html


@pytest.mark.parametrize("tone", ["ok", "soon", "urgent", "over", "met", "late"])
def test_a_clock_is_told_by_picture_and_words(screen_of, tone):
    html, _ = screen_of("/gallery/parts")
    chip = re.search(rf'clock--{tone}".*?</svg>(.*?)</span>\n', html, re.DOTALL)

    assert chip
    assert re.sub("<[^>]+>", "", chip[1]).strip()


def test_accept_and_decline_look_the_same(screen_of):
    _, outline = screen_of("/gallery/track")
    answers = [b for b in outline.all("button") if b.get("name") == "answer"]

    assert [b["value"] for b in answers] == ["accept", "decline"]
    assert answers[0]["class"] == answers[1]["class"] == "btn btn--quiet"


def test_one_filled_button_a_screen(screen_of):
    for screen in SCREENS:
        _, outline = screen_of(screen)
        filled = [
            a for _, a in outline.tags if (a.get("class") or "").split()[:1] == ["btn"]
            and not re.search(r"btn--(quiet|text|danger)", a["class"] or "")
        ]  # fmt: skip
        assert len(filled) <= 1, screen


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_fixed_colours_stand_on_the_root(screen_of, theme):
    _, outline = screen_of(f"/gallery/home?theme={theme}")

    assert outline.all("html") == [{"lang": "en", "data-theme": theme}]


def test_the_language_switch_keeps_page_and_query(screen_of):
    _, outline = screen_of("/gallery/form?errors=1&lang=en")

    assert {"?errors=1&lang=zh-Hant"} <= {a.get("href") for a in outline.all("a")}


@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_error_pages_speak_the_readers_language_and_give_the_phone_number(screen_of, code, language):
    html, _ = screen_of(f"/error/{code}?lang={language}")
    main = html[html.index("<main") : html.index("</main>")]

    assert HAN.search(main)
    assert not re.search(r"[a-z]{4,} [a-z]{2,} ", re.sub("<[^>]+>", "", main))
    assert "400-000-1234" in main
    assert "noindex" in html


def test_light_and_dark_define_the_same_colours():
    """The dark values stand twice in base.css (system, fixed): they must not drift apart."""
    css = (ROOT / "static/css/base.css").read_text()
    blocks = re.findall(r'(?:not\(\[data-theme="light"\]\)|root\[data-theme="dark"\]) \{(.*?)\}', css, re.DOTALL)
    dark = [dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block)) for block in blocks]

    assert len(dark) == 2
    assert dark[0] == dark[1]


def test_every_icon_that_is_used_is_drawn():
    sprite = set(re.findall(r'id="i-([\w]+)"', (ROOT / "static/img/icons.svg").read_text()))
    sources = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("tests/design/gallery/*.html")]
    used = {name for file in sources for name in re.findall(r'\bicon\("(\w+)"\)', file.read_text())}

    assert used <= sprite


def test_every_class_in_templates_is_styled():
    css = "".join(file.read_text() for file in ROOT.glob("static/css/*.css"))
    styled = set(re.findall(r"\.([a-zA-Z][\w-]*)", css))
    used = set()
    for file in [*(ROOT / "templates").glob("layout*/*.html"), *(ROOT / "templates/components").glob("*.html")]:
        for value in re.findall(r'class="([^"{}]+)"', file.read_text()):
            used |= set(value.split())

    assert used - styled <= {"optional", "act"}

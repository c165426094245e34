"""Every screen, as each kind of reader meets it: no dead link, no accessibility violation, nothing that overflows."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.cases.models import Case
from app.cli.demo import drawing, people
from app.cli.demo.playing import play
from app.cli.demo.stories import stories
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from tests.browser.conftest import DESKTOP
from tests.factories import link_of
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Role

pytestmark = pytest.mark.browser
TOLD = ("hiking_boots", "refurbished_laptop", "leaking_blender", "stroller_brake", "price_overnight", "spring_coat")
SMALL = {"width": 320, "height": 640}
HREF = re.compile(r'<a\b[^>]*?\bhref="([^"#]+)')
ELSEWHERE = ("/signout", "/account/language", "/static/")
PER_ENDPOINT = 4  # links that a reader follows to one kind of page; the first of all is looked at in the browser
PRINTING = 503  # nobody works off the outbox here, so a notice says that it is being printed
OVERFLOW = "document.documentElement.scrollWidth > innerWidth"
FILLED = """[...document.querySelectorAll("main .btn:not([class*='btn--quiet'], [class*='btn--text'], .btn--danger)")]
    .filter(each => each.checkVisibility()).length"""


@pytest.fixture
def cast(app, time):
    """A small desk at work: six of the demo's cases, from the answer that is waited for to the published decision."""
    time.at = at = datetime.now(UTC)  # cookies end by the browser's clock
    told = [story for story in stories(at) if story.key in TOLD]
    with transaction():
        entered = people.enter(act=Act(SYSTEM, min(story.filed_at for story in told)))
        play(told, entered, drawing.drawn(told), now=at)
    return entered


class Reader:
    """Somebody who opens every page that the pages link to, and notes what is wrong with each.

    `looked` are the kinds of pages that somebody looked at before: only a reader's first page is looked at again.
    """

    def __init__(self, page: Page, app, looked: set[str], language: str | None = None) -> None:
        self.page, self.app, self.looked, self.language = page, app, looked, language
        self.kinds: dict[str, int] = {}
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.note(str(error)))
        page.on("console", lambda said: self.note(said.text) if said.type == "error" else None)

    def note(self, what: str) -> None:
        self.wrong.append(f"{urlsplit(self.page.url).path}: {what}")

    def endpoint(self, path: str) -> str:
        try:
            return self.app.url_map.bind("desk.test").match(path)[0]
        except (RequestRedirect, HTTPException):
            return path

    def read(self, *starts: str) -> None:
        """Follow the links from there."""
        waiting = list(starts)
        for link in waiting:
            path = urlsplit(link).path
            kind = self.endpoint(path)
            self.kinds[kind] = self.kinds.get(kind, 0) + 1
            if self.kinds[kind] > PER_ENDPOINT:
                continue
            answer = self.page.request.get(link)
            if not (answer.ok or (answer.status == PRINTING and path.endswith((".pdf", ".zip")))):
                self.wrong.append(f"{link}: {answer.status}")
            elif answer.ok and answer.headers["content-type"].startswith("text/html"):
                if link in starts or kind not in self.looked:
                    self.looked.add(kind)
                    if "refresh" in answer.headers:
                        self.page.route(f"**{path}", keep_still)
                    self.look(link)
                found = (urljoin(link, each.replace("&amp;", "&")) for each in HREF.findall(answer.text()))
                waiting += [each for each in found if each not in waiting and self.ours(each)]

    def ours(self, link: str) -> bool:
        """Return whether a link leads to a page of the product in the reader's language."""
        path = urlsplit(link).path
        language = re.match(r"/(zh-hans|zh-hant|en)(/|$)", path)
        strange = language and self.language and language[1] != self.language
        return link.startswith("/") and not path.startswith(ELSEWHERE) and not strange

    def look(self, link: str) -> None:
        """Open the page and note what a person would stumble over."""
        self.page.goto(link)
        for colours, rules in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
            self.page.emulate_media(color_scheme=colours, reduced_motion="reduce")
            axe = Axe().run(self.page, options=rules)
            if axe.violations_count:
                self.note(f"{colours}: {axe.generate_report()}")
        size = self.page.viewport_size
        self.page.set_viewport_size(SMALL)
        if self.page.evaluate(OVERFLOW):
            self.note("overflows at 320 px")
        self.page.set_viewport_size(size)
        if self.page.locator("h1:visible").count() != 1:
            self.note("has not one heading")
        if self.page.evaluate(FILLED) > 1:
            self.note("has more than one filled button")


def keep_still(route: Route) -> None:
    """Show a page that loads itself again, as one does while something is printed, as it stands."""
    answer = route.fetch()
    route.fulfill(response=answer, headers={name: value for name, value in answer.headers.items() if name != "refresh"})


def complainants_page(page: Page, case: Case, language: str) -> str:
    """Prove with a code to be the complainant, and return the address of the case."""
    home = f"/{language}/c/{link_of(case)}"
    page.goto(f"{home}/verify")
    page.locator("form[action*='/send'] button").click()
    session().rollback()  # to see what the server wrote since
    body = session().scalars(select(OutboundMessage).order_by(OutboundMessage.id.desc())).first().body
    page.locator("[name=code]").fill(re.search(r"\b\d{6}\b", body)[0])
    page.locator("[name=code]").press("Enter")
    page.wait_for_url(f"**{home}")
    return home


def signed_in(page: Page, cast: people.Cast, role: Role) -> Page:
    account = next(each for each in cast.accounts if each["role"] == role)
    page.goto("/signin")
    page.locator("[name=email]").fill(account["email"])
    page.locator("[name=password]").fill(account["password"])
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/signin" not in url)
    return page


def test_every_page_that_the_public_and_the_complainant_reach(visit, app, cast):
    looked: set[str] = set()
    public = Reader(visit(), app, looked, "zh-hant")
    public.read("/zh-hant/")
    found = {"public": public.wrong}
    for state, language in (("performing", "zh-hant"), ("decided", "zh-hans"), ("mediation", "zh-hant")):
        case = session().scalars(select(Case).where(Case.state == state)).first()
        reader = Reader(visit(), app, looked, language)
        reader.read(complainants_page(reader.page, case, language))
        found[state] = reader.wrong
    assert {who: wrong for who, wrong in found.items() if wrong} == {}


def test_every_page_that_people_of_the_desk_the_committee_and_the_organisations_reach(visit, app, cast):
    looked: set[str] = set()
    found = {}
    for role in Role:
        if role not in (Role.CONSUMER, Role.SYSTEM):
            page = signed_in(visit(viewport=DESKTOP), cast, role)
            reader = Reader(page, app, looked)
            reader.read(urlsplit(page.url).path)  # where signing in leads
            found[role.value] = reader.wrong
    assert {who: wrong for who, wrong in found.items() if wrong} == {}

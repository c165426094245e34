"""Screens of the people in a journey: each its own window, what is done there, and the pictures taken on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESKTOP, PHONE

SEND = "main form button[type=submit]:not([name]):visible"


class Album:
    """Pictures and papers in the order in which they came about; without a folder, none are kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder, self.taken = folder, 0
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    def shoot(self, page: Page, who: str, what: str) -> None:
        """Take a picture of the whole page."""
        if self.folder:
            self.taken += 1
            page.screenshot(path=self.folder / f"{self.taken:03}-{who}-{what}.png", full_page=True)

    def keep(self, name: str, content: bytes) -> None:
        """Keep a file."""
        if self.folder:
            (self.folder / name).write_bytes(content)


class Screen:
    """One person's window."""

    def __init__(self, browser: Browser, address: str, album: Album, who: str, *, phone: bool = False) -> None:
        self.who, self.album = who, album
        self.window = browser.new_context(
            viewport=PHONE if phone else DESKTOP, base_url=address, locale="zh-CN", is_mobile=phone, has_touch=phone
        )
        self.page = self.window.new_page()

    def open(self, path: str, picture: str | None = None) -> Screen:
        """Go to a page, which must be there."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.ok, f"{self.who}: {path} answered {answer.status}"
        return self.shot(picture)

    def shot(self, picture: str | None) -> Screen:
        """Take a picture of what is shown."""
        if picture:
            self.album.shoot(self.page, self.who, picture)
        return self

    def fill(self, **answers: Any) -> Screen:
        """Fill in fields by their names (`__` for `-`); ticks and tiles by their values."""
        for name, value in answers.items():
            for each in value if isinstance(value, list) else [value]:
                self._fill(name.replace("__", "-"), each)
        return self

    def _fill(self, name: str, value: str) -> None:
        field = self.page.locator(f"main [name='{name}']").first
        if field.get_attribute("type") in ("radio", "checkbox"):
            self.page.locator(f"main [name='{name}'][value='{value}']").check()
        elif field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)

    def send(self, picture: str | None = None, button: str = SEND) -> Screen:
        """Press the button that sends the form; the answer must be a page without mistakes."""
        with self.page.expect_navigation() as arrival:
            self.page.locator(button).first.click()
        assert arrival.value.ok, f"{self.who} at {self.page.url}: {self._mistakes()}"
        return self.shot(picture)

    def _mistakes(self) -> str:
        summary = self.page.locator(".errors, [role=alert], main h1")
        return " / ".join(summary.all_inner_texts())

    def has(self, path: str) -> bool:
        """Return whether the page shown links to `path`."""
        return self.page.locator(f"a[href*='{path}']").count() > 0

    def fetch(self, path: str) -> bytes:
        """Return the file at `path`, with this person's sign-in."""
        answer = self.window.request.get(path)
        assert answer.ok, f"{self.who}: {path} answered {answer.status}"
        return answer.body()

    def sign_in(self, account: dict[str, str]) -> Screen:
        """Sign in with a demo account."""
        self.open("/signin").fill(email=account["email"], password=account["password"]).send()
        return self

    def close(self) -> None:
        """Close the window."""
        self.window.close()

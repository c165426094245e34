"""The people of a journey, by what they do on their own screens."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.browser.screens import Album, Screen

CODE = re.compile(r"\b(\d{6})\b")


class People:
    """Everybody who may sign in to a running system, each with a window opened when it is first needed."""

    def __init__(self, browser: Browser, address: str, accounts: Path, album: Album) -> None:
        self.accounts = json.loads(accounts.read_text("utf-8"))
        self._window: Callable[..., Screen] = lambda who, **options: Screen(browser, address, album, who, **options)
        self.screens: dict[str, Screen] = {}
        self.album = album

    def visitor(self, who: str, *, phone: bool = False) -> Screen:
        """Return the window of somebody without an account."""
        if who not in self.screens:
            self.screens[who] = self._window(who, phone=phone)
        return self.screens[who]

    def signed_in(self, role: str, n: int = 0, *, organisation: str | None = None) -> Screen:
        """Return the window of the n-th person with this role, signed in."""
        able = [each for each in self.accounts if each["role"] == role and each["organisation"] == organisation]
        who = f"{role}-{n + 1}" if len(able) > 1 else role
        if who not in self.screens or organisation:
            key = f"{who}-{organisation}" if organisation else who
            if key in self.screens:
                return self.screens[key]
            self.screens[key] = self._window(who).sign_in(able[n])
            return self.screens[key]
        return self.screens[who]

    def token(self, role: str, *, organisation: str | None = None) -> str:
        """Return the API token of the first person with this role."""
        able = (each for each in self.accounts if each["role"] == role and each["organisation"] == organisation)
        return next(able)["token"]

    def password(self, role: str, n: int) -> str:
        """Return the password of the n-th person with this role."""
        return [each for each in self.accounts if each["role"] == role][n]["password"]

    def close(self) -> None:
        """Close all windows."""
        for screen in self.screens.values():
            screen.close()


# --- the consumer --------------------------------------------------------------------------------------------------


def file_on_the_web(consumer: Screen, complaint: dict[str, Any], photos: list[dict[str, Any]]) -> tuple[str, str]:
    """File a complaint step by step; return (case number, path of the private page)."""
    consumer.open("/zh-hans/", "home").open("/zh-hans/complain", "start").send("order")
    for step, following in (("order", "problem"), ("problem", "details"), ("details", "outcome"), ("outcome", "files")):
        consumer.fill(**complaint[step]).send(following)
    consumer.page.locator("[name=files]").set_input_files(photos)
    consumer.page.locator("#file-list .file").nth(len(photos) - 1).wait_for()
    consumer.shot("files-added").send("contact", button="main button[name=next]")
    consumer.fill(**complaint["contact"]).send("check")
    consumer.fill(truth="y", publication="y").send("receipt")
    number = consumer.page.locator(".casenumber").inner_text()
    link = consumer.page.locator("main a[href*='/c/']").first.get_attribute("href")
    assert link is not None
    return number, link[link.index("/zh-hans/") :]


def prove_it_is_them(consumer: Screen, staff: Screen, number: str, picture: str | None = None) -> None:
    """Have a one-time code sent, read it where staff read what was sent, and enter it."""
    consumer.shot(picture).send(f"{picture}-code" if picture else None)
    staff.open(f"/desk/outbox?case={number}", f"{picture}-outbox" if picture else None)
    letter = staff.page.locator("main article").first.text_content() or ""
    found = CODE.search(letter.replace(number, ""))
    assert found, letter
    consumer.fill(code=found[1]).send()


# --- the desk ------------------------------------------------------------------------------------------------------


def step(staff: Screen, number: str, page: str, picture: str | None = None, **answers: Any) -> None:
    """Take one step of a case on its own page."""
    staff.open(f"/desk/cases/{number}/{page}")
    staff.fill(**answers).shot(picture).send()


# --- the committee -------------------------------------------------------------------------------------------------


def seated(people: People, number: str) -> list[tuple[str, int]]:
    """Return who was drawn for the case, as (role, n); whoever presides first."""
    pool = [("chair", 0), ("chair", 1), *(("member", n) for n in range(5))]
    return [(role, n) for role, n in pool if people.signed_in(role, n).open("/committee").has(number)]


def declare(judge: Screen, number: str, picture: str | None = None) -> None:
    """Say that there is no interest in the case."""
    judge.open(f"/committee/{number}/recuse").fill(interest="none").shot(picture).send()


def vote(judge: Screen, number: str, choice: str, reason: str, picture: str | None = None) -> None:
    """Vote the same on every issue."""
    judge.open(f"/committee/{number}/vote")
    rows = judge.page.locator("main [name$='-reason']").count()
    for n in range(rows):
        judge.fill(**{f"issues__{n}__choice": choice, f"issues__{n}__reason": reason})
    judge.shot(picture).send()

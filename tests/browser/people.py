"""The people of a journey, by what they do on their own screens."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser.screens import Album, Screen
from tests.jobs.waiting import eventually

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
        who = f"{role}-{n + 1}" if len(self._able(role, organisation)) > 1 else role
        key = f"{who}-{organisation}" if organisation else who
        if key not in self.screens:
            self.screens[key] = self._window(who).sign_in(self.account(role, n, organisation=organisation))
        return self.screens[key]

    def account(self, role: str, n: int = 0, *, organisation: str | None = None) -> dict[str, str]:
        """Return the account of the n-th person with this role."""
        return self._able(role, organisation)[n]

    def _able(self, role: str, organisation: str | None) -> list[dict[str, str]]:
        return [each for each in self.accounts if (each["role"], each["organisation"]) == (role, organisation)]

    def ask(self, path: str, body: dict[str, Any], *, token: str = "", key: str = "") -> dict[str, Any]:
        """Return what the API answers, which must be a yes."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        answer = self.visitor("program").window.request.post(f"/api/v1{path}", data=body, headers=headers)
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()

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
    expect(consumer.page.locator("#file-list .file")).to_have_count(len(photos))
    expect(consumer.page.locator("#file-list [data-pending]")).to_have_count(0)
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


DRAWN_WITHIN_S = 30.0

# --- the committee -------------------------------------------------------------------------------------------------


def seated(people: People, number: str) -> list[tuple[str, int]]:
    """Return who was drawn for the case, as (role, n); whoever presides first. The draw waits for the notary."""
    pool = [("chair", 0), ("chair", 1), *(("member", n) for n in range(5))]

    def drawn() -> list[tuple[str, int]]:
        return [(role, n) for role, n in pool if people.signed_in(role, n).open("/committee").has(number)]

    assert eventually(drawn, DRAWN_WITHIN_S), number
    return drawn()


def declare(judge: Screen, number: str, picture: str | None = None) -> None:
    """Say that there is no interest in the case."""
    judge.open(f"/committee/{number}/recuse").fill(interest="none").shot(picture).send()


def vote(judge: Screen, number: str, choice: str, reason: str, picture: str | None = None) -> None:
    """Open every exhibit, then vote the same on every issue."""
    judge.open(f"/committee/{number}")
    for link in judge.page.locator("#exhibits .file__name a").all():
        assert judge.page.request.get(link.evaluate("link => link.href")).ok
    judge.open(f"/committee/{number}/vote")
    rows = judge.page.locator("main [name$='-reason']").count()
    for n in range(rows):
        judge.fill(**{f"issues__{n}__choice": choice, f"issues__{n}__reason": reason})
    judge.shot(picture).send()


# --- by the API ----------------------------------------------------------------------------------------------------


def hand_in(people: People, complaint: dict[str, Any]) -> tuple[str, str]:
    """File a complaint over the API; return (case number, path of the private page)."""
    received = people.ask("/complaints", complaint, key=f"journey-{complaint['order']['id']}")
    return received["case_number"], re.sub(r"^https?://[^/]+", "", received["tracking_url"])


def act(people: People, number: str, action: str, account: dict[str, str], **command: Any) -> dict[str, Any]:
    """Take an action over the API."""
    return people.ask(f"/cases/{number}/actions/{action}", command, token=account["token"])


def sort(people: People, number: str, anomaly: str, organisation_name: str) -> None:
    """Have the lead confirm who answers, and ask them, where triage was not sure enough to do it at once."""
    lead = people.account("lead")
    seen = people.visitor("program").window.request.get(
        f"/api/v1/cases/{number}", headers={"Authorization": f"Bearer {lead['token']}"}
    )
    if seen.json()["state"] != "triage":
        return
    staff = people.signed_in("lead")
    staff.open(f"/desk/cases/{number}/classify")
    chosen = staff.page.locator(f"[name=organisation] option:has-text('{organisation_name}')").get_attribute("value")
    step(staff, number, "classify", anomaly=anomaly, organisation=chosen, reason="核对订单后确认。")
    act(people, number, "request_answer", lead)

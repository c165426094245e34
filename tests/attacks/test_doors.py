"""Every door tried by every reader: who is let in is exactly who stands in the table of `test_access`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from tests.attacks.test_access import GET, POST, REMEMBERED
from tests.attacks.world import CANARY, READERS, World, addresses, changed, everything


def let_in(answer: TestResponse) -> bool:
    """Whether the reader got further than the door."""
    assert answer.status_code < 500, answer.text
    to = answer.headers.get("Location", "").partition("?")[0]
    outside = to == "/signin" or to.endswith("/verify")
    return answer.status_code not in (401, 403, 404, 410) and not outside


def nothing(address: str) -> dict[str, dict[str, str]]:
    return {"json": {}} if address.startswith("/api/") else {"data": {}}


def meant(table: dict[str, str], name: str, reader: str) -> bool:
    return table.get(name) == "anybody" or reader in table.get(name, "").split()


def tried(world: World, method: str, table: dict[str, str], reader: str) -> Iterator[tuple[str, str]]:
    """Yield the addresses worth trying: what is open to anybody is tried by two."""
    for name, address in addresses(world, method):
        if table.get(name) != "anybody" or reader in ("nobody", "admin"):
            yield name, address


@pytest.mark.parametrize("reader", READERS)
def test_every_page_opens_to_those_it_is_meant_for_and_to_nobody_else(world: World, reader: str):
    browser = world.browser(reader)
    wrong, told = [], []

    for name, address in tried(world, "GET", GET, reader):
        answer = world.ask(reader, browser, address)
        if let_in(answer) is not meant(GET, name, reader):
            wrong.append(f"{name}: {answer.status_code}")
        if not meant(GET, name, reader) and CANARY.encode() in answer.data:
            told.append(name)

    assert (wrong, told) == ([], [])


@pytest.mark.parametrize("reader", READERS)
def test_every_act_is_open_to_those_it_is_meant_for_and_refusing_the_others_changes_nothing(world: World, reader: str):
    browser = world.browser(reader)
    acts = [each for each in tried(world, "POST", POST, reader) if each[0] != "/signout"]
    meant_for_others = [(name, url) for name, url in acts if not meant(POST, name, reader)]
    own = [(name, url) for name, url in acts if meant(POST, name, reader)]
    own.sort(key=lambda each: each[0].endswith("/remove"))  # nothing else can be done to what was removed
    before = everything()

    refused = {name: world.ask(reader, browser, url, "POST", **nothing(url)) for name, url in meant_for_others}
    touched = changed(before)
    let = {name: world.ask(reader, browser, url, "POST", **nothing(url)) for name, url in own}

    assert [name for name, answer in refused.items() if let_in(answer)] == []
    assert [name for name, answer in let.items() if not let_in(answer)] == []
    assert [name for name, answer in refused.items() if CANARY.encode() in answer.data] == []
    # whoever holds the link may ask for a code
    assert touched - REMEMBERED <= {"one_time_codes", "outbound_messages", "outbox"}


def test_the_supervisor_reads_and_changes_nothing(world: World):
    browser = world.browser("supervisor")
    closed = [
        (name, url) for name, url in addresses(world, "POST")
        if POST[name] != "anybody" and "/c/" not in name and not name.startswith(("/account/", "/signin/"))
    ]  # fmt: skip
    before = everything()

    answers = {name: world.ask("supervisor", browser, url, "POST", **nothing(url)).status_code for name, url in closed}

    assert {name for name, status in answers.items() if status not in (403, 404, 409)} == {
        "/signout", "/desk/search", "/admin/data", "/admin/data/<person_id>/package",
        "/evidence/<evidence_id>/harmful", "/desk/mail/<mail_id>/files/<n>",  # each asks for a reason before it shows
    }  # fmt: skip
    assert changed(before) - REMEMBERED == {"sessions"}

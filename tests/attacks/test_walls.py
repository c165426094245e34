"""What stays hidden even from those who are let in: offers from the committee, closed cases from everybody else."""

from __future__ import annotations

import pytest

from tests.attacks.test_access import GET
from tests.attacks.test_doors import let_in, meant
from tests.attacks.world import OFFERED, READERS, World, addresses


@pytest.mark.parametrize("reader", ["secretary", "chair", "member", "drawn"])
def test_the_committee_learns_nothing_of_what_was_offered(world: World, reader: str):
    browser = world.browser(reader)
    judged = world.cases["judged"]

    told = [
        name
        for name, address in addresses(world, "GET", number=judged)
        if "/c/" not in name and "/complain/" not in name
        and OFFERED.encode() in world.ask(reader, browser, address).data
    ]  # fmt: skip

    assert told == []


@pytest.mark.parametrize("reader", READERS)
def test_a_closed_case_opens_to_nobody_whom_an_open_one_keeps_out(world: World, reader: str):
    browser = world.browser(reader)
    closed = [
        (name, url) for name, url in addresses(world, "GET", number=world.cases["closed"])
        if world.cases["closed"] in url and not meant(GET, name, reader)
    ]  # fmt: skip

    assert [name for name, url in closed if let_in(world.ask(reader, browser, url))] == []

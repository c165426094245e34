"""Addresses and queries that no link of ours has: not there, or refused with the reason; never a breakdown."""

from __future__ import annotations

import re

import pytest

from tests.attacks.test_access import GET
from tests.attacks.world import World, addresses

LONG = "9" * 30
QUERIES = [
    "id=1&id=2",
    "limit=1&limit=2&cursor=a&cursor=b&v=a&v=b&q=a&q=b",
    "q=%00&cursor=%00&language=%00&v=%00&type=%00&code=%00&case=%00&next=%00&phone=%00&rule=%00&month=%00",
    "q=%ff%fe&cursor=%ff&language=%ff&type=%ff&code=%ff&case=%ff&phone=%ff&about=%ff",
    f"limit={LONG}&assignee={LONG}&about={LONG}&tab={LONG}&month={LONG}&cursor={LONG}&as_of={LONG}",
    "limit=%D9%A1&assignee=1_0&about=%D9%A1&as_of=%D9%A1",
    "lang=xx&endpoint=y&_external=1&_scheme=javascript&_anchor=z&_method=POST&number=q&token=q&filename=q",
    "q=" + "a" * 5_000 + "&cursor=" + "W10" * 100,
]


def reader_of(name: str) -> str:
    return "consumer" if "/c/" in name else GET[name].split()[0].replace("anybody", "nobody") if GET[name] else "nobody"


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_no_query_breaks_a_page_or_bends_its_links(world: World, query: str):
    browsers = {reader: world.browser(reader) for reader in {reader_of(name) for name in GET}}
    wrong = []

    for name, address in addresses(world, "GET"):
        answer = world.ask(reader_of(name), browsers[reader_of(name)], f"{address}?{query}")
        if answer.status_code >= 500:
            wrong.append(f"{name}: {answer.status_code}")
        if re.search(rb'href="(?:javascript|y)', answer.data):
            wrong.append(f"{name}: a bent link")

    assert wrong == []


@pytest.mark.parametrize("piece", [LONG, "%D9%A1", "1_0", "%00", "%ff", "a%00b", "-1", "..%2f..", "x" * 3_000])
def test_an_address_of_nothing_is_a_404(world: World, piece: str):
    browsers = {reader: world.browser(reader) for reader in {reader_of(name) for name in GET}}
    found = []

    for rule in world.app.url_map.iter_rules():
        own = rule.arguments - {"lang", "filename", "tag", "page", "step"}
        if not own or "GET" not in (rule.methods or ()):
            continue
        address = re.sub(r"<any\(\"zh-hans\"[^<>]*:lang>", "en", rule.rule)
        address = re.sub(r"<(?:[^<>]*:)?(?:tag)>", "en", address)
        address = re.sub(r"<any\(([\w]+)[^<>]*:\w+>", r"\1", re.sub(r"<page>", "reply", address))
        address = re.sub(r"<[^<>]*>", piece, address)
        for reader in ("lead", "consumer", "respondent", "chair", "secretary"):
            answer = world.ask(reader, browsers.get(reader) or world.browser(reader), address)
            if answer.status_code not in (302, 303, 401, 403, 404, 308):
                found.append(f"{address[:80]} {reader}: {answer.status_code}")

    assert found == []

"""A hole that somebody plants is found: a route without a guard, without a row, and a query without a scope."""

from __future__ import annotations

import sys

import pytest
from sqlalchemy import true
from werkzeug.routing import Map, Rule

from app.cases import queries
from app.web.guards import open_to_all
from tests.attacks.test_access import GET, POST
from tests.attacks.test_doors import let_in, meant, tried
from tests.attacks.world import READERS, World, addresses

PLANTED = Rule("/planted", endpoint="planted", methods=["GET"])
Map([PLANTED])


def test_the_table_is_as_large_as_it_looks(world: World, record_property):
    gets, posts = list(addresses(world, "GET")), list(addresses(world, "POST"))
    tried_all = sum(
        len(list(tried(world, method, table, reader)))
        for method, table in (("GET", GET), ("POST", POST)) for reader in READERS
    )  # fmt: skip
    told = f"access matrix: {len(gets)} GET + {len(posts)} POST addresses, {len(READERS)} readers, {tried_all} tried"
    record_property("matrix", told)
    sys.stdout.write(told + "\n")

    assert (len(dict(gets)), len(dict(posts))) == (len(GET), len(POST))
    assert tried_all > 1_500


def test_a_planted_view_without_a_row_is_found(world: World, monkeypatch):
    planted = [*world.app.url_map.iter_rules(), PLANTED]
    monkeypatch.setattr(world.app.url_map, "iter_rules", lambda: iter(planted))

    assert {name for name, _ in addresses(world, "GET")} - set(GET) == {"/planted"}


def test_a_planted_query_without_a_scope_is_found(world: World, monkeypatch):
    """What lets a stranger read every case must make the matrix fail."""
    monkeypatch.setattr(queries, "seen_by", lambda actor: true())
    browser, wrong = world.browser("rival"), []

    for name, address in tried(world, "GET", GET, "rival"):
        about_a_case = name.startswith(("/api/v1/cases/<number>", "/r/cases/<number>"))
        if about_a_case and let_in(world.ask("rival", browser, address)) is not meant(GET, name, "rival"):
            wrong.append(name)

    assert "/api/v1/cases/<number>" in wrong
    assert "/r/cases/<number>" in wrong


@pytest.mark.parametrize("method", ["GET"])
def test_a_planted_guard_that_lets_everybody_in_is_found(world: World, method: str, monkeypatch):
    """A page of the desk whose guard was taken away must make the matrix fail."""
    endpoint = next(rule.endpoint for rule in world.app.url_map.iter_rules() if rule.rule == "/desk/search")
    monkeypatch.setitem(world.app.view_functions, endpoint, open_to_all(lambda: "everything"))

    assert let_in(world.app.test_client().get("/desk/search")) is not meant(GET, "/desk/search", "nobody")

"""Forms that another site sends in the reader's browser are refused and change nothing."""

from __future__ import annotations

import pytest

from tests.attacks.test_access import POST
from tests.attacks.test_hostile_bodies import able
from tests.attacks.world import World, addresses, changed, everything


@pytest.fixture
def guarded(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)  # to sign in
    yield lambda: app.config.update(WTF_CSRF_ENABLED=True)
    app.config["WTF_CSRF_ENABLED"] = False


def test_a_form_without_its_token_changes_nothing(world: World, guarded):
    browsers = {reader: world.browser(reader) for reader in {able(name) for name in POST if POST[name]}}
    guarded()
    before, taken = everything(), []

    for name, address in addresses(world, "POST"):
        if address.startswith("/api/"):
            continue
        reader = able(name) if POST[name] else "nobody"
        browser = browsers.get(reader) or world.app.test_client()
        answer = world.ask(reader, browser, address, "POST", data={"body": "你好", "email": "a@b.test"})
        if answer.status_code not in (400, 422):
            taken.append(f"{name}: {answer.status_code}")

    assert taken == []
    assert changed(before) == set()

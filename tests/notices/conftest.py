"""One warm press for the whole run, each sample printed once, and a worker that does its work at once."""

from collections.abc import Iterator
from functools import cache

import pytest

from app.core import outbox
from app.notices import service
from app.notices.facts import NoticeFacts
from app.notices.render import Press
from workflows.jobs import tasks


@pytest.fixture(scope="session")
def press(tmp_path_factory) -> Iterator[Press]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(tmp_path_factory.mktemp("data")))
        press = Press()
        press.start()
    yield press
    press.stop()


@pytest.fixture(scope="session")
def printed(press):
    """Return the PDF of a notice; the same facts are printed once only."""

    @cache
    def print_once(facts: NoticeFacts) -> bytes:
        return press.render(facts)

    return print_once


@pytest.fixture
def worker(app, press, monkeypatch):
    """Whatever is to be printed is printed and signed as soon as it is committed."""
    monkeypatch.setattr(service, "render", press.render)
    monkeypatch.setattr(tasks, "application", lambda: app)
    monkeypatch.setattr(outbox, "_nudge", lambda lane, row: tasks.deliver(row) if lane is outbox.Lane.NOTICES else None)


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """One authority for the whole run: making keys is slow."""
    return tmp_path_factory.mktemp("keys") / "notices"

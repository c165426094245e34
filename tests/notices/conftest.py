"""One warm press for the whole run, and each sample printed once."""

from collections.abc import Iterator
from functools import cache

import pytest

from app.notices.facts import NoticeFacts
from app.notices.render import Press


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

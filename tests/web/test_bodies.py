"""Bodies are read whole first; a sender who dawdles is given up, and holds up nobody."""

from __future__ import annotations

import io

import pytest

from app.web import bodies
from app.web.bodies import WholeBodies


class Sender(io.BytesIO):
    """Stands for a connection: each piece asked for takes `pause_s` of `clock` a byte, and the server waits for it."""

    def __init__(self, content: bytes, clock: list[float], pause_s: float) -> None:
        super().__init__(content)
        self.clock, self.pause_s, self.asked = clock, pause_s, []

    def read(self, size=-1):
        read = super().read(size)
        self.asked.append(size)
        self.clock[0] += self.pause_s * len(read)
        return read


@pytest.fixture
def clock(monkeypatch):
    at = [0.0]
    monkeypatch.setattr(bodies, "monotonic", lambda: at[0])
    return at


def answered(content: bytes, sender: Sender, length: int | None = None, largest: int = 10**7) -> tuple[str, bytes]:
    said: list[str] = []

    def echo(environ, start_response):
        start_response("200 OK", [])
        return [environ["wsgi.input"].read()]

    environ = {"CONTENT_LENGTH": str(len(content) if length is None else length), "wsgi.input": sender}
    body = WholeBodies(echo, at_once=1, largest=largest)(environ, lambda status, headers: said.append(status))
    return said[0], b"".join(body)


@pytest.mark.parametrize("size", [1, 15, 16, 17, 1_000, 100_000, 3_000_000])
def test_what_was_sent_arrives_byte_for_byte(clock, size):
    content = bytes(n % 251 for n in range(size))

    assert answered(content, Sender(content, clock, 1e-7)) == ("200 OK", content)


def test_a_byte_a_second_is_given_up_after_sixteen(clock):
    sender = Sender(b"a" * 100_000, clock, 1.0)

    status, _ = answered(b"a" * 100_000, sender)

    assert status.startswith("408")
    assert clock[0] == 16


def test_a_bad_connection_gets_through(clock):
    content = b"a" * 20_000

    assert answered(content, Sender(content, clock, 1 / 2_000)) == ("200 OK", content)


def test_a_body_that_ends_early_is_handed_on_as_it_is(clock):
    assert answered(b"abc", Sender(b"abc", clock, 0), length=50) == ("200 OK", b"abc")


def test_what_is_too_large_is_not_read_here(clock):
    sender = Sender(b"a" * 100, clock, 0)

    answered(b"a" * 100, sender, largest=50)

    assert sender.asked == [-1]

"""Sending to an address that somebody else named: resolved once, refused where it is not public, never redirected.

The connection goes to the address that was checked, so a name that changes its mind in between gains nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from urllib.parse import urlsplit

PATIENCE_S = 5.0  # for the connection, and for the whole exchange
MOST_READ = 1_000  # bytes of an answer, which is thrown away
PORT = 443


class Unreachable(OSError):
    """The message could not be handed over; the words say why, for the organisation to read."""


def sound_url(url: str) -> bool:
    """Return whether an address may be sent to as far as it can be told without asking for it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = parts.username is None and parts.password is None and not parts.fragment and url.isascii()
    named = bool(parts.hostname) and "." in (parts.hostname or "") and len(url) <= 500 and url.isprintable()
    return plain and named and parts.scheme == "https" and port in (None, PORT)


def public_addresses(host: str) -> list[str]:
    """Return the addresses of `host`. Raises Unreachable where one of them is not on the open Internet."""
    try:
        found = socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("the name is not known") from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not addresses or not all(_is_public(address) for address in addresses):
        raise Unreachable("the address is not on the open Internet")
    return addresses


def _is_public(address: str) -> bool:
    read = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(read, "ipv4_mapped", None) or getattr(read, "sixtofour", None)
    if inner is not None:
        return bool(inner.is_global)
    return read.is_global and not read.is_multicast and read not in ipaddress.ip_network("64:ff9b::/96")


class _Pinned(http.client.HTTPSConnection):
    """Goes to the address that was checked; the certificate must still be that of the name."""

    def __init__(self, host: str, address: str) -> None:
        self.tls = ssl.create_default_context()
        super().__init__(host, PORT, timeout=PATIENCE_S, context=self.tls)
        self.address, self.given_up = address, False

    def connect(self) -> None:
        raw = socket.create_connection((self.address, PORT), PATIENCE_S)
        self.sock = self.tls.wrap_socket(raw, server_hostname=self.host)

    def give_up(self) -> None:
        """End the connection, whoever waits for something on it."""
        self.given_up = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send the body and return the status of the answer. Raises: Unreachable."""
    if not sound_url(url):
        raise Unreachable("the address cannot be used")
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = _Pinned(host, public_addresses(host)[0])
    too_long = threading.Timer(PATIENCE_S, connection.give_up)  # whoever sends a byte now and then is not waited for
    too_long.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Content-Type": "application/json", "User-Agent": "Heng", **headers})
        answer = connection.getresponse()
        answer.read(MOST_READ)
        if connection.given_up:  # what was cut off may look like a whole answer
            raise TimeoutError
        return answer.status
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{type(error).__name__}") from error
    finally:
        too_long.cancel()
        connection.close()

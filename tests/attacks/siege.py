"""What floods do to a running system, as figures: `make siege`.

Starts the product on a free port and lets attackers at it while somebody else reads: sockets that send
one byte a second, and guesses at tokens, case numbers and codes. Fails where a guess opens something, or where the
others wait longer than a second.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

from app.core.ids import case_number

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S, START_S = 1.0, 180.0
APART = 0.05  # of the time that an answer takes: more would tell what there is
CONTACT = "+8613800138000"
READ = ("/en/", "/en/rules", "/en/decisions")


@contextlib.contextmanager
def running() -> Iterator[int]:
    """The product; the port on which it answers."""
    with tempfile.TemporaryDirectory(prefix="heng-siege-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        Path(folder, "demo-accounts.json").write_text("[]")  # without the demo, which takes a minute
        environ = os.environ | {"DATA_DIR": folder, "PORT": str(port), "SMTP_LISTEN": "off"}
        command = [sys.executable, "-m", "workflows.jobs.supervisor"]
        with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL) as system:
            try:
                _await(port, system)
                yield port
            finally:
                system.terminate()
                system.wait(60)


def _await(port: int, system: subprocess.Popen[bytes]) -> None:
    for _ in range(int(START_S / 0.2)):
        with contextlib.suppress(OSError):
            if ask(port, "GET", "/healthz")[0] == 200:
                return
        if system.poll() is not None:
            break
        time.sleep(0.2)
    raise SystemExit("The system did not start.")


def ask(
    port: int, method: str, path: str, body: str = "", *, sender: str = "127.0.0.1", **headers: str
) -> tuple[int, float, http.client.HTTPMessage]:
    """One request: status, seconds, headers."""
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(sender, 0))
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.perf_counter() - begun, answer.headers
    finally:
        connection.close()


class Reader(threading.Thread):
    """Somebody else, who reads a page every tenth of a second and notes how long it took."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port, self.waits, self.failed, self.over = port, [], 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.1):
            try:
                status, waited, _ = ask(self.port, "GET", random.choice(READ))
                self.failed += status != 200
            except OSError:
                waited, self.failed = 30.0, self.failed + 1
            self.waits.append(waited)

    def p99(self) -> float:
        """Return the wait that ninety-nine of a hundred stayed within, in seconds."""
        return statistics.quantiles(self.waits, n=100)[98]


def meanwhile(port: int, attack: Callable[[], str]) -> tuple[str, Reader]:
    """Let somebody read while the attack goes on."""
    reader = Reader(port)
    reader.start()
    told = attack()
    reader.over.set()
    reader.join()
    return told, reader


# --- slow senders --------------------------------------------------------------------------------------------------


def slow(port: int, sockets: int, seconds: int) -> str:
    """Hold `sockets` open that send a byte a second: a third in the head, the others in the body of a form."""
    head = "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {}\r\nContent-Length: 100000\r\n"
    kinds = (
        head.format("/signin", "application/x-www-form-urlencoded"),
        head.format("/signin", "application/x-www-form-urlencoded") + "\r\n",
        head.format("/api/v1/complaints", "application/json") + "Idempotency-Key: x\r\n\r\n",
    )
    held = []
    for n in range(sockets):
        held.append(socket.create_connection(("127.0.0.1", port), timeout=5))
        held[-1].sendall(kinds[n % len(kinds)].encode())
    for _ in range(seconds):
        time.sleep(1)
        for each in held:
            with contextlib.suppress(OSError):
                each.sendall(b"a")
    for each in held:
        each.close()
    return f"{sockets} sockets at 1 byte/s for {seconds} s"


# --- guessing ------------------------------------------------------------------------------------------------------


@dataclass
class Guesser(threading.Thread):
    """One connection that asks many things at once and reads the answers as they come: the guesser costs little."""

    port: int
    times: int
    jar: str = ""
    form: str = ""
    seen: Counter[int] = field(default_factory=Counter)
    opened: int = 0
    AT_ONCE = 8

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        kinds = (self._link, self._sign_in_link, self._token, self._number, self._code)
        left = self.times
        while left > 0:
            try:
                with (
                    socket.create_connection(("127.0.0.1", self.port), timeout=60) as line,
                    line.makefile("rb") as back,
                ):
                    while left > 0:
                        asked = [kinds[(left - n) % len(kinds)]() for n in range(min(self.AT_ONCE, left))]
                        line.sendall("".join(asked).encode())
                        for _ in asked:
                            self._note(*_answer(back))
                            left -= 1
            except (OSError, ValueError):
                self.seen[0] += 1
                left -= 1

    def _note(self, status: int, where: str) -> None:
        self.seen[status] += 1
        away = 300 <= status < 400 and where.partition("?")[0].endswith(("/signin", "/track", "/track/code", "/verify"))
        self.opened += 200 <= status < 400 and not away

    def _get(self, path: str, *heads: str) -> str:
        return "\r\n".join((f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *heads, "", ""))

    def _link(self) -> str:
        return self._get(f"/en/c/{secrets.token_urlsafe(16)}")

    def _sign_in_link(self) -> str:
        return self._get(f"/signin/link/{secrets.token_urlsafe(16)}")

    def _token(self) -> str:
        return self._get("/api/v1/cases", f"Authorization: Bearer {secrets.token_urlsafe(16)}")

    def _number(self) -> str:
        return self._get(f"/api/v1/cases/H2026-{random.randrange(200):06d}-{random.randrange(10)}")

    def _code(self) -> str:
        """A code of six digits for the case that this browser asked for; where it is right, it leads into the case."""
        body = f"csrf_token={self.form}&code={random.randrange(10**6):06d}"
        heads = ("Host: 127.0.0.1", f"Cookie: {self.jar}", "Content-Type: application/x-www-form-urlencoded",
                 f"Content-Length: {len(body)}")  # fmt: skip
        return "\r\n".join(("POST /en/track/code HTTP/1.1", *heads, "", body))


def _answer(back: BinaryIO) -> tuple[int, str]:
    """Read one answer: its status, and where it leads."""
    status, length, where = int(back.readline().split(None, 2)[1]), 0, ""
    while head := back.readline().strip():
        name, _, value = head.decode("latin-1").partition(": ")
        if name.lower() == "content-length":
            length = int(value)
        elif name.lower() == "location":
            where = value
    back.read(length)
    return status, where


def guess(port: int, times: int, jar: str, form: str, lines: int = 8) -> tuple[Counter[int], int]:
    """Guess at links, tokens, numbers and codes; return statuses, and how many opened something."""
    guessers = [Guesser(port, times // lines, jar, form) for _ in range(lines)]
    for each in guessers:
        each.start()
    for each in guessers:
        each.join()
    return sum((each.seen for each in guessers), Counter()), sum(each.opened for each in guessers)


def _asks_for_a_case(port: int) -> tuple[str, str]:
    """File a complaint, ask for the code of its case; return the cookies of that browser and the token of its forms."""
    number = _a_case(port)
    _, page, jar = _spoken(port, "GET", "/en/track", "", {})
    form = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert form
    asked = urlencode({"csrf_token": form[1], "number": number, "contact": CONTACT})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": jar}
    status, _, fresh = _spoken(port, "POST", "/en/track", asked, kind)
    if status != 303:
        raise SystemExit(f"No code could be asked for: {status}")
    return fresh or jar, form[1]


def _a_case(port: int) -> str:
    """File a complaint and return its number."""
    told = {"narrative": "The shop refuses to take the coat back.", "language": "en",
            "complainant": {"name": "A", "phone": CONTACT, "contact_by": "phone"}}  # fmt: skip
    kind = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(8)}
    status, body, _ = _spoken(port, "POST", "/api/v1/complaints", json.dumps(told), kind)
    if status != 201:
        raise SystemExit(f"No complaint could be filed: {status} {body[:200]}")
    number: str = json.loads(body)["case_number"]
    return number


def _spoken(port: int, method: str, path: str, body: str, heads: dict[str, str]) -> tuple[int, str, str]:
    """Return status, body and the cookies that an answer sets."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, heads)
        answer = connection.getresponse()
        set_ = answer.headers.get_all("Set-Cookie") or []
        return answer.status, answer.read().decode(), "; ".join(each.partition(";")[0] for each in set_)
    finally:
        connection.close()


# --- who knows something and who does not -----------------------------------------------------------------------------


def alike(port: int, times: int = 50, senders: int = 8) -> float:
    """Return by how much the answers about a case that is there and one that is not differ in time: of the median.

    Both kinds take turns, so that whatever else the machine does falls on both. Each sender, an address of this
    machine, asks as often as the limits let it.
    """
    number = _a_case(port)
    _, page, jar = _spoken(port, "GET", "/en/track", "", {})
    form = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    heads = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": jar}
    spent: dict[str, list[float]] = {number: [], case_number(2026, 999_999): []}
    for n in range(times * senders):
        asked = list(spent)[n % 2]
        contact = f"+8613900139{n // 2 % 1000:03d}" if n % 20 > 1 else f"a{n // 2}@example.test"
        body = urlencode({"csrf_token": form[1] if form else "", "number": asked, "contact": contact})
        status, waited = ask(port, "POST", "/en/track", body, sender=f"127.0.0.{2 + n // times}", **heads)[:2]
        if n >= 20 and status in (303, 422):  # the first ones warm up
            spent[asked].append(waited)
    known, unknown = (statistics.median(each) for each in spent.values())
    return abs(known - unknown) / unknown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--guesses", type=int, default=1_000_000)
    asked = parser.parse_args()
    wrong = 0
    with running() as port:
        jar, form = _asks_for_a_case(port)
        apart = alike(port)
        wrong += apart > APART
        print(f"what there is and what there is not are answered {apart:.1%} apart in time (median)")
        told, reader = meanwhile(port, lambda: slow(port, asked.sockets, asked.seconds))
        wrong += reader.p99() > PATIENCE_S or reader.failed > 0
        print(f"{told}: others' p99 {reader.p99():.3f} s over {len(reader.waits)} pages, {reader.failed} failed")
        found: list[tuple[Counter[int], int]] = []
        begun = time.perf_counter()
        _, reader = meanwhile(port, lambda: str(found.append(guess(port, asked.guesses, jar, form))))
        lasted = time.perf_counter() - begun
        seen, hits = found[0]
        wrong += hits > 0 or reader.p99() > PATIENCE_S
        print(f"{sum(seen.values()) / lasted:,.0f} guesses a second")
        print(f"{sum(seen.values()):,} guesses in {lasted:.0f} s: {hits} opened something; answers {dict(seen)}")
        print(f"others' p99 {reader.p99():.3f} s over {len(reader.waits)} pages, {reader.failed} failed")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())

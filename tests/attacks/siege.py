"""What floods do to a running system, as figures: `make siege`.

Starts the product on a free port and lets attackers at it while somebody else reads: sockets that send one byte a
second, five who fetch the whole register, and guesses at links, tokens, case numbers and codes. Fails where a guess
opens something, where the others wait longer than a second, or where the time of an answer tells what there is.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import socket
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.attacks import guessing, taking_out, telling_time
from tests.attacks.besieged import Complaint, Line, a_complaint, asked_for, running

PATIENCE_S, MOST_MB = 1.0, 300
APART = 0.05  # of the time that an answer takes: more would tell what there is
READ = ("/en/", "/en/rules", "/en/decisions")
READS_FROM = "127.0.0.200"


class Reader(threading.Thread):
    """Somebody else, who reads a page ten times a second, their own case among them, and notes how long it took."""

    def __init__(self, port: int, own: Complaint) -> None:
        super().__init__(daemon=True)
        self.port, self.pages, self.waits, self.over = port, (*READ, own.link), [], threading.Event()
        self.failed: Counter[int] = Counter()  # by status; 0 is no answer

    def run(self) -> None:
        while not self.over.wait(0.1):
            begun = time.perf_counter()
            try:
                with Line(self.port, READS_FROM) as line:
                    status = line.ask("GET", random.choice(self.pages)).status
            except OSError:
                status = 0
            self.failed.update([status] if status != 200 else [])
            self.waits.append(time.perf_counter() - begun)

    def p99(self) -> float:
        """Return the wait that ninety-nine of a hundred stayed within, in seconds."""
        return statistics.quantiles(self.waits, n=100)[98]

    def __str__(self) -> str:
        failed = f"{self.failed.total()} failed {dict(self.failed) or ''}".strip()
        return f"others' p99 {self.p99():.3f} s over {len(self.waits)} pages, {failed}"

    @property
    def suffered(self) -> bool:
        return self.p99() > PATIENCE_S or self.failed.total() > 0


def meanwhile(port: int, own: Complaint, attack: Callable[[], None]) -> Reader:
    """Let somebody read while the attack goes on."""
    reader = Reader(port, own)
    reader.start()
    attack()
    reader.over.set()
    reader.join()
    return reader


def slow(port: int, sockets: int, seconds: int) -> None:
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


def _slowly(port: int, sockets: int, seconds: int) -> bool:
    reader = meanwhile(port, a_complaint(port), lambda: slow(port, sockets, seconds))
    print(f"{sockets} sockets at 1 byte/s for {seconds} s: {reader}")
    return reader.suffered


def _guessing(port: int, times: int) -> bool:
    victim, own, reads = a_complaint(port), a_complaint(port, "+8613800138001"), a_complaint(port, "+8613800138002")
    browser = asked_for(port, victim.number, victim.phone, READS_FROM)
    known = guessing.Known(browser, own.token, int(own.number.split("-")[1]))
    told = []
    begun = time.perf_counter()
    reader = meanwhile(port, reads, lambda: told.append(guessing.guess(port, times, known)))
    lasted = time.perf_counter() - begun
    seen, opened = told[0]
    tried = sum(seen.values())
    print(f"{tried:,} guesses in {lasted:.0f} s, {tried / lasted:,.0f} a second: {opened} opened something; "
          f"answers {dict(sorted(seen.items()))}")  # fmt: skip
    print(f"meanwhile {reader}")
    return opened > 0 or reader.suffered


def _telling(port: int, folder: Path, pairs: int) -> bool:
    wrong = False
    for apart in telling_time.measured(port, folder, pairs):
        print(apart, flush=True)
        wrong = wrong or abs(apart.part) > APART
    return wrong


def _taking_out(port: int, folder: Path, entries: int) -> bool:
    told = taking_out.fetched(port, folder, entries)
    print(told)
    return told.p99_s > PATIENCE_S or told.most_mb > MOST_MB or set(told.rows) != {entries}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=200, help="that send a byte a second; 0 leaves this out")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--guesses", type=int, default=1_000_000, help="0 leaves this out")
    parser.add_argument("--pairs", type=int, default=200, help="of known and unknown; 0 leaves this out")
    parser.add_argument("--entries", type=int, default=20_000, help="that five people fetch at once; 0 leaves this out")
    asked = parser.parse_args()
    with running() as (port, folder):
        wrong = [
            asked.pairs > 0 and _telling(port, folder, asked.pairs),
            asked.sockets > 0 and _slowly(port, asked.sockets, asked.seconds),
            asked.guesses > 0 and _guessing(port, asked.guesses),
            asked.entries > 0 and _taking_out(port, folder, asked.entries),
        ]
    return int(any(wrong))


if __name__ == "__main__":
    sys.exit(main())

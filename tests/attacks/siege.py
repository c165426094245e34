"""What floods do to a running system, as figures: `make siege`.

Starts the product on a free port and lets attackers at it while somebody else reads: sockets that send
one byte a second, and guesses at tokens, case numbers and codes. Fails where a guess opens something, or where the
others wait longer than a second.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import random
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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S, START_S = 1.0, 180.0
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
    port: int, method: str, path: str, body: str = "", **headers: str
) -> tuple[int, float, http.client.HTTPMessage]:
    """One request: status, seconds, headers."""
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
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


def guess(port: int, times: int, threads: int = 8) -> tuple[Counter[int], int]:
    """Guess at links, API tokens, case numbers, and sign-in links; return statuses, and how many opened something."""
    kinds: tuple[Callable[[], tuple[str, dict[str, str]]], ...] = (
        lambda: (f"/en/c/{secrets.token_urlsafe(16)}", {}),
        lambda: (f"/signin/link/{secrets.token_urlsafe(16)}", {}),
        lambda: ("/api/v1/cases", {"Authorization": f"Bearer {secrets.token_urlsafe(16)}"}),
        lambda: (f"/api/v1/cases/H2026-{random.randrange(200):06d}-{random.randrange(10)}", {}),
    )
    seen: Counter[int] = Counter()

    def work(share: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for n in range(share):
            path, headers = kinds[n % len(kinds)]()
            try:
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                seen[answer.status] += 1
            except (OSError, http.client.HTTPException):
                seen[0] += 1
                connection.close()

    workers = [threading.Thread(target=work, args=(times // threads,)) for _ in range(threads)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    return seen, sum(count for status, count in seen.items() if 200 <= status < 400)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--guesses", type=int, default=1_000_000)
    asked = parser.parse_args()
    wrong = 0
    with running() as port:
        told, reader = meanwhile(port, lambda: slow(port, asked.sockets, asked.seconds))
        wrong += reader.p99() > PATIENCE_S or reader.failed > 0
        print(f"{told}: others' p99 {reader.p99():.3f} s over {len(reader.waits)} pages, {reader.failed} failed")
        found: list[tuple[Counter[int], int]] = []
        begun = time.perf_counter()
        _, reader = meanwhile(port, lambda: str(found.append(guess(port, asked.guesses))))
        lasted = time.perf_counter() - begun
        seen, hits = found[0]
        wrong += hits > 0 or reader.p99() > PATIENCE_S
        print(f"{sum(seen.values()):,} guesses in {lasted:.0f} s: {hits} opened something; answers {dict(seen)}")
        print(f"others' p99 {reader.p99():.3f} s over {len(reader.waits)} pages, {reader.failed} failed")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())

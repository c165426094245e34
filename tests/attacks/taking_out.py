"""Several people fetch the whole register at once while others complain: how long those wait, what memory it takes."""

from __future__ import annotations

import http.client
import os
import statistics
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from tests.attacks.besieged import a_complaint

TABLE = "/api/v1/decisions.csv"
PIECE = 64 * 1024
A_SECOND = timedelta(seconds=1)
TOGETHER = 5_000  # rows written at once


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What it came to: rows for each of the fetchers, seconds, the wait of 99 of 100 complaints, memory of a web."""

    rows: list[int]
    lasted_s: float
    p99_s: float
    most_mb: int

    def __str__(self) -> str:
        return (
            f"{len(self.rows)} fetched {min(self.rows):,} rows each in {self.lasted_s:.0f} s: complaints' p99 "
            f"{self.p99_s:.3f} s meanwhile, at most {self.most_mb} MB in a web process"
        )


def fetched(port: int, folder: Path, entries: int, users: int = 5) -> TakenOut:
    """Publish so many entries, have them fetched by all users at once, and complain meanwhile."""
    a_complaint(port)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        beside.submit(_publish, folder, entries).result()
    rows, waits, begun = [], [], time.perf_counter()
    fetchers = [threading.Thread(target=lambda: rows.append(_fetch(port)), daemon=True) for _ in range(users)]
    for each in fetchers:
        each.start()
    while any(each.is_alive() for each in fetchers):
        asked = time.perf_counter()
        a_complaint(port)
        waits.append(time.perf_counter() - asked)
        time.sleep(0.1)
    lasted = time.perf_counter() - begun
    return TakenOut(rows, lasted, statistics.quantiles([*waits, *waits], n=100)[98], _most_mb(port))


def _fetch(port: int) -> int:
    """Read the table to its end, holding none of it; return its rows."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", TABLE)
    answer, lines = line.getresponse(), 0
    while piece := answer.read(PIECE):
        lines += piece.count(b"\n")
    line.close()
    return lines - 1  # the headings


def _most_mb(port: int) -> int:
    """Return the most memory that a web process of this port held, in MB (VmHWM)."""
    found = [0]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"--port\0{port}\0".encode() in (process / "cmdline").read_bytes():
                status = (process / "status").read_text()
                found += [int(told.split()[1]) // 1024 for told in status.splitlines() if told.startswith("VmHWM")]
        except OSError:
            continue
    return max(found)


def _publish(folder: Path, entries: int) -> None:
    from sqlalchemy import insert, select

    import config
    from app.cases.models import Case
    from app.core.clock import now
    from app.core.db import session, transaction
    from app.factory import create_app
    from app.notices.models import RegisterEntry

    app = create_app(config.load(os.environ | {"DATA_DIR": str(folder)}))
    with app.app_context():
        case_id, at = session().scalars(select(Case.id)).first(), now()
        plain = {"case_id": case_id, "kind": "decision", "month": "2026-09", "account": {},
                 "anomaly": "return_refusal", "outcome": "for_consumer", "amount_band": "100-500", "currency": "CNY",
                 "searched": "coat", "status": "in_force", "status_at": at}  # fmt: skip
        for first in range(0, entries, TOGETHER):
            rows = [
                plain | {"round": n, "number": f"D2026-{n}", "code": f"SIEGE-{n}", "published_at": at - n * A_SECOND}
                for n in range(first + 1, min(first + TOGETHER, entries) + 1)
            ]
            with transaction():
                session().execute(insert(RegisterEntry), rows)

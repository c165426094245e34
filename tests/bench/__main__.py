"""`make bench`: what our work costs, as a ratio to a floor measured in the same run on the same machine.

A ratio tells more than milliseconds do: it stays the same on a slower machine. Ends with 1 if one is over its limit.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

import config
from app.cases.models import Case, Clock
from app.cases.queries import due_clocks
from app.core.clock import now
from app.core.db import db, session, transaction
from app.factory import create_app
from app.notices.render import Press
from tests.bench import floors
from tests.factories import a_person, sign_in
from tests.intake.complaints import a_submission, file
from tests.notices.samples import a_decision
from workflows.procedure.authority import Role
from workflows.procedure.clocks import ClockKind, ClockStatus

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds of ours and of the floor, and how many times the floor ours may cost."""

    name: str
    ours_s: float
    floor: str
    floor_s: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.ours_s / self.floor_s

    @property
    def verdict(self) -> str:
        return "" if self.ratio <= self.limit else "  OVER ITS LIMIT"


def cost(work: Callable[[], object], *, times: int) -> float:
    """Return the median of the seconds that `work` takes, after once for warming up."""
    work()
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return median(spent)


def import_cpu(modules: str) -> float:
    """Return the CPU seconds of a fresh process that imports `modules`: the best of five."""
    command = [sys.executable, "-c", f"import {modules}, time; print(time.process_time())"]
    return min(float(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout) for _ in range(5))


def starting() -> Result:
    parts = "flask, flask_babel, flask_login, flask_sqlalchemy, flask_wtf, pydantic"
    return Result("starting the web application (CPU)", import_cpu("wsgi"), "its libraries", import_cpu(parts), 3.0)


def filing() -> Result:
    floors.make_room_for_commits()
    serial = count(1)

    def file_one() -> None:
        file(a_submission(narrative=f"八月三十日收到外套，没有穿过，商家拒绝退货。订单尾号 {next(serial)}。"))

    ours = cost(file_one, times=100)
    return Result("filing a complaint", ours, "a file and a row", cost(floors.a_file_and_a_row, times=100), 15.0)


def showing(app: Flask) -> list[Result]:
    """Measure the mediator's queue and one case, of a thousand, against a page that lists fifty rows and no more."""
    for n in range(900):
        file(a_submission(narrative=f"九月一日申请退货，商家拒绝退货。订单尾号 {n}。"))
    bare = floors.bare_list_page({k: v for k, v in app.config.items() if k.startswith("SQLALCHEMY")})
    floor = cost(lambda: read(bare.test_client(), "/"), times=100)
    with transaction():
        person = a_person(Role.LEAD)
    browser = app.test_client()
    sign_in(browser, person)
    number = session().scalars(select(Case.number).limit(1)).one()
    pages = {"the queue, of a thousand cases": "/desk?v=all", "a case, as staff see it": f"/desk/cases/{number}"}
    return [
        Result(name, cost(lambda path=path: read(browser, path), times=100), "a bare list", floor, 25.0)
        for name, path in pages.items()
    ]


def read(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status)


def sweeping() -> Result:
    """Compare asking what is due with many open clocks to asking with few: it must not depend on the open ones."""
    case_id = session().scalars(select(Clock.case_id).limit(1)).one()
    few = cost(_ask_what_is_due, times=200)
    _open_clocks(case_id, 100_000)
    return Result("a sweep among 100,000 open clocks", cost(_ask_what_is_due, times=200), "among a few", few, 1.5)


def _ask_what_is_due() -> None:
    session().rollback()
    due_clocks(now())


def _open_clocks(case_id: int, number: int) -> None:
    at = now()
    clock = {
        "case_id": case_id, "kind": ClockKind.RESOLUTION, "clause": "2.2.4.3", "figure": "resolution", "level": 0,
        "started_at": at, "due_at": at + timedelta(days=7), "next_at": at + timedelta(days=3),
        "status": ClockStatus.RUNNING,
    }  # fmt: skip
    with transaction():
        session().execute(insert(Clock), [clock | {"generation": 10 + n} for n in range(number)])


def printing() -> Result:
    press, facts, serial = Press(), a_decision(), count(1)
    press.start()
    try:
        ours = cost(lambda: press.render(replace(facts, case_number=f"H2026-{next(serial):06}-1")), times=10)
    finally:
        press.stop()
    return Result("printing a decision", ours, "two plain pages", cost(floors.a_bare_print, times=10), 8.0)


@contextmanager
def desk() -> Iterator[Flask]:
    """An application of its own on this machine's disk, because durability is part of what is measured."""
    (ROOT / "out").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "out") as folder:
        os.environ["DATA_DIR"] = folder
        app = create_app(config.load({"DATA_DIR": folder}))
        with app.app_context():
            app.config["WTF_CSRF_ENABLED"] = False
            db.create_all()
            yield app
            session().rollback()
            db.session.remove()
            db.engine.dispose()


def main() -> int:
    with desk() as app:
        results = [starting(), filing(), *showing(app), sweeping(), printing()]
    print(f"{'':<36}{'ours':>12}{'floor':>12}{'ratio':>8}{'limit':>8}  floor")
    for result in results:
        ours, floor = f"{result.ours_s * 1000:.2f} ms", f"{result.floor_s * 1000:.2f} ms"
        ratio = f"{result.ratio:>8.1f}{result.limit:>8.1f}"
        print(f"{result.name:<36}{ours:>12}{floor:>12}{ratio}  {result.floor}{result.verdict}")
    return int(any(result.verdict for result in results))


if __name__ == "__main__":
    sys.exit(main())

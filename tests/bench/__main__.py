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
from email import message_from_bytes
from email.policy import default
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, insert, literal, select, update

import config
from app.cases.models import Case, Clock, ClockEffect
from app.cases.queries import due_clocks
from app.core.clock import now
from app.core.db import db, session, transaction
from app.factory import create_app
from app.ledger.models import LedgerEntry
from app.ledger.records import key_of
from app.notices.facts import NoticeFacts
from app.notices.render import Press
from tests.bench import floors
from tests.factories import a_person, sign_in
from tests.intake.complaints import a_submission, file
from tests.notices.samples import a_decision
from tests.post.mails import STORY, a_mail, come_in
from workflows.jobs import tasks
from workflows.jobs.queues import CLOCKS
from workflows.jobs.sweeper import TOGETHER, Sweep
from workflows.procedure.authority import Role
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.verify.merkle import Levels, inclusion_proof, leaf_hashes, root_at

A_MILLION, MOST_S, MOST_HASHES = 1_000_000, 5.0, 20
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
    return Result("starting the web application (CPU)", import_cpu("wsgi"), "its libraries", import_cpu(parts), 2.6)


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


A_TEXT = (
    "8月20日在旗舰店买了一台洗衣机，说好三天送到，结果快递在中转站停了八天没有更新。打电话给客服，每次都说帮我催。"
    "昨天显示已签收，可是我根本没有收到，物业和邻居也没有，快递员电话打不通。请尽快查明包裹在哪里，要求重新派送。"
)


def classifying(app: Flask) -> Result:
    """Measure a text of a hundred characters read over the API against the same request without a text, in CPU."""
    browser = app.test_client()

    def ask(body: dict[str, str], status: int) -> None:
        assert browser.post("/api/v1/classify", json=body).status_code == status

    ours, floor = (cpu(partial(ask, *asked), times=100) for asked in (({"text": A_TEXT}, 200), ({}, 422)))
    return Result("reading a complaint's text", ours, "an empty request", floor, 9.0)


FEW, MANY, DUE = 1_000, 1_000_000, 100


def answering(app: Flask) -> list[Result]:
    """Measure a check of facts and a question against a request that finds nothing, in CPU of this process."""
    browser = app.test_client()
    facts = {
        "order": {"category": "apparel", "received_at": "2026-06-01T10:00:00+08:00", "goods_intact": True},
        "events": [{"type": "return_requested", "at": "2026-06-05T10:00:00+08:00", "actor": "consumer"}],
        "complaint_at": "2026-06-07T10:00:00+08:00",
    }  # fmt: skip
    assert browser.post("/api/v1/checks", json=facts).json["findings"]
    empty = cpu(lambda: browser.get("/api/v1/nothing"), times=200)
    ask = {"q": "Who pays the postage when I send it back?", "language": "en"}
    return [
        Result("checking facts", cpu(lambda: browser.post("/api/v1/checks", json=facts), times=200), "404", empty, 4.0),
        Result("asking", cpu(lambda: browser.get("/api/v1/ask", query_string=ask), times=200), "404", empty, 6.5),
    ]


def cpu(work: Callable[[], object], *, times: int) -> float:
    """Return the CPU seconds that `work` takes on average, after once for warming up."""
    work()
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times


def sweeping() -> list[Result]:
    """Compare a sweep with a hundred due clocks among a million open ones to the same among a thousand.

    Asking what is due is measured by itself too: beside a hundred firings even a search of the whole table looks small.
    """
    for n in range(DUE):
        file(a_submission(narrative=f"九月一日申请退货，商家拒绝退货。订单尾号 {n}。"))
    waiting = file().case.id
    costs = []
    for number in (FEW, MANY):
        _open_clocks(waiting, number)
        costs.append((_asking(), _sweep()))
    (few_asking, few_sweep), (many_asking, many_sweep) = costs
    return [
        Result(f"asking for {DUE} of {MANY:,} clocks", many_asking, f"among {FEW:,}", few_asking, 1.5),
        Result(f"a sweep, {DUE} of {MANY:,} clocks", many_sweep, f"among {FEW:,}", few_sweep, 1.5),
    ]


def _asking() -> float:
    _make_due()

    def ask() -> None:
        session().rollback()
        assert len(due_clocks(now())) == DUE

    return cost(ask, times=200)


def _sweep() -> float:
    """Return the median of the seconds that a sweep takes that does everything itself."""
    spent = []
    for _ in range(5):
        _make_due()
        sweep = Sweep(CLOCKS, due_clocks, tasks.fire_clocks, TOGETHER)
        began = time.perf_counter()
        assert sweep.once() == DUE
        spent.append(time.perf_counter() - began)
        assert not sweep.put_off
    return median(spent)


def _make_due() -> None:
    """Have one clock of each of the hundred cases give its first warning now."""
    at = now() - timedelta(seconds=1)
    emergency = Clock.kind == ClockKind.EMERGENCY_START
    with transaction():
        due = session().scalars(select(Clock.id).where(emergency).order_by(Clock.id).limit(DUE)).all()
        session().execute(delete(ClockEffect).where(ClockEffect.clock_id.in_(due)))
        session().execute(delete(LedgerEntry).where(LedgerEntry.kind == key_of(ClockEffect)))  # ids come again
        session().execute(update(Clock).where(Clock.id.in_(due)).values(next_at=at, level=0))


def _open_clocks(case_id: int, number: int) -> None:
    """Open clocks of one case until there are `number` open ones in all: one statement, as there are many."""
    at = now()
    with transaction():
        there = session().scalar(select(func.count()).where(Clock.status == ClockStatus.RUNNING)) or 0
        first = 1 + (session().scalar(select(func.max(Clock.generation))) or 0)
        n = select(literal(first).label("n")).cte("n", recursive=True)
        n = n.union_all(select(n.c.n + 1).where(n.c.n < first + number - there - 1))
        clock = {
            "case_id": case_id, "kind": ClockKind.RESOLUTION, "clause": "2.2.4.3", "figure": "resolution", "level": 0,
            "started_at": at, "due_at": at + timedelta(days=7), "next_at": at + timedelta(days=3),
            "status": ClockStatus.RUNNING,
        }  # fmt: skip
        columns = [literal(value, Clock.__table__.c[name].type) for name, value in clock.items()]
        session().execute(insert(Clock).from_select([*clock, "generation"], select(*columns, n.c.n)))


def verifying() -> list[Result]:
    """A million entries of the public record: the tree built and held against its root, then one proof."""
    data = [n.to_bytes(32, "big") for n in range(A_MILLION)]
    root = root_at(Levels(leaf_hashes(data)), A_MILLION)

    def verify() -> None:
        assert root_at(Levels(leaf_hashes(data)), A_MILLION) == root

    ours, floor = cost(verify, times=2), cost(partial(floors.bare_hashes, data), times=2)
    nodes, index = Levels(leaf_hashes(data)), count(1, 7919)
    proof = inclusion_proof(nodes, 777_777, A_MILLION)
    print(f"1,000,000 entries verified in {ours:.2f} s; a proof has {len(proof)} hashes")
    assert ours <= MOST_S
    assert len(proof) <= MOST_HASHES
    one = cost(lambda: inclusion_proof(nodes, next(index) % A_MILLION, A_MILLION), times=200)
    twenty = cost(lambda: floors.bare_hashes(data[:20]), times=200)
    return [
        Result("verifying a million entries", ours, "two million bare hashes", floor, 2.5),
        Result("a proof among a million", one, "forty bare hashes", twenty, 8.0),
    ]


def printing() -> Result:
    """Measure a warm press, notice in and PDF out, against the bare renderer on the same pages, turn by turn."""
    serial = count(1)

    def another() -> NoticeFacts:
        return replace(a_decision(), case_number=f"H2026-{next(serial):06}-1")

    press, bare = Press(), floors.bare_renderer()
    press.start()
    try:
        turns = [
            (cost(lambda: press.render(another()), times=3), cost(lambda: bare(another()), times=3)) for _ in range(4)
        ]
        size = len(press.render(another()))
    finally:
        press.stop()
    print(f"a decision of two pages: {size / 1000:.0f} KB before its signature; 120 are promised")
    ours, floor = (min(each) for each in zip(*turns, strict=True))
    return Result("printing a decision", ours, "the bare renderer", floor, 1.3)


def reading_mail(app: Flask) -> list[Result]:
    """Measure a message from the wire to its case, on one worker, against Python's parser reading it twenty times."""
    serial = count(1)
    tasks.application = lambda: app  # type: ignore[assignment]

    def take_one() -> None:
        n = next(serial)
        mail = a_mail(f"{STORY} {n}", Message_ID=f"<{n}@bench.test>", From=f"a{n}@bench.test")
        come_in(mail)

    raw = a_mail().as_bytes()

    def parse() -> None:
        for _ in range(20):
            message_from_bytes(raw, policy=default).get_body().get_content()

    ours = cost(take_one, times=40)
    beside = cost(lambda: (take_one(), read(app.test_client(), "/en/")), times=40)
    floor = cost(parse, times=40)
    minute = f"{60 / ours:.0f} messages a minute on one worker"
    print(f"mail: {minute}, {60 / beside:.0f} beside page views; 200 are promised")
    return [
        Result("a message becomes a case", ours, "parsing it 20 times", floor, 60.0),
        Result("200 messages, of a minute", ours * 200, "a minute", 60.0, 1.0),
    ]


@contextmanager
def desk() -> Iterator[Flask]:
    """An application of its own on this machine's disk, because durability is part of what is measured."""
    (ROOT / "out").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "out") as folder:
        os.environ["DATA_DIR"] = folder
        app = create_app(config.load({"DATA_DIR": folder, "SECOND_FACTOR": "optional"}))
        with app.app_context():
            app.config["WTF_CSRF_ENABLED"] = False
            db.create_all()
            yield app
            session().rollback()
            db.session.remove()
            db.engine.dispose()


def main() -> int:
    with desk():
        results = sweeping()
    with desk() as app:
        results += [starting(), filing(), *showing(app), *answering(app), classifying(app), *reading_mail(app)]
        results += [printing()]
    print(f"{'':<36}{'ours':>12}{'floor':>12}{'ratio':>8}{'limit':>8}  floor")
    for result in results:
        ours, floor = f"{result.ours_s * 1000:.2f} ms", f"{result.floor_s * 1000:.2f} ms"
        ratio = f"{result.ratio:>8.1f}{result.limit:>8.1f}"
        print(f"{result.name:<36}{ours:>12}{floor:>12}{ratio}  {result.floor}{result.verdict}")
    return int(any(result.verdict for result in results))


if __name__ == "__main__":
    sys.exit(main())

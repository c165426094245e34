"""People with texts of their own through every channel, half of them erased: nothing of those may be found anywhere.

    python -m tests.attacks.canaries --people 100

Searched are all files of the system as bytes (database, write-ahead log, store, Redis, log, exports, a fresh backup),
every value that any key still opens, the keys themselves, and the desk's own search; an older backup is restored too.
The others' texts must all be there, unchanged, and the record must verify.
"""

from __future__ import annotations

import argparse
import base64
import logging
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from pyrage import x25519
from sqlalchemy import select, text

import config
from app import cli
from app.backup import creating, restoring, snapshot
from app.backup.checking import check
from app.backup.contents import Manifest
from app.backup.copying import Silence
from app.backup.locks import Lock
from app.cases import queries
from app.cases.models import Case
from app.core import clock, logs, people
from app.core.db import Base, db, session
from app.core.people import Person
from app.core.sealed import Sealed, SealedType
from app.core.storage import store
from app.factory import create_app
from app.notices import authority
from app.web.limits import limiter
from tests.attacks.canaries_life import Canary, Desk, live
from tests.conftest import Browser, StandingClock
from tests.ledger.logs import sealed
from tests.post.mails import do_what_is_due
from workflows.jobs import own_redis, tasks
from workflows.jobs.queues import hand_over
from workflows.procedure.authority import SYSTEM

SECRET = x25519.Identity.generate()
LOCK, OPENER = Lock(theirs=(SECRET.to_public(),)), Lock(theirs=(SECRET,))
Values = dict[tuple[str, str, str], str]


@dataclass
class Verdict:
    """What was looked through, and what was wrong."""

    figures: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def none(self, what: str, found: list[str]) -> None:
        """Nothing may have been found."""
        self.figures[what] = len(found)
        self.wrong += [f"{what}: {each}" for each in found[:5]]


# --- looking ---------------------------------------------------------------------------------------------------------


def pattern_of(canaries: list[Canary]) -> re.Pattern[bytes]:
    """What finds any of these texts in bytes: as it stands, in capitals, in UTF-16, in base64 at each of its places."""
    found = set()
    for mark in (mark for each in canaries for mark in each.marks):
        found |= {re.escape(mark.lower().encode()), re.escape(mark.lower().encode("utf-16-le"))}
        for padding in range(3):
            coded = base64.b64encode(b"\0" * padding + mark.encode())
            found.add(re.escape(coded[4 if padding else 0 : -4].lower()))
    return re.compile(b"|".join(sorted(found)))


def hits(folder: Path, pattern: re.Pattern[bytes], seen: dict[str, int]) -> list[str]:
    """The files in which the pattern is, or in what an archive packs; counts files and bytes."""
    found = []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                content += b"".join(packed.read(name) for name in packed.namelist())
        seen["files"], seen["bytes"] = seen.get("files", 0) + 1, seen.get("bytes", 0) + len(content)
        if match := pattern.search(content.lower()):
            found.append(f"{path.relative_to(folder)}: {match[0]!r}")
    return found


def opened() -> Values:
    """Every value of every row that can be read with the keys that are there, files too."""
    session().rollback()
    session().expunge_all()
    values: Values = {}
    for table in Base.metadata.sorted_tables:
        for n, row in enumerate(session().execute(table.select())):
            key = "-".join(str(getattr(row, column.name)) for column in table.primary_key) or str(n)
            for column in table.columns:
                value = getattr(row, column.name)
                if isinstance(value, Sealed):
                    values[table.name, key, column.name] = _readable(value, column.type)
                elif value is not None:
                    values[table.name, key, column.name] = str(value)
    session().rollback()
    return values


def _readable(value: Sealed, kind: Any) -> str:
    plain = str(value.open())
    if isinstance(kind, SealedType) and kind.files:
        for ref in re.findall(r"[0-9a-f]{64}\.[0-9a-f]{64}", plain):
            with suppress(FileNotFoundError):
                plain += store().read(ref).decode("latin-1") + store().read(ref).decode("utf-8", "ignore")
    return plain


def telling(values: Values, canaries: list[Canary]) -> Values:
    """The values in which one of these texts is."""
    marks = [mark.lower() for each in canaries for mark in each.marks]
    return {where: value for where, value in values.items() if any(mark in value.lower() for mark in marks)}


def search(typed: str) -> list[str]:
    """The numbers of the cases that the desk finds."""
    page = queries.page(SYSTEM, queries.Filter(text=typed), order="-received", cursor=None)
    return [case.number for case in page.items]


# --- the trial -------------------------------------------------------------------------------------------------------


@contextmanager
def system(folder: Path, **environ: str) -> Iterator[Flask]:
    """A system of its own in a folder, on SQLite, with a Redis where there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    found = own_redis.program(folder) if "ERASURE_REGISTER" not in environ else None
    redis = subprocess.Popen(found[0].command) if found else None
    settings = {"DATA_DIR": str(folder), "BASE_URL": "http://desk.test", "SECOND_FACTOR": "optional"}
    app = create_app(config.load(settings | environ | ({"REDIS_URL": found[1]} if found else {})))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Browser
    cli.install(app)
    tasks.application = lambda: app  # type: ignore[assignment]
    try:
        with app.app_context():
            yield app
            session().rollback()
            db.engine.dispose()
    finally:
        if redis:
            redis.terminate()
            redis.wait(10)


def born(app: Flask) -> None:
    """Give it a database as migrations leave it."""
    db.create_all()
    with db.engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {snapshot.VERSION} (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text(f"INSERT INTO {snapshot.VERSION} VALUES ('{snapshot.head()}')"))
    authority.ready(clock.now())


def trial(place: Path, count: int) -> Verdict:
    """Let people live, erase every other one, and look for them."""
    told, home = Verdict(), place / "home"
    with system(home) as app:
        limiter.enabled = False
        born(app)
        canaries = [Canary.made(n) for n in range(count)]
        live(Desk.opened(app, home), canaries)
        _hand_over_all()
        gone, stay = canaries[::2], canaries[1::2]
        before = opened()
        told.none("people without a text", [each.word for each in canaries if not telling(before, [each])])
        keys = _keys_of(gone)
        creating.create(place / "older", LOCK, at=clock.now(), progress=Silence())
        erased(app, gone)
        _looked_at(told, app, place, home, before, gone, stay, keys)
    _brought_back(told, place, home, gone)
    return told


def _hand_over_all() -> None:
    """Put every task of the outbox into Redis, as the web does when it writes them down."""
    from app.core.outbox import LANES, OutboxRow, Task

    for row in session().scalars(select(OutboxRow)):
        hand_over(LANES[Task(row.task)].value, row.id)


def _keys_of(canaries: list[Canary]) -> list[bytes]:
    numbers = [number for each in canaries for number in each.numbers]
    cases = session().scalars(select(Case).where(Case.number.in_(numbers))).unique()
    return [bytes(case.person.wrapped) for case in cases if case.person.wrapped]


def erased(app: Flask, gone: list[Canary]) -> None:
    """Erase them by command, each by what they are known by."""
    for each in gone:
        known_by = (each.numbers[0], each.email, each.phone)[each.n % (2 if each.wrote_mail else 3)]
        done = app.test_cli_runner().invoke(args=["people", "erase", known_by, "--yes"])
        assert done.exit_code == 0, (known_by, done.output, done.exception)
        session().rollback()
    do_what_is_due()
    sealed()


def _looked_at(
    told: Verdict, app: Flask, place: Path, home: Path, before: Values, gone: list[Canary], stay: list[Canary],
    keys: list[bytes],
) -> None:  # fmt: skip
    supervisor = Desk.of(app, home).people["supervisor"]
    out = ["--out", str(home / "exported.csv"), "--with-people", "--by", supervisor, "--reason", "a trial"]
    runner: Callable[[list[str]], Any] = lambda args: app.test_cli_runner().invoke(args=args)  # noqa: E731
    assert runner(["complaints", "export", *out]).exit_code == 0
    assert runner(["people", "export", stay[0].email, str(home / "package.zip")]).exit_code == 0
    assert runner(["ledger", "export", str(home / "log.zip")]).exit_code == 0
    session().rollback()
    creating.create(place / "fresh", LOCK, at=clock.now(), progress=Silence())
    pattern, either = pattern_of(gone), re.compile(b"|".join(re.escape(key.lower()) for key in keys))
    for folder in (home, place / "fresh"):
        told.none(f"hits in {folder.name}", hits(folder, pattern, told.figures))
        told.none(f"keys in {folder.name}", hits(folder, either, {}))
    after = opened()
    told.figures["values"] = len(after)
    told.none("hits in what can be opened", [".".join(where) for where in telling(after, gone)])
    theirs = telling(before, stay)
    told.figures["values of the others"] = len(theirs)
    told.none("values of the others that changed", [".".join(k) for k, v in theirs.items() if after.get(k) != v])
    told.none("found by search", [each.word for each in gone for typed in each.marks if search(typed)])
    told.none("others not found", [each.word for each in stay if each.numbers[0] not in search(each.email)])
    told.none("exported", [each.word for each in stay if each.word not in (home / "exported.csv").read_text("utf-8")])
    verified = runner(["ledger", "verify"])
    told.none("faults of the record", [] if verified.exit_code == 0 else [verified.output])
    told.none("faults of the backup", [what for holds, what in check(
        place / "fresh", Manifest.read(place / "fresh"), lock=OPENER, progress=Silence()) if not holds])  # fmt: skip
    told.none("pages that fail", _broken(app, home, gone))


def _broken(app: Flask, home: Path, gone: list[Canary]) -> list[str]:
    """The pages of erased cases that do not open to the desk."""
    desk, wrong = Desk.of(app, home), []
    browser = desk.browser("lead")
    for each in gone:
        for number in each.numbers:
            pages = (f"/desk/cases/{number}", f"/evidence/cases/{number}", f"/outcomes/{number}/deadlines")
            answers = {page: browser.get(page).status_code for page in pages}
            wrong += [f"{page}: {status}" for page, status in answers.items() if status not in (200, 404)]
    return wrong


def _brought_back(told: Verdict, place: Path, home: Path, gone: list[Canary]) -> None:
    """Restore the backup from before, with the register that the site has now."""
    register = place / "register"
    register.write_bytes((home / "erased.register").read_bytes())
    with system(place / "again", ERASURE_REGISTER=str(register)):
        restoring.restore(place / "older", OPENER, progress=Silence())
        found = telling(opened(), gone)
        still = session().scalars(select(Person).where(Person.id.in_(people.register()), Person.wrapped.is_not(None)))
        told.none("brought back by an older backup", [*map(".".join, found), *(each.id for each in still)])


def main() -> int:
    reading = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reading.add_argument("--people", type=int, default=100)
    count = reading.parse_args().people
    with tempfile.TemporaryDirectory(prefix="heng-canaries-") as folder, clock.told_by(StandingClock()):
        place = Path(folder)
        (place / "home").mkdir()
        log = (place / "home" / "log").open("w", encoding="utf-8")
        handler = logging.StreamHandler(log)
        handler.setFormatter(logs.Line())
        logging.basicConfig(level=logging.INFO, handlers=[handler])
        told = trial(place, count)
    for what, number in told.figures.items():
        sys.stdout.write(f"{number:>12,}  {what}\n")
    for each in told.wrong:
        sys.stdout.write(f"WRONG  {each}\n")
    return 1 if told.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

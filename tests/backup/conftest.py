"""A system with complaints and evidence, and empty places to restore it into, on the database of this run."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from itertools import count

import pytest
from pyrage import x25519
from sqlalchemy import text

import config
from app.backup import creating, restoring, snapshot
from app.backup.copying import Silence
from app.backup.locks import Lock
from app.cases.models import Case
from app.core import clock, site, storage
from app.core.db import db, session, transaction
from app.core.storage import store
from app.core.uploads import take
from app.evidence.service import add
from app.factory import create_app
from app.notices import authority
from app.rulebook import service as rulebook
from app.rulebook.models import Amendment
from tests.evidence.files import a_photo
from tests.factories import a_case, an_act, complaining
from tests.ledger.logs import sealed
from tests.rulebook.test_amendments import with_letters
from workflows.procedure.authority import Role

SECRET = x25519.Identity.generate()
LOCK, OPENER = Lock(theirs=(SECRET.to_public(),)), Lock(theirs=(SECRET,))  # a passphrase is slow on purpose
_n = count(1)


def a_complaint(picture: bytes = b"") -> Case:
    """A case whose submission and exhibit lie in the store."""
    photo = take("a.jpg", BytesIO(picture or a_photo(size=(40 + next(_n), 40))))
    with transaction():
        case = a_case(original_ref=store().put_bytes(f"submission {next(_n)}".encode()).ref)
        add(case, [photo], act=complaining(case))
    return case


@pytest.fixture
def system(app):
    """A system that people complained to, in the form that migrations give a database."""
    with db.engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {snapshot.VERSION} (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text(f"INSERT INTO {snapshot.VERSION} VALUES ('{snapshot.head()}')"))
    authority.ready(clock.now())
    for _ in range(3):
        a_complaint()
    sealed()
    yield app
    session().rollback()
    with db.engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {snapshot.VERSION}"))


@pytest.fixture
def own_rules(system):
    """A change of the rulebook that was approved, and the day from which it holds."""
    act, day = an_act(Role.ADMIN), clock.now().date() + timedelta(days=9)
    row = Amendment(
        since=day, files=with_letters(40), sha256="", version="x", rests_on=0, against="", release="", changes=[],
        examples=0, approved_at=act.at,
    )  # fmt: skip
    with transaction():
        session().add(row)
        rulebook._keep_what_was_shipped(act)
    rulebook.put_in_place()
    yield day
    shutil.rmtree(system.config["HENG"].data_dir / "rulebook")


@pytest.fixture
def backup(system, tmp_path):
    """A backup of it."""
    folder = tmp_path / "backups" / "first"
    creating.create(folder, LOCK, at=clock.now(), progress=Silence())
    return folder


@pytest.fixture
def elsewhere(system, tmp_path, a_database):
    """A function that steps into an empty place: another folder, another database, nothing in them."""
    opened = []

    @contextmanager
    def stepped_into(name="elsewhere", *, on_sqlite=False):
        url = None if on_sqlite else a_database(f"{name}_{next(_n)}")
        environ = {"DATA_DIR": str(tmp_path / name), "BASE_URL": "http://desk.test", "DATABASE_URL": url or ""}
        other = create_app(config.load(environ))
        opened.append(other)
        with other.app_context():
            yield other
            db.session.remove()
        site.use(system.config["HENG"])
        storage.use(system.config["HENG"].data_dir / "files")

    yield stepped_into
    for other in opened:
        with other.app_context():
            db.session.remove()
            db.engine.dispose()


def restored(folder):
    """Restore here."""
    return restoring.restore(folder, OPENER, progress=Silence())


def rows_here():
    """Every table as it stands, but for when things were last at work."""
    session().rollback()
    tables = [table for table in db.metadata.sorted_tables if table.name != "heartbeats"]
    found = {table.name: sorted(map(repr, session().execute(table.select()))) for table in tables}
    session().rollback()
    return found


def files_here():
    """Every file of the store, and every key."""
    from app.backup import contents

    keys = {name: path.read_bytes() for name, path in contents.secrets().items() if path.exists()}
    for name, _size in store().shelf.entries():
        with store().shelf.open(name) as file:
            keys[name] = file.read()
    return keys

"""A key per person. What people wrote is sealed under it; to destroy it erases them everywhere, in backups too.

Who was erased also stands in a register, a file apart from the database: where a backup from before is restored,
`erased_again` destroys what it brought back.
"""

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import CheckConstraint, Index, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import site
from app.core.db import Model, after_commit, db, insert_into, session
from app.core.masters import NAME_BYTES, masters, trace

ID_BYTES, KEY_BYTES = 16, 32
HOUSE = "0" * 2 * ID_BYTES
"""Whose key seals what is nobody's own: public editions, letters to staff. It is made from the master file."""


def house_key() -> bytes:
    """Return the key of what is nobody's own."""
    return trace("house", "1") + trace("house", "2")


class Person(Model):
    """Somebody who complained or wrote to us, known by nothing but a random number; `wrapped` is their key."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("(wrapped IS NULL) = (erased_at IS NOT NULL)", name="key_until_erased"),
        Index("uq_people_reached", "reached", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True, comment="random, so that no later person gets it again")
    wrapped: Mapped[bytes | None] = mapped_column(comment="their key, under a master key")
    reached: Mapped[bytes | None] = mapped_column(comment="keyed hash of their telephone number and address")
    erased_at: Mapped[datetime | None]

    @classmethod
    def new(cls, *contacts: str | None) -> "Person":
        """Return a new person with a key of their own, reached at these contacts."""
        whose = secrets.token_hex(ID_BYTES)
        key = masters().wrap(secrets.token_bytes(KEY_BYTES), whose)
        return cls(id=whose, wrapped=key, reached=_reached(contacts), erased_at=None)

    def key(self) -> bytes | None:
        """Return their key; None once they are erased."""
        return masters().unwrap(self.wrapped, self.id) if self.wrapped else None


def _reached(contacts: tuple[str | None, ...]) -> bytes | None:
    return trace("reached", "\x1f".join(each or "" for each in contacts)) if any(contacts) else None


def who_is_reached_at(*contacts: str | None) -> "Person":
    """Return who gave exactly these contacts before, or a new person.

    All of them must be the same: whoever gives another's number with an address of their own shares nothing with them.
    One statement, so that of two that file at once for a new person both get the same one.
    """
    new = Person.new(*contacts)
    if new.reached is None:
        return new
    given = insert_into(Person).values(id=new.id, wrapped=new.wrapped, reached=new.reached)
    known = given.on_conflict_do_update(index_elements=["reached"], set_={"reached": given.excluded.reached})
    return session().scalars(known.returning(Person), execution_options={"populate_existing": True}).one()


# --- erasing -------------------------------------------------------------------------------------------------------

_rooms: list[Callable[[Person, datetime], None]] = []


def when_erasing(clear: Callable[[Person, datetime], None]) -> Callable[[Person, datetime], None]:
    """Register what a room removes of a person, before their key is destroyed: files, traces, salts of the record."""
    _rooms.append(clear)
    return clear


def erase(person: Person, *, at: datetime) -> None:
    """Destroy the person's key, and all that the rooms keep of them beside it, in the caller's transaction.

    The register is written first: after a crash in between, `erased_again` ends the work.
    """
    _enter(person.id, at)
    _destroy(person, at)


def _destroy(person: Person, at: datetime) -> None:
    for clear in _rooms:
        clear(person, at)
    person.wrapped, person.reached, person.erased_at = None, None, at
    session().flush()
    after_commit(empty_the_log_of_writes)


def empty_the_log_of_writes() -> None:
    """Have SQLite's write-ahead log written back and cut to nothing: a page in it may still hold a wrapped key."""
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


def _enter(person_id: str, at: datetime) -> None:
    descriptor = os.open(site.settings().erasure_register, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{person_id} {at.astimezone(UTC).isoformat()}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def register(path: Path | None = None) -> dict[str, datetime]:
    """Return who was erased when, by the register (the site's own, or the one in `path`)."""
    path = path or site.settings().erasure_register
    lines = [line.split() for line in path.read_text("ascii").splitlines()] if path.exists() else []
    whole = [line for line in lines if len(line) == 2 and len(line[0]) == 2 * ID_BYTES]  # a cut last line is no entry
    return {person_id: datetime.fromisoformat(at) for person_id, at in whole}


def erased_again(path: Path | None = None) -> int:
    """Erase everybody in the register whose key is still (or again) here; return how many. In a transaction.

    For after a restore from an older backup, and after a crash. `path` is another register than this site's own, which
    then takes over its entries.
    """
    entries = register(path)
    for person_id in entries.keys() - register().keys():
        _enter(person_id, entries[person_id])
    still_here = [person for person_id in entries if (person := session().get(Person, person_id)) and person.wrapped]
    for person in still_here:
        _destroy(person, entries[person.id])
    return len(still_here)


def require_masters() -> None:
    """Raise MastersLost where the file with the master keys is not the one that this database's keys are under."""
    somebody = session().scalars(select(Person).where(Person.wrapped.is_not(None)).order_by(Person.id).limit(1)).first()
    if somebody is not None:
        somebody.key()


# --- rotation ------------------------------------------------------------------------------------------------------


def rewrap(most: int = 500) -> int:
    """Wrap some keys that are under an older master key under the newest; return how many. In a transaction."""
    known = masters()
    older = select(Person).where(Person.wrapped.is_not(None), text("substr(wrapped, 1, :size) != :newest"))
    older = older.params(size=NAME_BYTES, newest=known.newest).limit(most).with_for_update()
    rows = session().scalars(older).all()
    for person in rows:
        assert person.wrapped is not None
        person.wrapped = known.wrap(known.unwrap(person.wrapped, person.id), person.id)
    session().flush()
    return len(rows)

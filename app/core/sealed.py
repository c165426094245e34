"""Columns sealed under a person's key (AES-256-GCM): plain in Python, never in the database.

    body: Mapped[str] = sealed()

A value is sealed when its row is flushed, under the key of whom `row.owner()` names, and opened when it is first read.
The keys of all rows of a session are fetched by one statement, and none where they came with their case. A sealed value
names whose it is, so reading needs nothing of its row; table, column and person are bound to it. Whoever was erased
leaves `ERASED`, or empty collections.

No condition can be put on such a column: what is looked for stands in a column of traces (`app.core.masters.trace`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import Any, Protocol

from sqlalchemy import LargeBinary, event, inspect, select
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import InstrumentedAttribute, Mapper, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from app.core.db import Base, canonical, db, session
from app.core.masters import NONCE_BYTES
from app.core.people import HOUSE, ID_BYTES, Person, house_key
from workflows.procedure.errors import Invalid

ERASED = "〔已抹除 · erased〕"
"""What is read where a text was erased, whatever the reader's language."""


class ErasedWords(dict[str, Any]):
    """What is read where words by name were erased: there are none, and each asked for by name is ERASED."""

    def __missing__(self, name: str) -> str:
        return ERASED


class OwnerErased(Invalid):
    """Something more was to be kept of somebody who was erased."""

    def __init__(self) -> None:
        super().__init__("already_erased")


LEFT: dict[type, Callable[[], Any]] = {str: lambda: ERASED, dict: ErasedWords, list: list}
"""What is left of each kind of value when its owner is erased."""
VERSION = b"\x01"
_HEAD = len(VERSION) + ID_BYTES
_COUNT = 2
_FILE = re.compile(r"\b([0-9a-f]{64})\.[0-9a-f]{64}\b")


class Owned(Protocol):
    """A row with sealed columns."""

    def owner(self) -> Person | None:
        """Return whose words the row holds; None for nobody's."""


class Sealed:
    """A value as it travels between a row and the database: `token` is what is stored."""

    __slots__ = ("_plain", "kind", "token")

    def __init__(self, kind: SealedType, token: bytes | None = None, plain: Any = None) -> None:
        self.kind, self.token, self._plain = kind, token, plain

    def __repr__(self) -> str:
        return f"<sealed {(self.token or b'').hex()}>"

    @property
    def whose(self) -> str:
        """The id of the person under whose key it is sealed."""
        assert self.token is not None
        return self.token[len(VERSION) : _HEAD].hex()

    @property
    def files(self) -> list[str]:
        """The names of the stored files that the value refers to; they can be read without a key, to count files."""
        token = self.token or b""
        count = int.from_bytes(token[-_COUNT:], "big")
        names = token[len(token) - _COUNT - 32 * count : -_COUNT]
        return [names[at : at + 32].hex() for at in range(0, len(names), 32)]

    def close(self, owner: Person | None) -> None:
        """Seal the value under its owner's key. Raises OwnerErased."""
        if self.token is not None:
            return
        whose, key = (owner.id, owner.key()) if owner else (HOUSE, house_key())
        if key is None:
            raise OwnerErased
        self.token = seal(key, whose, self.kind.where, self._plain)
        if self.kind.files:
            names = _FILE.findall(canonical(self._plain))
            self.token += bytes.fromhex("".join(names)) + len(names).to_bytes(_COUNT, "big")

    def open(self) -> Any:
        """Return the value; ERASED, or nothing, where its owner was erased."""
        if self._plain is None and self.token is not None:
            key = key_of(self.whose)
            end = len(self.token) - (_COUNT + 32 * len(self.files) if self.kind.files else 0)
            self._plain = unseal(key, self.kind.where, self.token[:end]) if key else LEFT[self.kind.of]()
        return self._plain


def seal(key: bytes, whose: str, where: str, plain: Any) -> bytes:
    """Return a value sealed under a key, bound to its place and its owner."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    head, nonce = VERSION + bytes.fromhex(whose), os.urandom(NONCE_BYTES)
    return (
        head
        + nonce
        + AESGCM(key).encrypt(nonce, canonical(plain).encode("utf-8", "surrogatepass"), _bound(head, where))
    )


def unseal(key: bytes, where: str, token: bytes) -> Any:
    """Return what was sealed. Raises ValueError where anything is not as it was."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    head, nonce, rest = token[:_HEAD], token[_HEAD:][:NONCE_BYTES], token[_HEAD + NONCE_BYTES :]
    try:
        return json.loads(AESGCM(key).decrypt(nonce, rest, _bound(head, where)).decode("utf-8", "surrogatepass"))
    except InvalidTag:
        raise ValueError(f"what stands in {where} was not sealed there") from None


def _bound(head: bytes, where: str) -> bytes:
    return head + where.encode()


# --- columns -------------------------------------------------------------------------------------------------------


class SealedType(TypeDecorator[Sealed]):
    """The type of a sealed column. What was not sealed is never written."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, of: type = str, *, begins_empty: bool = False, files: bool = False) -> None:
        self.of, self.begins_empty, self.files = of, begins_empty, files
        self._place: list[str] = []  # one list for all copies that SQLAlchemy makes, before it is known and after
        super().__init__()

    @property
    def where(self) -> str:
        """Table and column, to which values are bound."""
        [place] = self._place
        return place

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, Sealed) or value.token is None:
            raise TypeError("a sealed column holds what a flush sealed, and cannot be compared")
        return value.token

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Sealed | None:
        return None if value is None else Sealed(self, bytes(value))


def sealed(of: type = str, *, begins_empty: bool = False, files: bool = False, comment: str | None = None) -> Any:
    """Return a column whose values are sealed: texts, or `of` dicts or lists that JSON can hold.

    `files` says that refs of the store are among them, whose names stay legible.
    """
    return mapped_column(SealedType(of, begins_empty=begins_empty, files=files), comment=comment)


class _Opening:
    """What stands in a class for a sealed column: rows give and take plain values."""

    def __init__(self, column: InstrumentedAttribute[Any], kind: SealedType) -> None:
        self.column, self.kind = column, kind

    def __get__(self, row: Any, kind: type) -> Any:
        if row is None:
            return self.column
        value = self.column.__get__(row, kind)
        return value.open() if isinstance(value, Sealed) else value

    def __set__(self, row: Any, value: Any) -> None:
        self.column.__set__(row, value if value is None else Sealed(self.kind, plain=value))


@event.listens_for(db.Model, "attribute_instrument", propagate=True)
def _put_openings(kind: type, key: str, attribute: InstrumentedAttribute[Any]) -> None:
    column = getattr(attribute.property, "columns", [None])[0]
    if column is not None and isinstance(column.type, SealedType):
        column.type._place[:] = [f"{column.table.name}.{column.name}"]
        type.__setattr__(kind, key, _Opening(attribute, column.type))


def sealed_columns(mapper: Mapper[Any]) -> dict[str, SealedType]:
    """Return the sealed columns of a class by name."""
    found: dict[str, SealedType] | None = mapper.class_.__dict__.get("_sealed_columns")
    if found is None:
        found = {
            each.key: each.columns[0].type
            for each in mapper.column_attrs
            if isinstance(each.columns[0].type, SealedType)
        }
        type.__setattr__(mapper.class_, "_sealed_columns", found)
    return found


@event.listens_for(Session, "before_flush")
def _seal(current: Session, context: Any, instances: Any) -> None:
    for row in (*current.new, *current.dirty):
        columns = sealed_columns(inspect(type(row)))
        for name, column in columns.items():
            if column.begins_empty and name not in row.__dict__ and row in current.new:
                setattr(row, name, column.of())
            value = row.__dict__.get(name)
            if isinstance(value, Sealed) and value.token is None:
                value.close(row.owner())


# --- keys of a session ---------------------------------------------------------------------------------------------

KEYS = "keys"
AT_ONCE = 500


def key_of(whose: str) -> bytes | None:
    """Return a person's key, None once they are erased. Asks at most once for all rows that are in the session now."""
    if whose == HOUSE:
        return house_key()
    current = session()
    keys: dict[str, bytes | None] = current.info.setdefault(KEYS, {})
    if whose not in keys:
        _fetch(current, keys, whose)
    return keys[whose]


def _fetch(current: Session, keys: dict[str, bytes | None], wanted: str) -> None:
    """Fill `keys` with those of everybody whose words are in the session."""
    here = {
        each.id: each
        for each in current.identity_map.values()
        if isinstance(each, Person) and "wrapped" in each.__dict__
    }
    if wanted in here:
        keys[wanted] = here[wanted].key()
        return
    missing = list(({wanted} | _named(current)) - keys.keys() - here.keys() - {HOUSE})
    for start in range(0, len(missing), AT_ONCE):
        with current.no_autoflush:
            found = current.scalars(select(Person).where(Person.id.in_(missing[start : start + AT_ONCE]))).all()
        keys |= {person.id: person.key() for person in found}
    keys.setdefault(wanted, None)


def _named(current: Session) -> set[str]:
    rows = list(current.identity_map.values())
    values = (row.__dict__.get(name) for row in rows for name in sealed_columns(inspect(type(row))))
    return {value.whose for value in values if isinstance(value, Sealed) and value.token is not None}


@event.listens_for(Session, "after_rollback")
@event.listens_for(Session, "after_commit")
def _forget_keys(current: Session) -> None:
    current.info.pop(KEYS, None)


# --- many rows at once, and values of which only a part is anybody's -----------------------------------------------


def sealed_rows(kind: type[Base], rows: Iterable[dict[str, Any]], owner: Person | None) -> list[dict[str, Any]]:
    """Return rows for `insert(kind)` with what must be sealed sealed under the owner's key."""
    columns = sealed_columns(inspect(kind))
    return [{name: _closed(columns[name], value, owner) if name in columns else value for name, value in row.items()}
            for row in rows]  # fmt: skip


def _closed(column: SealedType, value: Any, owner: Person | None) -> Sealed | None:
    if value is None:
        return None
    made = Sealed(column, plain=value)
    made.close(owner)
    return made


_A_KEY = re.compile(r"[\w.:+-]{1,40}", re.ASCII)


class Parted:
    """A dict, or a list of dicts, in two columns: what is structure stays when its owner is erased, the rest is sealed.

    `stays` names the parts that may be kept open; of these a text is, if it has the form of a key, a number or an
    instant. On the class it is the open column, for conditions.
    """

    def __init__(self, kept: str, words: str, stays: frozenset[str]) -> None:
        self.kept, self.words, self.stays = kept, words, stays

    def __get__(self, row: Any, kind: type) -> Any:
        if row is None:
            return getattr(kind, self.kept)
        kept, words = getattr(row, self.kept), getattr(row, self.words)
        if isinstance(kept, list):
            pairs: Iterable[tuple[Any, Any]] = zip_longest(kept, words or (), fillvalue={})
            return [one | other for one, other in pairs]
        return {**(kept or {}), **(words or {})}

    def __set__(self, row: Any, value: Any) -> None:
        value = {} if value is None else value
        parts = [self._part(each) for each in (value if isinstance(value, list) else [value])]
        kept, words = [part[0] for part in parts], [part[1] for part in parts]
        many = isinstance(value, list)
        setattr(row, self.kept, kept if many else kept[0])
        setattr(row, self.words, (words if many else words[0]) if any(words) else None)

    def _part(self, value: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        kept = {name: part for name, part in value.items() if name in self.stays and _tells_nothing(part)}
        return kept, {name: part for name, part in value.items() if name not in kept}


def _tells_nothing(part: Any) -> bool:
    """Return whether a value is a number, a key, an instant, or a collection of such."""
    if isinstance(part, dict):
        return all(_tells_nothing(each) for each in (*part, *part.values()))
    if isinstance(part, list | tuple):
        return all(_tells_nothing(each) for each in part)
    return not isinstance(part, str) or not part or _A_KEY.fullmatch(part) is not None

"""Reading JSON strictly: no coercion, no unknown field, and every mistake told with its place.

A reader takes a value and returns what it stands for, or raises `Refused`; its schema tells the same to people and
programs (JSON Schema). Null is never a mistake: it means unknown.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

Schema = dict[str, Any]

GREATEST = 2**53
INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
YEARS = range(1970, 2200)
UNWELCOME = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
WELCOME = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"  # the same as a pattern of a schema; JSON cannot hold the rest


class Reader(NamedTuple):
    """How one kind of value is read, and its JSON schema."""

    take: Callable[[Any, "Place"], Any]
    schema: Schema


class FactError(NamedTuple):
    """One mistake: JSON pointer, a code for translation, and what the sentence needs."""

    pointer: str
    code: str
    params: dict[str, Any]


class FactsError(Exception):
    """The facts cannot be read; `errors` names every mistake."""

    def __init__(self, errors: list[FactError]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{error.pointer or '/'}: {error.code}" for error in errors))


class Refused(Exception):
    """A reader cannot take a value; the code says why."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


class Place:
    """Where in the document we are, and the mistakes found so far."""

    def __init__(self, pointer: str = "", errors: list[FactError] | None = None) -> None:
        self.pointer = pointer
        self.errors = [] if errors is None else errors

    def at(self, step: str | int) -> "Place":
        """Return the place one step further down."""
        return Place(f"{self.pointer}/{str(step).replace('~', '~0').replace('/', '~1')}", self.errors)

    def wrong(self, code: str, **params: Any) -> None:
        """Write down a mistake at this place."""
        self.errors.append(FactError(self.pointer, code, params))

    def read(self, reader: Reader, value: Any) -> Any:
        """Return what the reader makes of a value, None with the mistake written down if it refuses."""
        try:
            return reader.take(value, self)
        except Refused as refusal:
            self.wrong(refusal.code, **refusal.params)
            return None


def _flag(value: Any, _: Place) -> bool:
    if type(value) is bool:
        return value
    raise Refused("not_true_or_false")


def _instant(value: Any, _: Place) -> datetime:
    """Return an RFC 3339 instant in UTC."""
    found = INSTANT.fullmatch(value) if type(value) is str else None
    if found is None:
        raise Refused("not_an_instant")
    *fields, fraction, offset = found.groups()
    if int(fields[0]) not in YEARS:
        raise Refused("year_out_of_range", least=YEARS[0], most=YEARS[-1])
    try:
        sign = "+00:00" if offset in "Zz" else offset
        micro = (fraction or "")[:6].ljust(6, "0")
        local = datetime.fromisoformat("{}-{}-{}T{}:{}:{}".format(*fields) + f".{micro}{sign}")
    except ValueError:
        raise Refused("not_an_instant") from None
    return local.astimezone(UTC)


flag = Reader(_flag, {"type": "boolean"})
instant = Reader(_instant, {"type": "string", "format": "date-time", "pattern": r"^(19[7-9]|20[0-9]|21[0-9])[0-9]-"})


def whole(least: int = 0) -> Reader:
    """Return a reader of whole numbers from `least` to 2^53."""

    def take(value: Any, _: Place) -> int:
        if type(value) is not int:
            raise Refused("not_a_whole_number")
        if not least <= value <= GREATEST:
            raise Refused("out_of_range", least=least, most=GREATEST)
        return value

    return Reader(take, {"type": "integer", "minimum": least, "maximum": GREATEST})


def text(most: int = 200) -> Reader:
    """Return a reader of texts of at most so many characters, without control characters."""

    def take(value: Any, _: Place) -> str:
        if type(value) is not str:
            raise Refused("not_a_text")
        if len(value) > most:
            raise Refused("too_long", limit=most)
        if UNWELCOME.search(value):
            raise Refused("unwelcome_characters")
        return value

    return Reader(take, {"type": "string", "maxLength": most, "pattern": WELCOME})


def one_of(*options: str) -> Reader:
    """Return a reader of one of these words."""

    def take(value: Any, _: Place) -> str:
        if type(value) is str and value in options:
            return value
        raise Refused("not_one_of", options=options)

    return Reader(take, {"type": "string", "enum": list(options)})


def items(each: Reader, *, most: int) -> Reader:
    """Return a reader of lists of at most so many items."""

    def take(value: Any, place: Place) -> tuple[Any, ...]:
        if type(value) is not list:
            raise Refused("not_a_list")
        if len(value) > most:
            raise Refused("too_many", limit=most)
        return tuple(place.at(number).read(each, item) for number, item in enumerate(value))

    return Reader(take, {"type": "array", "maxItems": most, "items": each.schema})


def texts_by_name(*, most: int, longest: int) -> Reader:
    """Return a reader of objects with free names and texts or null as values."""
    name_of, words = text(), text(longest)

    def take(value: Any, place: Place) -> dict[str, str | None]:
        if type(value) is not dict:
            raise Refused("not_an_object")
        if len(value) > most:
            raise Refused("too_many", limit=most)
        for name in value:
            place.at(name).read(name_of, name)
        return {name: None if held is None else place.at(name).read(words, held) for name, held in value.items()}

    schema = {"type": "object", "maxProperties": most, "propertyNames": name_of.schema}
    return Reader(take, schema | {"additionalProperties": or_null(words.schema)})


def fields(value: Any, place: Place, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Return the fields of an object that are known and not null; write down every other name as a mistake."""
    if type(value) is not dict:
        raise Refused("not_an_object")
    read = {}
    for name, held in value.items():
        if name not in readers:
            place.at(name).wrong("unknown_field")
        elif held is not None:
            read[name] = place.at(name).read(readers[name], held)
    return read


def record(build: Callable[..., Any], readers: Mapping[str, Reader]) -> Reader:
    """Return a reader of objects with these fields, from which `build` makes a value; None where one was wrong."""

    def take(value: Any, place: Place) -> Any:
        before = len(place.errors)
        read = fields(value, place, readers)
        return build(**read) if len(place.errors) == before else None

    return Reader(take, object_schema(readers))


def object_schema(readers: Mapping[str, Reader]) -> Schema:
    """Return the schema of an object with these fields and no other, each of which may be null or absent."""
    properties = {name: or_null(reader.schema) for name, reader in readers.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def or_null(schema: Schema) -> Schema:
    """Return the schema of a value that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}

"""From the files of a rulebook's folder to its entries: one function for each kind."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeVar

from workflows.regulation import entries as kinds
from workflows.regulation.errors import THE_FILE, RulebookError, Words, labelled
from workflows.regulation.reading import NUMBER, Entry, Folder
from workflows.regulation.text import Text3

Kind = TypeVar("Kind")
KEY = re.compile(r"[a-z][a-z0-9_]*")
EDITION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,29}")  # it stands in the names of files that people download
THE_FOLDER = Words("the folder")
CUES = ("danger", "emergency", "money_at_risk")
GOODS = ("perishable", "medical")
MEASURES = ("warning", "fine", "points", "suspension", "ban")


class File:
    """One file of the folder: its list of entries and the day from which they hold unless they say otherwise."""

    def __init__(self, folder: Folder, name: str) -> None:
        self.name = name
        self.tables = folder.tables(name)
        self.since = self._since()

    def _since(self) -> date | None:
        if "in_force_from" not in self.tables:
            return None
        head = Entry(self.name, THE_FILE, {"in_force_from": self.tables.pop("in_force_from")})
        return head.day("in_force_from")

    def entries(self, kind: Words, label: str) -> Iterator[Entry]:
        """Yield each `[[kind]]` table, labelled by its key or number."""
        tables = self.tables.pop(kind, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise RulebookError(self.name, kind, "must be written as [[%(table)s]]", table=str(kind))
        for place, table in enumerate(tables, 1):
            called = table.get(label) or Words("no. %(place)s", place=place)
            yield Entry(self.name, labelled(kind, called), table)

    def done(self) -> None:
        """Raise RulebookError if a table was left that nobody knows."""
        Entry(self.name, THE_FILE, self.tables).done()

    def read(self, kind: Words, label: str, build: Callable[["File", Entry], Kind]) -> tuple[Kind, ...]:
        """Return all entries of the file, which holds only this kind."""
        found = tuple(build(self, entry) for entry in self.entries(kind, label))
        self.done()
        if not found:
            raise RulebookError(self.name, THE_FILE, "holds no [[%(table)s]]", table=str(kind))
        return found

    def period(self, entry: Entry) -> dict[str, Any]:
        """Return the days between which an entry holds."""
        since = entry.day("in_force_from", self.since)
        until = entry.day("in_force_until") if entry.has("in_force_until") else None
        if until is not None and until < since:
            raise entry.fail("ends on %(until)s, before it begins on %(since)s", until=until, since=since)
        return {"in_force_from": since, "in_force_until": until}

    def dated(self, entry: Entry) -> dict[str, Any]:
        """Return the clause and the period of an entry."""
        return {"clause": number_of(entry, "clause"), **self.period(entry)}

    def named(self, entry: Entry) -> dict[str, Any]:
        """Return key, name, clause and period of an entry."""
        return {"key": key_of(entry, "key"), "name": entry.text3("name"), **self.dated(entry)}


def number_of(entry: Entry, key: str) -> str:
    """Return the number of a clause."""
    number = entry.string(key)
    if not NUMBER.fullmatch(number):
        raise entry.fail("'%(number)s' is not the number of a clause", number=number)
    return number


def key_of(entry: Entry, key: str) -> str:
    """Return a key."""
    value = entry.string(key)
    if not KEY.fullmatch(value):
        raise entry.fail("'%(value)s' is not a key: small letters, digits and _", value=value)
    return value


def finish(entry: Entry, built: Kind) -> Kind:
    """Return what was built, once nothing unknown is left in the entry."""
    entry.done()
    return built


def edition(folder: Folder) -> str:
    """Return the name of the edition, like "2026.1"."""
    file = File(folder, "edition.toml")
    head = Entry(file.name, THE_FILE, file.tables)
    name = head.string("edition")
    if not EDITION.fullmatch(name):
        raise head.fail("'%(name)s' is not the name of an edition, like 2026.1", name=name)
    return finish(head, name)


def clauses(folder: Folder) -> tuple[tuple[kinds.Part, ...], tuple[kinds.Clause, ...]]:
    """Return headings and clauses from every file in `clauses/`, in the order of the files."""
    parts: list[kinds.Part] = []
    found: list[kinds.Clause] = []
    for name in folder.names("clauses/"):
        file = File(folder, name)
        parts += [_part(entry) for entry in file.entries(Words("part"), "number")]
        found += [_clause(file, entry) for entry in file.entries(Words("clause"), "number")]
        file.done()
    if not found:
        raise RulebookError("clauses/", THE_FOLDER, "holds no clause")
    return tuple(parts), tuple(found)


def _part(entry: Entry) -> kinds.Part:
    return finish(entry, kinds.Part(number=number_of(entry, "number"), title=entry.text3("title")))


def _clause(file: File, entry: Entry) -> kinds.Clause:
    automation = entry.choice("automation", kinds.AUTOMATION)
    if (automation == "not_automated") != entry.has("reason"):
        raise entry.fail("'reason' belongs to a clause that is not automated, and to no other")
    reason: Text3 | None = entry.text3("reason") if entry.has("reason") else None
    return finish(
        entry,
        kinds.Clause(
            number=number_of(entry, "number"),
            title=entry.text3("title"),
            text=entry.text3("text"),
            automation=automation,
            reason=reason,
            **file.period(entry),
        ),
    )


def figures(folder: Folder) -> tuple[kinds.Figure, ...]:
    """Return every limit."""
    return File(folder, "figures.toml").read(Words("figure"), "key", _figure)


def _figure(file: File, entry: Entry) -> kinds.Figure:
    unit = entry.choice("unit", kinds.UNITS)
    most = 100 if unit == "percent" else 10_000
    raw = entry.take("value", list, Words("a list")) if isinstance(entry.peek("value"), list) else None
    numbers = [entry.whole("value", least=1, most=most)] if raw is None else raw
    if not numbers or any(type(number) is not int or not 1 <= number <= most for number in numbers):
        raise entry.fail("'value' must hold whole numbers from 1 to %(most)s", most=most)
    if sorted(set(numbers)) != numbers:
        raise entry.fail("'value' must rise from number to number")
    return finish(
        entry,
        kinds.Figure(
            key=key_of(entry, "key"),
            values=tuple(numbers),
            unit=unit,
            note=entry.text3("note"),
            own=entry.flag("own"),
            **file.dated(entry),
        ),
    )


def party_kinds(folder: Folder) -> tuple[kinds.Named, ...]:
    """Return the kinds of party that may have to answer."""
    return File(folder, "parties.toml").read(Words("party"), "key", _named)


def _named(file: File, entry: Entry) -> kinds.Named:
    return finish(entry, kinds.Named(**file.named(entry)))


def anomalies(folder: Folder) -> tuple[kinds.Anomaly, ...]:
    """Return the types of anomaly."""
    return File(folder, "anomalies.toml").read(Words("anomaly"), "key", _anomaly)


def _anomaly(file: File, entry: Entry) -> kinds.Anomaly:
    return finish(entry, kinds.Anomaly(**file.named(entry), covers=entry.text3("covers")))


def liabilities(folder: Folder) -> tuple[kinds.Liability, ...]:
    """Return the liability table."""
    return File(folder, "liability.toml").read(Words("liability"), "anomaly", _liability)


def _liability(file: File, entry: Entry) -> kinds.Liability:
    return finish(
        entry,
        kinds.Liability(anomaly=key_of(entry, "anomaly"), party_kind=key_of(entry, "responsible"), **file.dated(entry)),
    )


def plans(folder: Folder) -> tuple[kinds.Plan, ...]:
    """Return the emergency plans."""
    return File(folder, "plans.toml").read(Words("plan"), "key", _plan)


def _plan(file: File, entry: Entry) -> kinds.Plan:
    return finish(
        entry,
        kinds.Plan(**file.named(entry), anomalies=entry.strings("anomalies"), steps=entry.texts3("steps")),
    )


def categories(folder: Folder) -> tuple[kinds.Category, ...]:
    """Return the kinds of goods."""
    return File(folder, "categories.toml").read(Words("category"), "key", _category)


def _category(file: File, entry: Entry) -> kinds.Category:
    return finish(
        entry,
        kinds.Category(
            **file.named(entry),
            aliases=entry.strings("aliases"),
            no_reason_return=entry.choice("no_reason_return", kinds.NO_REASON_RETURN),
            perishable=entry.flag("perishable"),
            medical=entry.flag("medical"),
        ),
    )


def remedies(folder: Folder) -> tuple[kinds.RemedyKind, ...]:
    """Return the kinds of remedy."""
    return File(folder, "remedies.toml").read(Words("remedy"), "key", _remedy)


def _remedy(file: File, entry: Entry) -> kinds.RemedyKind:
    return finish(
        entry,
        kinds.RemedyKind(
            **file.named(entry),
            money=entry.flag("money"),
            within_price=entry.flag("within_price"),
            anomalies=entry.strings("anomalies"),
        ),
    )


def usual_remedies(folder: Folder) -> tuple[kinds.UsualRemedy, ...]:
    """Return what each anomaly usually calls for."""
    return File(folder, "usual_remedies.toml").read(Words("usual"), "key", _usual)


def _usual(file: File, entry: Entry) -> kinds.UsualRemedy:
    least, most = entry.whole("least_percent", least=0, most=100), entry.whole("most_percent", least=0, most=100)
    if least > most:
        raise entry.fail("the range runs from %(least)s down to %(most)s", least=least, most=most)
    return finish(
        entry,
        kinds.UsualRemedy(
            key=key_of(entry, "key"),
            anomaly=key_of(entry, "anomaly"),
            remedy=key_of(entry, "remedy"),
            least_percent=least,
            most_percent=most,
            **file.dated(entry),
        ),
    )


def importance(folder: Folder) -> tuple[kinds.ImportanceRule, ...]:
    """Return what makes a matter important."""
    return File(folder, "importance.toml").read(Words("important"), "key", _important)


def _important(file: File, entry: Entry) -> kinds.ImportanceRule:
    rule = kinds.ImportanceRule(
        key=key_of(entry, "key"),
        anomalies=entry.strings("anomalies"),
        cues=entry.strings("cues", among=CUES),
        goods=entry.strings("goods", among=GOODS),
        reason=entry.text3("reason"),
        **file.dated(entry),
    )
    if not (rule.anomalies or rule.cues or rule.goods):
        raise entry.fail("names no anomaly, cue or goods")
    return finish(entry, rule)


def breaches(folder: Folder) -> tuple[kinds.Breach, ...]:
    """Return the penalties table."""
    return File(folder, "penalties.toml").read(Words("breach"), "key", _breach)


def _breach(file: File, entry: Entry) -> kinds.Breach:
    steps = tuple(_penalty(step) for step in entry.entries("steps"))
    if not steps:
        raise entry.fail("has no penalty")
    breach = kinds.Breach(
        **file.named(entry),
        offends=entry.strings("offends"),
        clocks=entry.strings("clocks"),
        liable=entry.string("liable") if entry.has("liable") else None,
        steps=steps,
    )
    return finish(entry, breach)


def _penalty(entry: Entry) -> kinds.PenaltyStep:
    return finish(
        entry,
        kinds.PenaltyStep(
            measure=entry.choice("measure", MEASURES),
            points=entry.whole("points", least=0, most=100),
            fine_minor=entry.whole("fine_minor", least=0, most=100_000_000),
            days=entry.whole("days", least=0, most=3_650),
        ),
    )

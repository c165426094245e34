"""The catalogues: one a room and language, so that two rooms' texts never meet in one file.

    python -m tests.architecture.translations update [ROOM …] | check [ROOM …] | compile

`update` brings translations/<locale>/LC_MESSAGES/<room>.po in line with the code, `check` says what is wrong with
them (both for all rooms unless some are named), `compile` joins the rooms into the one messages.mo that the running
system reads. English is the msgid.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from opencc import OpenCC

from tests.architecture import rules

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ("zh_Hans", "zh_Hant")
# Where the words stand in what the rules refuse (workflows/regulation/errors.py); such words may also be passed on.
REFUSING = {"Words": 1, "fail": 1, "RulebookError": 3}
PASSED_ON = (ast.Name, ast.Attribute, ast.Subscript)
KEYWORDS: dict[str, object] = {
    **dict.fromkeys(("_", "_l", "N_", "gettext", "lazy_gettext"), None),
    **dict.fromkeys(("ngettext", "lazy_ngettext"), (1, 2)),
    **dict.fromkeys(("pgettext", "lazy_pgettext"), ((1, "c"), 2)),
    "npgettext": ((1, "c"), 2, 3),
    **{name: (place,) for name, place in REFUSING.items()},
}
# Sources whose catalogue is not named after their folder; `templates/<room>` goes with `app/<room>`.
FEEDS = {
    "app/core": "web",
    "app/factory.py": "web",
    "workflows": "rulebook",
    "templates/layouts": "design",
    "templates/components": "design",
    "templates/errors": "design",
}
FILLED = re.compile(r"%\((\w+)\)")
# Between Han and Latin the browser makes room (`text-autospace`); only beside what is typed as it stands is it written.
TYPED_SPACE = re.compile(r"(?<=[\u3400-\u9fff]) (?=[A-Za-z0-9%{])|(?<=[A-Za-z0-9%}]) (?=[\u3400-\u9fff])")
AS_TYPED = re.compile(r"sha256sum|://|(?:^| )[/.][a-z]+ |kind=")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|</?[a-z]+")

# Characters that both scripts write, where the converter prefers another one.
FREE = {"zh_Hans": frozenset("著乾"), "zh_Hant": frozenset("台了占周布")}
CONVERTERS = {"zh_Hans": ("t2s",), "zh_Hant": ("s2t", "s2tw", "s2hk")}


# --- reading the code ----------------------------------------------------------------------------------------------


def room_of(source: str) -> str | None:
    """Return the catalogue that a source (a path from the root) feeds, or None if it holds nothing to translate."""
    parts = source.split("/")
    for depth in (3, 2, 1):
        if room := FEEDS.get("/".join(parts[:depth])):
            return room
    if parts[0] not in ("app", "templates"):
        return None
    return parts[1] if len(parts) > 2 else "design"


def sources(root: Path) -> Iterator[Path]:
    """Yield every file that may hold text for users."""
    yield from sorted([*root.glob("app/**/*.py"), *root.glob("workflows/**/*.py")])
    yield from sorted(file for file in root.glob("templates/**/*") if file.suffix in (".html", ".txt", ".xml", ".svg"))


def extracted(root: Path = ROOT) -> dict[str, Catalog]:
    """Return a catalogue without translations for every room that has something to say."""
    rooms: dict[str, Catalog] = defaultdict(_empty)
    for file in sources(root):
        source = file.relative_to(root).as_posix()
        room = room_of(source)
        method, options = ("python", {}) if file.suffix == ".py" else ("jinja2", {"silent": "false"})
        for _line, msgid, comments, context in extract_from_file(method, file, KEYWORDS, ("Translators:",), options):
            if room is None:
                raise ValueError(f"{source} holds text, but no catalogue is fed by it: name one in FEEDS.")
            rooms[room].add(msgid, locations=[(source, None)], auto_comments=comments, context=context)
    return rooms


def _empty(locale: str | None = None) -> Catalog:
    return Catalog(locale, project="Heng", charset="utf-8", fuzzy=False)


# --- the files -----------------------------------------------------------------------------------------------------


def path_of(room: str, locale: str, root: Path = ROOT) -> Path:
    return root / "translations" / locale / "LC_MESSAGES" / f"{room}.po"


def read(path: Path, locale: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def update(root: Path = ROOT, rooms: Collection[str] = ()) -> None:
    """Write catalogues anew: the code's messages with the translations that the files already had."""
    templates = extracted(root)
    for locale in LOCALES:
        known = {file.stem: read(file, locale) for file in path_of("*", locale, root).parent.glob("*.po")}
        for room in rooms or templates.keys() | known.keys():
            path = path_of(room, locale, root)
            if room not in templates:
                path.unlink(missing_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_text(_translated(templates[room], locale, known.get(room), list(known.values()))))


def _translated(template: Catalog, locale: str, own: Catalog | None, others: list[Catalog]) -> Catalog:
    """Return the template's messages with their translation from the room's own file, or else from another room's."""
    result = _empty(locale)
    for message in template:
        if not message.id:
            continue
        held = [catalog.get(message.id, message.context) for catalog in ([own] if own else []) + others]
        best = next((m for m in held if m and any(_strings(m)) and not m.fuzzy), None)
        result.add(
            message.id,
            best.string if best else "",
            locations=message.locations,
            auto_comments=message.auto_comments,
            context=message.context,
        )
    return result


def _text(catalog: Catalog) -> bytes:
    """Return the file's bytes: sorted, with file names but no line numbers and no dates, so that merges stay small."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=110, sort_output=True, include_lineno=False, omit_header=True)
    header = f'msgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return (header + f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n').encode() + buffer.getvalue().lstrip(b"\n")


def compile_all(root: Path = ROOT) -> None:
    """Join each language's catalogues into messages.mo where one of them is newer."""
    for locale in LOCALES:
        files = sorted(path_of("*", locale, root).parent.glob("*.po"))
        target = path_of("messages", locale, root).with_suffix(".mo")
        if not files or (target.exists() and all(f.stat().st_mtime < target.stat().st_mtime for f in files)):
            continue
        joined = _empty(locale)
        for message in (message for file in files for message in read(file, locale) if message.id):
            joined.add(message.id, message.string, context=message.context)
        with NamedTemporaryFile(dir=target.parent, delete=False) as file:
            write_mo(file, joined)
        Path(file.name).replace(target)  # whole or not at all: others may be reading or compiling


# --- what can be wrong ---------------------------------------------------------------------------------------------


def problems(root: Path = ROOT) -> list[str]:
    """Return one sentence for everything that keeps the catalogues from being complete and right."""
    rooms = extracted(root)
    found = [f"{where}: {wrong}" for where, wrong in _untellable(root, rooms)]
    for locale in LOCALES:
        present = {file.stem for file in path_of("*", locale, root).parent.glob("*.po")}
        found += [f"{locale}/{room}.po is fed by no source; run `make translations`." for room in present - set(rooms)]
        said: dict[tuple[object, object], tuple[object, str]] = {}
        for room, template in sorted(rooms.items()):
            path = path_of(room, locale, root)
            catalog = read(path, locale) if path.exists() else _empty(locale)
            for wrong in _wrong_in(template, catalog, locale):
                found.append(f"{locale}/{room}.po: {wrong}")
            for message in filter(lambda m: m.id and any(_strings(m)), catalog):
                string, where = said.setdefault((message.id, message.context), (message.string, room))
                if string != message.string:
                    found.append(f"{locale}: {message.id!r} is {string!r} in {where}, {message.string!r} in {room}.")
    return found


def _untellable(root: Path, rooms: Mapping[str, Catalog]) -> Iterator[tuple[str, str]]:
    """Yield the words of refusals that no catalogue holds, or that are not filled by what comes with them."""
    known = {message.id for catalog in rooms.values() for message in catalog}
    for path, tree in rules.modules(root, "app", "workflows"):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            place = REFUSING.get(rules.dotted(call.func).rpartition(".")[2])
            if place is None or len(call.args) < place or isinstance(words := call.args[place - 1], PASSED_ON):
                continue
            where = f"{path}:{call.lineno}"
            if not isinstance(words, ast.Constant):
                yield where, "what is refused is not told in words that a catalogue can hold."
            elif words.value and words.value not in known:
                yield where, f"{words.value!r} is not found by the extraction: put what is nested in a name of its own."
            elif set(FILLED.findall(str(words.value))) != {each.arg for each in call.keywords}:
                yield where, f"{words.value!r} is not filled by its values."


def _wrong_in(template: Catalog, catalog: Catalog, locale: str) -> Iterator[str]:
    for message in filter(lambda m: m.id, template):
        translated = catalog.get(message.id, message.context)
        if translated is None:
            yield f"{message.id!r} is missing; run `make translations`."
        elif translated.fuzzy or not all(_strings(translated)):
            yield f"{message.id!r} is not translated."
        else:
            yield from (f"{message.id!r}: {wrong}" for wrong in _wrong_with(translated, catalog, locale))
    for message in filter(lambda m: m.id, catalog):
        if template.get(message.id, message.context) is None:
            yield f"{message.id!r} is no longer in the code; run `make translations`."


def _wrong_with(message: Message, catalog: Catalog, locale: str) -> Iterator[str]:
    strings = _strings(message)
    if len(strings) != (catalog.num_plurals if message.pluralizable else 1):
        yield f"{len(strings)} forms, where {locale} has {catalog.num_plurals}."
    msgid = message.id[-1] if isinstance(message.id, (list, tuple)) else message.id
    for string in strings:
        if sorted(PLACEHOLDER.findall(msgid)) != sorted(PLACEHOLDER.findall(string)):
            yield f"placeholders or tags differ in {string!r}."
        if foreign := foreign_characters(string, locale):
            yield f"{foreign!r} in {string!r} is not written so in {locale}."
        if TYPED_SPACE.search(string) and not AS_TYPED.search(string):
            yield f"a space is typed between Han and Latin in {string!r}."


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (list, tuple)) else [message.string or ""]


def foreign_characters(text: str, locale: str) -> str:
    """Return the characters of `text` that belong to the other Chinese script."""
    accepted = [converter.convert(text) for converter in _converters(locale)]
    return "".join(c for c, *forms in zip(text, *accepted, strict=True) if c not in forms and c not in FREE[locale])


@cache
def _converters(locale: str) -> tuple[OpenCC, ...]:
    return tuple(OpenCC(name) for name in CONVERTERS[locale])


def main(command: str, *rooms: str) -> int:
    if command == "check":
        found = [problem for problem in problems() if not rooms or any(f"/{room}.po" in problem for room in rooms)]
        print(*found, sep="\n")
        return 1 if found else 0
    if command == "compile":
        compile_all()
    elif command == "update":
        update(rooms=rooms)
    else:
        raise SystemExit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["help"])))

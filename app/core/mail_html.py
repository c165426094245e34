"""A letter's text as HTML: paragraphs, lists and links, in the letter's language, readable by every mail program."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "emails"
_LINK = re.compile(r"https?://[^\s<>\"'，。；：（）、]+[^\s<>\"'，。；：（）、.,;:!?)]")
_ITEM = re.compile(r"^\s*(?:·|-|•)\s+(?=\S)")


def as_html(*, subject: str, body: str, language: str, organ: str) -> str:
    """Return the whole page. Nothing is loaded from anywhere, and nothing in it comes from outside unescaped."""
    return _template().render(subject=subject, blocks=list(map(_block, _paragraphs(body))), lang=language, organ=organ)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader  # only the process that sends letters needs it

    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True).get_template("letter.html")


def _paragraphs(body: str) -> list[list[str]]:
    parts = (part.strip("\n").split("\n") for part in re.split(r"\n\s*\n", body))
    return [lines for part in parts for lines in _apart(part) if any(line.strip() for line in lines)]


def _apart(lines: list[str]) -> list[list[str]]:
    """Split a paragraph into runs of list items and runs of other lines."""
    runs: list[list[str]] = []
    for line in lines:
        if runs and bool(_ITEM.match(runs[-1][0])) == bool(_ITEM.match(line)):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _block(lines: list[str]) -> Markup:
    if _ITEM.match(lines[0]):
        return Markup("<ul>{}</ul>").format(Markup("").join(_item(line) for line in lines))
    return Markup("<p>{}</p>").format(Markup("<br>").join(_linked(line) for line in lines))


def _item(line: str) -> Markup:
    return Markup("<li>{}</li>").format(_linked(_ITEM.sub("", line)))


def _linked(line: str) -> Markup:
    """Return the line escaped, with its web addresses as links."""
    out, at = [], 0
    for found in _LINK.finditer(line):
        out += [escape(line[at : found.start()]), Markup('<a href="{0}">{0}</a>').format(found.group())]
        at = found.end()
    return Markup("").join([*out, escape(line[at:])])

"""What is wrong with a rulebook, told in the reader's language."""

from __future__ import annotations

from flask_babel import gettext
from markupsafe import Markup, escape

from workflows.regulation.errors import Quoted, Words


def told(words: object) -> Markup:
    """Return words of the rules in the reader's language; what a library says is marked as English."""
    if isinstance(words, Quoted):
        return Markup('<span lang="en">{}</span>').format(words)
    if not isinstance(words, Words):
        return escape(words)
    return escape(gettext(words.pattern)) % {name: told(value) for name, value in words.values.items()}

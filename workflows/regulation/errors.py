"""What the rulebook refuses, in words that name the place to mend and that can be told in another language."""

from collections.abc import Mapping
from typing import Self


class Words(str):
    """English words with the pattern, a message id of the catalogues, and the values that they were made from.

    Values that are Words are told in the reader's language too; names of files, keys and numbers stay as they are.
    """

    pattern: str
    values: Mapping[str, object]

    def __new__(cls, pattern: str, /, **values: object) -> Self:
        words = super().__new__(cls, pattern % values)
        words.pattern, words.values = pattern, values
        return words


class Quoted(str):
    """What a library says of a fault: English, whoever reads it."""


THE_FILE = Words("the file")


def labelled(kind: Words, key: object) -> Words:
    """Return what people call an entry: "figure voting"."""
    return Words("%(kind)s %(key)s", kind=kind, key=key)


class RulebookError(Exception):
    """The rulebook's data holds a mistake: in which file, in which entry, and why.

    The reason is a message id, filled by `values`, or Words. `place` holds the first two, `words` all three.
    """

    def __init__(self, file: str, entry: str, reason: str, /, **values: object) -> None:
        self.file, self.entry = file, entry
        self.reason = reason if isinstance(reason, Words) else Words(reason, **values)
        self.place = Words("%(file)s, %(entry)s", file=file, entry=entry)
        self.words = Words("%(place)s: %(reason)s", place=self.place, reason=self.reason)
        super().__init__(self.words)


class NotInRulebook(LookupError):
    """The rulebook has no such entry. Its argument is Words."""


class NotInForce(NotInRulebook):
    """The rulebook has the entry, but it does not hold on the day asked for."""

"""Kinds of words: what a text speaks of, by lists that are data."""

import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files

from workflows.triage.normalising import to_simplified

_TOKEN = re.compile(r"[a-z0-9']+")
_ENDINGS = ("ings", "ing", "edly", "ed", "es", "s", "ly")
_SHORTEST_STEM = 3


def kinds(text: str, family: str | None) -> Counter[str]:
    """Return how many words of each kind stand in folded `text`; a word may be of several kinds."""
    if family is None:
        return Counter()
    table = _table(family)
    if family == "zh":
        found = (table[match.group()] for match in _any_word().finditer(text))
    else:
        found = (table.get(word) or table.get(stem(word), ()) for word in _TOKEN.findall(text))
    return Counter(kind for of_word in found for kind in of_word)


def stem(word: str) -> str:
    """Return an English word without its ending: "cracked" and "cracks" are "crack"."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


@cache
def _table(family: str) -> dict[str, tuple[str, ...]]:
    lists = tomllib.loads(files(__package__).joinpath(f"data/words_{family}.toml").read_text("utf-8"))
    table: dict[str, tuple[str, ...]] = {}
    for kind, words in lists.items():
        for word in words.lower().split():
            for form in {word, stem(word)} if family == "en" else {to_simplified(word)}:
                if kind not in table.get(form, ()):
                    table[form] = (*table.get(form, ()), kind)
    return table


@cache
def _any_word() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_table("zh"), key=len, reverse=True))))

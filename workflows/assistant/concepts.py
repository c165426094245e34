"""What a question speaks of, whatever its words and language: freight, an hour, who pays."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache

from workflows.assistant.examples import DATA
from workflows.triage.normalising import fold


class Lexicon:
    """Words of one language family, each with the concepts that it stands for."""

    def __init__(self, words: Mapping[str, frozenset[str]], *, latin: bool) -> None:
        self._concepts = {word: self._within(word, words, latin) for word in words}
        longest_first = sorted(words, key=len, reverse=True)
        boundary = "(?<![a-z])" if latin else ""
        self._pattern = re.compile(f"{boundary}(?=({'|'.join(map(_pattern, longest_first))}))")

    def concepts(self, text: str) -> frozenset[str]:
        """Return the concepts that a folded text names; words may overlap."""
        found = self._pattern.finditer(text)
        return frozenset().union(*(self._concepts[_word(each[1], text, each.end(1), self._concepts)] for each in found))

    @staticmethod
    def _within(word: str, words: Mapping[str, frozenset[str]], latin: bool) -> frozenset[str]:
        """Return the concepts of a word and of every shorter word that it begins with."""
        plain = word.removesuffix("$")
        ending = {plain[:n] for n in range(1, len(plain) + 1)}
        found = set(words[word])
        for start in ending:
            found |= words.get(start, frozenset())
            if latin and (start == plain or not plain[len(start)].isalpha()):
                found |= words.get(f"{start}$", frozenset()) if start != plain or word.endswith("$") else set()
        return frozenset(found)


def _pattern(word: str) -> str:
    return rf"{re.escape(word[:-1])}(?![a-z])" if word.endswith("$") else re.escape(word)


def _word(matched: str, text: str, end: int, known: Mapping[str, object]) -> str:
    """Return the entry that matched: the whole word where the text ends it there, else the beginning of one."""
    whole = f"{matched}$"
    ends = end >= len(text) or not ("a" <= text[end] <= "z")
    return whole if whole in known and (ends or matched not in known) else matched


@cache
def lexicon(family: str) -> Lexicon:
    """Return the lexicon of "zh" or "en"."""
    table: dict[str, list[str]] = tomllib.loads((DATA / "concepts.toml").read_text("utf-8"))["concept"]
    words: dict[str, set[str]] = {}
    for concept, (chinese, english) in table.items():
        listed: Iterable[str] = english.split("|") if family == "en" else chinese.split()
        for word in listed:
            words.setdefault(word.strip() if family == "en" else fold(word).text, set()).add(concept)
    return Lexicon({word: frozenset(found) for word, found in words.items()}, latin=family == "en")

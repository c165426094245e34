"""Words that were copied from what a party wrote: a search engine, or a neighbour, finds the author by them.

Eight letters in a row are a copy, whatever stands between them. What the rulebook says itself is nobody's own, and a
few ordinary Latin words in a row are no copy either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from workflows.procedure.names import FILE as NAMES_FILE
from workflows.regulation import book

RUN = 8
PHRASE = 5
"""So many Latin words in a row are a copy even if each is ordinary."""
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_GRAMMAR = frozenset(
    _WORD.findall("""
    a about after again all also an and any are as asked at be because been before but by can could day days did do for
    found from got had has have he her him his i if in is it its made me more my no not of on one only or other our out
    over said same she should showed so that the their them then there these they this those time to two up upon us was
    we were what when which who will with within would you your
    """)
)


def runs_of(texts: Iterable[str]) -> frozenset[str]:
    """Return every run of RUN letters that the texts hold and the rulebook does not."""
    return frozenset(run for text in texts for run in _runs(_letters(text)[0])) - common()


def copied(folded: str, own: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield the places (start, end) in a folded text at which RUN or more letters in a row are of the runs in `own`."""
    letters, places = _letters(folded)
    hits = [at for at, run in enumerate(_runs(letters)) if run in own]
    for first, last in _stretches(hits):
        start, end = places[first], places[last + RUN - 1] + 1
        if _is_own(folded, start, end):
            yield start, end


def _letters(text: str) -> tuple[str, Sequence[int]]:
    """Return the letters and digits of a text without what stands between them, and where each stands."""
    kept = [(letter.lower(), at) for at, letter in enumerate(text) if letter.isalnum()]
    return "".join(letter for letter, _ in kept), [at for _, at in kept]


def _runs(letters: str) -> Iterator[str]:
    return (letters[at : at + RUN] for at in range(len(letters) - RUN + 1))


def _stretches(hits: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of each row of hits that follow or overlap one another."""
    at = 0
    while at < len(hits):
        last = at
        while last + 1 < len(hits) and hits[last + 1] <= hits[last] + RUN:
            last += 1
        yield hits[at], hits[last]
        at = last + 1


def _is_own(folded: str, start: int, end: int) -> bool:
    """Return whether a copied run tells something: in Latin letters, a word that is not everyday's, or a phrase."""
    run = folded[start:end].lower()
    if not run.isascii():
        return True
    while start > 0 and folded[start - 1].isalnum():  # the words of which it holds the end or the beginning
        start -= 1
    while end < len(folded) and folded[end].isalnum():
        end += 1
    words = _WORD.findall(folded[start:end].lower())
    return len(words) >= PHRASE or any(word not in everyday() for word in words) or any(c.isdigit() for c in run)


def common() -> frozenset[str]:
    """Return every run of letters that the rulebook and the names of things hold themselves."""
    return _common(book.current().version)


def everyday() -> frozenset[str]:
    """Return the Latin words that say nothing of a party: grammar, and what the rules speak of."""
    return _everyday(book.current().version)


@lru_cache(maxsize=1)
def _common(version: str) -> frozenset[str]:
    return frozenset(run for text in _ours() for run in _runs(_letters(text)[0]))


@lru_cache(maxsize=1)
def _everyday(version: str) -> frozenset[str]:
    words = {word for text in _ours() for word in _WORD.findall(text.lower())}
    return _GRAMMAR | words | {f"{word}s" for word in words}


def _ours() -> Iterator[str]:
    rules = book.current()
    for clause in rules.clauses():
        yield from (clause.title.in_("zh-Hans"), clause.text.in_("zh-Hans"), clause.title.en, clause.text.en)
    yield from NAMES_FILE.read_text("utf-8").splitlines()

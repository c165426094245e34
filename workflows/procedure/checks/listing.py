"""Stage 1, choosing the goods: what a listing must say, and what it must not claim."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from workflows.procedure.checks.finding import Finding
from workflows.procedure.checks.matter import Matter
from workflows.regulation.entries import Required, Term, Wording
from workflows.regulation.rulebook import Rulebook

# Bounded, so that a text of nothing but opening marks costs no more than another.
QUOTED = re.compile(
    r"「[^「」]{0,200}」|『[^『』]{0,200}』|“[^“”]{0,200}”|‘[^‘’]{0,200}’|\"[^\"]{0,200}\"|(?<!\w)'(?:[^']|(?<=\w)'(?=\w)){0,200}'(?!\w)"
)
TITLE = re.compile(r"《[^《》]{0,100}》")
CLAUSE_END = re.compile(r"[，。！？；：、,.!?;:\n]")
MOST_CLAIMS = 20
REACH = 24  # characters before or after a claim that can deny or mention it


@cache
def _between_han() -> re.Pattern[str]:
    return re.compile(r"(?<=[\u3400-\u9fff])[ \u3000]+(?=[\u3400-\u9fff])")


def complete(matter: Matter) -> Iterator[Finding]:
    """Yield whether the listing gives what product information must cover. Source: clause 2.1.1.1."""
    yield from _required(matter, "2.1.1.1")


def by_kind(matter: Matter) -> Iterator[Finding]:
    """Yield whether the listing says for whom, when and with what care. Source: clause 2.1.1.4."""
    yield from _required(matter, "2.1.1.4")


def _required(matter: Matter, clause: str) -> Iterator[Finding]:
    """Yield whether a listing has the fields of a clause: an empty one is lacking, one not told is unknown."""
    listing = matter.order.listing
    if listing is None:
        return
    required = matter.book.required_by(clause, matter.on)
    lacking = tuple(each for each in required if (held := listing.get(each.key)) is not None and not held.strip())
    unknown = tuple(each for each in required if listing.get(each.key) is None)
    if lacking:
        yield matter.breach(clause, "lacking", liable="merchant", lacking=_terms(lacking))
    elif unknown:
        yield matter.missing(clause, *(each.key for each in unknown))
    else:
        yield matter.kept(clause, "complete")


def _terms(required: Iterable[Required]) -> tuple[Term, ...]:
    return tuple(Term(key=each.key, name=each.name) for each in required)


def modest(matter: Matter) -> Iterator[Finding]:
    """Yield whether the description keeps from absolute wording. Source: clause 2.1.1.2."""
    text = matter.order.product_text
    if text is None or not text.strip():
        return
    claims = tuple(absolute_claims(text, matter.book, matter.on))
    if claims:
        yield matter.breach("2.1.1.2", "absolute", liable="merchant", claims=claims)
    else:
        yield matter.kept("2.1.1.2", "modest")


def absolute_claims(text: str, book: Rulebook, on: date | None = None) -> list[str]:
    """Return the absolute claims of a text, each once, in order: not ordinals, technical values, titles,
    negations, or quotations that only mention a word. Source: clause 2.1.1.2."""
    plain = _between_han().sub("", unicodedata.normalize("NFKC", text))
    plain = TITLE.sub(_blank, plain)
    found = []
    for wording in book.wordings.on(on):
        told = _without_mentions(wording.harmless.sub(_blank, plain), wording)
        found += [(claim.start(), claim.group()) for claim in _claims(told, wording)]
    return list(dict.fromkeys(claim for _, claim in sorted(found)))[:MOST_CLAIMS]


def _claims(text: str, wording: Wording) -> Iterator[re.Match[str]]:
    """Yield the claims that are not denied in the same breath."""
    for claim in wording.claims.finditer(text):
        before = CLAUSE_END.split(text[max(0, claim.start() - REACH) : claim.start()])[-1]
        if not wording.negation.search(before):
            yield claim


def _without_mentions(text: str, wording: Wording) -> str:
    """Return the text without the quotations that mention a word instead of claiming it."""

    def judged(quoted: re.Match[str]) -> str:
        before, after = text[max(0, quoted.start() - REACH) : quoted.start()], text[quoted.end() : quoted.end() + REACH]
        mentioned = wording.mention_before.search(before) or wording.mention_after.match(after)
        return _blank(quoted) if mentioned else quoted.group()

    return QUOTED.sub(judged, text)


def _blank(found: re.Match[str]) -> str:
    return "\u00b7" * len(found.group())

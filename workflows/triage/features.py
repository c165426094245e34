"""What the model weighs: the cues of a text, the kinds of its words, its short strings of letters, its shape."""

import math
import re
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise

from workflows.triage import emergencies, lexicon, words
from workflows.triage.normalising import Folded, fold
from workflows.triage.passages import OWN, QUOTED, Passage, passages, readable, without_hearsay

STRINGS_WEIGH = 2.0  # all strings of letters together, against 1.0 for each cue
ROOTS_WEIGH = 1.0  # all roots of words together
FIRST_CUES_WEIGH = 0.5  # told in the first sentence, which often names the matter
FIRST_WORDS_WEIGH = 0.3
MOST_OF_A_KIND = 3
ALARMING = frozenset({"danger", "care", "urgent", "fraud"})  # kinds of words that speak of emergencies only
_AT_STAKE = ("goods", "flaw", "courier", "lateness", "payer", "taken", "accounts", "manners")
_SHORT, _LONG = 12, 120
_LATIN_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|0+|[£$€]")
_ROOT_LETTERS = 5
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")


@cache
def _han_run() -> re.Pattern[str]:
    return re.compile(r"[\u3400-\u9fff0]+")


@dataclass(frozen=True)
class Text:
    """A text made ready to be weighed: `own` is what the writer says, `quoted` what others are quoted with."""

    original: str
    family: str | None
    folded: Folded
    parts: tuple[Passage, ...]
    own: str
    hits: tuple[lexicon.Hit, ...]
    quoted_hits: tuple[lexicon.Hit, ...]
    alarms: tuple[emergencies.Raised, ...]

    @cached_property
    def sentences(self) -> tuple[Passage, ...]:
        """Return the writer's own sentences that hold anything."""
        return tuple(p for p in self.parts if p.kind == OWN and self.own[p.start : p.end].strip())

    @cached_property
    def length(self) -> int:
        """Return how much there is to read: words of English, characters of Chinese."""
        return len(self.own.split()) if self.family == "en" else sum(map(len, _han_run().findall(self.own)))

    @cached_property
    def strings(self) -> frozenset[str]:
        """Return the words and pairs of words (English), or runs of two and three characters (Chinese)."""
        own = _DIGITS.sub("0", self.own)
        latin = _LATIN_WORD.findall(own)
        if self.family == "zh":
            runs = _han_run().findall(own)
            grams = {run[i : i + n] for run in runs for n in (2, 3) for i in range(len(run) - n + 1)}
            return frozenset(grams.union(latin))
        return frozenset(latin).union(f"{one} {two}" for one, two in pairwise(latin))

    @cached_property
    def roots(self) -> frozenset[str]:
        """Return what new and misspelt words share with known ones: single characters, or how English words begin."""
        if self.family == "zh":
            return frozenset("".join(_han_run().findall(_DIGITS.sub("0", self.own))))
        return frozenset(f"{w[:_ROOT_LETTERS]}-" for w in _LATIN_WORD.findall(self.own) if len(w) > _ROOT_LETTERS)

    @cached_property
    def kinds(self) -> dict[str, int]:
        """Return the number of words of each kind."""
        return words.kinds(self.own, self.family)


def prepare(original: str, family: str | None) -> Text:
    """Return a text with its voices parted and its cues found; nothing is found in a language we do not read."""
    folded = fold(original)
    parts = passages(folded.text)
    own, quoted = (readable(folded.text, parts, kind) for kind in (OWN, QUOTED))
    if family is None:
        return Text(original, family, folded, parts, own, (), (), ())
    quoted_hits = lexicon.hits(quoted, family) if quoted.strip() else ()
    found = lexicon.hits(own, family)
    return Text(original, family, folded, parts, own, found, quoted_hits, emergencies.raised(own, family))


def witnessed(text: Text) -> Text | None:
    """Return the text without what sellers and agents are quoted with; None where they are not."""
    own = without_hearsay(text.own)
    if text.family is None or own == text.own:
        return None
    return replace(text, own=own, hits=lexicon.hits(own, text.family))


def features(text: Text) -> dict[str, float]:
    """Return what tells the anomaly, with its values."""
    found = {f"c:{hit.cue.name}": 1.0 for hit in text.hits}
    found |= {f"q:{hit.cue.name}": 1.0 for hit in text.quoted_hits}
    counts = {kind: count for kind, count in text.kinds.items() if kind not in ALARMING}
    total = sum(counts.values())
    for kind, count in counts.items():
        found[f"s:{kind}"] = min(count, MOST_OF_A_KIND) / MOST_OF_A_KIND
        found[f"r:{kind}"] = count / total
    return found | _first(text) | _strings(text, STRINGS_WEIGH) | _evenly(text.roots, ROOTS_WEIGH) | _shape(text)


def alarm_features(text: Text) -> dict[str, float]:
    """Return what tells an emergency, with its values."""
    found = {f"e:{raised.alarm.code}": 1.0 for raised in text.alarms}
    found |= {f"s:{kind}": min(count, MOST_OF_A_KIND) / MOST_OF_A_KIND for kind, count in text.kinds.items()}
    told = [kind for kind in (*sorted(ALARMING), *_AT_STAKE) if kind in text.kinds]
    found |= {f"s:{one}+{two}": 0.5 for i, one in enumerate(told) for two in told[i + 1 :]}
    return found | _strings(text, STRINGS_WEIGH / 2) | {"m:any": 1.0}


def _first(text: Text) -> dict[str, float]:
    if not text.sentences:
        return {}
    start, end = text.sentences[0].start, text.sentences[0].end
    found = {f"f:{hit.cue.name}": FIRST_CUES_WEIGH for hit in text.hits if start <= hit.start < end}
    kinds = words.kinds(text.own[start:end], text.family)
    return found | {f"g:{kind}": FIRST_WORDS_WEIGH for kind in kinds if kind not in ALARMING}


def _strings(text: Text, weigh: float) -> dict[str, float]:
    return _evenly(text.strings, weigh)


def _evenly(names: frozenset[str], weigh: float) -> dict[str, float]:
    return dict.fromkeys(names, weigh / math.sqrt(len(names) or 1))


def _shape(text: Text) -> dict[str, float]:
    asking = sum(part.asks for part in text.sentences)
    return {
        f"m:{text.family}": 1.0,
        "m:asks": asking / max(len(text.sentences), 1),
        "m:short": 1.0 if text.length < _SHORT else 0.0,
        "m:long": 1.0 if text.length > _LONG else 0.0,
        "m:cueless": 0.0 if text.hits else 1.0,
    }

"""How like the examples a question is, and which topic it speaks for. Plain Python, built once."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations, pairwise
from operator import mul

from msgspec import Struct

from workflows.assistant.concepts import lexicon
from workflows.assistant.examples import Example
from workflows.assistant.odds import Odds
from workflows.triage.normalising import fold

PAIR_WEIGHS = 0.6  # two concepts together, against 1.0 for one
WORDS_WEIGH = 2.0  # all words together
RARITY = 0.7  # power of the rarity of a feature
FAINT = 0.02  # likeness that means nothing
ALIKE_WEIGHS = 3.0  # the logarithm of likeness, against 1.0 for the log odds
_PIECE = 4  # letters of the pieces of English words, which misspelt and new words share with known ones
NEAREST = (0.45, 0.30, 0.25)  # what the three nearest questions of a topic count
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?|0|%")
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_STEM = 6
_SMALL_WORDS = (
    "the a an of to is are it i my me you they them he she in on at for and or that this be do does did was were have"
    " has had with from by if so"
)
_SMALL = frozenset(_SMALL_WORDS.split())

Features = dict[str, float]


@cache
def _han_run() -> re.Pattern[str]:
    return re.compile(r"[\u3400-\u9fff0]+")


@cache
def _han() -> re.Pattern[str]:
    return re.compile(r"[\u3400-\u9fff]")


def features(folded: str) -> Features:
    """Return what a folded question holds: concepts, pairs of them, and its words, which weigh two in all."""
    plain = _DIGITS.sub("0", folded)
    chinese = len(_han().findall(plain)) >= 2
    concepts = sorted(lexicon("zh" if chinese else "en").concepts(plain))
    found: Features = {f"c:{each}": 1.0 for each in concepts}
    found |= {f"p:{one}+{two}": PAIR_WEIGHS for one, two in combinations(concepts, 2)}
    words = _strings(plain) if chinese else _words(plain)
    length = math.sqrt(sum(weight * weight for weight in words.values()) or 1)
    return found | {f"w:{word}": WORDS_WEIGH * weight / length for word, weight in words.items()}


def _strings(plain: str) -> Features:
    """Return runs of two and three characters, which serve Chinese better than words."""
    runs = _han_run().findall(plain)
    found = {run[i : i + n] for run in runs for n in (2, 3) for i in range(len(run) - n + 1)}
    return dict.fromkeys(found.union(_LATIN.findall(plain)), 1.0)


def _words(plain: str) -> Features:
    words = _LATIN.findall(plain)
    found = {f"{one} {two}": 0.6 for one, two in pairwise(words)}
    return found | {word[:_STEM]: 1.0 for word in words if word not in _SMALL}


def hints(folded: str, held: Features) -> frozenset[str]:
    """Return the names of what a question holds, for counting: its features, and signs or pieces of words."""
    plain = _DIGITS.sub("0", folded)
    found = set(held)
    if len(_han().findall(plain)) >= 2:
        return frozenset(found.union(f"w:{sign}" for sign in "".join(_han_run().findall(plain))))
    for word in (f"<{word}>" for word in _LATIN.findall(plain) if len(word) >= _PIECE):
        found.update(f"#:{word[i : i + _PIECE]}" for i in range(len(word) - _PIECE + 1))
    return frozenset(found)


class Standing(Struct, frozen=True):
    """Where a topic stands for a question: `alike` from 0 to 1, `score` in log odds from both."""

    score: float
    topic: str
    alike: float


class Index:
    """Questions with their topics, found by likeness and by what they hold."""

    def __init__(self, examples: Sequence[Example], *, weights: Mapping[str, float]) -> None:
        """`weights` says what single concepts weigh, where it is not 1."""
        self._topics = [each.topic for each in examples]
        self._weights = {f"c:{name}": weight for name, weight in weights.items()}
        folded = [fold(each.text).text for each in examples]
        plain = [features(text) for text in folded]
        self._odds = Odds([hints(*each) for each in zip(folded, plain, strict=True)], self._topics)
        held = [self._weighed(each) for each in plain]
        seen = Counter(name for found in held for name in found)
        self._rarity = {name: (math.log(len(held) / times) + 0.3) ** RARITY for name, times in seen.items()}
        self._unknown = math.log(max(len(held), 2)) ** RARITY
        self._holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, found in enumerate(held):
            for name, value in self._unit(found).items():
                self._holders[name].append((number, value))

    def _weighed(self, found: Features) -> Features:
        return {name: value * self._weights.get(name, 1.0) for name, value in found.items()}

    def _unit(self, found: Features) -> Features:
        """Return features of length 1; what no example holds counts for the length, and so makes all less alike."""
        raised = {name: value * self._rarity.get(name, self._unknown) for name, value in found.items()}
        length = math.sqrt(sum(value * value for value in raised.values())) or 1.0
        return {name: value / length for name, value in raised.items() if name in self._rarity}

    def standings(self, folded: str, *, without: int | None = None) -> list[Standing]:
        """Return all topics for a folded question, the likeliest first; `without` as in `_likeness`."""
        held = features(folded)
        alike = self._likeness(held, without=without)
        return sorted(
            (
                Standing(odds + ALIKE_WEIGHS * math.log(alike.get(topic, 0.0) + FAINT), topic, alike.get(topic, 0.0))
                for topic, odds in self._odds.of(hints(folded, held), without=without).items()
            ),
            key=lambda each: (-each.score, each.topic),
        )

    def _likeness(self, held: Features, *, without: int | None = None) -> dict[str, float]:
        """Return how like its nearest questions a text that holds these is, by topic, from 0 to 1.

        `without` leaves one example out, so that a set can be measured on itself.
        """
        sums: dict[int, float] = defaultdict(float)
        for name, value in self._unit(self._weighed(held)).items():
            for number, weight in self._holders.get(name, ()):
                sums[number] += value * weight
        if without is not None:
            sums.pop(without, None)
        topics: dict[str, list[float]] = defaultdict(list)
        for number, alike in sums.items():
            topics[self._topics[number]].append(alike)
        return {topic: _nearest(found) for topic, found in topics.items()}


def _nearest(found: Iterable[float]) -> float:
    return sum(map(mul, NEAREST, sorted(found, reverse=True)))

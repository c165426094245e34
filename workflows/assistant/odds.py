"""How much likelier each topic makes what a question holds: counted in the examples, so each new one counts at once."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

UNSEEN = 0.15  # examples that every topic is taken to hold beside its own, as mixed as all are together
_KINDS = {"c": 0.6, "p": 0.15, "w": 0.35, "#": 0.1}  # what one hint of a kind counts; hints repeat each other


class Odds:
    """Counts of what the examples of each topic hold."""

    def __init__(self, held: Sequence[Iterable[str]], topics: Sequence[str]) -> None:
        """`held` names what each example holds, `topics` what each is about."""
        self._held = [frozenset(names) for names in held]
        self._topics = list(topics)
        self._rows = Counter(topics)
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        for names, topic in zip(self._held, topics, strict=True):
            for name in names:
                self._counts[name][topic] += 1

    def of(self, names: Iterable[str], *, without: int | None = None) -> dict[str, float]:
        """Return for each topic the sum of the log odds of what is known; all topics are as likely beforehand.

        `without` counts as if one example had never been there.
        """
        rows = Counter(self._rows)
        gone: frozenset[str] = frozenset()
        if without is not None:
            rows[self._topics[without]] -= 1
            gone = self._held[without]
        sums = dict.fromkeys(rows, 0.0)
        absent = 0.0
        for name in names:
            counts = self._counts.get(name)
            if counts is None:
                continue
            if name in gone:
                counts = counts - Counter((self._topics[without or 0],))
            total = sum(counts.values())
            if not total:
                continue
            absent += _KINDS[name[0]]
            mean = total / (len(self._topics) - bool(gone))
            for topic, times in counts.items():
                sums[topic] += _KINDS[name[0]] * math.log(times / (UNSEEN * mean) + 1)
        return {topic: value - absent * math.log(1 + rows[topic] / UNSEEN) for topic, value in sums.items()}

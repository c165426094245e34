"""How much likelier each topic makes what a question holds: counted in the examples, so each new one counts at once."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

UNSEEN = 0.15  # examples that every topic is taken to hold beside its own, as mixed as all are together
_KINDS = {"c": 0.6, "p": 0.15, "w": 0.35, "#": 0.1}  # what one hint of a kind counts; hints repeat each other


Gains = list[tuple[str, float]]


class Odds:
    """Counts of what the examples of each topic hold."""

    def __init__(self, held: Sequence[Iterable[str]], topics: Sequence[str]) -> None:
        """`held` names what each example holds, `topics` what each is about."""
        self._held = [frozenset(names) for names in held]
        self._topics = list(topics)
        self._rows = Counter(topics)
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._worked_out: dict[str, Gains] = {}
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
            gains = self._gains(name, self._topics[without]) if without is not None and name in gone else self._of(name)
            if gains:
                absent += _KINDS[name[0]]
            for topic, gain in gains:
                sums[topic] += gain
        return {topic: value - absent * math.log(1 + rows[topic] / UNSEEN) for topic, value in sums.items()}

    def _of(self, name: str) -> Gains:
        """Return what a name speaks for, worked out at its first question; nothing is kept of names never taught."""
        if name not in self._counts:
            return []
        gains = self._worked_out.get(name)
        if gains is None:
            gains = self._worked_out[name] = self._gains(name)
        return gains

    def _gains(self, name: str, less: str | None = None) -> Gains:
        """Return by how much each topic that holds a name gains over one that does not; `less` holds it once less."""
        counts = Counter(self._counts[name])
        if less is not None:
            counts[less] -= 1
        mean = sum(counts.values()) / len(self._topics)
        weight = _KINDS[name[0]]
        return [(topic, weight * math.log(times / (UNSEEN * mean) + 1)) for topic, times in counts.items() if times]

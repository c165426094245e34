"""How good the readings are on labelled texts: figures with intervals, and a table that hides nothing."""

import math
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from workflows.triage.learning import Example, folds
from workflows.triage.reading import Reading, party_of, read
from workflows.triage.scoring import ANOMALIES, Model

CERTAINTY = 1.96  # of the normal distribution: 95 %

Judged = tuple[Example, Reading]


class Share(Struct, frozen=True):
    """`hits` of `total`, with the 95 % interval of Wilson."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        """Return the share, None where there was nothing to count."""
        return self.hits / self.total if self.total else None

    def interval(self) -> tuple[float, float]:
        """Return the lower and upper end of the interval, 0 to 1 where there was nothing to count."""
        if not self.total:
            return 0.0, 1.0
        p, n, z = self.hits / self.total, self.total, CERTAINTY
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        low, high = self.interval()
        return f"{self.value:.1%} ({self.hits}/{self.total}; {low:.0%}–{high:.0%})"


class Figures(Struct, frozen=True):
    """What a set of readings amounts to. `macro_f1` is without abstaining, over the anomalies that occur."""

    rows: int
    macro_f1: float
    f1: dict[str, float]
    coverage: Share
    right_party: Share
    out_of_scope_routed: Share
    ambiguous_safe: Share
    alarm_recall: Share
    alarm_precision: Share


def judged(examples: Iterable[Example], model: Model | None = None) -> list[Judged]:
    """Return each example with its reading, made from the text alone."""
    return [(example, read(example.text, model=model)) for example in examples]


def held_out(examples: Sequence[Example]) -> list[Judged]:
    """Return each example with the reading of a model that was taught without it."""
    return [row for model, left_out in folds(examples) for row in judged(left_out, model)]


def figures(rows: Sequence[Judged]) -> Figures:
    """Return the figures of a set. Ambiguous rows count only where that is said."""
    clear = [row for row in rows if not row[0].ambiguous]
    inside = [row for row in clear if row[0].label != "other"]
    routed = [row for row in clear if not row[1].needs_person]
    outside = [row for row in rows if row[0].label == "other"]
    unclear = [row for row in rows if row[0].ambiguous]
    urgent = [row for row in rows if row[0].emergency]
    alarmed = [row for row in rows if row[1].emergency]
    f1 = {anomaly: _f1(clear, anomaly) for anomaly in ANOMALIES if any(row[0].label == anomaly for row in clear)}
    return Figures(
        rows=len(rows),
        macro_f1=sum(f1.values()) / len(f1) if f1 else 0.0,
        f1=f1,
        coverage=_share(inside, lambda example, reading: not reading.needs_person),
        right_party=_share(routed, _right),
        out_of_scope_routed=_share(outside, lambda example, reading: not reading.needs_person),
        ambiguous_safe=_share(unclear, _safe),
        alarm_recall=_share(urgent, lambda example, reading: reading.emergency),
        alarm_precision=_share(alarmed, lambda example, reading: example.emergency),
    )


def confusion(rows: Sequence[Judged]) -> dict[tuple[str, str], int]:
    """Return how often a clear text of one anomaly was read as another, by (label, reading)."""
    counts = {(label, told): 0 for label in ANOMALIES for told in ANOMALIES}
    for example, reading in rows:
        if not example.ambiguous:
            counts[example.label, reading.anomaly] += 1
    return counts


def calibration(rows: Sequence[Judged], *, bands: int = 5) -> list[tuple[float, Share]]:
    """Return the mean confidence and the share that was right, for clear texts in equal bands by confidence."""
    clear = sorted((row for row in rows if not row[0].ambiguous), key=lambda row: row[1].confidence)
    size = math.ceil(len(clear) / bands) or 1
    found = []
    for start in range(0, len(clear), size):
        band = clear[start : start + size]
        found.append((sum(reading.confidence for _, reading in band) / len(band), _share(band, _right)))
    return found


def _share(rows: Sequence[Judged], holds: Callable[[Example, Reading], bool]) -> Share:
    return Share(sum(holds(example, reading) for example, reading in rows), len(rows))


def _right(example: Example, reading: Reading) -> bool:
    return reading.responsible_party == party_of(example.label)


def _safe(example: Example, reading: Reading) -> bool:
    return reading.needs_person or reading.anomaly in (example.label, example.secondary)


def _f1(rows: Sequence[Judged], anomaly: str) -> float:
    both = sum(example.label == anomaly == reading.anomaly for example, reading in rows)
    either = sum(example.label == anomaly for example, _ in rows) + sum(r.anomaly == anomaly for _, r in rows)
    return 2 * both / either if either else 0.0


def table(rows: Sequence[Judged]) -> str:
    """Return the figures as text: all rows, by origin, language and kind of text, and what was mistaken for what."""
    parts = {"all texts": list(rows)}
    parts["written by others"] = [row for row in rows if row[0].real]
    parts["written by us"] = [row for row in rows if not row[0].real]
    for language in sorted({example.language for example, _ in rows}):
        parts[language] = [row for row in rows if row[0].language == language]
        parts[f"{language}, by others"] = [row for row in parts[language] if row[0].real]
    for kind in sorted({example.kind for example, _ in rows if example.kind}):
        parts[f"kind {kind}"] = [row for row in rows if row[0].kind == kind]
    blocks = [_block(name, figures(part)) for name, part in parts.items() if part]
    return "\n\n".join([*blocks, _matrix(confusion(rows)), _bands(calibration(rows))])


def _block(name: str, told: Figures) -> str:
    by_anomaly = "  ".join(f"{anomaly} {value:.2f}" for anomaly, value in told.f1.items())
    return "\n".join(
        (
            f"{name}: {told.rows} rows",
            f"  macro-F1, no abstaining     {told.macro_f1:.3f}   {by_anomaly}",
            f"  routed by itself            {told.coverage} of clear texts in scope",
            f"  … to the right party        {told.right_party}",
            f"  out of scope, yet routed    {told.out_of_scope_routed}",
            f"  ambiguous, person or label  {told.ambiguous_safe}",
            f"  emergency recall            {told.alarm_recall}",
            f"  emergency precision         {told.alarm_precision}",
        )
    )


def _matrix(counts: dict[tuple[str, str], int]) -> str:
    head = f"{'label ↓, read as →':<22}" + "".join(f"{told[:9]:>11}" for told in ANOMALIES)
    lines = (f"{label:<22}" + "".join(f"{counts[label, told]:>11}" for told in ANOMALIES) for label in ANOMALIES)
    return "\n".join((head, *lines))


def _bands(bands: list[tuple[float, Share]]) -> str:
    return "\n".join(("confidence said, right", *(f"  {said:.2f}  {share}" for said, share in bands)))

"""How far triage and people agree, what has changed lately, and which weights there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, case, func, select

from app.cases.models import Case
from app.core.db import session
from app.core.sealed import ERASED
from app.learning.models import Label, Stage, Weights
from workflows.triage.measuring import Share
from workflows.triage.scoring import ANOMALIES

LATELY, BEFORE = timedelta(days=30), timedelta(days=90)
MOST_LABELS = 5_000
MOST_WEIGHTS = 20


class Agreement(Struct, frozen=True):
    """How often people and triage said the same, on the cases that a person classified."""

    name: str
    party: Share
    anomaly: Share
    routed_right: Share
    alarm_recall: Share
    alarm_precision: Share


class Drift(Struct, frozen=True):
    """One share of the readings lately and before; `changed` when their intervals do not touch."""

    name: str
    before: Share
    lately: Share

    @property
    def changed(self) -> bool:
        (low, high), (least, most) = self.before.interval(), self.lately.interval()
        return bool(self.before.total and self.lately.total) and (least > high or most < low)


def last_labels(limit: int = MOST_LABELS) -> list[Label]:
    """Return the label that counts of each case, newest first."""
    newest = select(func.max(Label.id)).group_by(Label.case_id).scalar_subquery()
    return list(session().scalars(select(Label).where(Label.id.in_(newest)).order_by(Label.id.desc()).limit(limit)))


def agreement(labels: Sequence[Label]) -> list[Agreement]:
    """Return the agreement on all labels, and by language and month."""
    months = sorted({f"{label.at:%Y-%m}" for label in labels}, reverse=True)[:6]
    parts = {"": list(labels)}
    parts |= {tag: [one for one in labels if one.language == tag] for tag in sorted({one.language for one in labels})}
    parts |= {month: [one for one in labels if f"{one.at:%Y-%m}" == month] for month in months}
    return [_agreement(name, part) for name, part in parts.items() if part]


def _agreement(name: str, labels: Sequence[Label]) -> Agreement:
    return Agreement(
        name=name,
        party=_share(labels, (one.party == one.read_party for one in labels)),
        anomaly=_share(labels, (one.anomaly == one.read_anomaly for one in labels)),
        routed_right=_of(one.party == one.read_party for one in labels if one.by_itself),
        alarm_recall=_of(one.read_emergency for one in labels if one.emergency),
        alarm_precision=_of(one.emergency for one in labels if one.read_emergency),
    )


def _share(labels: Sequence[Label], held: Iterable[bool]) -> Share:
    return Share(sum(held), len(labels))


def _of(held: Iterable[bool]) -> Share:
    answers = list(held)
    return Share(sum(answers), len(answers))


def confusion(labels: Sequence[Label]) -> list[tuple[str, list[int]]]:
    """Return for each anomaly that people named how often triage read each of them, in the order of the anomalies."""
    counts = Counter((one.anomaly, one.read_anomaly) for one in labels)
    return [(said, [counts[said, told] for told in ANOMALIES]) for said in ANOMALIES]


def drift(now: datetime) -> list[Drift]:
    """Return what the readings of the last 30 days say beside those of the 90 days before."""
    rows = session().execute(_readings(now)).all()
    lately, before = [row for row in rows if row.lately], [row for row in rows if not row.lately]
    names = ["needs_person", "emergency", *ANOMALIES]
    return [Drift(name, _counted(before, name), _counted(lately, name)) for name in names]


def _readings(now: datetime) -> Select:
    lately: ColumnElement[int] = case((Case.received_at >= now - LATELY, 1), else_=0).label("lately")
    told = Case.reading_kept["anomaly"].as_string().label("anomaly")
    person = Case.reading_kept["needs_person"].as_boolean().label("needs_person")
    alarm = Case.reading_kept["emergency"].as_boolean().label("emergency")
    query = select(lately, told, person, alarm, func.count().label("n"))
    return query.where(Case.received_at >= now - LATELY - BEFORE).group_by(lately, told, person, alarm)


def _counted(rows: Sequence[Row], name: str) -> Share:
    known = [row for row in rows if row.anomaly]
    held = (
        row.n for row in known if (getattr(row, name) if name in ("needs_person", "emergency") else row.anomaly == name)
    )
    return Share(sum(held), sum(row.n for row in known))


def weights(limit: int = MOST_WEIGHTS) -> list[Weights]:
    """Return the weights that were taught, newest first."""
    return list(session().scalars(select(Weights).order_by(Weights.id.desc()).limit(limit)))


def by_id(weights_id: int) -> Weights | None:
    """Return these weights."""
    return session().get(Weights, weights_id)


def being_taught() -> bool:
    """Return whether weights are being taught now."""
    return session().scalar(select(func.count()).where(Weights.stage == Stage.TEACHING)) != 0


def texts_of(labels: Sequence[Label]) -> dict[int, str]:
    """Return the complaints' texts by the id of their case; one that was erased is not there."""
    found: dict[int, str] = {}
    ids = [label.case_id for label in labels]
    for start in range(0, len(ids), 500):
        cases = session().scalars(select(Case).where(Case.id.in_(ids[start : start + 500])))
        found |= {case.id: case.narrative for case in cases.all() if case.narrative not in ("", ERASED)}
    return found


def numbers_of(ids: Iterable[int]) -> dict[int, str]:
    """Return case numbers by id."""
    query = select(Case.id, Case.number).where(Case.id.in_(list(ids)))
    return {row[0]: row[1] for row in session().execute(query)}

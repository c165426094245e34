"""The matter at hand: facts, figures in force and words, from which each rule writes its findings."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from workflows.procedure.checks.facts import CheckRequest, Event
from workflows.procedure.checks.finding import Finding, Limit, Money, Verdict
from workflows.procedure.clocks import end_of_civil_day
from workflows.regulation import wording
from workflows.regulation.entries import Figure, Term
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.text import Text3

Facts = dict[str, Any]
ONE_DAY = timedelta(days=1)
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Pair:
    """A request, its first answer, by which time is kept, and its last, which revises those before it."""

    request: Event
    at: datetime
    first: Event | None = None
    answer: Event | None = None

    def take(self, answer: Event) -> None:
        """Take an answer, the first or a further one."""
        self.first, self.answer = self.first or answer, answer


def pair_up(events: Iterable[Event], requests: Collection[str]) -> list[Pair]:
    """Return each request with its answer: the first answer belongs to the first request, and so on.

    An answer to which no request is open revises the answer before it; one before any request is nobody's. The same
    request told twice is one. An answer whose time is unknown came after the request, else it would not be one.
    """
    told = list(events)
    asked = [(event.at, False, event) for event in dict.fromkeys(told) if event.type in requests and event.at]
    said = [(event.at or LAST, True, event) for event in told if event.type not in requests]
    pairs: list[Pair] = []
    unanswered: deque[Pair] = deque()
    for at, is_answer, event in sorted([*asked, *said], key=lambda each: each[:2]):
        if not is_answer:
            pairs.append(Pair(event, at))
            unanswered.append(pairs[-1])
        elif unanswered:
            unanswered.popleft().take(event)
        elif pairs:
            pairs[-1].take(event)
    return pairs


class Matter:
    """One order as the rules see it."""

    def __init__(self, request: CheckRequest, book: Rulebook, *, on: date | None = None) -> None:
        self.order = request.order
        self.events = tuple(event for event in request.events if event.possible)
        self.now = request.complaint_at
        self.zone = request.time_zone
        self.book = book
        self.on = on or self._civil_day()

    def _civil_day(self) -> date | None:
        """Return the day whose law governs: of the complaint, else of the last event, else the newest (None)."""
        known = [event.at for event in self.events if event.at]
        order = self.order
        last = self.now or max(known, default=None) or order.received_at or order.delivered_at or order.submitted_at
        return last.astimezone(self.zone).date() if last else None

    def of(self, *types: str) -> list[Event]:
        """Return the events of these types in order of time."""
        return [event for event in self.events if event.type in types]

    def timed(self, *types: str) -> Iterator[tuple[Event, datetime]]:
        """Yield the events of these types whose time is known."""
        return ((event, event.at) for event in self.of(*types) if event.at)

    def granted(self) -> bool:
        """Return whether the last answer to a request for return or exchange was yes, or a refund was paid."""
        answers = self.of("return_accepted", "return_rejected", "refund_paid")
        return bool(answers) and answers[-1].type != "return_rejected"

    def pairs(self, requests: Collection[str], answers: Collection[str], *, by: str | None = None) -> list[Pair]:
        """Return each request of these types with its answer; `by` is the only party whose answer counts."""
        asked, said = self.of(*requests), self.of(*answers)
        return pair_up([*asked, *(event for event in said if by is None or event.actor in (by, None))], requests)

    def figure(self, key: str) -> Figure:
        """Return a limit in force for this matter."""
        return self.book.figure(key, on=self.on)

    def until(self, key: str, start: datetime) -> Limit:
        """Return a time limit that starts at an instant: elapsed time, or civil days from the day after."""
        figure = self.figure(key)
        if figure.unit != "civil_day":
            return Limit(figure, ends_at=start + figure.length)
        last_day = start.astimezone(self.zone).date() + figure.value * ONE_DAY
        return Limit(figure, ends_at=end_of_civil_day(start, figure.value, self.zone.key), last_day=last_day)

    def since_receipt(self, key: str, at: datetime) -> tuple[bool | None, Limit | None]:
        """Return whether an act of the consumer fell into a window that starts at receipt, and the window.

        Goods are received at their delivery or later, so an act within the window from delivery was in time;
        any other is unknown (None) while the receipt is.
        """
        order = self.order
        start = order.received_at or order.delivered_at
        if start is None:
            return None, None
        limit = self.until(key, start)
        in_time = limit.allows(at)
        return (in_time if in_time or order.received_at else None), limit

    def money(self, amount_minor: int) -> Money:
        """Return a sum in the order's currency."""
        return Money(amount_minor, self.order.currency)

    def party(self, key: str) -> Term:
        """Return a party with its name; the consumer is one of them."""
        return self.book.term(key)

    def breach(self, clause: str, key: str, *, liable: str | None, limit: Limit | None = None, **facts: Any) -> Finding:
        """Return that a clause was broken, and who answers for it."""
        return self._found(Verdict.BREACH, clause, key, liable, limit, facts)

    def kept(self, clause: str, key: str, *, limit: Limit | None = None, **facts: Any) -> Finding:
        """Return that a clause was kept."""
        return self._found(Verdict.KEPT, clause, key, None, limit, facts)

    def out_of_time(self, clause: str, key: str, *, limit: Limit, **facts: Any) -> Finding:
        """Return that the consumer acted after the window, so nothing was owed."""
        return self._found(Verdict.OUT_OF_TIME, clause, key, None, limit, facts)

    def needs_person(self, clause: str, key: str, *, limit: Limit | None = None, **facts: Any) -> Finding:
        """Return that a person has to judge."""
        return self._found(Verdict.NEEDS_PERSON, clause, key, None, limit, facts)

    def missing(self, clause: str, *names: str, key: str = "missing_facts") -> Finding:
        """Return that a clause cannot be judged until these facts are known."""
        facts: Facts = {"missing": tuple(self.book.term(name) for name in names)}
        return self._written(Verdict.MISSING_FACTS, clause, self.book.explanation("3.1.1", key), None, None, facts)

    def _found(
        self, verdict: Verdict, clause: str, key: str, liable: str | None, limit: Limit | None, facts: Facts
    ) -> Finding:
        return self._written(verdict, clause, self.book.explanation(clause, key), liable, limit, facts)

    def _written(
        self,
        verdict: Verdict,
        clause: str,
        template: Text3,
        liable: str | None,
        limit: Limit | None,
        facts: Facts,
    ) -> Finding:
        words = {name: self._words(value) for name, value in facts.items()}
        if liable:
            words["liable"] = self.party(liable).name
        if limit:
            words |= self._limit_words(limit)
        return Finding(
            clause=clause,
            verdict=verdict,
            liable=liable,
            explanation=template.filled(words),
            facts={name: self._json(value) for name, value in facts.items() if value is not None},
            limit=self._limit_json(limit) if limit else {},
        )

    def _limit_words(self, limit: Limit) -> dict[str, Text3]:
        words = {"limit": limit.words}
        if limit.last_day:
            words["until"] = wording.end_of(limit.last_day)
        elif limit.ends_at:
            words["until"] = wording.moment(limit.ends_at, self.zone)
        if limit.most:
            words["most"] = self._words(limit.most)
        return words

    def _limit_json(self, limit: Limit) -> dict[str, Any]:
        figure = limit.figure
        shown = {"key": figure.key, "clause": figure.clause, "value": figure.value, "unit": figure.unit}
        if limit.ends_at:
            shown["ends_at"] = self._json(limit.ends_at)
        if limit.most:
            shown["most"] = self._json(limit.most)
        return shown

    def _words(self, value: Any) -> Text3:
        match value:
            case None:
                return self.book.term("unknown").name
            case Text3():
                return value
            case Term():
                return value.name
            case Money():
                return wording.money(value.amount_minor, value.currency)
            case datetime():
                return wording.moment(value, self.zone)
            case timedelta():
                return wording.length(value)
            case tuple():
                return wording.listing(self._words(each) for each in value)
        return Text3(str(value), str(value), str(value))

    def _json(self, value: Any) -> Any:
        match value:
            case Text3():
                return value.as_dict()
            case Term():
                return value.key
            case Money():
                return {"amount_minor": value.amount_minor, "currency": value.currency}
            case datetime():
                return value.astimezone(self.zone).isoformat()
            case timedelta():
                return int(value.total_seconds())
            case tuple():
                return [self._json(each) for each in value]
        return value

"""What the rulebook holds: one frozen class for each kind of entry."""

from datetime import date, timedelta
from re import Pattern
from typing import Literal

from msgspec import Struct

from workflows.regulation.errors import Words
from workflows.regulation.text import Text3

Automation = Literal["checked", "procedure", "not_automated"]
Importance = Literal["important", "ordinary"]
NoReasonReturn = Literal["yes", "no", "person"]
Unit = Literal["minute", "hour", "day", "civil_day", "percent", "count"]

AUTOMATION: tuple[Automation, ...] = ("checked", "procedure", "not_automated")
NO_REASON_RETURN: tuple[NoReasonReturn, ...] = ("yes", "no", "person")
UNITS: tuple[Unit, ...] = ("minute", "hour", "day", "civil_day", "percent", "count")

ELAPSED = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


class Period(Struct, frozen=True, kw_only=True):
    """Anything that holds from a day on. `in_force_until` is the last day, None for no end."""

    in_force_from: date
    in_force_until: date | None = None

    def in_force(self, on: date) -> bool:
        """Return whether the entry holds on that day."""
        return self.in_force_from <= on and (self.in_force_until is None or on <= self.in_force_until)


class Dated(Period, frozen=True, kw_only=True):
    """What holds by a clause."""

    clause: str


class Named(Dated, frozen=True, kw_only=True):
    """A key of the regulation with its name in three languages."""

    key: str
    name: Text3


class Term(Struct, frozen=True, kw_only=True):
    """A word that findings use, with its name: a party, a fact, a field of an order or of a listing."""

    key: str
    name: Text3


class Explanation(Struct, frozen=True, kw_only=True):
    """The sentence of a finding, with {names} for what the facts fill in."""

    clause: str
    key: str
    text: Text3


class OrderField(Named, frozen=True, kw_only=True):
    """What of an order can be changed. `protected`: only with the consumer's consent."""

    aliases: tuple[str, ...]
    protected: bool


class Required(Named, frozen=True, kw_only=True):
    """What a listing must say, or what proof a request needs, by its clause."""


class Proof(Named, frozen=True, kw_only=True):
    """A piece of proof that helps with these anomalies; `side`: who usually has it, "consumer" or "respondent"."""

    anomalies: tuple[str, ...]
    side: str


class Sign(Named, frozen=True, kw_only=True):
    """What an inspection can see of the packaging or as damage (`seen_on`), and to whom it points: a flaw of the goods
    ("quality"), harm done on the way ("transit_damage"), or to neither (None)."""

    seen_on: str
    points_to: str | None


class Wording(Dated, frozen=True, kw_only=True):
    """How a language words absolute claims, as patterns.

    `claims` is what counts, once `harmless` passages are taken out; not after a `negation`, and not as a
    quotation that stands after `mention_before` or before `mention_after`.
    """

    language: str
    claims: Pattern[str]
    harmless: Pattern[str]
    negation: Pattern[str]
    mention_before: Pattern[str]
    mention_after: Pattern[str]


class Merits(Dated, frozen=True, kw_only=True):
    """How a language words the refusal of a report because there is no defect, not because it came late."""

    language: str
    pattern: Pattern[str]


class Part(Struct, frozen=True, kw_only=True):
    """A heading of the regulation: part, section or stage."""

    number: str
    title: Text3


class Clause(Period, frozen=True, kw_only=True):
    """One clause of the regulation.

    `automation`: "checked" by the rule engine from an order's facts, "procedure" when the way of a
    case carries it out, "not_automated" when people do; `reason` then says why.
    """

    number: str
    title: Text3
    text: Text3
    automation: Automation
    reason: Text3 | None

    @property
    def part(self) -> str:
        """Return the number of the heading it stands under: "2.1.6" for "2.1.6.1"."""
        return self.number.rpartition(".")[0]


class Figure(Dated, frozen=True, kw_only=True):
    """One limit: a number with its unit, or a list of numbers (`values`), all whole."""

    key: str
    values: tuple[int, ...]
    unit: Unit
    note: Text3
    own: bool = False  # ours, where the regulation asks for a limit and names none

    @property
    def value(self) -> int:
        """Return the number. Raises: ValueError if the figure is a list."""
        if len(self.values) != 1:
            raise ValueError(Words("The figure '%(key)s' is a list, not one number.", key=self.key))
        return self.values[0]

    @property
    def length(self) -> timedelta:
        """Return the elapsed time it stands for. Raises: ValueError unless its unit is minute, hour or day."""
        if self.unit not in ELAPSED:
            raise ValueError(
                Words("The figure '%(key)s' counts in %(unit)s, not in elapsed time.", key=self.key, unit=self.unit)
            )
        return self.value * ELAPSED[self.unit]

    @property
    def fractions(self) -> tuple[float, ...]:
        """Return the percentages as parts of one: 0.5 for 50. Raises: ValueError for another unit."""
        if self.unit != "percent":
            raise ValueError(f"The figure '{self.key}' counts in {self.unit}, not in percent.")
        return tuple(value / 100 for value in self.values)


class Anomaly(Named, frozen=True, kw_only=True):
    """A type of anomaly and what it covers."""

    covers: Text3


class Liability(Dated, frozen=True, kw_only=True):
    """Who answers for an anomaly: must solve it and compensate."""

    anomaly: str
    party_kind: str


class Plan(Named, frozen=True, kw_only=True):
    """An emergency plan: what it is called, for which anomalies, and its steps in order."""

    anomalies: tuple[str, ...]
    steps: tuple[Text3, ...]


class Category(Named, frozen=True, kw_only=True):
    """A kind of goods. `no_reason_return`: "yes", "no" (special goods) or "person" (a person decides)."""

    aliases: tuple[str, ...]
    no_reason_return: NoReasonReturn
    perishable: bool
    medical: bool


class RemedyKind(Named, frozen=True, kw_only=True):
    """A remedy that a party may owe. `money`: it is a sum; `within_price`: no more than the goods' price."""

    money: bool
    within_price: bool
    anomalies: tuple[str, ...]


class UsualRemedy(Dated, frozen=True, kw_only=True):
    """What an anomaly usually calls for, with its range in percent of the price (0 to 0: no sum)."""

    key: str
    anomaly: str
    remedy: str
    least_percent: int
    most_percent: int


class ImportanceRule(Dated, frozen=True, kw_only=True):
    """What makes a matter important: an anomaly, a cue or a property of the goods, with the reason."""

    key: str
    anomalies: tuple[str, ...]
    cues: tuple[str, ...]
    goods: tuple[str, ...]
    reason: Text3


class PenaltyStep(Struct, frozen=True, kw_only=True):
    """What a breach brings at one repetition. `fine_minor` in minor units of CNY, `days` of suspension."""

    measure: str
    points: int
    fine_minor: int
    days: int


class Breach(Named, frozen=True, kw_only=True):
    """A kind of breach, the clauses it offends, and the penalty for the first, second, … time.

    `clocks` are the kinds of clock whose end brings it by itself; `liable` the kind of party whose duty it is, where it
    is not that of every company.
    """

    offends: tuple[str, ...]
    clocks: tuple[str, ...] = ()
    liable: str | None = None
    steps: tuple[PenaltyStep, ...]

    def step(self, repetition: int) -> PenaltyStep:
        """Return the penalty for the n-th time, from 1; beyond the table the last one holds."""
        if repetition < 1:
            raise ValueError(f"A breach happens for the first time or later, not for the {repetition}th.")
        return self.steps[min(repetition, len(self.steps)) - 1]


class CreditMethod(Named, frozen=True, kw_only=True):
    """How a company's score is worked out: `text` tells it in words, the figures are whole numbers.

    `full` is the score of who has no point in force, `per_point` what one takes away. Points last `points_last` and
    cases and ratings count for `window`. With fewer than `least_cases` there is no score, with fewer than
    `least_ratings` the ratings, else `ratings_percent` of the score, do not count.
    """

    text: Text3
    full: int
    per_point: int
    points_last: timedelta
    window: timedelta
    least_cases: int
    least_ratings: int
    ratings_percent: int

    def told(self, language: str) -> str:
        """Return the method in words, with its figures."""
        figures = {name: getattr(self, name) for name in ("full", "per_point", "least_cases", "least_ratings")}
        shares = {"ratings_percent": self.ratings_percent, "conduct_percent": 100 - self.ratings_percent}
        lengths = {"points_last": self.points_last.days, "window": self.window.days}
        return self.text.in_(language).format(**figures, **shares, **lengths)


class Grade(Named, frozen=True, kw_only=True):
    """A step of credit, reached from a score on, and what it brings: the reward of good credit."""

    from_score: int
    brings: Text3


class Listing(Named, frozen=True, kw_only=True):
    """What puts a company on the blacklist: a measure in force, or so many points in force at once (0: not that).

    It stays there as long as that holds. `name` is the reason that the public reads.
    """

    measures: tuple[str, ...]
    points: int

    def reason(self, language: str) -> str:
        """Return why a company is listed, with the figure."""
        return self.name.in_(language).format(points=self.points)

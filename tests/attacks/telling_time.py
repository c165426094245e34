"""Whether the time of an answer tells what the answer does not: if there is such a case, person or code.

What is there and what is not are asked for in pairs, in an order that chance decides, on one connection, which one
process serves: whatever else the machine does falls on both. What counts is the median of the differences in a pair.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from math import sqrt
from pathlib import Path

from app.core.ids import case_number
from tests.attacks.besieged import (
    Answer,
    Browser,
    Complaint,
    Line,
    a_browser,
    a_complaint,
    asked_for,
    write_people_down,
)  # fmt: skip

NOBODYS = case_number(2026, 999_999)
WARM = 10  # pairs that do not count
TRIES_OF_A_CODE, TRIES_OF_A_PERSON = 5, 8
FROM_ONE_SENDER = 12  # pairs; the limits let an address sign in thirty times a minute
_senders = (f"127.0.{n // 250 % 250}.{n % 250 + 2}" for n in count())


@dataclass(frozen=True, slots=True)
class Apart:
    """By how much two kinds of answers differ in time, and how sure that is: both as a part of the time they take."""

    name: str
    part: float
    sure: float
    pairs: int
    took_s: float

    def __str__(self) -> str:
        figures = f"{self.part:+.1%} ± {self.sure:.1%} of {self.took_s * 1000:.1f} ms over {self.pairs} pairs"
        return f"known and unknown {self.name}: {figures}"


Ask = Callable[[Line, bool, int], Answer]


def _measured(name: str, port: int, pairs: int, ask: Ask, good: frozenset[int]) -> Apart:
    differences, unknown = [], []
    for n in range(-WARM, pairs):
        if (n + WARM) % FROM_ONE_SENDER == 0:
            line = Line(port, next(_senders))
        waited = {known: _waited(ask(line, known, n + WARM), good) for known in random.sample((True, False), 2)}
        if n >= 0:
            differences.append(waited[True] - waited[False])
            unknown.append(waited[False])
    middle, took = statistics.median(differences), statistics.median(unknown)
    spread = statistics.median(abs(each - middle) for each in differences)
    return Apart(name, middle / took, 2 * 1.2533 * 1.4826 * spread / sqrt(pairs) / took, pairs, took)


def _waited(answer: Answer, good: frozenset[int]) -> float:
    if answer.status not in good:
        raise SystemExit(f"An answer that tells nothing: {answer.status}")
    return answer.waited


def measured(port: int, folder: Path, pairs: int) -> Iterator[Apart]:
    """Yield how far apart the answers are, for everything that could be asked for."""
    complaints = [a_complaint(port, f"+8613800{n:06d}") for n in range(pairs // TRIES_OF_A_CODE + WARM)]
    yield _codes(port, pairs, complaints)  # first: a code lives ten minutes
    yield _numbers_and_contacts(port, pairs, complaints)
    yield _numbers_of_others(port, pairs, complaints)
    people = [f"person{n}@desk.test" for n in range((pairs + WARM) // TRIES_OF_A_PERSON + 1)]
    write_people_down(folder, people)
    yield _sign_ins(port, pairs, people)
    yield _new_passwords(port, pairs, people)


def _codes(port: int, pairs: int, complaints: list[Complaint]) -> Apart:
    """Wrong codes, for a case that is there with the contact of its complainant, and for one that is not."""

    def browsers(n: int, complaint: Complaint) -> dict[bool, Browser]:
        sender = f"127.1.0.{n // 10 + 2}"
        numbers = {True: complaint.number, False: NOBODYS}
        return {known: asked_for(port, number, complaint.phone, sender) for known, number in numbers.items()}

    asked = [browsers(n, each) for n, each in enumerate(complaints)]
    time.sleep(5)  # the codes are sent by a job

    def ask(line: Line, known: bool, n: int) -> Answer:
        return line.send_form("/en/track/code", asked[n // TRIES_OF_A_CODE][known], code="000000")

    return _measured("codes", port, pairs, ask, frozenset({422}))


def _numbers_and_contacts(port: int, pairs: int, complaints: list[Complaint]) -> Apart:
    """Case numbers that are there and not, with a contact that is nobody's."""
    browser = a_browser(port)

    def ask(line: Line, known: bool, n: int) -> Answer:
        number = complaints[n % len(complaints)].number if known else NOBODYS
        return line.send_form("/en/track", browser, number=number, contact=f"+8613900{n:06d}")

    return _measured("case numbers with a contact", port, pairs, ask, frozenset({303}))


def _numbers_of_others(port: int, pairs: int, complaints: list[Complaint]) -> Apart:
    """Other people's cases and such as are not there, over the API with a token of one's own."""
    own, *others = complaints

    def ask(line: Line, known: bool, n: int) -> Answer:
        number = others[n % len(others)].number if known else NOBODYS
        return line.ask("GET", f"/api/v1/cases/{number}", Authorization=f"Bearer {own.token}")

    return _measured("cases of others over the API", port, pairs, ask, frozenset({404}))


def _sign_ins(port: int, pairs: int, people: list[str]) -> Apart:
    """Wrong passwords for addresses that somebody has and that nobody has."""
    browser = a_browser(port, "/signin")

    def ask(line: Line, known: bool, n: int) -> Answer:
        address = people[n // TRIES_OF_A_PERSON] if known else f"nobody{n // TRIES_OF_A_PERSON}@desk.test"
        return line.send_form("/signin", browser, email=address, password="wrong horse battery")

    return _measured("addresses at the sign-in", port, pairs, ask, frozenset({422}))


def _new_passwords(port: int, pairs: int, people: list[str]) -> Apart:
    """Links for a new password, to the same."""
    browser = a_browser(port, "/signin/forgot")

    def ask(line: Line, known: bool, n: int) -> Answer:
        return line.send_form("/signin/forgot", browser, email=people[n % len(people)] if known else f"no{n}@desk.test")

    return _measured("addresses that ask for a new password", port, pairs, ask, frozenset({200}))

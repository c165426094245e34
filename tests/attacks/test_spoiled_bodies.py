"""Spoiled bodies over the API and in forms: taken, or refused clearly; none breaks anything, is lost, or takes long.

A hundred of them; BODIES_THE_WHOLE_WAY=5000 sends all (`make spoiled`, which does the same for mails).
"""

from __future__ import annotations

import os
import resource
import sys
import time as wall
from collections import Counter
from itertools import count

import pytest
from sqlalchemy import func, select

from app.accounts import service as accounts
from app.backup.creating import named_files
from app.cases import access
from app.cases.models import Case
from app.core.db import session
from app.core.storage import store
from app.portal import service as codes
from app.web import admission
from tests import factories
from tests.attacks.spoiled import FORM, JSON, SEED, SERIAL, Sound, sound, spoiled
from tests.attacks.test_hostile_bodies import ENGLISH, told_clearly
from tests.factories import a_case, a_person, an_act, link_of, saved, sign_in
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState

COUNT = int(os.environ.get("BODIES_THE_WHOLE_WAY", "110"))
SLOWEST_S, MOST_KB = 2.0, 300 * 1024
RENEWED = 44  # requests to one case: a side may hand in so many files only


class Desk:
    """Readers with their browsers, and a case in mediation that some of them write into."""

    def __init__(self, app) -> None:
        self.app, self.made = app, set()
        people = {role.value: saved(a_person, role) for role in (Role.MEDIATOR, Role.OPERATOR)}
        self.tokens = {name: saved(accounts.give_token, person, "t", act=an_act()) for name, person in people.items()}
        self.browsers = {name: app.test_client() for name in ("nobody", "consumer", *people)}
        for name, person in people.items():
            sign_in(self.browsers[name], person)
        self.renew()

    def renew(self) -> None:
        """Go on with another case."""
        case = saved(a_case, CaseState.MEDIATION)
        self.number, self.link = case.number, link_of(case)
        self.tokens["consumer"] = access.access_token(case.number)
        self.browsers["consumer"].set_cookie(f"heng-{case.number}", saved(codes.confirm, case, act=an_act()))
        self.made.add(case.number)

    def send(self, base: Sound, content: bytes, kind: str, n: int):
        """Send it as its reader does, as the n-th request."""
        content, key = content.replace(SERIAL.encode(), b"%05d" % n), f"request {n}"
        path, headers = base.path.format(case=self.number, link=self.link), {"Idempotency-Key": key, **ENGLISH}
        browser = self.browsers[base.reader]
        if path.startswith("/api/"):
            browser = self.app.test_client()
            if base.reader in self.tokens:
                headers["Authorization"] = f"Bearer {self.tokens[base.reader]}"
        answer = browser.post(path, data=content, content_type=kind or None, headers=headers)
        self.note(answer)
        return answer

    def note(self, answer) -> None:
        """Remember which case was acknowledged."""
        if answer.status_code == 201 and "case_number" in (answer.json or {}):
            self.made.add(answer.json["case_number"])
        elif answer.status_code == 303 and ("/desk/phone/done/" in answer.location or "/receipt/" in answer.location):
            self.made.add(answer.location.partition("?")[0])


@pytest.fixture
def desk(app, client, monkeypatch):
    monkeypatch.setattr(admission, "CALM", 10**9)  # nobody is asked for work
    monkeypatch.setattr(factories, "_n", count(900_000))  # cases made here have numbers that no filed one gets
    return Desk(app)


def gone() -> set[str]:
    """The files that rows name and the store does not have."""
    named = set(named_files())
    session().rollback()
    return named - {name for name, _size in store().shelf.entries()}


def test_what_is_not_spoiled_is_taken(desk):
    refused = [(base.path, answer.status_code, answer.text[:300]) for n, base in enumerate(sound())
               if (answer := desk.send(base, base.content, base.kind, n)).status_code >= 400]  # fmt: skip

    assert refused == []
    assert len(desk.made) == 5  # its own, two by API, one by telephone, one on the web


def test_spoiled_bodies_are_taken_or_refused_clearly_and_none_takes_long_or_much(desk):
    answers, slowest, wrong, before = Counter(), (0.0, ""), [], gone()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for n, (base, content, kind) in enumerate(spoiled(COUNT)):
        if n % RENEWED == 0:
            desk.renew()
        began = wall.thread_time()
        answer = desk.send(base, content, kind, n)
        slowest = max(slowest, (wall.thread_time() - began, f"{base.path} ({n})"))
        answers[answer.status_code] += 1
        if answer.status_code >= 500 or not told_clearly(answer, base.path):
            wrong.append(f"{n} {base.path}: {answer.status_code} {answer.content_type}")

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    kept = session().scalar(select(func.count()).select_from(Case))
    told = ", ".join(f"{count:,} × {status}" for status, count in sorted(answers.items()))
    sys.stdout.write(
        f"{COUNT:,} bodies (seed {SEED}): {told}; {kept} cases of {len(desk.made)} acknowledged; "
        f"slowest {slowest[0]:.2f} s CPU at {slowest[1]}; memory grew by {grown / 1024:.0f} MB\n"
    )
    assert wrong == []
    assert kept == len(desk.made)
    assert gone() <= before
    assert slowest[0] < SLOWEST_S, slowest
    assert grown < MOST_KB


def test_the_same_seed_spoils_in_the_same_way():
    first, again = ([(base.path, content, kind) for base, content, kind in spoiled(60)] for _ in range(2))

    assert first == again
    assert {base.kind for base in sound()} >= {JSON, FORM}

"""`python -m tests.notices.leak_trial [--cases 300]`: synthetic cases through the leak gate, whole, with the count.

Everything that the public can fetch afterwards is searched for everything that is a party's: pages and PDFs in each
language, packages, table, feed, API; text, names of files, headers, metadata, and the bytes as they are.

The cases are shared out over PROCESSES desks, each with a database and a warm press of its own; a desk is searched for
the parties of its own cases, since it has never heard of the others.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from multiprocessing import get_context
from random import Random
from types import SimpleNamespace
from unittest import mock
from urllib.parse import quote

import pikepdf
import pypdfium2
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import config
from app.core.db import db
from app.factory import create_app
from app.notices import service
from app.notices.models import Edition
from app.notices.queries import by_number
from app.notices.render import Press
from app.web.limits import limiter
from tests.factories import saved
from tests.ledger.logs import sealed
from tests.notices import synthetic
from tests.notices.test_gate import a_leaky_case, found_in, publishing
from tests.notices.test_text import squeezed
from workflows.jobs import tasks

LANGUAGES = ("zh-hans", "zh-hant", "en")
PROCESSES = 2
HEAD = 3
"""So many letters has the shortest token, a name."""


@dataclass(frozen=True)
class Count:
    """What a desk came to: leaks planted and missed, answers and bytes searched, tokens found and where."""

    planted: int
    missed: int
    answers: int
    size: int
    found: list[str]


class Tokens:
    """What must not be found. One pass over a text tells which tokens could be in it at all; those are looked for."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self._by_head: defaultdict[str, set[str]] = defaultdict(set)
        for token in map(squeezed, tokens):
            self._by_head[token[:HEAD]].add(token)

    def in_(self, text: str) -> list[str]:
        """Return the tokens that the text holds, whatever space or line end falls into them."""
        text = squeezed(text)
        heads = {text[at : at + HEAD] for at in range(len(text) - HEAD + 1)} & self._by_head.keys()
        return [token for head in heads for token in self._by_head[head] if token in text]


@contextmanager
def desk() -> Iterator[Flask]:
    with tempfile.TemporaryDirectory(prefix="leaks-") as folder:
        os.environ["DATA_DIR"] = folder
        app = create_app(config.load({"DATA_DIR": folder}))
        limiter.enabled = False
        with app.app_context():
            db.create_all()
            yield app


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Reader:
    """Reads out of answers all that can be read: headers, bytes, and what is packed or drawn in them.

    A file that is handed out under several addresses is read once.
    """

    def __init__(self) -> None:
        self._read: set[bytes] = set()

    def told_by(self, answer: TestResponse) -> Iterator[str]:
        yield str(answer.headers)
        yield from self.read_out(answer.data)

    def read_out(self, data: bytes) -> Iterator[str]:
        if (digest := sha256(data).digest()) in self._read:
            return
        self._read.add(digest)
        yield data.decode("utf-8", "replace")
        if data.startswith(b"PK"):
            with zipfile.ZipFile(BytesIO(data)) as archive:
                yield "\n".join(archive.namelist())
                for name in archive.namelist():
                    yield from self.read_out(archive.read(name))
        if data.startswith(b"%PDF-"):
            yield from drawn_in(data)


def drawn_in(pdf: bytes) -> Iterator[str]:
    """Yield the words of a PDF's pages, its properties, every string in it and every stream, unpacked."""
    for page in pypdfium2.PdfDocument(pdf):
        yield page.get_textpage().get_text_range()
    with pikepdf.open(BytesIO(pdf)) as document:
        yield from map(str, document.docinfo.values())
        yield "\n".join(str(each) for each in document.objects if isinstance(each, pikepdf.String))
        yield from (read_stream(each) for each in document.objects if isinstance(each, pikepdf.Stream))


def read_stream(stream: pikepdf.Stream) -> str:
    try:
        return stream.read_bytes().decode("utf-8", "replace")
    except pikepdf.PdfError:  # a filter that is no text: a picture
        return ""


def addresses(numbers: list[str]) -> Iterator[str]:
    """Yield what the public can fetch of these outcomes."""
    for number in numbers:
        for language in LANGUAGES:
            yield f"/{language}/decisions/{number}"
            yield f"/{language}/decisions/{number}.pdf"
        yield f"/api/v1/decisions/{number}"
        yield f"/en/decisions/{number}.zip"
        code = by_number(number).code  # type: ignore[union-attr]
        yield f"/en/v/{code}"
    for language in LANGUAGES:
        yield from (f"/{language}/{each}" for each in ("decisions", "decisions.csv", "decisions.atom", "stats"))
    yield from (
        "/api/v1/decisions?limit=200",
        "/api/v1/decisions.csv",
        "/api/v1/ledger/entries?limit=200",
        "/api/v1/stats",
    )


def publish_all(cases: int, random: Random) -> tuple[list[str], list[synthetic.Party], int, int]:
    """Publish so many cases with planted leaks; returns numbers, parties, how many were planted and how many missed."""
    numbers, parties, planted, missed = [], [], 0, 0
    for _n in range(cases):
        party = synthetic.a_party(random)
        leaks = list(synthetic.planted(party, random))
        case = saved(a_leaky_case, party, [sentence for sentence, _ in leaks], random)
        found = found_in(case)
        planted += len(leaks)
        missed += sum(squeezed(leak) not in found for _, leak in leaks)
        numbers.append(publishing(case, redact=True).number)
        parties.append(party)
    return numbers, parties, planted, missed


def print_all(numbers: list[str]) -> None:
    """Print and sign the public editions, with their proofs."""
    seal_all()
    press = Press()
    press.start()
    with mock.patch.object(service, "render", press.render):
        for number in numbers:
            for notice in by_number(number).notices:  # type: ignore[union-attr]
                if notice.edition is Edition.PUBLIC:
                    tasks.issue_notice(notice.id)
    press.stop()
    seal_all()


def seal_all() -> None:
    while (batch := sealed()) and batch.entries:
        pass


def fetched(client: FlaskClient, addresses_: Iterable[str]) -> Iterator[tuple[str, TestResponse]]:
    """Fetch each address, and a list of the API to its end."""
    for first in addresses_:
        address: str | None = first
        while address:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            yield address, answer
            cursor = answer.json.get("next") if answer.is_json and "limit=" in first else None
            address = f"{first}&cursor={quote(str(cursor))}" if cursor else None


def searched(client: FlaskClient, numbers: list[str], tokens: Tokens) -> tuple[int, int, list[str]]:
    """Fetch everything; returns how many answers and bytes were searched, and what was found where."""
    answers, size, found, reader = 0, 0, list[str](), Reader()
    for address, answer in fetched(client, addresses(numbers)):
        answers, size = answers + 1, size + len(answer.data)
        found += [f"{address}: {hit}" for text in reader.told_by(answer) for hit in tokens.in_(text)]
    return answers, size, found


def trial(cases: int, seed: int) -> Count:
    """Publish and print so many cases at a desk of their own and search what it tells the public."""
    with desk() as app, app.test_request_context("/"):
        tasks.application = lambda: SimpleNamespace(app_context=app.app_context)  # type: ignore[assignment]
        began = time.monotonic()

        def passed(what: str) -> None:
            say(f"{what} {cases} ({time.monotonic() - began:.0f} s)")

        numbers, parties, planted, missed = publish_all(cases, Random(seed))
        passed("published")
        print_all(numbers)
        passed("printed")
        tokens = Tokens(token for party in parties for token in party.tokens)
        answers, size, found = searched(app.test_client(), numbers, tokens)
        passed("searched")
    return Count(planted, missed, answers, size, found)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.notices.leak_trial", description=__doc__)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20260901)
    asked = parser.parse_args()
    shares = [len(range(n, asked.cases, PROCESSES)) for n in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as desks:
        counts = list(desks.map(trial, shares, range(asked.seed, asked.seed + PROCESSES)))
    planted, missed = sum(each.planted for each in counts), sum(each.missed for each in counts)
    answers, size = sum(each.answers for each in counts), sum(each.size for each in counts)
    found = [hit for each in counts for hit in each.found]
    say(f"planted {planted} leaks in {asked.cases} cases, missed {missed} ({missed / planted:.2%}; 1 % is allowed)")
    say(f"searched {answers} answers, {size / 1e6:.1f} MB: {len(found)} tokens of a party (0 is promised)")
    say("\n".join(found[:20]))
    return int(bool(found) or missed > planted / 100)


if __name__ == "__main__":
    sys.exit(main())

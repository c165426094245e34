"""`python -m tests.notices.leak_trial [--cases 300]`: synthetic cases through the leak gate, whole, with the count.

Everything that the public can fetch afterwards is searched for everything that is a party's: pages and PDFs in each
language, packages, table, feed, API; text, names of files, headers, metadata, and the bytes as they are.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from random import Random
from types import SimpleNamespace
from unittest import mock

import pikepdf
import pypdfium2
from flask import Flask
from flask.testing import FlaskClient

import config
from app.core.db import db
from app.factory import create_app
from app.notices import service
from app.notices.models import Edition
from app.notices.queries import by_number
from app.notices.render import Press
from tests.factories import saved
from tests.ledger.logs import sealed
from tests.notices import synthetic
from tests.notices.test_gate import a_leaky_case, found_in, publishing
from tests.notices.test_text import squeezed
from workflows.jobs import tasks

LANGUAGES = ("zh-hans", "zh-hant", "en")


@contextmanager
def desk() -> Iterator[Flask]:
    with tempfile.TemporaryDirectory(prefix="leaks-") as folder:
        os.environ["DATA_DIR"] = folder
        app = create_app(config.load({"DATA_DIR": folder}))
        app.config["RATELIMIT_ENABLED"] = False
        with app.app_context():
            db.create_all()
            yield app


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def told_by(answer: object) -> Iterator[str]:
    """Yield all that can be read out of an answer: bytes, headers, and what is packed or drawn in it."""
    data, headers = answer.data, answer.headers  # type: ignore[attr-defined]
    yield str(headers)
    yield from read_out(data)


def read_out(data: bytes) -> Iterator[str]:
    """Yield all that can be read out of a file."""
    yield data.decode("utf-8", "replace")
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            yield "\n".join(archive.namelist())
            for name in archive.namelist():
                yield from read_out(archive.read(name))
    if data.startswith(b"%PDF-"):
        for page in pypdfium2.PdfDocument(data):
            yield page.get_textpage().get_text_range()
        with pikepdf.open(BytesIO(data)) as document:
            yield from map(str, document.docinfo.values())
            for each in document.objects:
                if isinstance(each, pikepdf.Stream):
                    yield read_stream(each)
                elif isinstance(each, pikepdf.String):
                    yield str(each)


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
    for n in range(cases):
        party = synthetic.a_party(random)
        leaks = list(synthetic.planted(party, random))
        case = saved(a_leaky_case, party, [sentence for sentence, _ in leaks], random)
        found = found_in(case)
        planted += len(leaks)
        missed += sum(squeezed(leak) not in found for _, leak in leaks)
        numbers.append(publishing(case, redact=True).number)
        parties.append(party)
        if n % 50 == 49:
            say(f"{n + 1} published")
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


def searched(client: FlaskClient, numbers: list[str], parties: list[synthetic.Party]) -> tuple[int, int, list[str]]:
    """Fetch everything; returns how many answers and bytes were searched, and what was found where."""
    tokens = {squeezed(token) for party in parties for token in party.tokens}
    pattern = re.compile("|".join(map(re.escape, sorted(tokens, key=len, reverse=True))))
    answers, size, found = 0, 0, []
    for address in addresses(numbers):
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        answers, size = answers + 1, size + len(answer.data)
        for text in told_by(answer):
            found += [f"{address}: {hit}" for hit in pattern.findall(squeezed(text))]
    return answers, size, found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.notices.leak_trial", description=__doc__)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20260901)
    asked = parser.parse_args()
    with desk() as app, app.test_request_context("/"):
        tasks.application = lambda: SimpleNamespace(app_context=app.app_context)  # type: ignore[assignment]
        numbers, parties, planted, missed = publish_all(asked.cases, Random(asked.seed))
        print_all(numbers)
        answers, size, found = searched(app.test_client(), numbers, parties)
    say(f"planted {planted} leaks in {asked.cases} cases, missed {missed} ({missed / planted:.2%}; 1 % is allowed)")
    say(f"searched {answers} answers, {size / 1e6:.1f} MB: {len(found)} tokens of a party (0 is promised)")
    say("\n".join(found[:20]))
    return int(bool(found) or missed > planted / 100)


if __name__ == "__main__":
    sys.exit(main())

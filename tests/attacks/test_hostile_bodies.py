"""Bodies that no honest browser sends, to every address that takes a POST: refused clearly, and nothing is kept."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.core.db import db, session
from tests.attacks.test_access import POST
from tests.attacks.world import World, addresses

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=xx"
PART = b'--xx\r\nContent-Disposition: form-data; name="body"\r\n\r\nhello\r\n'
HUGE = b"a" * 600_000

BODIES: dict[str, tuple[str | None, bytes]] = {
    "nothing": (None, b""),
    "garbage": ("application/octet-stream", bytes(range(256)) * 8),
    "garbage as a form": (FORM, bytes(range(256)) * 8),
    "garbage as json": ("application/json", bytes(range(256)) * 8),
    "json cut off": ("application/json", b'{"body": "he'),
    "a list as json": ("application/json", b"[]"),
    "a huge field": (FORM, b"body=" + HUGE + b"&narrative=" + HUGE + b"&story=" + HUGE),
    "500 fields": (FORM, b"&".join(b"f%d=1" % n for n in range(500))),
    "fields twice": (FORM, b"body=1&body=2&reason=1&reason=2&phone=1&phone=2&seen=1&seen=2"),
    "a NUL": (FORM, b"body=a%00b&reason=a%00b&story=a%00b&narrative=a%00b&note=a%00b&contact=a%00b&email=a%00b"),
    "half a surrogate": (FORM, b"body=%ED%A0%80&reason=%ED%A0%80&story=%ED%A0%80&narrative=%ED%A0%80&email=%ED%A0%80"),
    "no characters at all": (FORM, b"body=\xff\xfe&reason=\xff&story=\xff&narrative=\xff&email=\xff&number=\xff"),
    "blank to the eye": (FORM, "body=\u3164&reason=\u200b&story=\u3164&narrative=\u2800&explanation=\u200b".encode()),
    "multipart cut off": (MULTIPART, PART * 3 + PART[:40]),
    "multipart without a boundary": ("multipart/form-data", PART + b"--xx--\r\n"),
    "parts without a name": (MULTIPART, b"--xx\r\nX-Nothing: 1\r\n\r\nhello\r\n--xx--\r\n"),
    "a thousand parts": (MULTIPART, PART * 1_001 + b"--xx--\r\n"),
    "a long head of a part": (MULTIPART, b"--xx\r\nX-Long: " + b"a" * 501_000 + b"\r\n" + PART[4:] + b"--xx--\r\n"),
}
# What takes no body at all, or one in which nothing can be wrong, does what it always does.
UNASKED = {"/signout", "/<lang>/c/<token>/lock", "/<lang>/complain", "/<lang>/complain/resume/<token>"}
ENGLISH = {"Accept-Language": "en"}  # for pages whose address does not say it, nor the person
MALFORMED = {body for body in BODIES if "part" in body}  # never read as an empty form


def able(name: str) -> str:
    """Return a reader who gets as far as the body."""
    return "consumer" if "/c/" in name else POST[name].split()[0].replace("anybody", "nobody")


def rows() -> dict[str, int]:
    session().rollback()
    counted = [select(func.count()).select_from(t).scalar_subquery().label(t.name) for t in db.metadata.sorted_tables]
    return dict(session().execute(select(*counted)).one()._mapping)


@pytest.mark.parametrize("body", BODIES)
def test_a_hostile_body_breaks_nothing_and_what_is_refused_leaves_no_row(world: World, body: str):
    kind, content = BODIES[body]
    browsers = {reader: world.browser(reader) for reader in {able(name) for name in POST if POST[name]}}
    broken, kept, before = [], [], rows()

    for name, address in addresses(world, "POST"):
        if name in UNASKED or not POST[name]:
            continue
        answer = world.ask(
            able(name), browsers[able(name)], address, "POST", data=content, content_type=kind,
            headers={"Idempotency-Key": body, **ENGLISH},
        )  # fmt: skip
        after = rows()
        if answer.status_code >= 500 or not told_clearly(answer, address):
            broken.append(f"{name}: {answer.status_code} {answer.content_type}")
        if body in MALFORMED and answer.status_code < 400:
            broken.append(f"{name}: taken with {answer.status_code}")
        if answer.status_code >= 400 and after != before:
            kept.append(name)
        before = after

    assert (broken, kept) == ([], [])


def told_clearly(answer: TestResponse, address: str) -> bool:
    """A refusal is a page in the reader's language, or problem details under /api, which echo nothing."""
    if answer.status_code < 400:
        return True
    if address.startswith("/api/"):
        told: dict[str, Any] = answer.json or {}
        return answer.mimetype == "application/problem+json" and told["status"] == answer.status_code
    return answer.mimetype == "text/html" and b'<html lang="en"' in answer.data

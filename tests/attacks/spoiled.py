"""Sound requests of every channel that takes a body, and how they are spoiled; always the same ones for a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.attacks.spoiling import spoil
from tests.desk.test_phone import CALL
from tests.evidence.files import PDF, a_photo
from tests.intake.test_api import COMPLAINT
from tests.intake.test_filing import CONTACT, DETAILS, ORDER, OUTCOME, PROBLEM

SEED = 20_260_901
JSON, FORM, PARTS = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=xx"
SERIAL = "00000"  # stands for five digits that are others in each request
MONEY = {"amount_minor": 9_900, "currency": "CNY"}


@dataclass(frozen=True, slots=True)
class Sound:
    """A request that is taken. `path` may name {case}, a case in mediation, and {link}, its private link."""

    reader: str
    path: str
    content: bytes
    kind: str = JSON


def of_json(reader: str, path: str, body: dict[str, Any]) -> Sound:
    return Sound(reader, path, json.dumps(body, ensure_ascii=False).encode())


def of_form(reader: str, path: str, fields: dict[str, Any]) -> Sound:
    return Sound(reader, path, urlencode(fields, doseq=True).encode(), FORM)


def of_files(reader: str, path: str, *files: tuple[str, str, bytes], **fields: str) -> Sound:
    parts = [b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (name.encode(), value.encode())
             for name, value in fields.items()]  # fmt: skip
    parts += [
        b'Content-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: application/octet-stream\r\n\r\n%s'
        % (field.encode(), name.encode(), content) for field, name, content in files
    ]  # fmt: skip
    body = b"".join(b"--xx\r\n" + part + b"\r\n" for part in parts) + b"--xx--\r\n"
    return Sound(reader, path, body, PARTS)


def sound() -> list[Sound]:
    """Return one request of each kind."""
    acts = "/api/v1/cases/{case}/actions"
    photo = a_photo(size=(48, 32))
    facts = {name: COMPLAINT[name] for name in ("order", "events")}
    steps = {"order": ORDER, "problem": PROBLEM, "details": DETAILS, "outcome": OUTCOME, "contact": CONTACT}
    return [
        of_json("nobody", "/api/v1/complaints", COMPLAINT),
        of_json("nobody", "/api/v1/complaints", {"narrative": "拒绝退货。", "complainant": {"phone": "13800138000"}}),
        of_json("nobody", "/api/v1/checks", facts),
        of_json("nobody", "/api/v1/classify", {"text": COMPLAINT["narrative"], "order": COMPLAINT["order"]}),
        of_json("mediator", f"{acts}/reply", {"body": "请保留吊牌。", "audience": "consumer"}),
        of_json("mediator", f"{acts}/propose", {"terms": [{"kind": "refund", "amount": MONEY}], "note": "公平"}),
        of_json("consumer", f"{acts}/propose", {"terms": [{"kind": "refund", "amount": MONEY, "days": 3}]}),
        of_files("consumer", "/api/v1/cases/{case}/evidence", ("file", "a.jpg", photo), note="收据"),
        of_files("mediator", "/api/v1/cases/{case}/evidence", ("file", "a.pdf", PDF), ("file", "b.txt", b"hello")),
        *(of_form("nobody", f"/en/complain/{step}", answers) for step, answers in steps.items()),
        of_files("nobody", "/en/complain/evidence", ("files", "coat.jpg", photo)),
        of_form("nobody", "/en/complain/check", {"truth": "y", "publication": "y"}),
        of_form("nobody", "/en/complain", {}),
        of_form("operator", "/desk/phone", CALL | {"phone": f"138002{SERIAL}"}),
        of_form("consumer", "/en/c/{link}/messages", {"body": "The shop wrote to me again."}),
        of_files("consumer", "/en/c/{link}/messages", ("files", "coat.jpg", photo), body="See the picture."),
        of_form("mediator", "/desk/cases/{case}/reply", {"audience": "consumer", "body": "Keep the tags."}),
        of_form("nobody", "/en/checks", {"goods_total": "1,000.00", "hold": "100.01"}),
    ]


NASTY: list[Any] = [
    None, True, 0, -1, 2**63, -(2**63) - 1, 10**400, 1.5, "", " ", "\x00", "\u3164", "\ud800", "‮abc", "a" * 30_000,
    "2026-13-40", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "١٢", "<script>", "'; --", "{{7*7}}", "%00",
    [], {}, [[]], [None] * 300, {"": {}}, {"amount_minor": "1"}, "refund", "merchant", "https://x.test/",
]  # fmt: skip
PIECES = [
    b"\r\n", b"\x00", b"\xff", b"\xed\xa0\x80", b'"', b"{", b"[" * 300, b"}", b"&", b"=", b"%", b"%00", b"%ff", b"+",
    b"--xx\r\n", b"--xx--\r\n", b'Content-Disposition: form-data; name="', b"; filename*=utf-8''%ff", b"NaN", b"1e400",
    b"\\u0000", b"\\ud800", b",", b" " * 5_000, b"9" * 5_000,
]  # fmt: skip


def spoiled(count: int, seed: int = SEED) -> Iterator[tuple[Sound, bytes, str]]:
    """Yield `count` times a sound request, the body to send instead, and the content type to send it with."""
    chance, corpus = random.Random(seed), sound()
    others = [each.content for each in corpus]
    for n in range(count):
        base = corpus[n % len(corpus)]
        ways: list[Callable[[], bytes]] = [
            lambda base=base: spoil(base.content, chance, pieces=PIECES, others=others, most=6)
        ]
        if base.kind == JSON:
            ways += [lambda base=base: of_values(base.content, chance)] * 2
        elif base.kind == FORM:
            ways += [lambda base=base: of_fields(base.content, chance)] * 2
        kind = chance.choice((JSON, FORM, PARTS, "text/plain", "")) if chance.random() < 0.03 else base.kind
        yield base, chance.choice(ways)(), kind


def of_values(content: bytes, chance: random.Random) -> bytes:
    """Return the JSON with values, or whole branches, that do not belong there."""
    body = json.loads(content)
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(list(_places(body)))
        way = chance.randrange(5)
        if way == 0 and isinstance(holder, dict):
            holder[chance.choice(("state", "id", "__proto__", "links", "版本", ""))] = deepcopy(chance.choice(NASTY))
        elif way == 1:
            del holder[key]
        elif way == 2 and isinstance(holder, list):
            holder.extend([holder[key]] * chance.choice((1, 60, 400)))
        else:
            holder[key] = deepcopy(chance.choice(NASTY))
        if not body:
            break
    return json.dumps(body, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield where a value stands in what holds it, for every value inside."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from _places(inner)


def of_fields(content: bytes, chance: random.Random) -> bytes:
    """Return the form with fields that are missing, doubled, strange, or that it does not have."""
    fields = content.split(b"&")
    for _ in range(chance.randint(1, 3)):
        at, way = chance.randrange(len(fields)), chance.randrange(4)
        name = fields[at].partition(b"=")[0]
        if way == 0 and len(fields) > 1:
            del fields[at]
        elif way == 1:
            fields.append(name + b"=" + _typed(chance))
        elif way == 2:
            fields.append(b"field%d=" % chance.randrange(9) + _typed(chance))
        else:
            fields[at] = name + b"=" + _typed(chance)
    return b"&".join(fields)


def _typed(chance: random.Random) -> bytes:
    value = chance.choice([each for each in NASTY if isinstance(each, (str, int, float))])
    return urlencode({"": str(value)}, errors="surrogatepass").encode()[1:]

"""People who complain: by the web form, step by step, and by the API, each with a file. They try until answered."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.intake.complaints import REFUSED_RETURN
from tests.intake.test_filing import ANSWERS, CHECK

PATIENCE_S, PAUSE_S = 20.0, 0.3
WEB_SHARE = 0.25
NUMBER = re.compile(r"H\d{4}-\d{6}-\d")
SHOP = "晴川服饰"
Answers = dict[str, Any]
HTML, ENGLISH = "application/x-www-form-urlencoded", "/en/complain"


@dataclass(slots=True)
class Complaint:
    """What was filed and what was answered. `number` and `kept` are set only by a complete answer.

    `forgotten` are numbers that were acknowledged and of which a later try with the same key knew nothing.
    """

    serial: int
    web: bool
    file: bytes = field(repr=False)
    number: str | None = None
    forgotten: list[str] = field(default_factory=list)
    kept: bool = False
    tries: int = 0
    took_s: float = 0.0

    @property
    def mark(self) -> str:
        """What tells this complaint from all others, in its text."""
        return f"尾号{self.serial:06}。"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.file).hexdigest()


class Unanswered(Exception):
    """No answer, or one that says that it is not possible just now."""


class Person:
    """One caller with an address, a connection and cookies of their own."""

    def __init__(self, port: int, address: str, statuses: Counter[int], acknowledged: threading.Event) -> None:
        self.port, self.address, self.statuses, self.acknowledged = port, address, statuses, acknowledged
        self.connection: http.client.HTTPConnection | None = None
        self.cookies: dict[str, str] = {}
        self.steps: list[tuple[str, Answers]] | None = None
        self.token = self.location = ""

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Return status, headers and text. Raises Unanswered when the connection breaks or the answer is 5xx or 429."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.port, timeout=PATIENCE_S, source_address=(self.address, 0)
                )
            self.connection.request(method, path, body or None, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as broken:
            self.hang_up()
            raise Unanswered(str(broken)) from broken
        self.statuses[answer.status] += 1
        for cookie in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status >= 500 or answer.status == 429:
            raise Unanswered(f"{answer.status} {path}")
        return answer.status, answer.headers, text

    def hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def multipart(fields: Mapping[str, Any], name: str, filename: str, content: bytes) -> tuple[bytes, str]:
    """Return a body and its content type."""
    mark = secrets.token_hex(12)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
    body = "".join([*parts, head]).encode() + content + f"\r\n--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"


def by_api(person: Person, complaint: Complaint) -> None:
    """File over the API and add the file; the same key each time. Sets what was acknowledged. Raises Unanswered."""
    body = {
        "language": "zh-Hans", "narrative": REFUSED_RETURN + complaint.mark, "anomaly": "return_refusal",
        "danger": complaint.serial % 10 == 0,
        "complainant": {"name": "林小雨", "email": "lin@example.test", "contact_by": "email"},
        "respondent": {"name": SHOP},
    }  # fmt: skip
    status, _, text = person.ask(
        "POST", "/api/v1/complaints", json.dumps(body).encode(),
        Content_Type="application/json", Idempotency_Key=f"chaos-{complaint.serial}",
    )  # fmt: skip
    if status != 200:  # which says that an earlier try made it and its answer was lost
        expect(status, 201, text)
    person.acknowledged.set()
    made = json.loads(text)
    if complaint.number not in (None, made["case_number"]):
        complaint.forgotten.append(str(complaint.number))
    complaint.number = made["case_number"]
    file, kind = multipart({"sha256": complaint.sha256}, "file", "receipt.pdf", complaint.file)
    status, _, text = person.ask(
        "POST", f"/api/v1/cases/{complaint.number}/evidence", file,
        Content_Type=kind, Authorization=f"Bearer {made['access_token']}",
    )  # fmt: skip
    expect(status, 201, text)
    complaint.kept = True


def by_web(person: Person, complaint: Complaint) -> None:
    """Answer every step, add the file, send, read the receipt; go on where it broke off. Raises Unanswered."""
    if person.steps is None:
        _, _, page = person.ask("GET", ENGLISH)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found, page[:500]
        person.token = found[1]
        person.steps = _steps(complaint)
    while person.steps:
        path, answers = person.steps[0]
        person.location = _post(person, path, answers, complaint.file if path == "/evidence" else None)
        del person.steps[0]
    _, _, page = person.ask("GET", person.location)
    number = NUMBER.search(page)
    if "receipt" not in person.location or number is None:
        raise AssertionError(f"no receipt at {person.location}")
    complaint.number, complaint.kept = number[0], True


def _steps(complaint: Complaint) -> list[tuple[str, Answers]]:
    own: dict[str, Answers] = {
        "order": {"order_number": f"E-{complaint.serial:06}"},
        "details": {"story": f"{ANSWERS['details']['story']}{complaint.mark}"},
    }
    undated = {
        step: {name: value for name, value in answers.items() if not name.endswith("_on")} | own.get(step, {})
        for step, answers in ANSWERS.items()
    }
    return [
        ("", {}),
        *((f"/{step}", a) for step, a in undated.items()),
        ("/evidence", {"next": "1"}),
        ("/check", CHECK),
    ]


def _post(person: Person, path: str, answers: Answers, file: bytes | None) -> str:
    answers = answers | {"csrf_token": person.token}
    body, kind = urlencode(answers, doseq=True).encode(), HTML
    if file is not None:
        body, kind = multipart(answers, "files", "receipt.pdf", file)
    status, headers, text = person.ask("POST", ENGLISH + path, body, Content_Type=kind)
    expect(status, 303, text)
    return headers["Location"]


def expect(status: int, wanted: int, text: str) -> None:
    if status != wanted:
        raise Unanswered(f"{status} instead of {wanted}: {text[:300]}")


class Crowd:
    """`number` complaints, evenly spread over `spread_s` seconds, from `callers` addresses at a time."""

    def __init__(self, port: int, number: int, spread_s: float, seed: int, callers: int = 10) -> None:
        chance = random.Random(seed)
        self.port, self.spread_s = port, spread_s
        self.complaints = [
            Complaint(n, chance.random() < WEB_SHARE, b"%PDF-1.7\n" + chance.randbytes(chance.randint(2_000, 60_000)))
            for n in range(number)
        ]
        self.statuses: Counter[int] = Counter()
        self.refusals: Counter[str] = Counter()
        self.giving_up = threading.Event()
        self.acknowledged = threading.Event()
        """Set whenever a complaint was acknowledged: the worst moment for the web to die."""
        self._waiting = iter(self.complaints)
        self._taking = threading.Lock()
        self.threads = [threading.Thread(target=self._file, args=(n,), daemon=True) for n in range(callers)]

    def start(self) -> None:
        self.began = time.monotonic()
        for thread in self.threads:
            thread.start()

    def finish(self, within_s: float) -> None:
        """Wait for everybody; who has no answer then gives up."""
        ends = time.monotonic() + within_s
        for thread in self.threads:
            thread.join(max(0.0, ends - time.monotonic()))
        self.giving_up.set()
        for thread in self.threads:
            thread.join(PATIENCE_S + 5)

    def _file(self, n: int) -> None:
        while not self.giving_up.is_set():
            with self._taking:
                complaint = next(self._waiting, None)
            if complaint is None:
                return
            turn = self.began + self.spread_s * complaint.serial / len(self.complaints)
            if self.giving_up.wait(max(0.0, turn - time.monotonic())):
                return
            self._until_answered(Person(self.port, f"127.0.0.{n + 2}", self.statuses, self.acknowledged), complaint)

    def _until_answered(self, person: Person, complaint: Complaint) -> None:
        began = time.monotonic()
        while not complaint.kept and not self.giving_up.is_set():
            complaint.tries += 1
            try:
                (by_web if complaint.web else by_api)(person, complaint)
            except Unanswered as no:
                self.refusals[str(no)[:160]] += 1
                self.giving_up.wait(PAUSE_S)
        complaint.took_s = time.monotonic() - began
        person.hang_up()

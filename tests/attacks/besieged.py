"""The product as attackers find it: started on a free port, with people and cases in it; how one asks it things."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
START_S, PATIENCE_S = 180.0, 30.0
FORM = "application/x-www-form-urlencoded"


@contextlib.contextmanager
def running() -> Iterator[tuple[int, Path]]:
    """The product; the port on which it answers, and its data folder."""
    with tempfile.TemporaryDirectory(prefix="heng-siege-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        Path(folder, "demo-accounts.json").write_text("[]")  # without the demo, which takes a minute
        environ = os.environ | {"DATA_DIR": folder, "PORT": str(port), "SMTP_LISTEN": "off"}
        command = [sys.executable, "-m", "workflows.jobs.supervisor"]
        with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL) as system:
            try:
                _await(port, system)
                yield port, Path(folder)
            finally:
                system.terminate()
                system.wait(60)


def _await(port: int, system: subprocess.Popen[bytes]) -> None:
    for _ in range(int(START_S / 0.2)):
        with contextlib.suppress(OSError), Line(port) as line:
            if line.ask("GET", "/healthz").status == 200:
                return
        if system.poll() is not None:
            break
        time.sleep(0.2)
    raise SystemExit("The system did not start.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    waited: float
    body: str
    cookies: str
    location: str


class Line:
    """One connection that is kept, from an address of this machine: `Line(port, sender="127.0.0.9")`."""

    def __init__(self, port: int, sender: str = "127.0.0.1") -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, PATIENCE_S, source_address=(sender, 0))

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_error: object) -> None:
        self._line.close()

    def ask(self, method: str, path: str, body: str = "", **heads: str) -> Answer:
        """Send a request and read the whole answer. Heads are named with underscores."""
        named = {name.replace("_", "-"): value for name, value in heads.items() if value}
        begun = time.perf_counter()
        self._line.request(method, path, body, named)
        answer = self._line.getresponse()
        read = answer.read()
        waited = time.perf_counter() - begun
        cookies = "; ".join(each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie") or [])
        return Answer(answer.status, waited, read.decode(), cookies, answer.headers.get("Location", ""))

    def send_form(self, path: str, browser: Browser, **fields: str) -> Answer:
        """Send a form as this browser would."""
        body = urlencode({"csrf_token": browser.form, **fields})
        return self.ask("POST", path, body, Content_Type=FORM, Cookie=browser.jar)


@dataclass(frozen=True, slots=True)
class Browser:
    """The cookies of a browser, and the token of its forms."""

    jar: str
    form: str


def a_browser(port: int, path: str = "/en/track", sender: str = "127.0.0.1") -> Browser:
    """Return a browser that has just opened this page, which has a form."""
    with Line(port, sender) as line:
        page = line.ask("GET", path)
    form = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.body)
    assert form, page.status
    return Browser(page.cookies, form[1])


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint that was filed: its number, the token of its complainant, their private link and telephone."""

    number: str
    token: str
    link: str
    phone: str


def a_complaint(port: int, phone: str = "+8613800138000") -> Complaint:
    """File a complaint."""
    told = {"narrative": "The shop refuses to take the coat back.", "language": "en",
            "complainant": {"name": "A", "phone": phone, "contact_by": "phone"}}  # fmt: skip
    with Line(port) as line:
        made = line.ask("POST", "/api/v1/complaints", json.dumps(told), Content_Type="application/json",
                        Idempotency_Key=secrets.token_hex(8))  # fmt: skip
    if made.status != 201:
        raise SystemExit(f"No complaint could be filed: {made.status} {made.body[:200]}")
    filed = json.loads(made.body)
    link = "/" + filed["tracking_url"].split("/", 3)[3]
    return Complaint(filed["case_number"], filed["access_token"], link, phone)


def asked_for(port: int, number: str, contact: str, sender: str) -> Browser:
    """Return a browser that asked for the code of this case, which may or may not be there."""
    browser = a_browser(port, sender=sender)
    with Line(port, sender) as line:
        answer = line.send_form("/en/track", browser, number=number, contact=contact)
    if answer.status != 303:
        raise SystemExit(f"No code could be asked for: {answer.status}")
    return Browser(answer.cookies or browser.jar, browser.form)


def write_people_down(folder: Path, addresses: list[str]) -> None:
    """Give these people accounts in the running product, from a process that knows its folder."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        beside.submit(_write_down, folder, addresses).result()


def _write_down(folder: Path, addresses: list[str]) -> None:
    import config
    from app.accounts import service
    from app.core.clock import now
    from app.core.db import transaction
    from app.factory import create_app
    from workflows.procedure.act import Act
    from workflows.procedure.authority import SYSTEM, Role

    app = create_app(config.load(os.environ | {"DATA_DIR": str(folder)}))
    with app.app_context(), transaction():
        for address in addresses:
            service.create(email=address, name="B", password=None, roles=[Role.MEDIATOR], act=Act(SYSTEM, now()))

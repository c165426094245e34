"""What is served against what is described: schemathesis reads the OpenAPI document and tries it as five readers.

`make conformance` makes a desk with cases of every kind and tries every call with all the checks that schemathesis
has, once with made-up addresses and once with those of a real case; figures and a verdict.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

import config
from app.cases.actions import known
from app.core.db import db, session
from app.factory import create_app
from app.web.limits import limiter
from tests.attacks.world import World, a_world

ROOT = Path(__file__).resolve().parents[2]
READERS = ("nobody", "consumer", "respondent", "mediator", "admin")
PHASES = "examples,coverage,fuzzing"

# What no schema can say of a request that has the right form, and is refused for another reason.
BEYOND = {
    "POST /api/v1/complaints": "an organisation that is not registered; a telephone number that is none",
    "POST /api/v1/checks": "a whole number that is written as 1.0",
    "POST /api/v1/classify": "as above",
    "POST /api/v1/cases/{number}/evidence": "a file that is empty, or of a kind that is not taken; other hashes",
    "POST /api/v1/ledger/cosignatures": "a note that no witness signed whom the operator trusts",
    "GET /api/v1/ledger/proof": "either `index` or `old`, and not both",
}


class Silent(WSGIRequestHandler):
    def log_request(self, *args: object) -> None:
        pass


@contextmanager
def served() -> Iterator[tuple[World, str]]:
    """A desk with everybody and every kind of case, and the address where it is served; nobody is asked to wait."""
    with tempfile.TemporaryDirectory(prefix="heng-conformance-") as folder:
        os.environ["DATA_DIR"] = folder
        app = create_app(config.load({"DATA_DIR": folder, "SECOND_FACTOR": "optional"}))
        limiter.enabled = False
        with app.app_context():
            db.create_all()
            world = a_world(app)
            session().rollback()
            server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield world, f"http://127.0.0.1:{server.port}"
            finally:
                server.shutdown()
                thread.join()
                db.session.remove()
                db.engine.dispose()


def settings(world: World, *, real: bool) -> str:
    """Return what schemathesis is told: what lies beyond schemas, and with `real` the numbers of a real case."""
    lines = [f'hooks = "{ROOT / "tests" / "attacks" / "fresh_keys.py"}"']
    if real:
        lines += ["[parameters]", f'"path.number" = "{world.cases["mediated"]}"', '"path.exhibit" = "1"']
    for name in beyond():
        lines += ["[[operations]]", f'include-name = "{name}"', "checks.positive_data_acceptance.enabled = false"]
    return "\n".join(lines) + "\n"


def beyond() -> list[str]:
    """Return the calls of which some requests are refused that agree with the document; actions depend on the case."""
    actions = ("{action}", *(action.value for action in known()))
    return [*BEYOND, *(f"POST /api/v1/cases/{{number}}/actions/{action}" for action in actions)]


@dataclass(frozen=True, slots=True)
class Tried:
    """How many requests were made, and what was found, in words."""

    requests: int
    findings: list[str]
    told: str


def tried(address: str, bearer: dict[str, str], told: str, *, examples: int, seed: int) -> Tried:
    """Try every call with this token, and return what came of it."""
    with tempfile.TemporaryDirectory(prefix="heng-conformance-") as folder:
        Path(folder, "schemathesis.toml").write_text(told, "utf-8")
        report = Path(folder, "report.json")
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", f"{folder}/schemathesis.toml", "run"]
        command += [f"{address}/api/v1/openapi.json", "--url", address, "--phases", PHASES]
        command += ["--max-examples", str(examples), "--seed", str(seed), "--continue-on-failure", "--no-color"]
        command += ["--report", "json", "--report-json-path", str(report), "--suppress-health-check", "all"]
        command += [part for name, value in bearer.items() for part in ("--header", f"{name}:{value}")]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if not report.exists():
            raise SystemExit(run.stdout + run.stderr)
        found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    findings = [f"{each['title']}: {', '.join(each['operations'])}" for each in found["failures"]]
    findings += [f"error: {each}" for each in found["errors"]]
    return Tried(found["test_cases"]["generated"], findings, run.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=15, help="made up for each call and reader, beside the edges")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--readers", nargs="*", default=READERS, choices=READERS)
    asked = parser.parse_args()
    requests, wrong = 0, 0
    print(f"seed {asked.seed}")
    with served() as (world, address):
        for reader in asked.readers:
            for real in (False, True):
                came = tried(
                    address, world.bearer(reader), settings(world, real=real), examples=asked.examples, seed=asked.seed
                )  # fmt: skip
                requests, wrong = requests + came.requests, wrong + len(came.findings)
                addresses = "a real case's addresses" if real else "made-up addresses"
                print(f"{reader:<12}{addresses:<26}{came.requests:>7,} requests  {len(came.findings)} findings")
                if came.findings:
                    print(came.told)
    print(f"{requests:,} requests as {len(asked.readers)} readers: {wrong} findings")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

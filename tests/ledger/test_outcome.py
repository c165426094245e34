"""A published outcome is checked from its package alone, and after one changed byte it is told what was changed."""

import json
import re
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from app.accounts.models import User
from app.cases.models import Party
from app.cases.queries import case_to_work
from app.cases.recording import about
from app.cases.service import advance
from app.cases.service_clocks import fire
from app.core.db import session, transaction
from app.ledger.models import LedgerCheckpoint
from app.ledger.service import forget
from app.notices.queries import by_number
from app.notices.service import issue
from tests.architecture.rules import ROOT
from tests.committee.factories import a_pool, declare, draft, seated, sign, vote
from tests.committee.test_challenges import challenge, rule
from tests.factories import an_act, an_organisation, saved
from tests.intake.complaints import a_submission, file
from tests.ledger.logs import sealed, the_key
from tests.notices.cases import published
from workflows.procedure.recompute import DETAILS
from workflows.procedure.states import Action
from workflows.verify.__main__ import verified

PDF = b"%PDF-1.7 as if printed in "


def a_published_decision(time) -> str:
    """The whole way: filed, warned of, referred, drawn, recused, challenged, voted, decided, printed."""
    saved(an_organisation, name="晴川服饰")
    saved(a_pool)
    refund = {"kind": "refund", "amount": {"amount_minor": 19900, "currency": "CNY"}}
    case = file(a_submission(remedies_sought=[refund])).case
    time.go(hours=24)
    with transaction():
        for clock in case_to_work(case.id).clocks:
            fire(clock.id, act=an_act())
    with transaction():
        advance(case_to_work(case.id), Action.REFER, act=an_act())
    time.go(minutes=5)
    declare(case, seated(case)[1], "conflict", "My sister works there.")
    rule(case, "upheld", n=challenge(case, 3).n)
    people = seated(case)
    for person in people:
        declare(case, person)
    vote(case, people[2], "reject")
    for person in (people[2], *people[:2]):
        time.go(minutes=7)
        vote(case, person)
    draft(case)
    sign(case, people[0])
    with transaction():
        entry = published(case_to_work(case.id))
    with transaction():
        for notice in by_number(entry.number).notices:
            issue(notice.id, PDF + f"{notice.edition} {notice.language}".encode(), by="a test", at=an_act().at)
    sealed()
    return entry.number


@pytest.fixture
def package(client, time):
    """The package of a published decision, unpacked."""
    number = a_published_decision(time)
    answer = client.get(f"/en/decisions/{number}.zip")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def checked(parts: dict[str, bytes], folder: Path, **options) -> list[str]:
    """What the program says is wrong."""
    for name, content in parts.items():
        (folder / name).write_bytes(content)
    return [line for holds, line in verified(folder, **options) if not holds]


def test_a_package_holds_and_says_what_was_checked(package, tmp_path):
    assert checked(package, tmp_path, key=str(the_key())) == []
    said = [line for _, line in verified(tmp_path)]
    assert {"publication", "draw", "votes", "clocks", "files"} <= set(said)
    assert sorted(package)[:3] == ["D2026-1-en.pdf", "D2026-1-zh-hans.pdf", "D2026-1-zh-hant.pdf"]


def test_the_program_runs_by_itself_without_flask_database_or_network(package, tmp_path):
    file = tmp_path / "D2026-1.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in package.items():
            archive.writestr(name, content)
    code = (
        "import sys, socket, runpy; socket.socket = None\n"
        f"sys.argv = ['verify', {str(file)!r}]\n"
        "try: runpy.run_module('workflows.verify', run_name='__main__')\n"
        "except SystemExit as end: status = end.code\n"
        "loaded = [m for m in ('flask', 'sqlalchemy', 'app', 'redis', 'pydantic') if m in sys.modules]\n"
        "print(status, loaded)"
    )

    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert said.splitlines()[-1] == "0 []", said


def opened_value(package, kind: str, name: str) -> tuple[dict, dict, int]:
    """The content of a package, the part of its first record of `kind` that opens `name`, and its entry."""
    content = json.loads(package["bundle.json"])
    record = next(r for r in content["records"] if r["kind"] == kind and "text" in r["opening"].get(name, {}))
    return content, record["opening"][name], record["index"]


@pytest.mark.parametrize(
    ("kind", "name", "new"),
    [
        ("vote", "choice", '"abstain"'), ("draw", "candidates", "[]"), ("seat", "user_id", "99999"),
        ("publication", "account", "{}"), ("act", "at", '"2026-09-01T04:00:01+00:00"'), ("effect", "level", "9"),
        ("decision", "outcome", '"for_respondent"'), ("notice", "pdf_sha256", f'"{"0" * 64}"'),
    ],
)  # fmt: skip
def test_a_value_that_was_changed_is_found_and_named(package, tmp_path, kind, name, new):
    content, part, index = opened_value(package, kind, name)
    part["text"] = new

    found = checked(package | {"bundle.json": json.dumps(content).encode()}, tmp_path)

    assert f"records: {kind} (entry {index}) is not what was entered in the log" in found


def test_one_changed_byte_in_a_clock_is_found_by_the_clock_too(package, tmp_path):
    content, part, _ = opened_value(package, "publication", "account")
    account = json.loads(part["text"])
    account["clocks"][0]["due_at"] = account["clocks"][0]["due_at"].replace("T06:", "T07:")
    part["text"] = json.dumps(account)

    found = checked(package | {"bundle.json": json.dumps(content).encode()}, tmp_path)

    assert any(line.startswith("clocks: clock emergency_start 1, due_at: ") for line in found), found


def test_one_changed_byte_in_a_vote_is_found_by_the_tally_too(package, tmp_path):
    content = json.loads(package["bundle.json"])
    for record in content["records"]:
        if record["kind"] == "vote":
            record["opening"]["choice"]["text"] = '"partly"'

    found = checked(package | {"bundle.json": json.dumps(content).encode()}, tmp_path)

    assert "votes: the votes come to partly, decided was for_consumer" in found


def test_one_changed_byte_in_the_draw_is_found_by_the_lots_too(package, tmp_path):
    content, part, index = opened_value(package, "seat", "user_id")
    part["text"] = "999"

    found = checked(package | {"bundle.json": json.dumps(content).encode()}, tmp_path)

    assert f"draw: seat (entry {index}): place 1 was not drawn for 999" in found


def test_another_seed_is_no_seed(package, tmp_path):
    content = json.loads(package["bundle.json"])
    content["seeds"][0]["checkpoint"] = content["checkpoint"].replace("\n\n", "0\n\n", 1)

    found = checked(package | {"bundle.json": json.dumps(content).encode()}, tmp_path)

    assert any("the checkpoint that gives the seed is not good" in line for line in found), found


@pytest.mark.parametrize("name", ["D2026-1-en.pdf", "D2026-1-zh-hans.pdf", "D2026-1-zh-hant.pdf"])
def test_one_changed_byte_in_a_file_is_found_and_named(package, tmp_path, name):
    altered = bytes([package[name][0] ^ 1]) + package[name][1:]

    assert checked(package | {name: altered}, tmp_path) == [f"files: {name} is not the file that was published"]


def test_files_that_changed_places_are_found(package, tmp_path):
    one, other = "D2026-1-en.pdf", "D2026-1-zh-hans.pdf"

    found = checked(package | {one: package[other], other: package[one]}, tmp_path)

    assert len(found) == 2


def test_a_record_left_out_is_missed(package, tmp_path):
    content = json.loads(package["bundle.json"])
    content["records"] = [each for each in content["records"] if each["kind"] != "vote"]

    found = checked(package | {"bundle.json": json.dumps(content).encode()}, tmp_path)

    assert any(line.startswith("votes: 6 votes were counted, 0 are here") for line in found), found


def test_another_key_is_another_log(package, tmp_path):
    from workflows.verify.notes import LOG_KEY, Signer

    assert checked(package, tmp_path, key=str(Signer.new("desk.test/ledger", LOG_KEY).key)) != []


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"key": 1}', b"[" * 5000])
def test_what_is_no_package_is_refused_in_words(package, tmp_path, content):
    [line] = checked(package | {"bundle.json": content}, tmp_path)

    assert "bundle.json" in line or "key" in line


def test_a_zip_with_a_flipped_byte_is_refused_with_the_part_named(package, tmp_path):
    file = tmp_path / "x.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("D2026-1-en.pdf", package["D2026-1-en.pdf"])
    raw = bytearray(file.read_bytes())
    raw[raw.index(PDF) + 3] ^= 1
    file.write_bytes(raw)

    assert next(line for holds, line in verified(file) if not holds).startswith("D2026-1-en.pdf was altered")


def test_a_package_tells_no_name_no_reason_and_not_whose_vote_it_is(package):
    text = package["bundle.json"].decode()
    content = json.loads(text)
    names = [
        *(party.name for party in session().scalars(select(Party))),
        *session().scalars(select(User.name)),
        "Because of",
        "My sister",
    ]

    assert [name for name in names if name and name in text] == []
    votes = [each["opening"] for each in content["records"] if each["kind"] == "vote"]
    assert all("hash" in vote["user_id"] and "hash" in vote["reason"] for vote in votes)
    seats = [each["opening"] for each in content["records"] if each["kind"] == "seat"]
    assert sum("text" in seat["ballot"] for seat in seats) == 1  # the chair's, which breaks a tie


def test_a_package_is_the_same_after_the_person_was_erased(client, package, tmp_path):
    [entry] = session().scalars(select(Party)).all()
    with transaction():
        forget([about(entry.case_id)], act=an_act())
    sealed()

    answer = client.get("/en/decisions/D2026-1.zip")

    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert checked(parts, tmp_path) == []
    records = [[{**each, "proof": []} for each in json.loads(p["bundle.json"])["records"]] for p in (package, parts)]
    assert records[0] == records[1]


def test_whatever_clocks_depend_on_is_opened():
    source = (ROOT / "workflows/procedure/recompute.py").read_text()
    read = set(re.findall(r'detail(?:\[|\.get\()"(\w+)"', source))

    assert read - {"offer", "by"} == set(DETAILS)


def test_until_all_of_it_is_signed_there_is_no_package(client, time):
    number = a_published_decision(time)
    with transaction():
        session().execute(delete(LedgerCheckpoint))

    assert client.get(f"/en/decisions/{number}.zip").status_code == 503

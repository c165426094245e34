"""The log over the API and on its pages: anybody can check it, and it tells nothing of anybody."""

import pytest
from sqlalchemy import select

from app.cases.models import CaseEvent
from app.core.db import session, transaction
from app.ledger import service
from tests.factories import a_case, saved
from tests.ledger.logs import sealed, the_key
from workflows.verify.merkle import extends, includes
from workflows.verify.notes import Key, opened

API = "/api/v1/ledger"


@pytest.fixture
def log(app):
    """A log of a few cases, sealed in two turns; returns the first checkpoint."""
    saved(a_case)
    sealed()
    before = opened(app.test_client().get(f"{API}/checkpoint").text, the_key())
    saved(a_case, narrative="林小雨的私事")
    saved(a_case)
    sealed()
    return before


def test_the_checkpoint_is_a_note_signed_by_the_key_that_stands_beside_it(client, log):
    answer = client.get(f"{API}/checkpoint")

    checkpoint = opened(answer.text, Key.read(answer.headers["X-Log-Key"]))
    assert answer.content_type == "text/plain; charset=utf-8"
    assert checkpoint.size > log.size
    assert checkpoint.origin == "desk.test/ledger"


def test_whoever_follows_the_pages_has_the_whole_log_and_can_prove_every_entry(client, log):
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{API}/entries?limit=2" + (f"&cursor={cursor}" if cursor else "")).json
        found += page["items"]
        cursor = page["next"]

    newest = opened(client.get(f"{API}/checkpoint").text, the_key())
    assert [each["index"] for each in found] == list(range(newest.size))
    for each in found:
        answer = client.get(f"{API}/proof?index={each['index']}").json
        proof = [bytes.fromhex(hash_) for hash_ in answer["proof"]]
        assert opened(answer["checkpoint"], the_key()) == newest
        assert includes(bytes.fromhex(each["leaf_hash"]), each["index"], answer["size"], proof, newest.root)


def test_whoever_remembers_a_checkpoint_can_prove_that_the_log_only_grew(client, log):
    answer = client.get(f"{API}/proof?old={log.size}").json

    newest = opened(answer["checkpoint"], the_key())
    proof = [bytes.fromhex(each) for each in answer["proof"]]
    assert extends(log.size, log.root, newest.size, newest.root, proof)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("index=0&old=0", 422), ("", 422), ("index=-1", 422), ("index=%D9%A1", 422), ("index=1_0", 422),
        ("index=99999", 404), ("index=0&size=0", 404), ("index=3&size=2", 404), ("old=1&size=99999", 404),
        ("old=3&size=2", 404), ("index=0&what=1", 422),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused(client, log, query, status):
    assert client.get(f"{API}/proof?{query}").status_code == status


def test_before_the_first_checkpoint_there_is_none(client):
    assert client.get(f"{API}/checkpoint").status_code == 404
    assert client.get(f"{API}/proof?index=0").status_code == 404
    assert client.get(f"{API}/entries").json == {"items": [], "next": None}
    assert client.get("/en/ledger").status_code == 200


def test_the_log_tells_nothing_of_anybody(client, log):
    everything = client.get(f"{API}/entries?limit=200").text + client.get("/en/ledger/0").text

    assert "林小雨" not in everything
    assert "Sealed" in client.get("/en/ledger/0").text
    assert all(set(item) == {"index", "commitment", "leaf_hash"} for item in client.get(f"{API}/entries").json["items"])


def test_what_was_shown_of_an_entry_stands_on_its_page(client, log):
    with transaction():
        act = session().scalars(select(CaseEvent).order_by(CaseEvent.id)).first()
        service.show(service.entry_of(act), act, {"action"})

    page = client.get("/zh-hans/ledger/0").text

    assert "<code>action</code>" in page
    assert "triage" in page
    assert "user_id" not in page


@pytest.mark.parametrize(
    ("typed", "to"),
    [
        ("0", "/en/ledger/0"), ("D2026-1", "/decisions/D2026-1"), ("d2026-1", "/decisions/D2026-1"),
        ("7F3K-92QD-M2XB", "/v/7F3K-92QD-M2XB"),
    ],
)  # fmt: skip
def test_the_box_leads_to_what_was_typed(client, log, typed, to):
    answer = client.get("/en/ledger", query_string={"q": typed})

    assert (answer.status_code, answer.headers["Location"]) == (303, to)


def test_a_commitment_leads_to_its_entry(client, log):
    commitment = client.get(f"{API}/entries?start=1&limit=1").json["items"][0]["commitment"]

    assert client.get(f"/en/ledger?q={commitment}").headers["Location"] == "/en/ledger/1"


@pytest.mark.parametrize("typed", ["99999", "f" * 64, "nothing of ours", "H2026-000123-7", "١"])
def test_what_is_not_there_is_told_on_the_same_page(client, log, typed):
    answer = client.get("/en/ledger", query_string={"q": typed})

    assert answer.status_code == 200
    assert "opens nothing here" in answer.text if typed.startswith("H") else "Nothing in the record" in answer.text

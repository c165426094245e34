"""A witness of its own signs what only grew, refuses what was cut or has two faces, and is let in by its key alone."""

import json
import urllib.error

import pytest

from app.core.db import session, transaction
from app.ledger import keys, queries
from app.ledger.models import LedgerCheckpoint
from tests.factories import a_case, saved
from tests.ledger.logs import a_signer, sealed, the_key
from workflows.verify.__main__ import Witnesses
from workflows.verify.notes import WITNESS_KEY, Checkpoint, Key, Note, Signer, opened
from workflows.verify.witness import Folder, Refused, turn

API = "/api/v1"
AT = 1_790_000_000


@pytest.fixture
def call(client):
    """How a witness asks: over HTTP and nothing else."""

    def ask(path: str, body):
        answer = client.post(f"{API}{path}", json=body) if body is not None else client.get(f"{API}{path}")
        if answer.status_code != 200:
            raise urllib.error.HTTPError(path, answer.status_code, answer.text, None, None)
        return answer.text, answer.headers.get("X-Log-Key", "")

    return ask


def a_witness(tmp_path, name="one", *, trusted=True) -> tuple[Folder, Signer]:
    folder = Folder(tmp_path / name)
    signer = folder.signer(name)
    if trusted:
        place = keys.folder() / "witnesses.txt"
        place.write_text((place.read_text() if place.exists() else "") + f"{signer.key}\n")
    return folder, signer


@pytest.fixture
def log(app):
    (keys.folder() / "witnesses.txt").unlink(missing_ok=True)
    saved(a_case)
    sealed()
    yield
    (keys.folder() / "witnesses.txt").unlink(missing_ok=True)


def test_what_only_grew_is_cosigned_served_and_shown(client, call, log, tmp_path):
    folder, signer = a_witness(tmp_path)

    turn(call, folder, signer, seconds=AT)
    saved(a_case)
    sealed()
    turn(call, folder, signer, seconds=AT + 10)

    note = client.get(f"{API}/ledger/checkpoint?witnesses=1").text
    assert opened(note, the_key()).size == queries.latest().size
    assert signer.key.signs(Note.read(note))
    assert (tmp_path / "one" / "witness.key").stat().st_mode & 0o777 == 0o600
    page = client.get("/en/ledger").text
    assert "Seen by witnesses" in page
    assert str(signer.key).replace("+", "&#43;") in page or str(signer.key) in page


def test_witnesses_sign_the_same_note_and_a_verifier_can_ask_for_all_of_them(client, call, log, tmp_path):
    first, second = a_witness(tmp_path, "one"), a_witness(tmp_path, "two")
    turn(call, *first, seconds=AT)
    saved(a_case)
    sealed()  # a newer one is there, but the other witness signed the older

    turn(call, *second, seconds=AT + 5)

    note = client.get(f"{API}/ledger/checkpoint?witnesses=2").text
    known = [signer.key for _, signer in (first, second)]
    assert [holds for holds, _ in Witnesses(known, 2).check([note])] == [True]
    stranger = Signer.new("stranger", WITNESS_KEY).key
    assert [holds for holds, _ in Witnesses([known[0], stranger], 2).check([note])] == [False]


def two_faces(row: LedgerCheckpoint) -> None:
    """Sign another root over as many entries, as an operator would who shows two people two logs."""
    signer, root = a_signer(), bytes(32)
    body = Checkpoint(signer.name, row.size, root).body
    row.root, row.note, row.cosigned, row.witnesses = root, f"{body}\n{signer.line(body)}", None, 0


def cut(row: LedgerCheckpoint) -> None:
    """Put an older state of the log in the place of the newest."""
    signer = a_signer()
    body = Checkpoint(signer.name, row.size - 1, row.root).body
    row.size, row.note, row.cosigned, row.witnesses = row.size - 1, f"{body}\n{signer.line(body)}", None, 0


def rewritten(row: LedgerCheckpoint) -> None:
    """Grow, but from another beginning."""
    two_faces(row)
    body = Checkpoint(a_signer().name, row.size + 1, bytes(32)).body
    row.size, row.note = row.size + 1, f"{body}\n{a_signer().line(body)}"


@pytest.mark.parametrize("fraud", [two_faces, cut, rewritten])
def test_a_log_that_was_cut_or_has_two_faces_gets_no_signature(call, log, tmp_path, fraud, monkeypatch):
    folder, signer = a_witness(tmp_path)
    turn(call, folder, signer, seconds=AT)
    remembered = folder.read("last.note")
    with transaction():
        for row in queries.checkpoints()[:-1]:
            session().delete(row)
        fraud(queries.latest())
    monkeypatch.setattr(queries, "consistency", lambda old, new: [bytes(32)])  # it answers, but proves nothing

    with pytest.raises(Refused):
        turn(call, folder, signer, seconds=AT + 10)

    assert queries.latest(witnesses=1) is None
    assert folder.read("last.note") == remembered  # it goes on refusing
    assert folder.read("refused.note") == queries.latest().note


def test_only_a_trusted_witness_is_let_in_and_only_with_this_logs_checkpoint(client, call, log, tmp_path):
    folder, signer = a_witness(tmp_path, "stranger", trusted=False)
    with pytest.raises(urllib.error.HTTPError) as refused:
        turn(call, folder, signer, seconds=AT)
    _, trusted = a_witness(tmp_path, "one")
    note = queries.latest().note
    body = Note.read(note).body
    forged = note.replace("\n\n", "\n\n", 1).replace(body.splitlines()[1], "99", 1)

    def status(text: str) -> int:
        return client.post(f"{API}/ledger/cosignatures", json={"note": text}).status_code

    assert refused.value.code == 403
    assert status(forged + trusted.line(body, seconds=AT)) == 422
    assert status(note) == 403
    assert status(note + trusted.line(body + "x", seconds=AT)) == 403
    assert status("nothing") == 422
    good = note + trusted.line(body, seconds=AT)
    assert status(good) == 200
    again = client.post(f"{API}/ledger/cosignatures", json={"note": good}).text
    assert json.loads(again) == {"size": queries.latest().size, "witnesses": 1}


def test_the_logs_key_of_the_first_look_is_kept(call, log, tmp_path):
    folder, signer = a_witness(tmp_path)
    turn(call, folder, signer, seconds=AT)
    assert Key.read(folder.read("log.pub")) == the_key()

    folder.keep("log.pub", f"{Signer.new(the_key().name, 1).key}\n")

    with pytest.raises(ValueError, match="signature is not good"):
        turn(call, folder, signer, seconds=AT)

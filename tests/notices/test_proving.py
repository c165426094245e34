"""A notice carries its own proof: from the file alone anybody sees that the log knows of it and nothing was changed."""

import io
import subprocess
import sys

import pikepdf
import pytest
from sqlalchemy import select

from app.core import outbox
from app.core.db import session
from app.core.storage import store
from app.ledger.service import forget
from app.notices import authority, queries, service
from app.notices.facts import NoticeLanguage
from app.notices.models import Edition, Notice
from tests.architecture.rules import ROOT
from tests.factories import an_act, saved
from tests.ledger.logs import sealed, the_key
from tests.notices.cases import a_decided_case, published
from workflows.jobs import tasks
from workflows.verify.__main__ import verified
from workflows.verify.paper import PROOF


@pytest.fixture
def pdf(app, press, keys, monkeypatch, time) -> bytes:
    """The public edition of a published decision, printed and signed after the notary has signed."""
    monkeypatch.setattr(service, "render", press.render)
    monkeypatch.setattr(tasks, "application", lambda: app)
    monkeypatch.setattr(authority, "folder", lambda: keys)
    sealed()
    entry = saved(published, saved(a_decided_case))
    notice = queries.edition_of(entry, Edition.PUBLIC, NoticeLanguage.ENGLISH)
    with pytest.raises(outbox.Later):
        tasks.issue_notice(notice.id)
    sealed()
    tasks.issue_notice(notice.id)
    return store().read(queries.notice(notice.id).pdf_ref)


def wrong(pdf: bytes, tmp_path, **options) -> list[str]:
    """Return what the program says is wrong with a notice."""
    file = tmp_path / "notice.pdf"
    file.write_bytes(pdf)
    return [line for holds, line in verified(file, **options) if not holds]


def test_it_is_checked_offline_with_the_logs_key(pdf, tmp_path):
    assert wrong(pdf, tmp_path, key=str(the_key())) == []
    code = "import socket, runpy; socket.socket.connect = None; "
    code += "runpy.run_module('workflows.verify', run_name='__main__')"
    command = [sys.executable, "-c", code, str(tmp_path / "notice.pdf")]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "is about notice" in done.stdout
    assert len(pdf) <= 120_000


@pytest.mark.parametrize("where", [b"/MediaBox", b"stream\n", b"%PDF-1."])
def test_one_changed_byte_is_found(pdf, tmp_path, where):
    altered = bytearray(pdf)
    altered[altered.index(where) + len(where)] ^= 1

    assert wrong(bytes(altered), tmp_path)


def test_another_key_is_another_log(pdf, tmp_path):
    from workflows.verify.notes import LOG_KEY, Signer

    assert wrong(pdf, tmp_path, key=str(Signer.new("localhost/ledger", LOG_KEY).key))


@pytest.mark.parametrize(("was", "becomes"), [('"index": ', '"index": 1'), ("D", "E")])
def test_a_proof_or_data_put_in_its_place_proves_nothing(pdf, tmp_path, was, becomes):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        name = PROOF if "index" in was else "notice.json"
        file = document.attachments[name].get_file()
        document.Root.AF[0 if name != PROOF else 1].EF.F.write(
            file.read_bytes().decode().replace(was, becomes, 1).encode()
        )
        document.save(changed := io.BytesIO())

    said = wrong(changed.getvalue(), tmp_path)

    assert any("entry" in line or "what it says" in line for line in said)
    assert any("signature" in line for line in said)


def test_the_same_facts_and_proof_give_the_same_bytes(app, press, pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        proof = document.attachments[PROOF].get_file().read_bytes()
    facts = next(each for each in all_notices() if each.pdf_sha256).facts

    assert press.render(facts, proof) == press.render(facts, proof)
    assert pdf.startswith(press.render(facts, proof))


def test_without_a_checkpoint_in_its_time_it_is_printed_without_proof(app, press, keys, monkeypatch, time):
    monkeypatch.setattr(service, "render", press.render)
    monkeypatch.setattr(tasks, "application", lambda: app)
    monkeypatch.setattr(authority, "folder", lambda: keys)
    sealed()
    entry = saved(published, saved(a_decided_case))
    time.go(minutes=1)

    tasks.issue_notice(entry.notices[0].id)

    done = store().read(queries.notice(entry.notices[0].id).pdf_ref)
    with pikepdf.open(io.BytesIO(done)) as document:
        assert list(document.attachments) == ["notice.json"]


def test_it_holds_after_the_salts_of_its_case_were_destroyed(pdf, tmp_path):
    case_id = next(each.case_id for each in all_notices())
    saved(forget, [f"case/{case_id}"], act=an_act())
    sealed()

    assert wrong(pdf, tmp_path, key=str(the_key())) == []


def all_notices() -> list[Notice]:
    return list(session().scalars(select(Notice)))

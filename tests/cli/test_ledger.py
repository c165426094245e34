"""`flask ledger verify|export`: what is sound passes, what was altered fails with the index of its entry."""

import json
import zipfile

import pytest
from sqlalchemy import text

from app import cli
from app.core.db import session, transaction
from app.ledger.models import LedgerEntry
from tests.factories import a_case, saved
from tests.ledger.logs import sealed


@pytest.fixture
def run(app):
    if "ledger" not in app.cli.commands:
        cli.install(app)
    saved(a_case)
    saved(a_case)
    sealed()
    return app.test_cli_runner().invoke


def test_a_sound_record_passes_and_an_altered_one_fails_with_its_index(app, run):
    assert run(args=["ledger", "verify"]).exit_code == 0
    entry = session().query(LedgerEntry).order_by(LedgerEntry.position).all()[1]
    with transaction():
        session().execute(text("UPDATE case_events SET clause = '1.2.1' WHERE id = :id"), {"id": entry.record_id})

    failed = run(args=["ledger", "verify"])

    assert failed.exit_code == 1
    assert "FAIL  entry 1: act" in failed.output


def test_a_copy_of_the_log_can_be_checked_elsewhere(app, run, tmp_path):
    copy = tmp_path / "log.zip"

    assert run(args=["ledger", "export", str(copy)]).exit_code == 0
    assert run(args=["ledger", "verify", str(copy)]).exit_code == 0

    with zipfile.ZipFile(copy) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["entries.bin"] = parts["entries.bin"][:32] + bytes(32) + parts["entries.bin"][64:]
    with zipfile.ZipFile(copy, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    failed = run(args=["ledger", "verify", str(copy)])
    assert failed.exit_code == 1
    assert "FAIL  entry 1: it does not fit its hash" in failed.output
    assert json.loads(parts["log.json"])["format"] == "heng-log/1"


def test_whoever_kept_a_checkpoint_finds_a_log_that_was_rolled_back(app, client, run, tmp_path):
    old, kept = tmp_path / "old.zip", tmp_path / "kept.note"
    run(args=["ledger", "export", str(old)])
    saved(a_case)
    sealed()
    kept.write_text(client.get("/api/v1/ledger/checkpoint").text, encoding="utf-8")

    failed = run(args=["ledger", "verify", str(old), "--known", str(kept)])

    assert failed.exit_code == 1
    assert "the log was cut" in failed.output


def test_there_is_no_package_of_what_was_not_published(app, run, tmp_path):
    refused = run(args=["ledger", "export", str(tmp_path / "x.zip"), "--decision", "D2026-9"])

    assert refused.exit_code == 1
    assert "Nothing was published as D2026-9" in refused.output

"""Every act is committed to in its own transaction, gets its place later, and whatever is altered is found."""

import json
import threading
from contextlib import suppress
from itertools import pairwise

import pytest
from sqlalchemy import select, text, update

from app.cases.models import CaseEvent, ClockEffect
from app.cases.queries import case_to_work
from app.cases.recording import about
from app.cases.service import advance
from app.cases.service_clocks import fire
from app.core.db import session, transaction
from app.ledger import checking, keys, notary, queries, service
from app.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerTile
from app.ledger.notary import Refused, next_batch
from tests.factories import a_case, an_act, saved
from tests.ledger.logs import a_signer, sealed, sealed_singly, the_key
from workflows.jobs.notary import remembered, turn
from workflows.procedure.states import Action
from workflows.verify.commitments import commit, commitment_of, open_some, values_of
from workflows.verify.merkle import extends, includes, leaf_hash
from workflows.verify.notes import opened


def entries() -> list[LedgerEntry]:
    session().rollback()
    return list(session().scalars(select(LedgerEntry).order_by(LedgerEntry.id)))


def faults() -> list[str]:
    session().rollback()
    session().expire_all()
    return [str(fault) for fault in checking.check(the_key())]


def test_each_act_is_committed_to_in_its_own_transaction_and_waits_for_its_place(app):
    case = saved(a_case)

    acts = session().scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)).all()
    kept = entries()

    assert [(e.kind, e.record_id, e.subject) for e in kept] == [("act", act.id, about(case.id)) for act in acts]
    assert all(entry.position is None and len(entry.commitment) == 32 for entry in kept)


def test_what_is_rolled_back_leaves_no_entry(app):
    case = saved(a_case)
    before = len(entries())

    with suppress(RuntimeError), transaction():
        advance(case_to_work(case.id), Action.REPLY, act=an_act(), branch="other")
        raise RuntimeError

    with transaction():
        pass
    assert len(entries()) == before


def test_what_a_clock_does_is_committed_to_with_the_act(app, time):
    case = saved(a_case)
    time.go(hours=1, seconds=1)

    with transaction():
        assert fire(case_to_work(case.id).clocks[0].id, act=an_act())

    assert [entry.kind for entry in entries()][-2:] == ["effect", "act"]
    assert session().scalars(select(ClockEffect)).one()


def test_many_acts_of_one_transaction_cost_one_statement(app, count_queries):
    case = saved(a_case)

    with count_queries() as statements, transaction():
        work = case_to_work(case.id)
        for _ in range(5):
            advance(work, Action.REPLY, act=an_act(), branch="other")

    assert sum("ledger" in statement for statement in statements) == 1


def test_the_notary_gives_places_without_gap_and_signs_what_it_gave(app):
    for _ in range(3):
        saved(a_case)

    batch = sealed()

    newest = opened(queries.latest().note, the_key())
    assert (newest.size, newest.root) == (batch.size, batch.root) == (len(entries()), queries.latest().root)
    assert [entry.position for entry in entries()] == list(range(batch.size))
    for entry in entries():
        proof = queries.inclusion(entry.position, newest.size)
        assert includes(leaf_hash(entry.commitment), entry.position, newest.size, proof, newest.root)
    assert faults() == []


def test_a_log_over_many_tiles_proves_as_one_over_few(app):
    signer = a_signer()
    with transaction():
        rows = [
            {"kind": "act", "record_id": n, "subject": "x", "salt": b"s", "commitment": n.to_bytes(32, "big"),
             "queued_at": an_act().at} for n in range(700)
        ]  # fmt: skip
        session().execute(LedgerEntry.__table__.insert(), rows)
    sizes = []
    while True:
        batch = next_batch(limit=233)
        if not batch.entries:
            break
        with transaction():
            notary.seal(batch, notary.signed(batch, signer, at=an_act().at), at=an_act().at)
        sizes.append(batch.size)

    assert sizes == [233, 466, 699, 700]
    roots = {checkpoint.size: checkpoint.root for checkpoint in queries.checkpoints()}
    for old, new in pairwise(sizes):
        assert extends(old, roots[old], new, roots[new], queries.consistency(old, new))
    for index in (0, 255, 256, 511, 699):
        proof = queries.inclusion(index, 700)
        assert includes(leaf_hash(index.to_bytes(32, "big")), index, 700, proof, roots[700])
        assert len(proof) <= 10


def test_a_log_that_stands_still_is_signed_again_within_a_minute(app, time):
    saved(a_case)
    sealed()
    first = queries.latest().note

    time.go(seconds=29)
    assert sealed() is None
    time.go(seconds=1)
    sealed()

    assert len(queries.checkpoints()) == 1
    assert queries.latest().note != first
    assert opened(queries.latest().note, the_key()).extensions == ("time 2026-09-01T04:00:30+00:00",)


def test_a_notary_killed_before_its_commit_leaves_nothing_and_the_next_goes_on(app):
    saved(a_case)
    signer, batch = a_signer(), next_batch()

    with suppress(KeyboardInterrupt), transaction():
        notary.seal(batch, notary.signed(batch, signer, at=an_act().at), at=an_act().at)
        raise KeyboardInterrupt

    assert queries.latest() is None
    assert session().scalars(select(LedgerTile)).all() == []
    assert sealed().size == batch.size
    assert faults() == []


def test_of_two_notaries_one_seals(app):
    saved(a_case)
    signer, first, second = a_signer(), next_batch(), next_batch()

    with transaction():
        assert notary.seal(first, notary.signed(first, signer, at=an_act().at), at=an_act().at)
    with transaction():
        assert not notary.seal(second, notary.signed(second, signer, at=an_act().at), at=an_act().at)

    assert faults() == []


def test_a_hundred_writers_at_once_leave_no_gap_and_no_double(app):
    case_id = saved(a_case).id
    before = len(entries())

    def act() -> None:
        with app.app_context(), transaction():
            advance(case_to_work(case_id), Action.REPLY, act=an_act(), branch="other")

    writers = [threading.Thread(target=act) for _ in range(100)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    sealed()

    assert [entry.position for entry in entries()] == list(range(before + 100))
    assert faults() == []


def test_the_notary_signs_nothing_more_once_the_log_was_rolled_back(app, tmp_path):
    memory, signer = tmp_path / "last.note", a_signer()
    saved(a_case)
    before = turn(signer, memory)
    saved(a_case)
    turn(signer, memory)
    known = remembered(memory)

    with transaction():
        for table, column in (("ledger_checkpoints", "size >"), ("ledger_entries", "position >=")):
            session().execute(text(f"DELETE FROM {table} WHERE {column} :size"), {"size": before.size})

    with pytest.raises(Refused):
        turn(signer, memory)
    assert str(checking.check(the_key(), known=[known])[0]).startswith(f"entry {before.size}: ")


def test_the_secret_key_is_for_its_owner_only(app):
    a_signer()

    assert app.config["HENG"].ledger_key_file.stat().st_mode & 0o777 == 0o600
    assert keys.public() == str(the_key())
    assert "PRIVATE" not in (keys.folder() / "notary.pub").read_text()


# --- what was altered is found ---------------------------------------------------------------------------------------

ALTERED = {
    "an act": ("UPDATE case_events SET side = 'desk' WHERE id = :row", "altered"),
    "what an act says": ("UPDATE case_events SET clause = '1.2.1' WHERE id = :row", "altered"),
    "an act taken away": ("DELETE FROM case_events WHERE id = :row", "taken away"),
    "a commitment": ("UPDATE ledger_entries SET commitment = :bytes WHERE record_id = :row", "does not fit its hash"),
    "a salt": ("UPDATE ledger_entries SET salt = :bytes WHERE record_id = :row", "altered"),
    "a salt that vanished": (
        "UPDATE ledger_entries SET salt = NULL, forgotten_at = queued_at WHERE record_id = :row", "gone unsaid",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTERED)
def test_what_was_altered_by_hand_is_found_with_the_index_of_its_entry(app, what):
    saved(a_case)
    saved(a_case)
    sealed()
    entry = entries()[1]
    statement, told = ALTERED[what]
    values = {"row": entry.record_id, "bytes": b"\1" * 32}
    with transaction():
        session().execute(text(statement), {k: v for k, v in values.items() if f":{k}" in statement})

    found = faults()

    assert found
    assert found[0].startswith("entry 1: ")
    assert told in found[0]


def test_an_act_slipped_in_by_hand_is_found(app):
    case = saved(a_case)
    sealed()
    copied = "seq + 50, at, action, branch, side, user_id, from_state, to_state, clause, audience, walled, detail_kept"
    columns = copied.replace("seq + 50", "seq")
    with transaction():
        session().execute(
            text(
                f"INSERT INTO case_events (case_id, {columns}) SELECT case_id, {copied} FROM case_events WHERE seq = 1"
            ),
        )

    assert any("slipped in" in fault for fault in faults()), case


def test_a_tile_that_was_altered_is_found(app):
    saved(a_case)
    sealed()
    with transaction():
        tile = session().scalars(select(LedgerTile)).one()
        tile.hashes = tile.hashes[:32] + bytes(32) + tile.hashes[64:]

    assert faults()[0].startswith("entry 1: it does not fit its hash")


# --- showing and forgetting ------------------------------------------------------------------------------------------


def test_single_values_are_opened_and_the_others_stay_closed():
    values = {"choice": "uphold", "reason": "林小雨 said so", "n": 1}
    salt = b"0123456789abcdef"

    opening = open_some(salt, values, {"choice"})

    assert commitment_of(opening) == commit(salt, values)
    assert values_of(opening) == {"choice": "uphold"}
    assert "林" not in json.dumps(opening, ensure_ascii=False)


def test_the_order_of_keys_does_not_matter_and_the_form_of_a_number_does():
    salt = b"0123456789abcdef"

    assert commit(salt, {"a": {"x": 1, "y": 2}, "b": 1}) == commit(salt, {"b": 1, "a": {"y": 2, "x": 1}})
    assert commit(salt, {"a": 1.0}) != commit(salt, {"a": 1})
    assert commit(salt, {"a": "é"}) != commit(salt, {"a": "e\N{COMBINING ACUTE ACCENT}"})


def test_an_opening_is_hashed_as_it_is_written_and_never_written_anew():
    opening = open_some(b"0123456789abcdef", {"a": {"x": 1, "y": 2}}, {"a"})
    good = commitment_of(opening)

    opening["a"]["text"] = '{"y":2,"x":1}'

    assert commitment_of(opening) != good


def test_forgetting_destroys_the_salts_keeps_what_was_shown_and_leaves_everything_valid(app):
    case, other = saved(a_case), saved(a_case)
    with transaction():
        act = session().scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)).first()
        service.show(service.entry_of(act), act, {"action", "at"})
    sealed()
    shown = entries()[0].opening

    with transaction():
        destroyed = service.forget([about(case.id)], act=an_act())
    with transaction():
        session().execute(update(CaseEvent).where(CaseEvent.case_id == case.id).values(detail_kept={}, user_id=None))
    sealed()

    assert destroyed == sum(entry.subject == about(case.id) for entry in entries())
    assert all(entry.salt is None for entry in entries() if entry.subject == about(case.id))
    assert all(entry.salt for entry in entries() if entry.subject == about(other.id))
    assert entries()[0].opening == shown
    assert commitment_of(shown) == entries()[0].commitment
    assert values_of(shown) == {"record": "act", "action": "triage", "at": "2026-09-01T04:00:00+00:00"}
    assert faults() == []


def test_every_checkpoint_of_a_log_signed_entry_by_entry_holds(app):
    saved(a_case)

    size = sealed_singly()

    assert [checkpoint.size for checkpoint in session().scalars(select(LedgerCheckpoint))] == list(range(1, size + 1))
    assert faults() == []

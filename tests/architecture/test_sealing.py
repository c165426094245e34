"""Every column that can hold a text is sealed, or stands here with the reason why it tells nothing of who complains.

A new column fails until somebody thought about it: seal it (`app.core.sealed`), or say below what it holds.
"""

import pytest
from sqlalchemy import JSON, Column, Enum, LargeBinary, MetaData, String, Table, Text

from app.core.db import Base
from app.core.sealed import SealedType

# Keys of the rulebook and of tables, numbers, figures, languages, time zones.
KEYS = {
    "bid_rounds": "opened_by result", "bids": "side", "answers": "position clause",
    "case_events": "branch side clause detail_kept", "challenges": "side grounds language outcome",
    "cases": "number channel language time_zone rulebook_version emergency_plan currency anomaly_claimed anomaly"
             " anomaly_status others close_reason order_kept events_kept sought_kept reading_kept",
    "clock_effects": "effect told", "clocks": "clause figure", "counters": "name",
    "decisions": "number language clauses terms_kept status dissent_ruling", "draft_files": "media_type proves",
    "drafts": "language", "emergency_calls": "plan", "erasure_wishes": "asked_by",
    "evidence": "media_type side proves", "evidence_requests": "side", "fact_statements": "side source",
    "findings": "clause verdict liable limit", "gathered_warnings": "case_number clause time_zone",
    "heartbeats": "name", "hook_deliveries": "message_id type payload last_result", "idempotency_keys": "key",
    "inbound_mail": "source mailbox reason marks", "inspections": "inspected_by packaging damage conclusion exhibits",
    "issues": "subject clause party currency", "ledger_entries": "kind subject", "ledger_forgettings": "subjects",
    "labels": "language anomaly party read_anomaly read_party model_version", "messages": "side reader language",
    "notices": "code", "offer_replies": "side", "offers": "terms_kept clause",
    "outbound_messages": "message_id language case_number attachments", "outbox": "task payload last_error",
    "panel_draws": "candidates seed", "panel_seats": "ballot interest left_because", "parties": "role contact_by",
    "people": "id",
    "penalties": "number cause breach clause decision measure", "previews": "told why_none",
    "remedies": "source kind currency freight_by status",
    "review_requests": "side grounds language outcome",
    "rulebook_amendments": "files version against release changes replay", "rulebook_events": "version",
    "settlement_signatures": "side language method",
    "triage_weights": "version against ground figures changed", "votes": "ballot",
}  # fmt: skip

# Hashes, keyed or of whole contents, and keys under other keys: nobody reads a word out of them.
HASHES = {
    "api_tokens": "token_hash", "bids": "sealed", "case_traces": "trace",
    "cases": "link_hash access_hash original_sha256 person_id", "confirmations": "token_hash",
    "draft_files": "sha256 shared_sha256", "drafts": "token_hash link_hash person_id phone_trace email_trace",
    "erasure_wishes": "person_id", "evidence": "sha256 shared_sha256", "failed_tries": "key",
    "idempotency_keys": "request_sha256",
    "inbound_mail": "person_id raw_sha256 message_id_trace content_sha256 sender_trace",
    "known_browsers": "browser_hash", "ledger_checkpoints": "root note cosigned",
    "ledger_entries": "commitment salt opening", "ledger_tiles": "hashes", "notice_proofs": "code data_sha256 proof",
    "notices": "pdf_sha256", "one_time_codes": "code_hash", "outbound_messages": "person_id address_trace",
    "people": "wrapped reached", "recovery_codes": "code_hash", "rulebook_amendments": "sha256",
    "rulebook_events": "sha256", "sessions": "token_hash",
    "settlement_signatures": "sha256", "shop_facts": "digest", "sign_in_links": "token_hash",
    "spent_challenges": "challenge_hash", "stated_reasons": "about_hash", "triage_weights": "sha256",
}  # fmt: skip

# Of those who work at the desk, on the committee and for companies: what they are called, and why they did what.
STAFF = {
    "api_tokens": "name scopes", "approvals": "act subject reason", "emergency_calls": "reached acknowledged_by",
    "factors": "name secret credential_id", "hook_endpoints": "url salt", "notices": "signed_by",
    "order_keys": "name salt",
    "organisations": "name folded_name email phone language time_zone emergency_contacts contacts_kept_by"
    " licence_number licence_verified_by",
    "organisation_merges": "reason by undone_by undone_because",
    "own_hours": "time_zone begins ends", "pool_members": "expertise ties", "saved_views": "name",
    "security_events": "detail", "sessions": "browser", "stated_reasons": "reason subject", "triage_weights": "reason",
    "users": "email name password_hash roles language",
}  # fmt: skip

# Published, or served to everybody; the leak gate read it before, or it was masked when it came.
PUBLIC = {
    "leak_resolutions": "instead", "open_questions": "digest text language",
    "public_replies": "language text withheld_because",
    "register_entries": "number code month anomaly outcome category amount_band currency account searched reason",
    "register_rules": "clause",
    "staff_answers": "question_hant question_hans question_en answer_hant answer_hans answer_en clauses asked",
}  # fmt: skip

TEXTS = (String, JSON, LargeBinary)


def unsealed(tables):
    """Return the columns of these tables that can hold a text and hold it openly."""
    return {
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.columns
        if isinstance(column.type, TEXTS) and not isinstance(column.type, Enum | SealedType)
    }


LISTED = [
    f"{table}.{column}"
    for names in (KEYS, HASHES, STAFF, PUBLIC)
    for table, columns in names.items()
    for column in columns.split()
]


def test_every_text_is_sealed_or_said_to_tell_nothing_of_who_complains(built_app):
    assert unsealed(Base.metadata.sorted_tables) == set(LISTED)
    assert len(LISTED) == len(set(LISTED))


@pytest.mark.parametrize("kind", [Text(), JSON(), LargeBinary()])
def test_a_new_column_that_nobody_thought_about_fails(kind):
    planted = Table("messages", MetaData(), Column("whisper", kind))

    assert unsealed([planted]) - set(LISTED) == {"messages.whisper"}

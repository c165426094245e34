"""The first tables.

Going back loses everything.
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcInstant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "failed_tries",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_failed_tries")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "ledger_checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, comment="the newest signed note of this size"),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.Column(
            "signed_at", UtcInstant(), nullable=False, comment="when it was last signed: again every half minute"
        ),
        sa.Column("cosigned", sa.Text(), nullable=True, comment="the note of this size that witnesses signed too"),
        sa.Column("witnesses", sa.Integer(), nullable=False, comment="how many did"),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_checkpoints")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="of record: act, effect, draw, vote, …"),
        sa.Column("record_id", sa.Integer(), nullable=False, comment="the row that it commits to"),
        sa.Column("subject", sa.Text(), nullable=False, comment="whose salts are destroyed together: case/12"),
        sa.Column("commitment", sa.LargeBinary(), nullable=False, comment="32 bytes: the leaf of the tree"),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column(
            "opening",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="values shown to anyone; they stay open when the salt is destroyed",
        ),
        sa.Column("queued_at", UtcInstant(), nullable=False),
        sa.Column("forgotten_at", UtcInstant(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True, comment="in the tree, from 0; given by the notary alone"),
        sa.CheckConstraint(
            "salt IS NOT NULL OR forgotten_at IS NOT NULL", name=op.f("ck_ledger_entries_salt_until_forgotten")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("kind", "record_id", name=op.f("uq_ledger_entries_kind_record_id")),
        sa.UniqueConstraint("position", name=op.f("uq_ledger_entries_position")),
    )
    with op.batch_alter_table("ledger_entries") as batch_op:
        batch_op.create_index("ix_ledger_entries_commitment", ["commitment"], unique=False)
        batch_op.create_index("ix_ledger_entries_subject", ["subject"], unique=False)
        batch_op.create_index(
            "ix_ledger_entries_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        )

    op.create_table(
        "ledger_forgettings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_forgettings")),
    )
    op.create_table(
        "ledger_tiles",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "n", name=op.f("pk_ledger_tiles")),
    )
    op.create_table(
        "open_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="of the folded text: the same question is kept once"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_asked_at", UtcInstant(), nullable=False),
        sa.Column("last_asked_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_questions")),
        sa.UniqueConstraint("digest", name=op.f("uq_open_questions_digest")),
    )
    with op.batch_alter_table("open_questions") as batch_op:
        batch_op.create_index("ix_open_questions_asked", ["last_asked_at"], unique=False)

    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "platform",
                "merchant",
                "payment_provider",
                "logistics_company",
                name="partykind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False, comment="for look-up: case and width folded"),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False, comment="in which its contacts keep their hours"),
        sa.Column("emergency_contacts", sa.JSON(), nullable=False),
        sa.Column("contacts_kept_at", UtcInstant(), nullable=True, comment="when the contacts were last looked over"),
        sa.Column("contacts_kept_by", sa.Text(), nullable=True, comment="by whom, by name"),
        sa.Column("licence_number", sa.Text(), nullable=True),
        sa.Column(
            "licence_until", sa.Date(), nullable=True, comment="the last day on which it holds; empty: not known"
        ),
        sa.Column("licence_verified_at", UtcInstant(), nullable=True, comment="when somebody looked at it last"),
        sa.Column("licence_verified_by", sa.Text(), nullable=True, comment="who, by name"),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("closed_at", UtcInstant(), nullable=True),
        sa.Column(
            "merged_into_id",
            sa.Integer(),
            nullable=True,
            comment="the company it counts for since it was merged; closed as long",
        ),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR closed_at IS NOT NULL", name=op.f("ck_organisations_closed_when_merged")
        ),
        sa.ForeignKeyConstraint(["merged_into_id"], ["organisations.id"], name=op.f("fk_organisations_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    with op.batch_alter_table("organisations") as batch_op:
        batch_op.create_index("ix_organisations_kind_name", ["kind", "folded_name"], unique=False)
        batch_op.create_index("ix_organisations_merged_into", ["merged_into_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("available_at", UtcInstant(), nullable=False),
        sa.Column("leased_until", UtcInstant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", UtcInstant(), nullable=True),
        sa.Column("dead_at", UtcInstant(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.create_index(
            "ix_outbox_due",
            ["available_at", "id"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        )
        batch_op.create_index(
            "ix_outbox_given_up",
            ["id"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL AND dead_at IS NOT NULL"),
            postgresql_where=sa.text("done_at IS NULL AND dead_at IS NOT NULL"),
        )

    op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False, comment="random, so that no later person gets it again"),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True, comment="their key, under a master key"),
        sa.Column(
            "reached", sa.LargeBinary(), nullable=True, comment="keyed hash of their telephone number and address"
        ),
        sa.Column("erased_at", UtcInstant(), nullable=True),
        sa.CheckConstraint("(wrapped IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_people_key_until_erased")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    with op.batch_alter_table("people") as batch_op:
        batch_op.create_index("uq_people_reached", ["reached"], unique=True)

    op.create_table(
        "spent_challenges",
        sa.Column("challenge_hash", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_spent_challenges")),
    )
    op.create_table(
        "erasure_wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcInstant(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False, comment="consumer or desk"),
        sa.Column(
            "agreed_at", UtcInstant(), nullable=True, comment="when two people agreed; then only the end is waited for"
        ),
        sa.Column("done_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_erasure_wishes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_wishes")),
    )
    with op.batch_alter_table("erasure_wishes") as batch_op:
        batch_op.create_index(
            "uq_erasure_wishes_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "organisation_merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False, comment="by name"),
        sa.Column("undone_at", UtcInstant(), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_because IS NULL)", name=op.f("ck_organisation_merges_reason_when_undone")
        ),
        sa.ForeignKeyConstraint(["into_id"], ["organisations.id"], name=op.f("fk_organisation_merges_into_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisation_merges_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_merges")),
    )
    with op.batch_alter_table("organisation_merges") as batch_op:
        batch_op.create_index("ix_organisation_merges_organisation", ["organisation_id"], unique=False)

    op.create_table(
        "outbound_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Enum("email", "sms", name="channel", native_enum=False, length=32), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True, comment="whose matter it is about; of the house, if nobody's"),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_trace", sa.LargeBinary(), nullable=False, comment="keyed hash of the address"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column(
            "reply_to", sa.LargeBinary(), nullable=True, comment="the address at which this reader answers in this case"
        ),
        sa.Column(
            "attachments", sa.JSON(), nullable=False, comment="notices that go with it, or papers still to freeze"
        ),
        sa.Column("urgent", sa.Boolean(), nullable=False, comment="a code, an emergency: no cap keeps it waiting"),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("sent_at", UtcInstant(), nullable=True),
        sa.Column("undelivered_at", UtcInstant(), nullable=True, comment="refused, or returned by the reader's server"),
        sa.Column("undelivered_why", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_outbound_messages_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_messages")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbound_messages_message_id")),
    )
    with op.batch_alter_table("outbound_messages") as batch_op:
        batch_op.create_index("ix_outbound_messages_newest", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbound_messages_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_outbound_messages_sent_to", ["address_trace", "sent_at"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="case folded"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("disabled_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_users_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="what it is for; the reason of every look-up made with it"
        ),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=True),
        sa.Column("used_at", UtcInstant(), nullable=True, comment="to within ten minutes"),
        sa.Column("revoked_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    with op.batch_alter_table("api_tokens") as batch_op:
        batch_op.create_index("ix_api_tokens_user", ["user_id"], unique=False)

    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcInstant(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.CheckConstraint("(decided_at IS NULL) = (agreed IS NULL)", name=op.f("ck_approvals_agreed_iff_decided")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_approvals_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_approvals_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    with op.batch_alter_table("approvals") as batch_op:
        batch_op.create_index("ix_approvals_newest", ["asked_at", "id"], unique=False)

    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "triage",
                "answering",
                "mediation",
                "committee",
                "settled",
                "decided",
                "review",
                "performing",
                "closed",
                name="casestate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False, comment="web, api, phone, email, import"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("rulebook_version", sa.Text(), nullable=False),
        sa.Column("law_as_of", sa.Date(), nullable=False, comment="the rules in force on this day govern the case"),
        sa.Column("link_hash", sa.Text(), nullable=False, comment="opens the private page, masked"),
        sa.Column("access_hash", sa.Text(), nullable=False, comment="the complainant's key to the API"),
        sa.Column("original_sha256", sa.Text(), nullable=False, comment="the submission as it arrived, in the store"),
        sa.Column("original_ref", sa.LargeBinary(), nullable=True),
        sa.Column("person_id", sa.Text(), nullable=False, comment="who complains"),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("narrative", sa.LargeBinary(), nullable=False),
        sa.Column("danger", sa.Boolean(), nullable=False),
        sa.Column("important", sa.Boolean(), nullable=False, comment="24 h instead of 48 h, clause 2.1.7.1"),
        sa.Column("emergency", sa.Boolean(), nullable=False, comment="needs the duty officer before anything else"),
        sa.Column("emergency_plan", sa.Text(), nullable=True),
        sa.Column("emergency_called_id", sa.Integer(), nullable=True, comment="whose emergency contact was called"),
        sa.Column("emergency_started_at", UtcInstant(), nullable=True),
        sa.Column("emergency_ended_at", UtcInstant(), nullable=True),
        sa.Column("order_kept", sa.JSON(), nullable=False),
        sa.Column("order_words", sa.LargeBinary(), nullable=True),
        sa.Column("events_kept", sa.JSON(), nullable=False),
        sa.Column("events_words", sa.LargeBinary(), nullable=True),
        sa.Column("sought_kept", sa.JSON(), nullable=False),
        sa.Column("sought_words", sa.LargeBinary(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.BigInteger(), "sqlite"), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("anomaly_claimed", sa.Text(), nullable=True),
        sa.Column("anomaly", sa.Text(), nullable=True),
        sa.Column("anomaly_status", sa.Text(), nullable=False, comment="confirmed, proposed, needs_person"),
        sa.Column("others", sa.JSON(), nullable=False, comment="further anomalies, with their parties"),
        sa.Column("reading_kept", sa.JSON(), nullable=False, comment="what triage read"),
        sa.Column("reading_words", sa.LargeBinary(), nullable=True, comment="its reasons: words of the story"),
        sa.Column(
            "responsible_kind",
            sa.Enum(
                "platform",
                "merchant",
                "payment_provider",
                "logistics_company",
                name="partykind",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("respondent_id", sa.Integer(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("received_at", UtcInstant(), nullable=False),
        sa.Column(
            "last_seq",
            sa.Integer(),
            nullable=False,
            comment="of the history; every act raises it, so every act bumps `version`",
        ),
        sa.Column("due_at", UtcInstant(), nullable=False, comment="end of the nearest open statutory clock, or FAR"),
        sa.Column("asked_at", UtcInstant(), nullable=True, comment="when the respondent was last asked to answer"),
        sa.Column("settled_at", UtcInstant(), nullable=True),
        sa.Column("decided_at", UtcInstant(), nullable=True),
        sa.Column("closed_at", UtcInstant(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state != 'closed' OR closed_at IS NOT NULL", name=op.f("ck_cases_closed_at_when_closed")),
        sa.CheckConstraint(
            "state != 'decided' OR decided_at IS NOT NULL", name=op.f("ck_cases_decided_at_when_decided")
        ),
        sa.CheckConstraint(
            "state != 'settled' OR settled_at IS NOT NULL", name=op.f("ck_cases_settled_at_when_settled")
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_cases_assignee_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cases_person_id")),
        sa.ForeignKeyConstraint(["respondent_id"], ["organisations.id"], name=op.f("fk_cases_respondent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("access_hash", name=op.f("uq_cases_access_hash")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_cases_link_hash")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    with op.batch_alter_table("cases") as batch_op:
        batch_op.create_index("ix_cases_assignee", ["assignee_id", "state", "due_at"], unique=False)
        batch_op.create_index("ix_cases_closed", ["closed_at"], unique=False)
        batch_op.create_index("ix_cases_newest", ["received_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_cases_queue", ["state", "due_at", "id"], unique=False)
        batch_op.create_index("ix_cases_respondent", ["respondent_id", "state", "due_at"], unique=False)

    op.create_table(
        "factors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("totp", "passkey", name="factorkind", native_enum=False, length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=True, comment="of a passkey, base64url"),
        sa.Column(
            "counter", sa.Integer(), nullable=False, comment="the last TOTP step used, or a passkey's signature count"
        ),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("used_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_factors_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factors")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_factors_credential_id")),
    )
    with op.batch_alter_table("factors") as batch_op:
        batch_op.create_index("ix_factors_user", ["user_id"], unique=False)

    op.create_table(
        "hook_endpoints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False, comment="a new one makes a new secret"),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_hook_endpoints_created_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_hook_endpoints_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_endpoints")),
    )
    with op.batch_alter_table("hook_endpoints") as batch_op:
        batch_op.create_index("ix_hook_endpoints_organisation", ["organisation_id"], unique=False)

    op.create_table(
        "known_browsers",
        sa.Column("browser_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_known_browsers_user_id")),
        sa.PrimaryKeyConstraint("browser_hash", "user_id", name=op.f("pk_known_browsers")),
    )
    op.create_table(
        "order_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_order_keys_created_by")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_order_keys_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_keys")),
        sa.UniqueConstraint("name", name=op.f("uq_order_keys_name")),
    )
    with op.batch_alter_table("order_keys") as batch_op:
        batch_op.create_index("ix_order_keys_organisation", ["organisation_id"], unique=False)

    op.create_table(
        "own_hours",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("begins", sa.Text(), nullable=False, comment="22:00"),
        sa.Column("ends", sa.Text(), nullable=False, comment="07:00"),
        sa.Column("changed_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_own_hours_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_own_hours")),
    )
    op.create_table(
        "pool_members",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("serves_from", sa.Date(), nullable=True),
        sa.Column("serves_until", sa.Date(), nullable=True, comment="the last day"),
        sa.Column("expertise", sa.JSON(), nullable=False, comment="anomalies"),
        sa.Column("ties", sa.JSON(), nullable=False, comment="organisations whose cases are not theirs"),
        sa.CheckConstraint("serves_from <= serves_until", name=op.f("ck_pool_members_term_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pool_members_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_pool_members")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_codes")),
    )
    with op.batch_alter_table("recovery_codes") as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filters", sa.LargeBinary(), nullable=False, comment="what was searched for may be a name"),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_views_user_id_name")),
    )
    op.create_table(
        "security_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "locked",
                "factor_added",
                "factor_removed",
                "factor_guessed",
                "recovery_used",
                "recovery_made",
                "token_made",
                "password_changed",
                "invited",
                "roles_changed",
                "disabled",
                "enabled",
                "many_not_found",
                "revealed",
                "harm_found",
                "rulebook_proposed",
                "rulebook_approved",
                "rulebook_declined",
                name="eventkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("told_at", UtcInstant(), nullable=True, comment="when administrators were written to"),
        sa.ForeignKeyConstraint(["about_id"], ["users.id"], name=op.f("fk_security_events_about_id")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_security_events_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_events")),
    )
    with op.batch_alter_table("security_events") as batch_op:
        batch_op.create_index("ix_security_events_about", ["about_id"], unique=False)
        batch_op.create_index("ix_security_events_newest", ["at", "id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage", sa.Enum("open", "factor", "enrol", name="stage", native_enum=False, length=32), nullable=False
        ),
        sa.Column(
            "browser", sa.Text(), nullable=False, comment="what the browser calls itself, for the list of own sessions"
        ),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("proved_at", UtcInstant(), nullable=False, comment="when the password or a factor was last given"),
        sa.Column("wrong_factors", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.create_index("ix_sessions_user", ["user_id"], unique=False)

    op.create_table(
        "sign_in_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("invitation", "reset", name="linkkind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("spent_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_links_token_hash")),
    )
    with op.batch_alter_table("sign_in_links") as batch_op:
        batch_op.create_index("ix_sign_in_links_user", ["user_id"], unique=False)

    op.create_table(
        "staff_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_hant", sa.Text(), nullable=False),
        sa.Column("question_hans", sa.Text(), nullable=False),
        sa.Column("question_en", sa.Text(), nullable=False),
        sa.Column("answer_hant", sa.Text(), nullable=False),
        sa.Column("answer_hans", sa.Text(), nullable=False),
        sa.Column("answer_en", sa.Text(), nullable=False),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False, comment="the collected questions that it answers"),
        sa.Column("answered_at", UtcInstant(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_staff_answers_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_answers")),
    )
    op.create_table(
        "stated_reasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("lookup", "export", "reveal", "harm", name="reasonfor", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="what was looked for or taken; never personal data"),
        sa.Column("about_hash", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_stated_reasons_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_reasons")),
    )
    with op.batch_alter_table("stated_reasons") as batch_op:
        batch_op.create_index("ix_stated_reasons_newest", ["at", "id"], unique=False)
        batch_op.create_index("ix_stated_reasons_user", ["user_id"], unique=False)

    op.create_table(
        "triage_weights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "teaching", "candidate", "approved", "rejected", "failed", name="stage", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcInstant(), nullable=False),
        sa.Column("taught_at", UtcInstant(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True, comment="names the file in DATA_DIR/triage"),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("against", sa.Text(), nullable=True, comment="the version in use when it was measured"),
        sa.Column("ground", sa.Text(), nullable=True, comment="the release's words and texts it was taught on"),
        sa.Column("texts", sa.Integer(), nullable=False, comment="own texts it was taught from"),
        sa.Column("labels", sa.Integer(), nullable=False, comment="cases it was taught from"),
        sa.Column("held_back", sa.Integer(), nullable=False, comment="cases it was measured on and not taught"),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False, comment="answers that differ from those in use"),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcInstant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "stage NOT IN ('approved', 'rejected') OR decided_at IS NOT NULL", name=op.f("ck_triage_weights_decided")
        ),
        sa.CheckConstraint(
            "stage NOT IN ('candidate', 'approved', 'rejected') OR sha256 IS NOT NULL",
            name=op.f("ck_triage_weights_taught"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_triage_weights_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_triage_weights_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_weights")),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Text(), nullable=False, comment="agree, offer, refuse, not_ours"),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column(
            "points_to",
            sa.Enum(
                "platform",
                "merchant",
                "payment_provider",
                "logistics_company",
                name="partykind",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("points_to_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_answers_case_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_answers_organisation_id")),
        sa.ForeignKeyConstraint(["points_to_id"], ["organisations.id"], name=op.f("fk_answers_points_to_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_answers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    with op.batch_alter_table("answers") as batch_op:
        batch_op.create_index("ix_answers_case", ["case_id"], unique=False)

    op.create_table(
        "bid_rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False, comment="from 1, with this organisation"),
        sa.Column(
            "opened_by",
            sa.Text(),
            nullable=False,
            comment="consumer, respondent, desk, or system with the first figure",
        ),
        sa.Column("opened_at", UtcInstant(), nullable=False),
        sa.Column("closes_at", UtcInstant(), nullable=False),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True, comment="met, apart, lapsed"),
        sa.CheckConstraint("(ended_at IS NULL) = (result IS NULL)", name=op.f("ck_bid_rounds_result_iff_ended")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bid_rounds_case_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_bid_rounds_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_rounds")),
        sa.UniqueConstraint("case_id", "organisation_id", "n", name=op.f("uq_bid_rounds_case_id_organisation_id_n")),
    )
    with op.batch_alter_table("bid_rounds") as batch_op:
        batch_op.create_index(
            "uq_bid_rounds_open",
            ["case_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "case_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "classify",
                "assign",
                "start_emergency",
                "reply",
                "request_answer",
                "answer",
                "bid",
                "propose",
                "accept",
                "decline",
                "refer",
                "declare_interest",
                "challenge",
                "vote",
                "draft_decision",
                "sign_decision",
                "publish",
                "perform",
                "confirm_performance",
                "dispute_performance",
                "rate",
                "request_review",
                "withdraw",
                "join",
                "close",
                "receive",
                "triage",
                "warn",
                "breach",
                "elapse",
                "no_answer",
                "offer_lapsed",
                "voting_ended",
                "voting_extended",
                "proof_stood",
                "message",
                "add_evidence",
                "ask_evidence",
                "decline_evidence",
                "settle_evidence",
                "rule_evidence",
                "record_inspection",
                "confirm_finding",
                "call_contact",
                "acknowledge_call",
                "emergency_step",
                "end_emergency",
                "return_draft",
                "read_dossier",
                "rule_challenge",
                "part",
                "open_bidding",
                "bidding_lapsed",
                "sign_settlement",
                "signing_lapsed",
                "state_facts",
                "settle_fact",
                "propose_penalty",
                "answer_penalty",
                "decide_penalty",
                "appeal_penalty",
                "rule_penalty",
                "stay_penalty",
                "resume_penalty",
                "void_penalty",
                name="action",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False, comment="consumer, respondent, desk, system"),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "from_state",
            sa.Enum(
                "received",
                "triage",
                "answering",
                "mediation",
                "committee",
                "settled",
                "decided",
                "review",
                "performing",
                "closed",
                name="casestate",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "received",
                "triage",
                "answering",
                "mediation",
                "committee",
                "settled",
                "decided",
                "review",
                "performing",
                "closed",
                name="casestate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum("both", "consumer", "respondent", "internal", name="audience", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("walled", sa.Boolean(), nullable=False),
        sa.Column("detail_kept", sa.JSON(), nullable=False),
        sa.Column("detail_words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_events_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_case_events_case_id_seq")),
    )
    op.create_table(
        "case_traces",
        sa.Column("trace", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_traces_case_id")),
        sa.PrimaryKeyConstraint("trace", "case_id", name=op.f("pk_case_traces")),
    )
    with op.batch_alter_table("case_traces") as batch_op:
        batch_op.create_index("ix_case_traces_case", ["case_id"], unique=False)

    op.create_table(
        "clocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "emergency_start",
                "first_reply",
                "respondent_answer",
                "resolution",
                "review",
                "performance",
                "referral",
                "offer",
                "voting",
                "proof",
                "acknowledgement",
                "bidding",
                "signing",
                name="clockkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False, comment="the rulebook's figure it runs by"),
        sa.Column("started_at", UtcInstant(), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "running",
                "met",
                "breached",
                "met_late",
                "stopped",
                "elapsed",
                name="clockstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcInstant(), nullable=False),
        sa.Column("ended_at", UtcInstant(), nullable=True, comment="met, stopped or elapsed at"),
        sa.Column("subject_id", sa.Integer(), nullable=True, comment="the remedy, offer or panel it is about"),
        sa.CheckConstraint("status != 'running' OR ended_at IS NULL", name=op.f("ck_clocks_running_has_not_ended")),
        sa.CheckConstraint(
            "status IN ('running', 'breached') OR ended_at IS NOT NULL", name=op.f("ck_clocks_ended_at_when_ended")
        ),
        sa.CheckConstraint("due_at > started_at", name=op.f("ck_clocks_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_clocks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sa.UniqueConstraint("case_id", "kind", "generation", name=op.f("uq_clocks_case_id_kind_generation")),
    )
    with op.batch_alter_table("clocks") as batch_op:
        batch_op.create_index(
            "ix_clocks_next",
            ["next_at", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'running'"),
            postgresql_where=sa.text("status = 'running'"),
        )
        batch_op.create_index(
            "ix_clocks_open",
            ["kind", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_clocks_overdue",
            ["kind"],
            unique=False,
            sqlite_where=sa.text("status = 'breached' AND ended_at IS NULL"),
            postgresql_where=sa.text("status = 'breached' AND ended_at IS NULL"),
        )

    op.create_table(
        "confirmations",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_confirmations_case_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_confirmations")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True, comment="〔year〕serial, given at signing"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "for_consumer", "partly", "for_respondent", "sent_back", name="outcome", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("facts_found", sa.LargeBinary(), nullable=False),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.LargeBinary(), nullable=False),
        sa.Column("terms_kept", sa.JSON(), nullable=False),
        sa.Column("terms_words", sa.LargeBinary(), nullable=True),
        sa.Column("dissent", sa.LargeBinary(), nullable=True),
        sa.Column(
            "dissent_ruling", sa.Text(), nullable=True, comment="publish or keep: what the chair ruled of the dissent"
        ),
        sa.Column(
            "status", sa.Text(), nullable=False, comment="draft, in_force, under_review, replaced, set_aside, withdrawn"
        ),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("drafted_at", UtcInstant(), nullable=False),
        sa.Column("returned_note", sa.LargeBinary(), nullable=True, comment="why the chair sent the draft back"),
        sa.Column("returned_at", UtcInstant(), nullable=True),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("signed_at", UtcInstant(), nullable=True),
        sa.Column("published_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_case_id")),
        sa.ForeignKeyConstraint(["drafted_by"], ["users.id"], name=op.f("fk_decisions_drafted_by")),
        sa.ForeignKeyConstraint(["signed_by"], ["users.id"], name=op.f("fk_decisions_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("case_id", "round", name=op.f("uq_decisions_case_id_round")),
        sa.UniqueConstraint("number", name=op.f("uq_decisions_number")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("link_hash", sa.Text(), nullable=True, comment="of the link that was sent last"),
        sa.Column("links_sent", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False, comment="whoever writes it"),
        sa.Column(
            "phone_trace",
            sa.LargeBinary(),
            nullable=True,
            comment="where a link to it can be asked for, as a keyed hash",
        ),
        sa.Column("email_trace", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=True, comment="by step, as they were typed"),
        sa.Column("saved_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True, comment="what it became"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_drafts_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_drafts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_drafts_link_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_drafts_token_hash")),
    )
    with op.batch_alter_table("drafts") as batch_op:
        batch_op.create_index("ix_drafts_email", ["email_trace"], unique=False)
        batch_op.create_index("ix_drafts_expiry", ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_drafts_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_drafts_phone", ["phone_trace"], unique=False)

    op.create_table(
        "emergency_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum("on_duty", "fallback", "supervisor", name="stage", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("called_at", UtcInstant(), nullable=False),
        sa.Column("reached", sa.JSON(), nullable=False),
        sa.Column("acknowledged_at", UtcInstant(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True, comment="who confirmed, by name"),
        sa.Column(
            "over_at", UtcInstant(), nullable=True, comment="when the emergency ended or another company was called"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_emergency_calls_case_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_emergency_calls_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_calls")),
        sa.UniqueConstraint("case_id", "n", name=op.f("uq_emergency_calls_case_id_n")),
    )
    with op.batch_alter_table("emergency_calls") as batch_op:
        batch_op.create_index(batch_op.f("ix_emergency_calls_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "evidence_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False, comment="of the request in its case, from 1"),
        sa.Column("side", sa.Text(), nullable=False, comment="consumer, respondent: who is asked"),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcInstant(), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("due_at > asked_at", name=op.f("ck_evidence_requests_due_after_asked")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_evidence_requests_asked_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_evidence_requests_case_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_evidence_requests_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_requests")),
        sa.UniqueConstraint("case_id", "n", name=op.f("uq_evidence_requests_case_id_n")),
    )
    op.create_table(
        "fact_statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False, comment="consumer, respondent, desk: who says so"),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False, comment="complaint, case, file, form, settled"),
        sa.Column("exhibit", sa.Integer(), nullable=True, comment="number of the exhibit that is the file"),
        sa.Column("order", sa.LargeBinary(), nullable=False),
        sa.Column("events", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_fact_statements_case_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_fact_statements_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_fact_statements_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_statements")),
    )
    with op.batch_alter_table("fact_statements") as batch_op:
        batch_op.create_index("ix_fact_statements_case", ["case_id", "id"], unique=False)

    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("liable", sa.Text(), nullable=True),
        sa.Column("explanation", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("limit", sa.JSON(), nullable=False),
        sa.Column("found_at", UtcInstant(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_findings_case_id")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["users.id"], name=op.f("fk_findings_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    with op.batch_alter_table("findings") as batch_op:
        batch_op.create_index("ix_findings_case", ["case_id"], unique=False)

    op.create_table(
        "hook_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_result", sa.Text(), nullable=True, comment="status, or why it was not reached"),
        sa.Column("delivered_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["endpoint_id"], ["hook_endpoints.id"], name=op.f("fk_hook_deliveries_endpoint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_hook_deliveries_message_id")),
    )
    with op.batch_alter_table("hook_deliveries") as batch_op:
        batch_op.create_index("ix_hook_deliveries_endpoint", ["endpoint_id", "id"], unique=False)

    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.Text(), nullable=False, comment="keyed hash of what the sender chose"),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True, comment="set in the same transaction"),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_idempotency_keys_case_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="smtp or imap"),
        sa.Column(
            "mailbox", sa.Text(), nullable=False, comment="the address it was delivered to, without what follows a +"
        ),
        sa.Column("person_id", sa.Text(), nullable=False, comment="whoever wrote it"),
        sa.Column(
            "returns_to",
            sa.LargeBinary(),
            nullable=True,
            comment="the envelope's sender; empty for what must not be answered",
        ),
        sa.Column("recipients", sa.LargeBinary(), nullable=False, comment="of the envelope; none by IMAP"),
        sa.Column("raw_sha256", sa.Text(), nullable=False),
        sa.Column("raw_ref", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("received_at", UtcInstant(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "received",
                "case",
                "reply",
                "noted",
                "duplicate",
                "held",
                "discarded",
                name="mailstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it is held or noted: a key of mail_reason"),
        sa.Column("message_id", sa.LargeBinary(), nullable=True),
        sa.Column("message_id_trace", sa.LargeBinary(), nullable=True),
        sa.Column(
            "content_sha256", sa.Text(), nullable=True, comment="of what the sender wrote, whatever a delivery added"
        ),
        sa.Column("sender", sa.LargeBinary(), nullable=True, comment="the one address in From; it proves nothing"),
        sa.Column("sender_trace", sa.LargeBinary(), nullable=True),
        sa.Column("sender_name", sa.LargeBinary(), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True, comment="what is new in it, as plain text"),
        sa.Column("rest", sa.LargeBinary(), nullable=True, comment="what it quotes, and the signature"),
        sa.Column("marks", sa.JSON(), nullable=False, comment="charset, headers_cut, text_cut"),
        sa.Column("files", sa.LargeBinary(), nullable=False, comment="attachments in the store"),
        sa.Column("refused_files", sa.LargeBinary(), nullable=False, comment="name and why; in the raw message"),
        sa.Column("case_id", sa.Integer(), nullable=True, comment="what it belongs to, or may belong to"),
        sa.Column("letter_id", sa.Integer(), nullable=True, comment="the letter that came back"),
        sa.Column("due_at", UtcInstant(), nullable=True, comment="by when a person places it"),
        sa.Column("told_at", UtcInstant(), nullable=True, comment="when the desk was told of it"),
        sa.Column("settled_at", UtcInstant(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True, comment="why it was set aside"),
        sa.CheckConstraint(
            "status != 'discarded' OR note IS NOT NULL", name=op.f("ck_inbound_mail_discarded_with_a_reason")
        ),
        sa.CheckConstraint("status != 'held' OR due_at IS NOT NULL", name=op.f("ck_inbound_mail_held_until")),
        sa.CheckConstraint(
            "status NOT IN ('case', 'reply') OR case_id IS NOT NULL", name=op.f("ck_inbound_mail_placed_in_a_case")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_inbound_mail_case_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["outbound_messages.id"], name=op.f("fk_inbound_mail_letter_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_inbound_mail_person_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_inbound_mail_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
    )
    with op.batch_alter_table("inbound_mail") as batch_op:
        batch_op.create_index("ix_inbound_mail_case", ["case_id"], unique=False)
        batch_op.create_index("ix_inbound_mail_content", ["mailbox", "content_sha256"], unique=False)
        batch_op.create_index("ix_inbound_mail_newest", ["received_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbound_mail_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_inbound_mail_sender", ["sender_trace", "received_at"], unique=False)
        batch_op.create_index(
            "ix_inbound_mail_waiting",
            ["received_at", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('held', 'received')"),
            postgresql_where=sa.text("status IN ('held', 'received')"),
        )

    op.create_table(
        "inspections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False, comment="of the inspection in its case, from 1"),
        sa.Column("inspected_at", UtcInstant(), nullable=False),
        sa.Column(
            "inspected_by",
            sa.Text(),
            nullable=False,
            comment="consumer, merchant, platform, logistics_company, independent",
        ),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.Column("packaging", sa.Text(), nullable=False, comment="a sign of the rulebook"),
        sa.Column("damage", sa.JSON(), nullable=False, comment="signs of the rulebook"),
        sa.Column("conclusion", sa.Text(), nullable=False, comment="quality, transit_damage, unclear, none"),
        sa.Column("exhibits", sa.JSON(), nullable=False, comment="numbers of the exhibits that show it"),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_inspections_case_id")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_inspections_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
        sa.UniqueConstraint("case_id", "n", name=op.f("uq_inspections_case_id_n")),
    )
    op.create_table(
        "joint_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", UtcInstant(), nullable=False),
        sa.Column("parted_at", UtcInstant(), nullable=True),
        sa.CheckConstraint("case_id <= other_id", name=op.f("ck_joint_cases_smaller_first")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_joint_cases_case_id")),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name=op.f("fk_joint_cases_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_cases")),
    )
    with op.batch_alter_table("joint_cases") as batch_op:
        batch_op.create_index("ix_joint_cases_other", ["other_id"], unique=False)
        batch_op.create_index(
            "uq_joint_cases_pair",
            ["case_id", "other_id"],
            unique=True,
            sqlite_where=sa.text("parted_at IS NULL"),
            postgresql_where=sa.text("parted_at IS NULL"),
        )

    op.create_table(
        "labels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("anomaly", sa.Text(), nullable=False, comment="what the person said went wrong"),
        sa.Column("party", sa.Text(), nullable=True, comment="the kind of company that the person said answers for it"),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("read_anomaly", sa.Text(), nullable=False, comment="what triage had read"),
        sa.Column("read_party", sa.Text(), nullable=True),
        sa.Column("read_emergency", sa.Boolean(), nullable=False),
        sa.Column("percent_sure", sa.Integer(), nullable=False, comment="how sure triage was, 0 to 100"),
        sa.Column("by_itself", sa.Boolean(), nullable=False, comment="triage would have acted without a person"),
        sa.Column(
            "by_fact", sa.Boolean(), nullable=False, comment="a fact decides or is missing, so the text teaches nothing"
        ),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_labels_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_labels_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
    )
    with op.batch_alter_table("labels") as batch_op:
        batch_op.create_index("ix_labels_at", ["at"], unique=False)
        batch_op.create_index("ix_labels_case", ["case_id", "id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum("both", "consumer", "respondent", "internal", name="audience", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("side", sa.Text(), nullable=False, comment="consumer, respondent, desk, system: who wrote it"),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "reader", sa.Text(), nullable=True, comment="consumer, respondent: whose version of a message to both it is"
        ),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_messages_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_messages_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages") as batch_op:
        batch_op.create_index("ix_messages_case", ["case_id", "id"], unique=False)

    op.create_table(
        "offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column(
            "by",
            sa.Enum("consumer", "respondent", "mediator", name="maker", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=False, comment="the respondent it is with"),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("terms_kept", sa.JSON(), nullable=False),
        sa.Column("terms_words", sa.LargeBinary(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "accepted",
                "declined",
                "lapsed",
                "withdrawn",
                "replaced",
                name="offerstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.Column("lapses_at", UtcInstant(), nullable=False),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name=op.f("ck_offers_ended_iff_not_open")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_offers_case_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_offers_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_offers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("case_id", "n", name=op.f("uq_offers_case_id_n")),
    )
    with op.batch_alter_table("offers") as batch_op:
        batch_op.create_index(
            "uq_offers_open",
            ["case_id", "by"],
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("spent_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_one_time_codes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
    )
    with op.batch_alter_table("one_time_codes") as batch_op:
        batch_op.create_index("ix_one_time_codes_case", ["case_id", "sent_at"], unique=False)

    op.create_table(
        "panels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "round", sa.Integer(), nullable=False, comment="1, 2 for a review; where that sent the case back 3 and 4"
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("expert_seats", sa.Integer(), nullable=False, comment="kept for who knows the kind of anomaly"),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("tie_rule", sa.Enum("chair", name="tierule", native_enum=False, length=32), nullable=False),
        sa.Column("opened_at", UtcInstant(), nullable=False),
        sa.Column("closes_at", UtcInstant(), nullable=False),
        sa.Column("closed_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_panels_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panels")),
        sa.UniqueConstraint("case_id", "round", name=op.f("uq_panels_case_id_round")),
    )
    op.create_table(
        "parties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="complainant, agent"),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("contact_by", sa.Text(), nullable=True, comment="email or phone"),
        sa.Column("contact_hours", sa.LargeBinary(), nullable=True),
        sa.Column("on_behalf_of", sa.LargeBinary(), nullable=True),
        sa.Column(
            "respondent_named", sa.LargeBinary(), nullable=True, comment="the company as the complainant wrote it"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_parties_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
        sa.UniqueConstraint("case_id", "role", name=op.f("uq_parties_case_id_role")),
    )
    op.create_table(
        "penalties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False, comment="in the case, from 1"),
        sa.Column("number", sa.Text(), nullable=False, comment="P2026-12"),
        sa.Column("cause", sa.Text(), nullable=False, comment="how it is known: nothing is a breach twice"),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("breach", sa.Text(), nullable=False, comment="entry of the table"),
        sa.Column("clause", sa.Text(), nullable=False, comment="what was offended"),
        sa.Column("decision", sa.Text(), nullable=True, comment="number of the decision that it rests on"),
        sa.Column("round", sa.Integer(), nullable=True, comment="of that decision"),
        sa.Column("law_as_of", sa.Date(), nullable=False),
        sa.Column("repetition", sa.Integer(), nullable=False, comment="which time it is, from 1"),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("fine_minor", sa.BigInteger().with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed", "in_force", "dropped", "lifted", "void", name="penaltystatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("breached_at", UtcInstant(), nullable=False),
        sa.Column("proposed_at", UtcInstant(), nullable=False),
        sa.Column("hear_by", UtcInstant(), nullable=False),
        sa.Column("answered_at", UtcInstant(), nullable=True),
        sa.Column("decided_at", UtcInstant(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("until_at", UtcInstant(), nullable=True, comment="when the measure ends; empty for good"),
        sa.Column("points_until_at", UtcInstant(), nullable=True),
        sa.Column("appeal_by", UtcInstant(), nullable=True),
        sa.Column("appealed_at", UtcInstant(), nullable=True),
        sa.Column("ruled_at", UtcInstant(), nullable=True),
        sa.Column("ruled_by", sa.Integer(), nullable=True),
        sa.Column("stayed", sa.Boolean(), nullable=False, comment="a review of its decision runs"),
        sa.Column(
            "halted_at", UtcInstant(), nullable=True, comment="since when a review or an appeal keeps it from biting"
        ),
        sa.CheckConstraint(
            "status NOT IN ('in_force', 'lifted') OR decided_at IS NOT NULL",
            name=op.f("ck_penalties_decided_at_when_decided"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_penalties_case_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_penalties_decided_by")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_penalties_organisation_id")),
        sa.ForeignKeyConstraint(["ruled_by"], ["users.id"], name=op.f("fk_penalties_ruled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalties")),
        sa.UniqueConstraint("case_id", "n", name=op.f("uq_penalties_case_id_n")),
        sa.UniqueConstraint("cause", name=op.f("uq_penalties_cause")),
        sa.UniqueConstraint("number", name=op.f("uq_penalties_number")),
    )
    with op.batch_alter_table("penalties") as batch_op:
        batch_op.create_index("ix_penalties_company", ["organisation_id", "proposed_at"], unique=False)
        batch_op.create_index("ix_penalties_public", ["decided_at", "id"], unique=False)
        batch_op.create_index("ix_penalties_work", ["status", "proposed_at", "id"], unique=False)

    op.create_table(
        "ratings",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Integer(), nullable=False),
        sa.Column("fair", sa.Integer(), nullable=False),
        sa.Column("effort", sa.Integer(), nullable=False),
        sa.Column("comment", sa.LargeBinary(), nullable=True),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ratings_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_ratings")),
    )
    op.create_table(
        "register_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "acknowledgement",
                "emergency",
                "request_to_answer",
                "breach",
                "offer",
                "settlement",
                "referral",
                "panel",
                "decision",
                "review",
                "penalty",
                "closing",
                "deadline_receipt",
                "dossier",
                name="noticekind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False, comment="of the decision; 1 for a settlement"),
        sa.Column(
            "number", sa.Text(), nullable=False, comment="D2026-12 or S2026-7; each language writes it its own way"
        ),
        sa.Column("code", sa.Text(), nullable=False, comment="leads to the page that verifies its notices"),
        sa.Column("published_at", UtcInstant(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False, comment="of publication, in the zone of the case: 2026-09"),
        sa.Column("anomaly", sa.Text(), nullable=False),
        sa.Column(
            "outcome", sa.Text(), nullable=False, comment="settled, for_consumer, partly, for_respondent, sent_back"
        ),
        sa.Column(
            "party_kind",
            sa.Enum(
                "platform",
                "merchant",
                "payment_provider",
                "logistics_company",
                name="partykind",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("category", sa.Text(), nullable=True, comment="kind of goods"),
        sa.Column("amount_band", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "account",
            sa.JSON(),
            nullable=False,
            comment="the case's clocks as the record had them when it was published",
        ),
        sa.Column("searched", sa.Text(), nullable=False, comment="its public words in all languages, folded"),
        sa.Column(
            "status",
            sa.Enum(
                "in_force",
                "under_review",
                "replaced",
                "set_aside",
                "withdrawn",
                name="standing",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_at", UtcInstant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was withdrawn; public"),
        sa.Column("later_id", sa.Integer(), nullable=True, comment="the outcome of its review"),
        sa.CheckConstraint(
            "status != 'withdrawn' OR reason IS NOT NULL", name=op.f("ck_register_entries_reason_when_withdrawn")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_register_entries_case_id")),
        sa.ForeignKeyConstraint(["later_id"], ["register_entries.id"], name=op.f("fk_register_entries_later_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
        sa.UniqueConstraint("case_id", "kind", "round", name=op.f("uq_register_entries_case_id_kind_round")),
        sa.UniqueConstraint("code", name=op.f("uq_register_entries_code")),
        sa.UniqueConstraint("number", name=op.f("uq_register_entries_number")),
    )
    with op.batch_alter_table("register_entries") as batch_op:
        batch_op.create_index("ix_register_entries_newest", ["published_at", "id"], unique=False)

    op.create_table(
        "remedies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="settlement or decision"),
        sa.Column("kind", sa.Text(), nullable=False, comment="a remedy kind of the rulebook"),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.BigInteger(), "sqlite"), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "party_kind",
            sa.Enum(
                "platform",
                "merchant",
                "payment_provider",
                "logistics_company",
                name="partykind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("freight_by", sa.Text(), nullable=True, comment="who bears the freight: consumer or a kind of party"),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", UtcInstant(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, comment="promised, proved, disputed, stayed, confirmed, void"),
        sa.Column("proof", sa.LargeBinary(), nullable=True),
        sa.Column("proved_at", UtcInstant(), nullable=True),
        sa.Column("confirmed_at", UtcInstant(), nullable=True),
        sa.Column("breached_at", UtcInstant(), nullable=True),
        sa.CheckConstraint("amount_minor IS NULL OR amount_minor > 0", name=op.f("ck_remedies_amount_is_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_remedies_case_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_remedies_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedies")),
        sa.UniqueConstraint("case_id", "n", name=op.f("uq_remedies_case_id_n")),
    )
    with op.batch_alter_table("remedies") as batch_op:
        batch_op.create_index("ix_remedies_case", ["case_id"], unique=False)

    op.create_table(
        "review_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False, comment="of the decision that is to be reviewed"),
        sa.Column("side", sa.Text(), nullable=False, comment="consumer or respondent"),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True, comment="affirmed, changed or sent_back"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_review_requests_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_requests")),
        sa.UniqueConstraint("case_id", "round", name=op.f("uq_review_requests_case_id_round")),
    )
    op.create_table(
        "rulebook_amendments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the files"),
        sa.Column("version", sa.Text(), nullable=False, comment="of the rulebook once it is in force"),
        sa.Column(
            "rests_on", sa.Integer(), nullable=True, comment="the one approved last when it was proposed, 0 for none"
        ),
        sa.Column("against", sa.Text(), nullable=False, comment="the rulebook with which it was compared"),
        sa.Column("release", sa.Text(), nullable=False, comment="the rulebook that the product shipped then"),
        sa.Column("changes", sa.JSON(), nullable=False, comment="what holds otherwise from its day"),
        sa.Column("examples", sa.Integer(), nullable=False, comment="worked examples that agree with it"),
        sa.Column("replay", sa.JSON(), nullable=True, comment="what it would have altered in past findings"),
        sa.Column("approval_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["approval_id"], ["approvals.id"], name=op.f("fk_rulebook_amendments_approval_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_amendments")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_rulebook_amendments_approval_id")),
    )
    with op.batch_alter_table("rulebook_amendments") as batch_op:
        batch_op.create_index(
            "uq_rulebook_amendments_succession",
            ["rests_on"],
            unique=True,
            sqlite_where=sa.text("approved_at IS NOT NULL"),
            postgresql_where=sa.text("approved_at IS NOT NULL"),
        )

    op.create_table(
        "settlement_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "texts",
            sa.LargeBinary(),
            nullable=False,
            comment="by language; what is signed is the SHA-256 of one of them",
        ),
        sa.Column("agreed_at", UtcInstant(), nullable=False),
        sa.Column("sign_until", UtcInstant(), nullable=False),
        sa.CheckConstraint("sign_until > agreed_at", name=op.f("ck_settlement_records_signed_after_agreed")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_settlement_records_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_records")),
        sa.UniqueConstraint("case_id", name=op.f("uq_settlement_records_case_id")),
    )
    op.create_table(
        "shop_facts",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("order_facts", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_shop_facts_case_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_shop_facts_organisation_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_shop_facts")),
        sa.UniqueConstraint("case_id", name=op.f("uq_shop_facts_case_id")),
    )
    op.create_table(
        "sightings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("door", sa.Enum("page", "file", "api", name="door", native_enum=False, length=32), nullable=False),
        sa.Column("span", sa.Integer(), nullable=False, comment="ten minutes since 1970"),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sightings_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sightings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
        sa.UniqueConstraint("case_id", "user_id", "door", "span", name=op.f("uq_sightings_case_id_user_id_door_span")),
    )
    with op.batch_alter_table("sightings") as batch_op:
        batch_op.create_index("ix_sightings_user", ["user_id", "id"], unique=False)

    op.create_table(
        "bids",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False, comment="consumer or respondent"),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "sealed", sa.Text(), nullable=False, comment="minor units of the case's currency, always as many digits"
        ),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bids_case_id")),
        sa.ForeignKeyConstraint(["round_id"], ["bid_rounds.id"], name=op.f("fk_bids_round_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bids_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bids")),
        sa.UniqueConstraint("round_id", "side", name=op.f("uq_bids_round_id_side")),
    )
    op.create_table(
        "clock_effects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False, comment="warning, breach, elapsed"),
        sa.Column("told", sa.Text(), nullable=True, comment="the desk that was warned"),
        sa.Column("due_at", UtcInstant(), nullable=False, comment="the instant at which it was to happen"),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"], name=op.f("fk_clock_effects_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_effects")),
        sa.UniqueConstraint("clock_id", "level", name=op.f("uq_clock_effects_clock_id_level")),
    )
    with op.batch_alter_table("clock_effects") as batch_op:
        batch_op.create_index(
            "ix_clock_effects_breaches",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("effect = 'breach'"),
            postgresql_where=sa.text("effect = 'breach'"),
        )

    op.create_table(
        "dossier_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("held", sa.LargeBinary(), nullable=False, comment="each part of the dossier with what it said"),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_dossier_readings_panel_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_dossier_readings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_readings")),
    )
    with op.batch_alter_table("dossier_readings") as batch_op:
        batch_op.create_index("ix_dossier_readings", ["panel_id", "user_id"], unique=False)

    op.create_table(
        "draft_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("ref", sa.LargeBinary(), nullable=False),
        sa.Column("shared_sha256", sa.Text(), nullable=True),
        sa.Column("shared_ref", sa.LargeBinary(), nullable=True),
        sa.Column("proves", sa.Text(), nullable=True),
        sa.Column("added_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_files_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_files")),
        sa.UniqueConstraint("draft_id", "sha256", name=op.f("uq_draft_files_draft_id_sha256")),
    )
    op.create_table(
        "exhibit_readings",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_exhibit_readings_panel_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_exhibit_readings_user_id")),
        sa.PrimaryKeyConstraint("panel_id", "user_id", "exhibit_id", name=op.f("pk_exhibit_readings")),
    )
    op.create_table(
        "gathered_warnings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "emergency_start",
                "first_reply",
                "respondent_answer",
                "resolution",
                "review",
                "performance",
                "referral",
                "offer",
                "voting",
                "proof",
                "acknowledgement",
                "bidding",
                "signing",
                name="clockkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False, comment="of the case"),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("leaves_at", UtcInstant(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"], name=op.f("fk_gathered_warnings_clock_id")),
        sa.ForeignKeyConstraint(["message_id"], ["outbound_messages.id"], name=op.f("fk_gathered_warnings_message_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_gathered_warnings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathered_warnings")),
        sa.UniqueConstraint("user_id", "clock_id", "level", name=op.f("uq_gathered_warnings_user_id_clock_id_level")),
    )
    with op.batch_alter_table("gathered_warnings") as batch_op:
        batch_op.create_index("ix_gathered_open", ["user_id", "message_id"], unique=False)

    op.create_table(
        "issues",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("remit", "liability", "breach", "remedy", name="issuekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False, comment="an anomaly, a clause or a remedy kind"),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.BigInteger(), "sqlite"), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_issues_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
        sa.UniqueConstraint("panel_id", "n", name=op.f("uq_issues_panel_id_n")),
    )
    op.create_table(
        "leak_resolutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("found", sa.LargeBinary(), nullable=False),
        sa.Column("accepted_because", sa.LargeBinary(), nullable=True, comment="why it is published as it stands"),
        sa.Column("instead", sa.Text(), nullable=True, comment="what the public reads in its place"),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["register_entries.id"], name=op.f("fk_leak_resolutions_entry_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_leak_resolutions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leak_resolutions")),
    )
    with op.batch_alter_table("leak_resolutions") as batch_op:
        batch_op.create_index("ix_leak_resolutions_entry", ["entry_id"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "acknowledgement",
                "emergency",
                "request_to_answer",
                "breach",
                "offer",
                "settlement",
                "referral",
                "panel",
                "decision",
                "review",
                "penalty",
                "closing",
                "deadline_receipt",
                "dossier",
                name="noticekind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "subject",
            sa.Integer(),
            nullable=False,
            comment="the entry of the history that it tells of; of an outcome, its round",
        ),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column(
            "edition",
            sa.Enum(
                "party",
                "public",
                "consumer",
                "respondent",
                "desk",
                "committee",
                name="edition",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "language",
            sa.Enum("zh-Hant", "zh-Hans", "en", name="noticelanguage", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("frozen", sa.LargeBinary(), nullable=False, comment="the facts in their canonical form"),
        sa.Column(
            "status",
            sa.Enum("pending", "issued", "failed", "withdrawn", name="noticestatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.LargeBinary(), nullable=True, comment="why it could not be printed"),
        sa.Column("pdf_sha256", sa.Text(), nullable=True),
        sa.Column("pdf_ref", sa.LargeBinary(), nullable=True),
        sa.Column("pdf_size", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.Column("issued_at", UtcInstant(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True, comment="whom the certificate names that it was signed with"),
        sa.Column("signed_at", UtcInstant(), nullable=True),
        sa.CheckConstraint("status != 'issued' OR pdf_sha256 IS NOT NULL", name=op.f("ck_notices_hash_when_issued")),
        sa.CheckConstraint(
            "entry_id IS NOT NULL OR code IS NOT NULL", name=op.f("ck_notices_code_of_its_own_without_entry")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notices_case_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["register_entries.id"], name=op.f("fk_notices_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "case_id",
            "kind",
            "subject",
            "edition",
            "language",
            name=op.f("uq_notices_case_id_kind_subject_edition_language"),
        ),
        sa.UniqueConstraint("code", name=op.f("uq_notices_code")),
    )
    with op.batch_alter_table("notices") as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "ix_notices_unprinted",
            ["id"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'failed')"),
            postgresql_where=sa.text("status IN ('pending', 'failed')"),
        )

    op.create_table(
        "offer_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False, comment="consumer or respondent"),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_offer_replies_offer_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_offer_replies_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_replies")),
        sa.UniqueConstraint("offer_id", "side", name=op.f("uq_offer_replies_offer_id_side")),
    )
    op.create_table(
        "panel_draws",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False, comment="each with id, presides, sits, expert"),
        sa.Column("at", UtcInstant(), nullable=False, comment="when they were frozen"),
        sa.Column("seed", sa.Text(), nullable=True, comment="public: with the candidates it gives the draw"),
        sa.Column("checkpoint", sa.Integer(), nullable=True, comment="size of the log whose root is in the seed"),
        sa.CheckConstraint("(seed IS NULL) = (checkpoint IS NULL)", name=op.f("ck_panel_draws_seed_from_a_checkpoint")),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_panel_draws_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_draws")),
        sa.UniqueConstraint("panel_id", "n", name=op.f("uq_panel_draws_panel_id_n")),
    )
    op.create_table(
        "panel_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="1 is the chair's"),
        sa.Column("draw", sa.Integer(), nullable=False, comment="number of the draw that gave the seat"),
        sa.Column("ballot", sa.Text(), nullable=False, comment="stands for the member where votes are published"),
        sa.Column("seated_at", UtcInstant(), nullable=False),
        sa.Column("interest", sa.Text(), nullable=True, comment="none or conflict; empty until declared"),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("declared_at", UtcInstant(), nullable=True),
        sa.Column("left_at", UtcInstant(), nullable=True),
        sa.Column("left_because", sa.Text(), nullable=True, comment="conflict, silent or challenged"),
        sa.Column("replaced_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_panel_seats_panel_id")),
        sa.ForeignKeyConstraint(["replaced_by"], ["users.id"], name=op.f("fk_panel_seats_replaced_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_panel_seats_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_seats")),
        sa.UniqueConstraint("panel_id", "user_id", name=op.f("uq_panel_seats_panel_id_user_id")),
    )
    with op.batch_alter_table("panel_seats") as batch_op:
        batch_op.create_index("ix_panel_seats_user", ["user_id"], unique=False)
        batch_op.create_index(
            "uq_panel_seats_place",
            ["panel_id", "place"],
            unique=True,
            sqlite_where=sa.text("left_at IS NULL"),
            postgresql_where=sa.text("left_at IS NULL"),
        )

    op.create_table(
        "public_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("withheld_at", UtcInstant(), nullable=True),
        sa.Column("withheld_by", sa.Integer(), nullable=True),
        sa.Column("withheld_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(withheld_at IS NULL) = (withheld_because IS NULL)", name=op.f("ck_public_replies_reason_when_withheld")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["register_entries.id"], name=op.f("fk_public_replies_entry_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_public_replies_organisation_id")
        ),
        sa.ForeignKeyConstraint(["withheld_by"], ["users.id"], name=op.f("fk_public_replies_withheld_by")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_public_replies_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_replies")),
    )
    with op.batch_alter_table("public_replies") as batch_op:
        batch_op.create_index("ix_public_replies_company", ["organisation_id"], unique=False)
        batch_op.create_index(
            "uq_public_replies_company",
            ["organisation_id"],
            unique=True,
            sqlite_where=sa.text("withheld_at IS NULL AND entry_id IS NULL"),
            postgresql_where=sa.text("withheld_at IS NULL AND entry_id IS NULL"),
        )
        batch_op.create_index(
            "uq_public_replies_entry",
            ["entry_id"],
            unique=True,
            sqlite_where=sa.text("withheld_at IS NULL AND entry_id IS NOT NULL"),
            postgresql_where=sa.text("withheld_at IS NULL AND entry_id IS NOT NULL"),
        )

    op.create_table(
        "register_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["register_entries.id"], name=op.f("fk_register_rules_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_rules")),
        sa.UniqueConstraint("entry_id", "clause", name=op.f("uq_register_rules_entry_id_clause")),
    )
    with op.batch_alter_table("register_rules") as batch_op:
        batch_op.create_index("ix_register_rules_clause", ["clause", "entry_id"], unique=False)

    op.create_table(
        "requested_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False, comment="in the case, from 1"),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "handed_in", "declined", "waived", name="itemstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.CheckConstraint(
            "(status = 'open') = (ended_at IS NULL)", name=op.f("ck_requested_items_ended_at_when_ended")
        ),
        sa.CheckConstraint(
            "status NOT IN ('declined', 'waived') OR reason IS NOT NULL",
            name=op.f("ck_requested_items_reason_when_not_given"),
        ),
        sa.ForeignKeyConstraint(["request_id"], ["evidence_requests.id"], name=op.f("fk_requested_items_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_items")),
        sa.UniqueConstraint("request_id", "n", name=op.f("uq_requested_items_request_id_n")),
    )
    op.create_table(
        "rulebook_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum("proposed", "approved", "declined", name="step", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["rulebook_amendments.id"], name=op.f("fk_rulebook_events_amendment_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rulebook_events_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_events")),
    )
    with op.batch_alter_table("rulebook_events") as batch_op:
        batch_op.create_index(batch_op.f("ix_rulebook_events_amendment_id"), ["amendment_id"], unique=False)

    op.create_table(
        "settlement_signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False, comment="consumer or respondent"),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column(
            "method",
            sa.Text(),
            nullable=False,
            comment="code: sent to the contact given; proved: password or second factor",
        ),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_settlement_signatures_case_id")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["settlement_records.id"], name=op.f("fk_settlement_signatures_record_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_settlement_signatures_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_signatures")),
        sa.UniqueConstraint("record_id", "side", name=op.f("uq_settlement_signatures_record_id_side")),
    )
    op.create_table(
        "challenges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False, comment="on this panel, from 1"),
        sa.Column("side", sa.Text(), nullable=False, comment="consumer or respondent"),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("ruler_id", sa.Integer(), nullable=True, comment="empty: any secretary"),
        sa.Column("rule_by", UtcInstant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False, comment="pending, upheld, rejected, moot"),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("ruled_by", sa.Integer(), nullable=True),
        sa.Column("ruled_at", UtcInstant(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'pending') = (ruled_at IS NULL)", name=op.f("ck_challenges_ruled_at_when_ruled")
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_challenges_panel_id")),
        sa.ForeignKeyConstraint(["ruled_by"], ["users.id"], name=op.f("fk_challenges_ruled_by")),
        sa.ForeignKeyConstraint(["ruler_id"], ["users.id"], name=op.f("fk_challenges_ruler_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["panel_seats.id"], name=op.f("fk_challenges_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sa.UniqueConstraint("panel_id", "n", name=op.f("uq_challenges_panel_id_n")),
        sa.UniqueConstraint("seat_id", "side", name=op.f("uq_challenges_seat_id_side")),
    )
    with op.batch_alter_table("challenges") as batch_op:
        batch_op.create_index("ix_challenges_ruler", ["ruler_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="of the exhibit in its case, from 1"),
        sa.Column("filename", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False, comment="by content"),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("ref", sa.LargeBinary(), nullable=False),
        sa.Column("shared_sha256", sa.Text(), nullable=True, comment="a copy without place and camera"),
        sa.Column("shared_ref", sa.LargeBinary(), nullable=True),
        sa.Column("proves", sa.Text(), nullable=True, comment="what of the checklist it is, as whoever added it says"),
        sa.Column("side", sa.Text(), nullable=False, comment="consumer, respondent, desk: who added it"),
        sa.Column("organisation_id", sa.Integer(), nullable=True, comment="the respondent's"),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("added_at", UtcInstant(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True, comment="what it was asked for as"),
        sa.Column(
            "standing",
            sa.Enum("open", "admitted", "excluded", name="standing", native_enum=False, length=32),
            server_default="open",
            nullable=False,
        ),
        sa.Column("standing_reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "standing != 'excluded' OR standing_reason IS NOT NULL", name=op.f("ck_evidence_excluded_with_a_reason")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_evidence_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["requested_items.id"], name=op.f("fk_evidence_item_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_evidence_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_evidence_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_evidence_case_id_number")),
    )
    with op.batch_alter_table("evidence") as batch_op:
        batch_op.create_index("ix_evidence_sha256", ["sha256"], unique=False)

    op.create_table(
        "notice_proofs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="under which it is verified"),
        sa.Column("data_sha256", sa.Text(), nullable=False, comment="of what the file holds as data"),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=True, comment="what is printed into the file; once made it stays"),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_proofs_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_proofs")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_notice_proofs_notice_id")),
    )
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "ballot", sa.Text(), nullable=False, comment="of the seat: stands for the member where votes are published"
        ),
        sa.Column(
            "choice",
            sa.Enum("uphold", "partly", "reject", "abstain", name="choice", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False, comment="false once changed, or its member left the panel"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_votes_issue_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_votes_panel_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_votes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
    )
    with op.batch_alter_table("votes") as batch_op:
        batch_op.create_index(
            "uq_votes_counted",
            ["panel_id", "issue_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("counts"),
            postgresql_where=sa.text("counts"),
        )

    op.create_table(
        "previews",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("pictures", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False, comment="pages, seconds, width, height, peaks: what is known"),
        sa.Column("why_none", sa.Text(), nullable=True, comment="type, limit, broken: why there is no picture"),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_previews_evidence_id")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_previews")),
    )


def downgrade() -> None:
    op.drop_table("previews")
    with op.batch_alter_table("votes") as batch_op:
        batch_op.drop_index("uq_votes_counted", sqlite_where=sa.text("counts"), postgresql_where=sa.text("counts"))

    op.drop_table("votes")
    op.drop_table("notice_proofs")
    with op.batch_alter_table("evidence") as batch_op:
        batch_op.drop_index("ix_evidence_sha256")

    op.drop_table("evidence")
    with op.batch_alter_table("challenges") as batch_op:
        batch_op.drop_index("ix_challenges_ruler")

    op.drop_table("challenges")
    op.drop_table("settlement_signatures")
    with op.batch_alter_table("rulebook_events") as batch_op:
        batch_op.drop_index(batch_op.f("ix_rulebook_events_amendment_id"))

    op.drop_table("rulebook_events")
    op.drop_table("requested_items")
    with op.batch_alter_table("register_rules") as batch_op:
        batch_op.drop_index("ix_register_rules_clause")

    op.drop_table("register_rules")
    with op.batch_alter_table("public_replies") as batch_op:
        batch_op.drop_index(
            "uq_public_replies_entry",
            sqlite_where=sa.text("withheld_at IS NULL AND entry_id IS NOT NULL"),
            postgresql_where=sa.text("withheld_at IS NULL AND entry_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_public_replies_company",
            sqlite_where=sa.text("withheld_at IS NULL AND entry_id IS NULL"),
            postgresql_where=sa.text("withheld_at IS NULL AND entry_id IS NULL"),
        )
        batch_op.drop_index("ix_public_replies_company")

    op.drop_table("public_replies")
    with op.batch_alter_table("panel_seats") as batch_op:
        batch_op.drop_index(
            "uq_panel_seats_place", sqlite_where=sa.text("left_at IS NULL"), postgresql_where=sa.text("left_at IS NULL")
        )
        batch_op.drop_index("ix_panel_seats_user")

    op.drop_table("panel_seats")
    op.drop_table("panel_draws")
    op.drop_table("offer_replies")
    with op.batch_alter_table("notices") as batch_op:
        batch_op.drop_index(
            "ix_notices_unprinted",
            sqlite_where=sa.text("status IN ('pending', 'failed')"),
            postgresql_where=sa.text("status IN ('pending', 'failed')"),
        )
        batch_op.drop_index(batch_op.f("ix_notices_entry_id"))

    op.drop_table("notices")
    with op.batch_alter_table("leak_resolutions") as batch_op:
        batch_op.drop_index("ix_leak_resolutions_entry")

    op.drop_table("leak_resolutions")
    op.drop_table("issues")
    with op.batch_alter_table("gathered_warnings") as batch_op:
        batch_op.drop_index("ix_gathered_open")

    op.drop_table("gathered_warnings")
    op.drop_table("exhibit_readings")
    op.drop_table("draft_files")
    with op.batch_alter_table("dossier_readings") as batch_op:
        batch_op.drop_index("ix_dossier_readings")

    op.drop_table("dossier_readings")
    with op.batch_alter_table("clock_effects") as batch_op:
        batch_op.drop_index(
            "ix_clock_effects_breaches",
            sqlite_where=sa.text("effect = 'breach'"),
            postgresql_where=sa.text("effect = 'breach'"),
        )

    op.drop_table("clock_effects")
    op.drop_table("bids")
    with op.batch_alter_table("sightings") as batch_op:
        batch_op.drop_index("ix_sightings_user")

    op.drop_table("sightings")
    op.drop_table("shop_facts")
    op.drop_table("settlement_records")
    with op.batch_alter_table("rulebook_amendments") as batch_op:
        batch_op.drop_index(
            "uq_rulebook_amendments_succession",
            sqlite_where=sa.text("approved_at IS NOT NULL"),
            postgresql_where=sa.text("approved_at IS NOT NULL"),
        )

    op.drop_table("rulebook_amendments")
    op.drop_table("review_requests")
    with op.batch_alter_table("remedies") as batch_op:
        batch_op.drop_index("ix_remedies_case")

    op.drop_table("remedies")
    with op.batch_alter_table("register_entries") as batch_op:
        batch_op.drop_index("ix_register_entries_newest")

    op.drop_table("register_entries")
    op.drop_table("ratings")
    with op.batch_alter_table("penalties") as batch_op:
        batch_op.drop_index("ix_penalties_work")
        batch_op.drop_index("ix_penalties_public")
        batch_op.drop_index("ix_penalties_company")

    op.drop_table("penalties")
    op.drop_table("parties")
    op.drop_table("panels")
    with op.batch_alter_table("one_time_codes") as batch_op:
        batch_op.drop_index("ix_one_time_codes_case")

    op.drop_table("one_time_codes")
    with op.batch_alter_table("offers") as batch_op:
        batch_op.drop_index(
            "uq_offers_open", sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'")
        )

    op.drop_table("offers")
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_index("ix_messages_case")

    op.drop_table("messages")
    with op.batch_alter_table("labels") as batch_op:
        batch_op.drop_index("ix_labels_case")
        batch_op.drop_index("ix_labels_at")

    op.drop_table("labels")
    with op.batch_alter_table("joint_cases") as batch_op:
        batch_op.drop_index(
            "uq_joint_cases_pair",
            sqlite_where=sa.text("parted_at IS NULL"),
            postgresql_where=sa.text("parted_at IS NULL"),
        )
        batch_op.drop_index("ix_joint_cases_other")

    op.drop_table("joint_cases")
    op.drop_table("inspections")
    with op.batch_alter_table("inbound_mail") as batch_op:
        batch_op.drop_index(
            "ix_inbound_mail_waiting",
            sqlite_where=sa.text("status IN ('held', 'received')"),
            postgresql_where=sa.text("status IN ('held', 'received')"),
        )
        batch_op.drop_index("ix_inbound_mail_sender")
        batch_op.drop_index(batch_op.f("ix_inbound_mail_person_id"))
        batch_op.drop_index("ix_inbound_mail_newest")
        batch_op.drop_index("ix_inbound_mail_content")
        batch_op.drop_index("ix_inbound_mail_case")

    op.drop_table("inbound_mail")
    op.drop_table("idempotency_keys")
    with op.batch_alter_table("hook_deliveries") as batch_op:
        batch_op.drop_index("ix_hook_deliveries_endpoint")

    op.drop_table("hook_deliveries")
    with op.batch_alter_table("findings") as batch_op:
        batch_op.drop_index("ix_findings_case")

    op.drop_table("findings")
    with op.batch_alter_table("fact_statements") as batch_op:
        batch_op.drop_index("ix_fact_statements_case")

    op.drop_table("fact_statements")
    op.drop_table("evidence_requests")
    with op.batch_alter_table("emergency_calls") as batch_op:
        batch_op.drop_index(batch_op.f("ix_emergency_calls_organisation_id"))

    op.drop_table("emergency_calls")
    with op.batch_alter_table("drafts") as batch_op:
        batch_op.drop_index("ix_drafts_phone")
        batch_op.drop_index(batch_op.f("ix_drafts_person_id"))
        batch_op.drop_index("ix_drafts_expiry")
        batch_op.drop_index("ix_drafts_email")

    op.drop_table("drafts")
    op.drop_table("decisions")
    op.drop_table("confirmations")
    with op.batch_alter_table("clocks") as batch_op:
        batch_op.drop_index(
            "ix_clocks_overdue",
            sqlite_where=sa.text("status = 'breached' AND ended_at IS NULL"),
            postgresql_where=sa.text("status = 'breached' AND ended_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_clocks_open", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )
        batch_op.drop_index(
            "ix_clocks_next", sqlite_where=sa.text("status = 'running'"), postgresql_where=sa.text("status = 'running'")
        )

    op.drop_table("clocks")
    with op.batch_alter_table("case_traces") as batch_op:
        batch_op.drop_index("ix_case_traces_case")

    op.drop_table("case_traces")
    op.drop_table("case_events")
    with op.batch_alter_table("bid_rounds") as batch_op:
        batch_op.drop_index(
            "uq_bid_rounds_open", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )

    op.drop_table("bid_rounds")
    with op.batch_alter_table("answers") as batch_op:
        batch_op.drop_index("ix_answers_case")

    op.drop_table("answers")
    op.drop_table("triage_weights")
    with op.batch_alter_table("stated_reasons") as batch_op:
        batch_op.drop_index("ix_stated_reasons_user")
        batch_op.drop_index("ix_stated_reasons_newest")

    op.drop_table("stated_reasons")
    op.drop_table("staff_answers")
    with op.batch_alter_table("sign_in_links") as batch_op:
        batch_op.drop_index("ix_sign_in_links_user")

    op.drop_table("sign_in_links")
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_index("ix_sessions_user")

    op.drop_table("sessions")
    with op.batch_alter_table("security_events") as batch_op:
        batch_op.drop_index("ix_security_events_newest")
        batch_op.drop_index("ix_security_events_about")

    op.drop_table("security_events")
    op.drop_table("saved_views")
    with op.batch_alter_table("recovery_codes") as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_codes_user_id"))

    op.drop_table("recovery_codes")
    op.drop_table("pool_members")
    op.drop_table("own_hours")
    with op.batch_alter_table("order_keys") as batch_op:
        batch_op.drop_index("ix_order_keys_organisation")

    op.drop_table("order_keys")
    op.drop_table("known_browsers")
    with op.batch_alter_table("hook_endpoints") as batch_op:
        batch_op.drop_index("ix_hook_endpoints_organisation")

    op.drop_table("hook_endpoints")
    with op.batch_alter_table("factors") as batch_op:
        batch_op.drop_index("ix_factors_user")

    op.drop_table("factors")
    with op.batch_alter_table("cases") as batch_op:
        batch_op.drop_index("ix_cases_respondent")
        batch_op.drop_index("ix_cases_queue")
        batch_op.drop_index(batch_op.f("ix_cases_person_id"))
        batch_op.drop_index("ix_cases_newest")
        batch_op.drop_index("ix_cases_closed")
        batch_op.drop_index("ix_cases_assignee")

    op.drop_table("cases")
    with op.batch_alter_table("approvals") as batch_op:
        batch_op.drop_index("ix_approvals_newest")

    op.drop_table("approvals")
    with op.batch_alter_table("api_tokens") as batch_op:
        batch_op.drop_index("ix_api_tokens_user")

    op.drop_table("api_tokens")
    op.drop_table("users")
    with op.batch_alter_table("outbound_messages") as batch_op:
        batch_op.drop_index("ix_outbound_messages_sent_to")
        batch_op.drop_index(batch_op.f("ix_outbound_messages_person_id"))
        batch_op.drop_index("ix_outbound_messages_newest")

    op.drop_table("outbound_messages")
    with op.batch_alter_table("organisation_merges") as batch_op:
        batch_op.drop_index("ix_organisation_merges_organisation")

    op.drop_table("organisation_merges")
    with op.batch_alter_table("erasure_wishes") as batch_op:
        batch_op.drop_index(
            "uq_erasure_wishes_open",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.drop_table("erasure_wishes")
    op.drop_table("spent_challenges")
    with op.batch_alter_table("people") as batch_op:
        batch_op.drop_index("uq_people_reached")

    op.drop_table("people")
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_index(
            "ix_outbox_given_up",
            sqlite_where=sa.text("done_at IS NULL AND dead_at IS NOT NULL"),
            postgresql_where=sa.text("done_at IS NULL AND dead_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_outbox_due",
            sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        )

    op.drop_table("outbox")
    with op.batch_alter_table("organisations") as batch_op:
        batch_op.drop_index("ix_organisations_merged_into")
        batch_op.drop_index("ix_organisations_kind_name")

    op.drop_table("organisations")
    with op.batch_alter_table("open_questions") as batch_op:
        batch_op.drop_index("ix_open_questions_asked")

    op.drop_table("open_questions")
    op.drop_table("ledger_tiles")
    op.drop_table("ledger_forgettings")
    with op.batch_alter_table("ledger_entries") as batch_op:
        batch_op.drop_index(
            "ix_ledger_entries_waiting",
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        )
        batch_op.drop_index("ix_ledger_entries_subject")
        batch_op.drop_index("ix_ledger_entries_commitment")

    op.drop_table("ledger_entries")
    op.drop_table("ledger_checkpoints")
    op.drop_table("heartbeats")
    op.drop_table("failed_tries")
    op.drop_table("counters")

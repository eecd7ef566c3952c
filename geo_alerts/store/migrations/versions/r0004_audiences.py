"""Audiences: partial withdrawals, second persons, alerts, the audit trail, protected counts.

Each person's latest withdrawal becomes a row of its own, which later re-joining leaves alone.

Audit entries are append-only in the database itself: triggers refuse to change or remove one.

This file is history: a later change of the tables is a new file beside it, never an edit here.
"""

from typing import Any

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    false,
    text,
)

from geo_alerts.store.columns import Moment, document_column, key_text_column, row_id_column

revision = "0004"
down_revision = "0003"

NO_HASH = "0" * 64
TABLES = (
    "withdrawal",
    "sensitive_label",
    "audience_decision",
    "alert",
    "audit_entry",
    "audit_head",
    "protection_secret",
    "protected_release",
    "protected_count",
)
WITHDRAWALS = "ix_subscriber_version_withdrawal_set_id"
AUDIENCE_COLUMNS = ("asked", "lawful_basis", "control_count", "needs_approval")


def upgrade() -> None:
    """Make the tables, and give each withdrawal that is known its row."""
    op.add_column("subscriber_version", Column("opted_out", document_column()))
    _subscribers()
    _audiences()
    _audit()
    _protection()


def downgrade() -> None:
    """Remove the tables and the columns; each person's latest withdrawal from all is kept."""
    _subscribers_as_before()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change() CASCADE")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("audience_recipient", "channels")
    for name in reversed(AUDIENCE_COLUMNS):
        op.drop_column("audience", name)
    op.drop_column("subscriber_version", "opted_out")


def _subscribers() -> None:
    op.create_table(
        "withdrawal",
        Column("number", row_id_column(), primary_key=True, autoincrement=False),
        Column("change_set_id", row_id_column(), ForeignKey("change_set.id"), primary_key=True),
        Column("scope", String(7), primary_key=True),
        Column("name", key_text_column(100), primary_key=True),
        Column("at", Moment, nullable=False),
        Column("before_seq", BigInteger),
        CheckConstraint("scope IN ('all', 'channel', 'topic')", name="known_scope"),
        Index("ix_withdrawal_change_set_id", "change_set_id"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO withdrawal (number, change_set_id, scope, name, at) "
        "SELECT DISTINCT number, withdrawal_set_id, 'all', '', change_set.as_of "
        "FROM subscriber_version JOIN change_set ON change_set.id = withdrawal_set_id"
    )
    op.drop_index(WITHDRAWALS, "subscriber_version")
    op.drop_column("subscriber_version", "withdrawal_set_id")
    op.create_table(
        "sensitive_label",
        Column("kind", String(5), primary_key=True),
        Column("name", key_text_column(100), primary_key=True),
        Column("marked_at", Moment, nullable=False),
        Column("marked_by", Text, nullable=False),
        CheckConstraint("kind IN ('group', 'topic')", name="known_kind"),
    )


def _subscribers_as_before() -> None:
    op.add_column("subscriber_version", Column("withdrawal_set_id", BigInteger))
    op.execute(
        "UPDATE subscriber_version SET withdrawal_set_id = (SELECT max(change_set_id) "
        "FROM withdrawal WHERE withdrawal.number = subscriber_version.number AND scope = 'all')"
    )
    known = text("withdrawal_set_id IS NOT NULL")
    op.create_index(
        WITHDRAWALS,
        "subscriber_version",
        ["withdrawal_set_id"],
        sqlite_where=known,
        postgresql_where=known,
    )


def _audiences() -> None:
    op.add_column("audience", Column("asked", document_column()))
    op.add_column("audience", _with_default("lawful_basis", String(40), ""))
    op.add_column("audience", _with_default("control_count", BigInteger, "0"))
    op.add_column("audience", _with_default("needs_approval", Boolean, false()))
    op.add_column("audience_recipient", _with_default("channels", SmallInteger, "7"))
    op.create_table(
        "audience_decision",
        Column("audience_row_id", row_id_column(), ForeignKey("audience.row_id"), primary_key=True),
        Column("is_approved", Boolean, nullable=False),
        Column("decided_at", Moment, nullable=False),
        Column("decided_by", Text, nullable=False),
        Column("note", Text, nullable=False),
    )
    op.create_table(
        "alert",
        Column("id", row_id_column(), primary_key=True),
        Column("audience_row_id", row_id_column(), ForeignKey("audience.row_id"), nullable=False),
        Column("key", key_text_column(64), nullable=False),
        Column("sent_at", Moment, nullable=False),
        Column("recorded_at", Moment, nullable=False),
        Column("recorded_by", Text, nullable=False),
        Index("ix_alert_audience_row_id_key", "audience_row_id", "key", unique=True),
        Index("ix_alert_sent_at", "sent_at"),
    )


def _audit() -> None:
    op.create_table(
        "audit_entry",
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("act", key_text_column(40), nullable=False),
        Column("at", key_text_column(32), nullable=False),
        Column("document", Text, nullable=False),
        Column("previous_sha256", String(64), nullable=False),
        Column("sha256", String(64), nullable=False),
        Index("ix_audit_entry_act_seq", "act", "seq"),
        Index("ix_audit_entry_at", "at"),
    )
    op.create_table(
        "audit_head",
        Column("id", SmallInteger, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, nullable=False),
        Column("sha256", String(64), nullable=False),
        CheckConstraint("id = 1", name="one_row"),
    )
    op.execute(f"INSERT INTO audit_head (id, seq, sha256) VALUES (1, 0, '{NO_HASH}')")  # noqa: S608
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit entries are append-only'; END $$"
        )
        for events, level in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER audit_no_{events.split()[0].lower()} BEFORE {events} "
                f"ON audit_entry FOR EACH {level} EXECUTE FUNCTION refuse_audit_change()"
            )
        return
    # SQLite's INSERT OR REPLACE removes a row without asking the trigger of removals.
    taken = "WHEN EXISTS (SELECT 1 FROM audit_entry WHERE seq = NEW.seq) "
    for happens, when in (("UPDATE", ""), ("DELETE", ""), ("INSERT", taken)):
        op.execute(
            f"CREATE TRIGGER audit_no_{happens.lower()} BEFORE {happens} ON audit_entry {when}"
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )


def _protection() -> None:
    op.create_table(
        "protection_secret",
        Column("id", SmallInteger, primary_key=True, autoincrement=False),
        Column("secret", LargeBinary, nullable=False),
        CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "protected_release",
        Column("id", row_id_column(), primary_key=True),
        Column("made_at", Moment, nullable=False),
        Column("postcode_edition_id", row_id_column(), ForeignKey("edition.id"), nullable=False),
        Column("parameters", document_column(), nullable=False),
        Column("blocks", LargeBinary, nullable=False),
        Index("ix_protected_release_made_at", "made_at"),
    )
    op.create_table(
        "protected_count",
        Column("release_id", row_id_column(), ForeignKey("protected_release.id"), primary_key=True),
        Column("filter", key_text_column(140), primary_key=True),
        Column("counts", LargeBinary, nullable=False),
    )


def _with_default(name: str, kind: Any, default: Any) -> Column[Any]:  # noqa: ANN401
    return Column(name, kind, nullable=False, server_default=default)

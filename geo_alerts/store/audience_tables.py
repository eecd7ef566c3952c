"""The tables of frozen audiences, of what was asked and done, and of counts that are protected."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    false,
    text,
)

from geo_alerts.store.columns import Moment, document_column, key_text_column, row_id_column
from geo_alerts.store.tables import metadata

# --- frozen audiences -----------------------------------------------------------------------------

audience = Table(
    "audience",
    metadata,
    Column("row_id", row_id_column(), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("status", String(12), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("selection", document_column(), nullable=False),
    Column("inputs", document_column(), nullable=False),
    Column("counts", document_column(), nullable=False),
    Column("recipients_sha256", String(64), nullable=False),
    Column("recipient_count", BigInteger, nullable=False),
    Column("subscribers_seq", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("heartbeat_at", Moment, nullable=False),
    # The selection as it was asked; `selection` has distances and saved areas worked out.
    Column("asked", document_column()),
    Column("lawful_basis", String(40), nullable=False, server_default=""),
    Column("control_count", BigInteger, nullable=False, server_default="0"),
    Column("needs_approval", Boolean, nullable=False, server_default=false()),
    CheckConstraint("status IN ('staged', 'frozen', 'discarded')", name="known_status"),
    Index("ix_audience_created_at", "created_at"),
    sqlite_autoincrement=True,
)

# What a crash left to do; SQLite uses the index only for a query with this very text.
UNFINISHED_AUDIENCES = text("status <> 'frozen'")

Index(
    "ix_audience_unfinished",
    audience.c.row_id,
    sqlite_where=UNFINISHED_AUDIENCES,
    postgresql_where=UNFINISHED_AUDIENCES,
)

# No key to subscriber_reference: a frozen list keeps the number of a person who was erased.
audience_recipient = Table(
    "audience_recipient",
    metadata,
    Column("audience_row_id", row_id_column(), ForeignKey("audience.row_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    # The channels asked that the person had consented to; 0 for the control group.
    Column("channels", SmallInteger, nullable=False, server_default="7"),
    Index("ix_audience_recipient_number", "audience_row_id", "number", unique=True),
    sqlite_with_rowid=False,
)

# A second person's word on an audience; the first word stands.
audience_decision = Table(
    "audience_decision",
    metadata,
    Column("audience_row_id", row_id_column(), ForeignKey("audience.row_id"), primary_key=True),
    Column("is_approved", Boolean, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("note", Text, nullable=False),
)

# What the alert system says that it sent to an audience; the key is its own, so that it may repeat.
alert = Table(
    "alert",
    metadata,
    Column("id", row_id_column(), primary_key=True),
    Column("audience_row_id", row_id_column(), ForeignKey("audience.row_id"), nullable=False),
    Column("key", key_text_column(64), nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Index("ix_alert_audience_row_id_key", "audience_row_id", "key", unique=True),
    Index("ix_alert_sent_at", "sent_at"),
)

# How many replies came by a channel up to a time, to all alerts of an audience; only ever added to.
alert_reply = Table(
    "alert_reply",
    metadata,
    Column("row_id", row_id_column(), primary_key=True),
    Column("audience_row_id", row_id_column(), ForeignKey("audience.row_id"), nullable=False),
    Column("channel", String(5), nullable=False),
    Column("replies", BigInteger, nullable=False),
    Column("as_of", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("channel IN ('email', 'text', 'voice')", name="known_channel"),
    CheckConstraint("replies >= 0", name="a_count"),
    Index("ix_alert_reply_standing", "audience_row_id", "channel", "as_of", "row_id"),
    sqlite_autoincrement=True,
)

# --- who asked what: append-only, a chain of hashes -----------------------------------------------

# Triggers, which the migration makes, refuse to change, replace or remove an entry.
audit_entry = Table(
    "audit_entry",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    # What lists are filtered by; the document says the same, and alone is hashed.
    Column("act", key_text_column(40), nullable=False),
    Column("at", key_text_column(32), nullable=False),
    # JSON as text, byte for byte as it was hashed.
    Column("document", Text, nullable=False),
    Column("previous_sha256", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("ix_audit_entry_act_seq", "act", "seq"),
    Index("ix_audit_entry_at", "at"),
)

# The end of the chain: its row is locked while an entry is added.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# --- counts that limited roles may see ------------------------------------------------------------

# Drawn once for a store, and never told.
protection_secret = Table(
    "protection_secret",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("secret", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

protected_release = Table(
    "protected_release",
    metadata,
    Column("id", row_id_column(), primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("postcode_edition_id", row_id_column(), ForeignKey("edition.id"), nullable=False),
    Column("parameters", document_column(), nullable=False),
    # The block of each row of the directory, and each unit's part of it.
    Column("blocks", LargeBinary, nullable=False),
    Index("ix_protected_release_made_at", "made_at"),
)

# For each block a count, once for everybody and once for each filter that is allowed.
protected_count = Table(
    "protected_count",
    metadata,
    Column("release_id", row_id_column(), ForeignKey("protected_release.id"), primary_key=True),
    Column("filter", key_text_column(140), primary_key=True),
    Column("counts", LargeBinary, nullable=False),
)

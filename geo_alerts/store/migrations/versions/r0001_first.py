"""The first tables.

This file is history: a later change of the tables is a new file beside it, never an edit here.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    text,
)

from geo_alerts.store.columns import (
    Moment,
    document_column,
    geometry_column,
    key_text_column,
    row_id_column,
)

revision = "0001"
down_revision = None

TABLES = (
    "change_counter",
    "edition",
    "postcode_unit",
    "boundary",
    "household",
    "change_set",
    "subscriber_reference",
    "subscriber_version",
    "audience",
    "audience_recipient",
    "api_key",
    "session",
    "sign_in_token",
)


def upgrade() -> None:
    """Make the extension, where it is wanted, and the tables."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    _counter()
    _editions()
    _subscribers()
    _audiences()
    _keys()


def downgrade() -> None:
    """Remove the tables; the extension may be used by others and stays."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _counter() -> None:
    counter = op.create_table(
        "change_counter",
        Column("id", SmallInteger, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, nullable=False),
        CheckConstraint("id = 1", name="one_row"),
    )
    op.execute(sa.insert(counter).values(id=1, seq=0))


def _editions() -> None:
    op.create_table(
        "edition",
        Column("id", row_id_column(), primary_key=True),
        Column("layer", String(40), nullable=False),
        Column("label", Text, nullable=False),
        Column("source_name", Text, nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("read_as", Text, nullable=False),
        Column("published_on", String(10)),
        Column("valid_from", String(10)),
        Column("licence", Text, nullable=False),
        Column("is_demonstration", Boolean, nullable=False),
        Column("row_count", BigInteger, nullable=False),
        Column("notes", document_column(), nullable=False),
        Column("status", String(12), nullable=False),
        Column("owner", Text, nullable=False),
        Column("base_id", BigInteger),
        Column("recorded_at", Moment, nullable=False),
        Column("heartbeat_at", Moment, nullable=False),
        Column("switched_at", Moment),
        Column("switched_seq", BigInteger),
        CheckConstraint(
            "status IN ('staged', 'active', 'superseded', 'discarded', 'removed')",
            name="known_status",
        ),
        Index("ix_edition_layer_sha256", "layer", "sha256"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_edition_one_active",
        "edition",
        ["layer"],
        unique=True,
        sqlite_where=text("status = 'active'"),
        postgresql_where=text("status = 'active'"),
    )
    op.create_table(
        "postcode_unit",
        Column("edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
        Column("postcode", key_text_column(8), primary_key=True),
        Column("easting", Float),
        Column("northing", Float),
        Column("pqi", SmallInteger, nullable=False),
        Column("status", String(10), nullable=False),
        Column("introduced", String(7), nullable=False),
        Column("terminated", String(15), nullable=False),
        Column("position", String(16), nullable=False),
        Column("large_user", Boolean, nullable=False),
        Column("oa", String(9), nullable=False),
        Column("lsoa", String(9), nullable=False),
        Column("ward", String(9), nullable=False),
        Column("district", String(9), nullable=False),
        Column("point", geometry_column("POINT")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "boundary",
        Column("edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
        Column("code", key_text_column(100), primary_key=True),
        Column("name", Text, nullable=False),
        Column("geometry", geometry_column("MULTIPOLYGON"), nullable=False),
    )
    op.create_table(
        "household",
        Column("edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
        Column("lsoa", key_text_column(9), primary_key=True),
        Column("households", Integer, nullable=False),
        Column("residents", Integer),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, column in (("postcode_unit", "point"), ("boundary", "geometry")):
            op.create_index(f"ix_{table}_{column}", table, [column], postgresql_using="gist")


def _subscribers() -> None:
    op.create_table(
        "change_set",
        Column("id", row_id_column(), primary_key=True),
        Column("kind", String(6), nullable=False),
        Column("status", String(12), nullable=False),
        Column("seq", BigInteger, unique=True),
        Column("base_seq", BigInteger, nullable=False),
        Column("as_of", Moment, nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("read_as", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("owner", Text, nullable=False),
        Column("recorded_at", Moment, nullable=False),
        Column("heartbeat_at", Moment, nullable=False),
        Column("switched_at", Moment),
        Column("is_pruned", Boolean, nullable=False),
        Column("counts", document_column(), nullable=False),
        CheckConstraint("kind IN ('file', 'single')", name="known_kind"),
        CheckConstraint("status IN ('staged', 'switched', 'discarded')", name="known_status"),
        Index("ix_change_set_sha256", "sha256"),
        Index("ix_change_set_as_of", "as_of"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_change_set_unfinished",
        "change_set",
        ["id"],
        sqlite_where=text("seq IS NULL OR NOT is_pruned"),
        postgresql_where=text("seq IS NULL OR NOT is_pruned"),
    )
    op.create_table(
        "subscriber_reference",
        Column("number", row_id_column(), primary_key=True, autoincrement=False),
        Column("reference", key_text_column(64), nullable=False, unique=True),
    )
    op.create_table(
        "subscriber_version",
        Column("change_set_id", row_id_column(), ForeignKey("change_set.id"), primary_key=True),
        Column(
            "number", row_id_column(), ForeignKey("subscriber_reference.number"), primary_key=True
        ),
        Column("is_active", Boolean, nullable=False),
        Column("joined_on", String(10), nullable=False),
        Column("left_on", String(32), nullable=False),
        Column("as_of", Moment, nullable=False),
        Column("channels", SmallInteger, nullable=False),
        Column("groups", document_column(), nullable=False),
        Column("topics", document_column(), nullable=False),
        Column("postcodes", document_column(), nullable=False),
        Column("content_set_id", BigInteger, nullable=False),
        Column("withdrawal_set_id", BigInteger),
        Index("ix_subscriber_version_number", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_subscriber_version_withdrawal_set_id",
        "subscriber_version",
        ["withdrawal_set_id"],
        sqlite_where=text("withdrawal_set_id IS NOT NULL"),
        postgresql_where=text("withdrawal_set_id IS NOT NULL"),
    )


def _audiences() -> None:
    op.create_table(
        "audience",
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
        CheckConstraint("status IN ('staged', 'frozen', 'discarded')", name="known_status"),
        Index("ix_audience_created_at", "created_at"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_audience_unfinished",
        "audience",
        ["row_id"],
        sqlite_where=text("status <> 'frozen'"),
        postgresql_where=text("status <> 'frozen'"),
    )
    op.create_table(
        "audience_recipient",
        Column("audience_row_id", row_id_column(), ForeignKey("audience.row_id"), primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
        Column("number", BigInteger, nullable=False),
        Index("ix_audience_recipient_number", "audience_row_id", "number", unique=True),
        sqlite_with_rowid=False,
    )


def _keys() -> None:
    op.create_table(
        "api_key",
        Column("id", String(32), primary_key=True),
        Column("name", Text, nullable=False),
        Column("role", String(20), nullable=False),
        Column("secret_sha256", String(64), nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("revoked_at", Moment),
        Column("last_used_on", String(10)),
    )
    op.create_table(
        "session",
        Column("id_sha256", String(64), primary_key=True),
        Column("name", Text, nullable=False),
        Column("role", String(20), nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("expires_at", Moment, nullable=False),
        Column("ended_at", Moment),
    )
    op.create_table(
        "sign_in_token",
        Column("sha256", String(64), primary_key=True),
        Column("name", Text, nullable=False),
        Column("role", String(20), nullable=False),
        Column("expires_at", Moment, nullable=False),
        Column("used_at", Moment),
    )

"""Crimes: months of forces, published points, and rows that refer to them.

This file is history: a later change of the tables is a new file beside it, never an edit here.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
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
    ordered_text_column,
    row_id_column,
)

revision = "0005"
down_revision = "0004"

TABLES = (
    "crime_month",
    "crime_month_category",
    "crime_month_ids",
    "snap_point",
    "crime",
    "crime_exact",
    "crime_outcome",
)


def upgrade() -> None:
    """Make the tables."""
    _months()
    _points()
    _crimes()


def downgrade() -> None:
    """Remove the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _months() -> None:
    op.create_table(
        "crime_month",
        Column("id", row_id_column(), primary_key=True),
        Column("force", key_text_column(60), nullable=False),
        Column("month", Integer, nullable=False),
        Column("kind", String(8), nullable=False),
        Column("source_name", Text, nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("row_count", BigInteger, nullable=False),
        Column("located", BigInteger, nullable=False),
        Column("notes", document_column(), nullable=False),
        Column("status", String(12), nullable=False),
        Column("owner", Text, nullable=False),
        Column("base_id", BigInteger),
        Column("recorded_at", Moment, nullable=False),
        Column("recorded_by", Text, nullable=False),
        Column("heartbeat_at", Moment, nullable=False),
        Column("switched_at", Moment),
        Column("switched_seq", BigInteger),
        CheckConstraint("kind IN ('street', 'outcomes', 'own')", name="known_kind"),
        CheckConstraint(
            "status IN ('staged', 'active', 'replaced', 'discarded', 'removed')",
            name="known_status",
        ),
        sqlite_autoincrement=True,
    )
    is_active = text("status = 'active'")
    op.create_index(
        "ix_crime_month_one_active",
        "crime_month",
        ["force", "month", "kind"],
        unique=True,
        sqlite_where=is_active,
        postgresql_where=is_active,
    )
    op.create_table(
        "crime_month_category",
        Column("crime_month_id", row_id_column(), ForeignKey("crime_month.id"), primary_key=True),
        Column("category", SmallInteger, primary_key=True, autoincrement=False),
        Column("row_count", Integer, nullable=False),
        Column("located", Integer, nullable=False),
        Column("outside", Integer),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "crime_month_ids",
        Column("crime_month_id", row_id_column(), ForeignKey("crime_month.id"), primary_key=True),
        Column("marks", LargeBinary, nullable=False),
    )


def _points() -> None:
    op.create_table(
        "snap_point",
        Column("id", row_id_column(), primary_key=True, autoincrement=False),
        Column("longitude_e6", Integer, nullable=False),
        Column("latitude_e6", Integer, nullable=False),
        Column("easting", Float, nullable=False),
        Column("northing", Float, nullable=False),
        Column("is_snapped", Boolean, nullable=False),
        Column("is_stand_in", Boolean, nullable=False),
        Column("street", ordered_text_column(), nullable=False),
        Column("lsoa", ordered_text_column(), nullable=False),
        Column("named_month", Integer, nullable=False),
        Column("point", geometry_column("POINT"), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_snap_point_point", "snap_point", ["point"], postgresql_using="gist")


def _crimes() -> None:
    op.create_table(
        "crime",
        *_key(),
        Column("category", SmallInteger, nullable=False),
        Column("snap_point_id", BigInteger),
        Column("id_bytes", LargeBinary),
        Column("outcome", SmallInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "crime_exact",
        *_key(),
        Column("easting", Float),
        Column("northing", Float),
        Column("begins_at", Integer),
        Column("ends_at", Integer),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "crime_outcome",
        *_key(),
        Column("id_bytes", LargeBinary),
        Column("outcome", SmallInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def _key() -> tuple[Column[int], Column[int]]:
    return (
        Column("crime_month_id", row_id_column(), primary_key=True, autoincrement=False),
        Column("row", Integer, primary_key=True, autoincrement=False),
    )

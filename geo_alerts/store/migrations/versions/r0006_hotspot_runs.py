"""Stored layers of crime with their areas, back-tests, and jobs.

This file is history: a later change of the tables is a new file beside it, never an edit here.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    false,
    text,
)

from geo_alerts.store.columns import (
    Moment,
    document_column,
    geometry_column,
    key_text_column,
    row_id_column,
)

revision = "0006"
down_revision = "0005"

TABLES = ("hotspot_run", "hotspot_area", "hotspot_backtest", "job")
UNFINISHED = text("status IN ('waiting', 'running')")


def upgrade() -> None:
    """Make the tables; they are empty."""
    _runs()
    _backtests()
    _jobs()


def downgrade() -> None:
    """Remove the tables with what is in them: it can be worked out again."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _runs() -> None:
    op.create_table(
        "hotspot_run",
        Column("row_id", row_id_column(), primary_key=True),
        Column("id", String(32), nullable=False, unique=True),
        Column("name", String(100), nullable=False, server_default=""),
        Column("method", key_text_column(20), nullable=False),
        Column("asked", document_column(), nullable=False),
        Column("question", document_column(), nullable=False),
        Column("inputs", document_column(), nullable=False),
        Column("is_restricted", Boolean, nullable=False),
        Column("inputs_sha256", String(64), nullable=False),
        Column("facts", document_column(), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("cell_count", BigInteger, nullable=False),
        Column("area_count", BigInteger, nullable=False),
        Column("cells_header", document_column()),
        Column("cells", LargeBinary),
        Column("created_at", Moment, nullable=False),
        Column("created_by", Text, nullable=False),
        Index("ix_hotspot_run_inputs_sha256", "inputs_sha256"),
        Index("ix_hotspot_run_created_at", "created_at"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "hotspot_area",
        Column("run_row_id", row_id_column(), ForeignKey("hotspot_run.row_id"), primary_key=True),
        Column("rank", Integer, primary_key=True, autoincrement=False),
        Column("key", key_text_column(100)),
        Column("geometry", geometry_column("MULTIPOLYGON"), nullable=False),
        Column("facts", document_column(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_hotspot_area_geometry", "hotspot_area", ["geometry"], postgresql_using="gist"
        )


def _backtests() -> None:
    op.create_table(
        "hotspot_backtest",
        Column("row_id", row_id_column(), primary_key=True),
        Column("id", String(32), nullable=False, unique=True),
        Column("subject_sha256", String(64), nullable=False),
        Column("question", document_column(), nullable=False),
        Column("inputs", document_column(), nullable=False),
        Column("inputs_sha256", String(64), nullable=False),
        Column("result", document_column(), nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("created_by", Text, nullable=False),
        Index("ix_hotspot_backtest_subject_sha256", "subject_sha256"),
        Index("ix_hotspot_backtest_inputs_sha256", "inputs_sha256"),
        sqlite_autoincrement=True,
    )


def _jobs() -> None:
    op.create_table(
        "job",
        Column("row_id", row_id_column(), primary_key=True),
        Column("id", String(32), nullable=False, unique=True),
        Column("kind", key_text_column(40), nullable=False),
        Column("question", document_column(), nullable=False),
        Column("is_restricted", Boolean, nullable=False),
        Column("status", String(10), nullable=False),
        Column("done", BigInteger, nullable=False, server_default="0"),
        Column("total", BigInteger),
        Column("words", Text, nullable=False, server_default=""),
        Column("cancel_asked", Boolean, nullable=False, server_default=false()),
        Column("is_foreground", Boolean, nullable=False, server_default=false()),
        Column("owner", Text),
        Column("heartbeat_at", Moment),
        Column("result_id", String(32)),
        Column("error_code", String(40)),
        Column("error", Text),
        Column("created_at", Moment, nullable=False),
        Column("created_by", Text, nullable=False),
        Column("started_at", Moment),
        Column("ended_at", Moment),
        CheckConstraint(
            "status IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="known_status"
        ),
        Index("ix_job_created_at", "created_at"),
        Index("ix_job_unfinished", "row_id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        sqlite_autoincrement=True,
    )

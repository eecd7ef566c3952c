"""The tables of stored layers of crime, of owners of places, of back-tests, and of jobs."""

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
    Table,
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
from geo_alerts.store.tables import metadata

# --- runs: layers that never change ---------------------------------------------------------------

hotspot_run = Table(
    "hotspot_run",
    metadata,
    Column("row_id", row_id_column(), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("name", String(100), nullable=False, server_default=""),
    Column("method", key_text_column(20), nullable=False),
    # As it was asked; and with everything in it that was worked out.
    Column("asked", document_column(), nullable=False),
    Column("question", document_column(), nullable=False),
    Column("inputs", document_column(), nullable=False),
    # Whether it tells of exact positions of forces' own data: not everybody may see it.
    Column("is_restricted", Boolean, nullable=False),
    # Of the question and its inputs: what was run already is not run again.
    Column("inputs_sha256", String(64), nullable=False),
    Column("facts", document_column(), nullable=False),
    # Of cells and areas.
    Column("sha256", String(64), nullable=False),
    Column("cell_count", BigInteger, nullable=False),
    Column("area_count", BigInteger, nullable=False),
    # The grid and what the columns are called; and the cells, compressed. None without cells.
    Column("cells_header", document_column()),
    Column("cells", LargeBinary),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Index("ix_hotspot_run_inputs_sha256", "inputs_sha256"),
    Index("ix_hotspot_run_created_at", "created_at"),
    sqlite_autoincrement=True,
)

hotspot_area = Table(
    "hotspot_area",
    metadata,
    Column("run_row_id", row_id_column(), ForeignKey("hotspot_run.row_id"), primary_key=True),
    Column("rank", Integer, primary_key=True, autoincrement=False),
    Column("key", key_text_column(100)),
    Column("geometry", geometry_column("MULTIPOLYGON"), nullable=False),
    Column("facts", document_column(), nullable=False),
)
Index("ix_hotspot_area_geometry", hotspot_area.c.geometry, postgresql_using="gist").ddl_if(
    dialect="postgresql"
)

# --- which team has a repeat location in hand: what was said last counts --------------------------

place_owner = Table(
    "place_owner",
    metadata,
    Column("row_id", row_id_column(), primary_key=True),
    Column("key", key_text_column(100), nullable=False),
    # None gives it back to the team on whose ground it is.
    Column("team_code", String(100)),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Index("ix_place_owner_key", "key", "row_id"),
    sqlite_autoincrement=True,
)

# --- back-tests: which method does best for a force and a category --------------------------------

hotspot_backtest = Table(
    "hotspot_backtest",
    metadata,
    Column("row_id", row_id_column(), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    # Of the forces, categories, grid and area that it is about: by it `auto` finds the latest.
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

# --- jobs: long work, with progress, that outlives a restart --------------------------------------

job = Table(
    "job",
    metadata,
    Column("row_id", row_id_column(), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("kind", key_text_column(40), nullable=False),
    Column("question", document_column(), nullable=False),
    # Whether what it makes is restricted.
    Column("is_restricted", Boolean, nullable=False),
    Column("status", String(10), nullable=False),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger),
    Column("words", Text, nullable=False, server_default=""),
    Column("cancel_asked", Boolean, nullable=False, server_default=false()),
    # Whether it is done by who asked and ends with them, as at the command line.
    Column("is_foreground", Boolean, nullable=False, server_default=false()),
    # Who works on it; none while it waits.
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
    sqlite_autoincrement=True,
)

# SQLite uses the index only for a query with this very text.
UNFINISHED_JOBS = text("status IN ('waiting', 'running')")

Index(
    "ix_job_unfinished",
    job.c.row_id,
    sqlite_where=UNFINISHED_JOBS,
    postgresql_where=UNFINISHED_JOBS,
)

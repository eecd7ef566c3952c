"""Boundaries with dates: drafts, activations, links; cells, contacts and saved areas.

Editions of boundaries that were switched on become checked ones with an activation each, in the
order in which they were switched on, so that the one that was active stays the one in force. Each
holds from the day that its file names, or from the day of switching where the file names none or a
later one, and never from a day before that of the edition which it took the place of.

SQLite cannot change a CHECK: the table is made again. Whoever runs this on a store with rows must
have foreign keys off, for the other tables refer to it; `Store.migrate` has.

This file is history: a later change of the tables is a new file beside it, never an edit here.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Text,
    text,
)

from geo_alerts.store.columns import Moment, document_column, key_text_column, row_id_column

revision = "0003"
down_revision = "0002"

BEFORE = "status IN ('staged', 'active', 'superseded', 'discarded', 'removed')"
AFTER = "status IN ('staged', 'draft', 'checked', 'active', 'superseded', 'discarded', 'removed')"
IS_BOUNDARIES = "layer NOT IN ('postcodes', 'households')"
LONDON = ZoneInfo("Europe/London")
TABLES = (
    "cell_block",
    "contact",
    "activation",
    "boundary_link",
    "saved_area",
    "saved_area_version",
    "saved_area_review",
)


def upgrade() -> None:
    """Widen the editions, make the tables, and give each boundary edition its days."""
    _widen_editions()
    op.add_column("boundary", _text("parent_code", key_text_column(100)))
    op.add_column("boundary", _text("identity", key_text_column(200)))
    _beside_editions()
    _saved_areas()
    _give_days()


def downgrade() -> None:
    """Remove the tables; what was activated last is active, drafts go."""
    drafts = f"{IS_BOUNDARIES} AND status IN ('draft', 'checked') AND switched_at IS NULL"
    op.execute(f"DELETE FROM boundary WHERE edition_id IN (SELECT id FROM edition WHERE {drafts})")  # noqa: S608
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute(f"DELETE FROM edition WHERE {drafts}")  # noqa: S608
    op.execute("UPDATE edition SET status = 'superseded' WHERE status = 'checked'")
    latest = f"SELECT max(switched_seq) FROM edition WHERE {IS_BOUNDARIES} GROUP BY layer"  # noqa: S608
    op.execute(f"UPDATE edition SET status = 'active' WHERE switched_seq IN ({latest})")  # noqa: S608
    op.drop_column("boundary", "identity")
    op.drop_column("boundary", "parent_code")
    _narrow_editions()


def _text(name: str, kind: Any = Text) -> Column[str]:  # noqa: ANN401 - a type or a class of types
    return Column(name, kind, nullable=False, server_default="")


def _old_columns() -> list[Column[Any]]:
    return [
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
    ]


def _new_columns() -> list[Column[Any]]:
    return [
        Column("parent_layer", String(40)),
        Column("checked_at", Moment),
        Column("check_report", document_column()),
        Column("repaired_from", BigInteger),
        _text("recorded_by"),
    ]


def _widen_editions() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_editions_again([*_old_columns(), *_new_columns()], AFTER)
        return
    for column in _new_columns():
        op.add_column("edition", column)
    op.drop_constraint("known_status", "edition", type_="check")
    op.create_check_constraint("known_status", "edition", AFTER)


def _narrow_editions() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_editions_again(_old_columns(), BEFORE)
        return
    op.drop_constraint("known_status", "edition", type_="check")
    op.create_check_constraint("known_status", "edition", BEFORE)
    for column in reversed(_new_columns()):
        op.drop_column("edition", column.name)


def _make_editions_again(columns: list[Column[Any]], known_status: str) -> None:
    kept = ", ".join(column.name for column in _old_columns())
    numbered = text("SELECT seq FROM sqlite_sequence WHERE name = 'edition'")
    # Numbers of editions are never given twice, not even those of the removed ones.
    last_id = op.get_bind().execute(numbered).scalar()
    # Not renamed: SQLite would write the name in quotes, or turn the keys of the others to it.
    op.execute("CREATE TABLE edition_kept AS SELECT * FROM edition")
    op.drop_table("edition")
    op.create_table(
        "edition",
        *columns,
        CheckConstraint(known_status, name="known_status"),
        Index("ix_edition_layer_sha256", "layer", "sha256"),
        sqlite_autoincrement=True,
    )
    is_active = text("status = 'active'")
    op.create_index(
        "ix_edition_one_active", "edition", ["layer"], unique=True, sqlite_where=is_active
    )
    op.execute(f"INSERT INTO edition ({kept}) SELECT {kept} FROM edition_kept ORDER BY id")  # noqa: S608
    op.drop_table("edition_kept")
    if last_id is not None:
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'edition'")
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('edition', {int(last_id)})")  # noqa: S608


def _beside_editions() -> None:
    op.create_table(
        "cell_block",
        Column("edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
        Column("block", Integer, primary_key=True, autoincrement=False),
        Column("payload", LargeBinary, nullable=False),
    )
    op.create_table(
        "contact",
        Column("edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
        Column("code", key_text_column(100), primary_key=True),
        Column("document", document_column(), nullable=False),
    )
    op.create_table(
        "activation",
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("layer", String(40), nullable=False),
        Column("edition_id", row_id_column(), ForeignKey("edition.id"), nullable=False),
        Column("valid_from", Date, nullable=False),
        Column("recorded_at", Moment, nullable=False),
        Column("recorded_by", Text, nullable=False),
        Index("ix_activation_edition_id", "edition_id"),
    )
    op.create_table(
        "boundary_link",
        Column("edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
        Column("previous_edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
        Column("previous_code", key_text_column(100), primary_key=True),
        Column("code", key_text_column(100), primary_key=True),
        Column("kind", String(20), nullable=False),
        Column("share_of_previous", Float, nullable=False),
        Column("share_of_this", Float, nullable=False),
        sqlite_with_rowid=False,
    )


def _saved_areas() -> None:
    op.create_table(
        "saved_area",
        Column("id", String(32), primary_key=True),
        Column("name", Text, nullable=False),
        Column("owner", Text, nullable=False),
        Column("created_at", Moment, nullable=False),
    )
    op.create_table(
        "saved_area_version",
        Column("saved_area_id", String(32), ForeignKey("saved_area.id"), primary_key=True),
        Column("version", Integer, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, nullable=False, unique=True),
        Column("area", document_column(), nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("created_by", Text, nullable=False),
        Column("note", Text, nullable=False),
    )
    op.create_table(
        "saved_area_review",
        Column("saved_area_id", String(32), ForeignKey("saved_area.id"), primary_key=True),
        Column("version", Integer, primary_key=True, autoincrement=False),
        Column("activation_seq", BigInteger, ForeignKey("activation.seq"), primary_key=True),
        Column("reason", document_column(), nullable=False),
        Column("opened_at", Moment, nullable=False),
        Column("closed_at", Moment),
        Column("closed_by", Text),
    )


def _give_days() -> None:
    edition = sa.table("edition", *_old_columns(), Column("checked_at", Moment))
    activation = sa.table(
        "activation",
        Column("seq", BigInteger),
        Column("layer", String),
        Column("edition_id", BigInteger),
        Column("valid_from", Date),
        Column("recorded_at", Moment),
        Column("recorded_by", Text),
    )
    connection = op.get_bind()
    is_switched = edition.c.status.in_(("active", "superseded")) & text(IS_BOUNDARIES)
    in_turn = (
        sa.select(edition).where(is_switched).order_by(edition.c.layer, edition.c.switched_seq)
    )
    rows = [
        {
            "seq": switched.switched_seq,
            "layer": switched.layer,
            "edition_id": switched.id,
            "valid_from": day,
            "recorded_at": switched.switched_at,
            "recorded_by": "",
        }
        for switched, day in _days(connection.execute(in_turn).all())
    ]
    if rows:
        connection.execute(sa.insert(activation), rows)
    # Only sound polygons could be imported.
    checked = {"status": "checked", "checked_at": edition.c.switched_at}
    connection.execute(sa.update(edition).where(is_switched).values(checked))
    # Areas that kept their code were the same team as far as was known.
    activated = "SELECT edition_id FROM activation"
    op.execute(f"UPDATE boundary SET identity = code WHERE edition_id IN ({activated})")  # noqa: S608


def _days(in_turn: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], date]]:
    latest: dict[str, date] = {}
    for switched in in_turn:
        day = switched.switched_at.astimezone(LONDON).date()
        named = _whole_day(switched.valid_from)
        day = min(day, named) if named else day
        latest[switched.layer] = max(day, latest.get(switched.layer, day))
        yield switched, latest[switched.layer]


def _whole_day(given: str | None) -> date | None:
    # A month or a year is no day.
    try:
        return date.fromisoformat(given or "")
    except ValueError:
        return None

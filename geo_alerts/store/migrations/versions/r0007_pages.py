"""What pages keep: which team has a repeat location in hand.

This file is history: a later change of the tables is a new file beside it, never an edit here.
"""

from alembic import op
from sqlalchemy import Column, Index, String, Text

from geo_alerts.store.columns import Moment, key_text_column, row_id_column

revision = "0007"
down_revision = "0006"

TABLES = ("place_owner",)


def upgrade() -> None:
    """Make the tables; they are empty."""
    op.create_table(
        "place_owner",
        Column("row_id", row_id_column(), primary_key=True),
        Column("key", key_text_column(100), nullable=False),
        Column("team_code", String(100)),
        Column("recorded_at", Moment, nullable=False),
        Column("recorded_by", Text, nullable=False),
        Index("ix_place_owner_key", "key", "row_id"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Remove the tables with what is in them."""
    for table in reversed(TABLES):
        op.drop_table(table)

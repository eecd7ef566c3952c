"""How many replies came to the alerts of frozen audiences.

This file is history: a later change of the tables is a new file beside it, never an edit here.
"""

from alembic import op
from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String, Text

from geo_alerts.store.columns import Moment, row_id_column

revision = "0008"
down_revision = "0007"

TABLES = ("alert_reply",)


def upgrade() -> None:
    """Make the tables; they are empty."""
    op.create_table(
        "alert_reply",
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


def downgrade() -> None:
    """Remove the tables with what is in them."""
    for table in reversed(TABLES):
        op.drop_table(table)

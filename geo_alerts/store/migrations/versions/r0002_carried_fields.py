"""When each field of a subscriber was last said, of those that the newest word is silent on.

This file is history: a later change of the tables is a new file beside it, never an edit here.
"""

from alembic import op
from sqlalchemy import Column

from geo_alerts.store.columns import document_column

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; so far every version said everything."""
    op.add_column("subscriber_version", Column("carried", document_column()))


def downgrade() -> None:
    """Remove the column."""
    op.drop_column("subscriber_version", "carried")

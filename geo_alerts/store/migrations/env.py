"""Alembic's way in: runs the migrations in the transaction that it is given."""

from alembic import context

from geo_alerts.store import (  # noqa: F401 - they add their tables to the metadata
    audience_tables,
    crime_tables,
    hotspot_tables,
)
from geo_alerts.store.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()

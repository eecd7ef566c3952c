"""The tables of crimes: months of forces, published points, and rows that refer to them.

Rows of crimes have no foreign keys: looking each of some millions up would take longer than all
else, and an import that writes them holds their month in the same transaction.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
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
from geo_alerts.store.tables import metadata

# --- months of forces -----------------------------------------------------------------------------

crime_month = Table(
    "crime_month",
    metadata,
    Column("id", row_id_column(), primary_key=True),
    Column("force", key_text_column(60), nullable=False),
    # Twelve times the year, plus 0 to 11.
    Column("month", Integer, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("source_name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("located", BigInteger, nullable=False),
    # What was left out and why, as JSON.
    Column("notes", document_column(), nullable=False),
    Column("status", String(12), nullable=False),
    Column("owner", Text, nullable=False),
    # The month that was active when this one was begun.
    Column("base_id", BigInteger),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("heartbeat_at", Moment, nullable=False),
    Column("switched_at", Moment),
    Column("switched_seq", BigInteger),
    CheckConstraint("kind IN ('street', 'outcomes', 'own')", name="known_kind"),
    CheckConstraint(
        "status IN ('staged', 'active', 'replaced', 'discarded', 'removed')", name="known_status"
    ),
    sqlite_autoincrement=True,
)
Index(
    "ix_crime_month_one_active",
    crime_month.c.force,
    crime_month.c.month,
    crime_month.c.kind,
    unique=True,
    sqlite_where=text("status = 'active'"),
    postgresql_where=text("status = 'active'"),
)

crime_month_category = Table(
    "crime_month_category",
    metadata,
    Column("crime_month_id", row_id_column(), ForeignKey("crime_month.id"), primary_key=True),
    Column("category", SmallInteger, primary_key=True, autoincrement=False),
    Column("row_count", Integer, nullable=False),
    Column("located", Integer, nullable=False),
    # Missing where no boundary says what the force's ground is.
    Column("outside", Integer),
    sqlite_with_rowid=False,
)

# 64 bits of each ID, sorted: tell whether a month knows an ID, without a look at its rows.
crime_month_ids = Table(
    "crime_month_ids",
    metadata,
    Column("crime_month_id", row_id_column(), ForeignKey("crime_month.id"), primary_key=True),
    Column("marks", LargeBinary, nullable=False),
)

# --- published points -----------------------------------------------------------------------------

# The id is made of the published longitude and latitude alone (`store/crime_points.py`), so that a
# point has the same id in every store. None of forces' own data is here.
snap_point = Table(
    "snap_point",
    metadata,
    Column("id", row_id_column(), primary_key=True, autoincrement=False),
    Column("longitude_e6", Integer, nullable=False),
    Column("latitude_e6", Integer, nullable=False),
    Column("easting", Float, nullable=False),
    Column("northing", Float, nullable=False),
    # Whether it was moved, by some centimetres, onto the whole metre that it was published from.
    Column("is_snapped", Boolean, nullable=False),
    # Whether it is the middle of a square that stands for exact positions far from any other.
    Column("is_stand_in", Boolean, nullable=False),
    # As the latest month has them.
    Column("street", ordered_text_column(), nullable=False),
    Column("lsoa", ordered_text_column(), nullable=False),
    Column("named_month", Integer, nullable=False),
    Column("point", geometry_column("POINT"), nullable=False),
)
Index("ix_snap_point_point", snap_point.c.point, postgresql_using="gist").ddl_if(
    dialect="postgresql"
)

# --- crimes ---------------------------------------------------------------------------------------

crime = Table(
    "crime",
    metadata,
    Column("crime_month_id", row_id_column(), primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("category", SmallInteger, nullable=False),
    # Missing where no position was published.
    Column("snap_point_id", BigInteger),
    # The bytes of the ID; not unique, as IDs repeat within a month now and then, and missing of all
    # anti-social behaviour.
    Column("id_bytes", LargeBinary),
    # The last outcome that the street file tells; -1 for none.
    Column("outcome", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What forces' own data knows more exactly, and analysts alone may see.
crime_exact = Table(
    "crime_exact",
    metadata,
    Column("crime_month_id", row_id_column(), primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("easting", Float),
    Column("northing", Float),
    # Minutes since 1970-01-01 by the clock on the wall, between which it happened.
    Column("begins_at", Integer),
    Column("ends_at", Integer),
    sqlite_with_rowid=False,
)

crime_outcome = Table(
    "crime_outcome",
    metadata,
    Column("crime_month_id", row_id_column(), primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("id_bytes", LargeBinary),
    Column("outcome", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What belongs to a month: rows by their number in it, and the few that are told of all of it.
ROWS_OF_A_MONTH = (crime, crime_exact, crime_outcome)
OF_A_MONTH = (crime_month_category, crime_month_ids)

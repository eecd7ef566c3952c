"""Every table of the store, on SQLite and on PostGIS.

What is imported is written to a staged edition, change set or audience that nobody reads, and one
short transaction makes it visible. All visible changes are numbered by one counter: its row is
locked from the taking of a number to the commit, so that the order of numbers is the order in which
changes became visible, on both stores, and a reader who asks for everything after a number misses
nothing.
"""

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
    MetaData,
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
    row_id_column,
)

VERSION_TABLE = "geo_alerts_version"

# The migrations of geo_alerts/store/migrations/versions, oldest first.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

change_counter = Table(
    "change_counter",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# --- editions of postcodes, boundaries, households and contacts -----------------------------------

edition = Table(
    "edition",
    metadata,
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
    Column("parent_layer", String(40)),
    Column("checked_at", Moment),
    Column("check_report", document_column()),
    Column("repaired_from", BigInteger),
    Column("recorded_by", Text, nullable=False, server_default=""),
    CheckConstraint(
        "status IN ('staged', 'draft', 'checked', 'active', 'superseded', 'discarded', 'removed')",
        name="known_status",
    ),
    Index("ix_edition_layer_sha256", "layer", "sha256"),
    sqlite_autoincrement=True,
)
Index(
    "ix_edition_one_active",
    edition.c.layer,
    unique=True,
    sqlite_where=text("status = 'active'"),
    postgresql_where=text("status = 'active'"),
)

postcode_unit = Table(
    "postcode_unit",
    metadata,
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

boundary = Table(
    "boundary",
    metadata,
    Column("edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
    Column("code", key_text_column(100), primary_key=True),
    Column("name", Text, nullable=False),
    Column("geometry", geometry_column("MULTIPOLYGON"), nullable=False),
    Column("parent_code", key_text_column(100), nullable=False, server_default=""),
    # Stays the same while an area is renamed, re-coded or re-drawn; given with its activation.
    Column("identity", key_text_column(200), nullable=False, server_default=""),
)

for _geometry in (postcode_unit.c.point, boundary.c.geometry):
    Index(f"ix_{_geometry.table.name}_{_geometry.name}", _geometry, postgresql_using="gist").ddl_if(
        dialect="postgresql"
    )

household = Table(
    "household",
    metadata,
    Column("edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
    Column("lsoa", key_text_column(9), primary_key=True),
    Column("households", Integer, nullable=False),
    Column("residents", Integer),
    sqlite_with_rowid=False,
)

# The shape of the ground of each unit, in blocks as `places/cell_blocks.py` packs them.
cell_block = Table(
    "cell_block",
    metadata,
    Column("edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("payload", LargeBinary, nullable=False),
)

contact = Table(
    "contact",
    metadata,
    Column("edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
    Column("code", key_text_column(100), primary_key=True),
    Column("document", document_column(), nullable=False),
)

# --- boundaries in time ---------------------------------------------------------------------------

# Append-only. On a day that edition is in force whose activation has the greatest valid_from up to
# that day, of equal days the greatest seq: so never two, and none only before the first.
activation = Table(
    "activation",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("layer", String(40), nullable=False),
    Column("edition_id", row_id_column(), ForeignKey("edition.id"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Index("ix_activation_edition_id", "edition_id"),
)

# What became of each area from one edition to the next; an empty code where there is none.
boundary_link = Table(
    "boundary_link",
    metadata,
    Column("edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
    Column("previous_edition_id", row_id_column(), ForeignKey("edition.id"), primary_key=True),
    Column("previous_code", key_text_column(100), primary_key=True),
    Column("code", key_text_column(100), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("share_of_previous", Float, nullable=False),
    Column("share_of_this", Float, nullable=False),
    sqlite_with_rowid=False,
)

# --- target areas that people saved ---------------------------------------------------------------

saved_area = Table(
    "saved_area",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

saved_area_version = Table(
    "saved_area_version",
    metadata,
    Column("saved_area_id", String(32), ForeignKey("saved_area.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("area", document_column(), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("note", Text, nullable=False),
)

saved_area_review = Table(
    "saved_area_review",
    metadata,
    Column("saved_area_id", String(32), ForeignKey("saved_area.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("activation_seq", BigInteger, ForeignKey("activation.seq"), primary_key=True),
    Column("reason", document_column(), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", Text),
)

# --- subscribers: an append-only log of versions, visible by change set ---------------------------

change_set = Table(
    "change_set",
    metadata,
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
# What a crash left to do, without a look at all that was ever done. SQLite uses these indexes only
# for a query with this very text.
UNFINISHED_CHANGE_SETS = text("seq IS NULL OR NOT is_pruned")

Index(
    "ix_change_set_unfinished",
    change_set.c.id,
    sqlite_where=UNFINISHED_CHANGE_SETS,
    postgresql_where=UNFINISHED_CHANGE_SETS,
)

# The only place of the reference: to erase a person is to delete the row.
subscriber_reference = Table(
    "subscriber_reference",
    metadata,
    Column("number", row_id_column(), primary_key=True, autoincrement=False),
    Column("reference", key_text_column(64), nullable=False, unique=True),
)

subscriber_version = Table(
    "subscriber_version",
    metadata,
    Column("change_set_id", row_id_column(), ForeignKey("change_set.id"), primary_key=True),
    Column("number", row_id_column(), ForeignKey("subscriber_reference.number"), primary_key=True),
    Column("is_active", Boolean, nullable=False),
    Column("joined_on", String(10), nullable=False),
    Column("left_on", String(32), nullable=False),
    Column("as_of", Moment, nullable=False),
    Column("channels", SmallInteger, nullable=False),
    Column("groups", document_column(), nullable=False),
    Column("topics", document_column(), nullable=False),
    Column("postcodes", document_column(), nullable=False),
    # The change set that last altered more than `as_of`.
    Column("content_set_id", BigInteger, nullable=False),
    # Field -> when it was last said, of the fields that the newest word is silent on.
    Column("carried", document_column()),
    # `channel:text` or `topic:burglary` -> when the person withdrew from it.
    Column("opted_out", document_column()),
    Index("ix_subscriber_version_number", "number"),
    sqlite_with_rowid=False,
)

# Append-only, and kept when a person is erased: what takes somebody out of audiences frozen before.
withdrawal = Table(
    "withdrawal",
    metadata,
    Column("number", row_id_column(), primary_key=True, autoincrement=False),
    Column("change_set_id", row_id_column(), ForeignKey("change_set.id"), primary_key=True),
    Column("scope", String(7), primary_key=True),
    # The channel or topic; empty for all.
    Column("name", key_text_column(100), primary_key=True),
    # When it was true: hearing of it again, or of an earlier one, changes nothing.
    Column("at", Moment, nullable=False),
    # Audiences frozen before this number are left; where missing, that of the change set.
    Column("before_seq", BigInteger),
    CheckConstraint("scope IN ('all', 'channel', 'topic')", name="known_scope"),
    Index("ix_withdrawal_change_set_id", "change_set_id"),
    sqlite_with_rowid=False,
)

# Groups and topics by which limited roles may not filter.
sensitive_label = Table(
    "sensitive_label",
    metadata,
    Column("kind", String(5), primary_key=True),
    Column("name", key_text_column(100), primary_key=True),
    Column("marked_at", Moment, nullable=False),
    Column("marked_by", Text, nullable=False),
    CheckConstraint("kind IN ('group', 'topic')", name="known_kind"),
)

# --- who may ask: only hashes of secrets are kept -------------------------------------------------

api_key = Table(
    "api_key",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("last_used_on", String(10)),
)

session = Table(
    "session",
    metadata,
    Column("id_sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

sign_in_token = Table(
    "sign_in_token",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

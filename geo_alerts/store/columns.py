"""The column types of the store: one Python value on SQLite and on PostGIS alike."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from geoalchemy2 import Geometry
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from geo_alerts.errors import InvalidInputError

SRID = 27700


class Moment(TypeDecorator[datetime]):
    """An aware time; on SQLite text in UTC of one width, so that its order is that of time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, a time with zone on PostgreSQL."""
        sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor(String(27) if sqlite else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Turn into UTC; a time without a zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise InvalidInputError("a time without a zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Give an aware time in UTC."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if dialect.name == "sqlite" else value
        return moment.astimezone(UTC)


class Wkb(TypeDecorator[shapely.Geometry]):
    """A geometry as well-known binary in a plain column, which is what SQLite can always hold."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: shapely.Geometry | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Write without a spatial reference: all geometry is EPSG:27700."""
        return None if value is None else shapely.to_wkb(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> shapely.Geometry | None:  # noqa: ANN401, ARG002
        """Read back what was written."""
        return None if value is None else shapely.from_wkb(value)


class PostgisGeometry(Geometry):
    """GeoAlchemy2's geometry, given and giving shapely's."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:  # noqa: ARG002
        """Write as hexadecimal EWKB, which ST_GeomFromEWKT and COPY both read."""
        return lambda value: None if value is None else _hex_ewkb(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002
        """Read the EWKB that GeoAlchemy2 asks for."""
        return lambda value: None if value is None else shapely.from_wkb(bytes(value))


def geometry_column(kind: str) -> TypeEngine[Any]:
    """The type of a geometry column, EPSG:27700; its GiST index is declared by hand.

    Args:
        kind: `POINT`, `MULTIPOLYGON` and so on; PostGIS refuses another.
    """
    # The other way round GeoAlchemy2 would call SpatiaLite's functions on SQLite and fail.
    return Wkb().with_variant(PostgisGeometry(kind, srid=SRID, spatial_index=False), "postgresql")


def document_column() -> TypeEngine[Any]:
    """The type of a column of JSON."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def key_text_column(length: int) -> TypeEngine[str]:
    """The type of text that is sorted by code point on both stores, as numpy sorts it."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def ordered_text_column() -> TypeEngine[str]:
    """The type of text of any length that is compared by code point on both stores."""
    return Text().with_variant(Text(collation="C"), "postgresql")


def row_id_column() -> TypeEngine[int]:
    """The type of a key that the database counts up; SQLite does so for its own INTEGER only."""
    return BigInteger().with_variant(Integer(), "sqlite")


def can_number_a_row(number: int, bits: int = 64) -> bool:
    """Whether a column of whole numbers can hold a number; SQLite's driver fails on larger ones.

    Args:
        number: As somebody gave it.
        bits: Of the column.
    """
    return 0 <= number < 1 << (bits - 1)


def encode_geometries(geometries: npt.NDArray[np.object_], dialect: Dialect) -> list[Any]:
    """All geometries of a column at once, as the database takes them in bulk.

    Args:
        geometries: n shapely geometries, EPSG:27700; None where missing.
        dialect: Of the store that will take them.
    """
    if dialect.name == "sqlite":
        return list(shapely.to_wkb(geometries))
    return list(_hex_ewkb(geometries))


def decode_geometries(encoded: list[Any]) -> npt.NDArray[np.object_]:
    """All geometries of a column at once, from the binary that either store gives."""
    return np.asarray(shapely.from_wkb(np.array(encoded, dtype=object)), dtype=object)


def _hex_ewkb(geometries: Any) -> Any:  # noqa: ANN401
    with_reference = shapely.set_srid(geometries, SRID)
    return shapely.to_wkb(with_reference, hex=True, include_srid=True)

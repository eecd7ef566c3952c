"""GeoParquet, read so that a few bytes cannot become many.

Parquet writes a value that recurs once, and numbers it; read in the usual way each row gets a copy.
Here rows share what they share in the file.

Source: GeoParquet Specification 1.1.0. pyarrow and pandas are imported inside functions: the server
starts without them.
"""

import json
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.files.contents import Contents
from boundaries.files.formats import BoundaryFile
from boundaries.files.limits import require_small_table
from geo_alerts.crs import read_crs
from geo_alerts.errors import SourceError, UnknownFormatError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MOST_BYTES: Final = 2**30
# What the specification takes where a file tells none, unless it says that it is not known.
CRS_BY_DEFAULT: Final = "OGC:CRS84"
ABOUT: Final = b"geo_alerts"
_MISSING: Final = np.full(1, None, dtype=object)


def read_geoparquet(file: BoundaryFile) -> Contents:
    """The features of a GeoParquet file.

    Args:
        file: A Parquet file.

    Returns:
        All rows; fields that are lists or structures are left out.

    Raises:
        SourceError: It is damaged, too large, or holds its geometry otherwise than as WKB.
        UnknownFormatError: It is Parquet without geometry.
        CrsError: Its CRS cannot be read.
    """
    import pyarrow as pa  # noqa: PLC0415

    try:
        return _contents(file)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{file.name} cannot be read as GeoParquet: {error}") from error


def _contents(file: BoundaryFile) -> Contents:
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pq.read_schema(file.path)
    metadata = schema.metadata or {}
    if b"geo" not in metadata:
        raise UnknownFormatError(
            f"{file.name} is Parquet without geometry (it has no `geo` metadata); wanted GeoParquet"
        )
    geo = json.loads(metadata[b"geo"])
    primary = str(geo["primary_column"])
    described = geo["columns"][primary]
    if primary not in schema.names:
        raise SourceError(f"{file.name} has no column {primary[:40]!r}, its geometry as it says")
    if described["encoding"] != "WKB":
        raise SourceError(
            f"{file.name} holds its geometry as {str(described['encoding'])[:40]}; "
            "save it as WKB, which GeoParquet has by default"
        )
    fields = [each.name for each in schema if each.name != primary and _is_flat(each.type)]
    with pq.ParquetFile(file.path, read_dictionary=[primary, *fields]) as parquet:
        _require_small(file, parquet.metadata)
        table = parquet.read(columns=[primary, *fields])
    crs = described.get("crs", CRS_BY_DEFAULT)
    return Contents(
        attributes=table.select(fields).to_pandas(),
        shapes=_shapes(table.column(primary)),
        crs=None if crs is None else read_crs(crs),
        members=dict(json.loads(metadata.get(ABOUT, b"{}"))),
    )


def _is_flat(kind: "pa.DataType") -> bool:
    import pyarrow as pa  # noqa: PLC0415

    return not (pa.types.is_nested(kind) or _is_bytes(kind))


def _is_bytes(kind: "pa.DataType") -> bool:
    import pyarrow as pa  # noqa: PLC0415

    known = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    return any(is_that(kind) for is_that in (*known, pa.types.is_binary_view))


def _require_small(file: BoundaryFile, described: "pq.FileMetaData") -> None:
    require_small_table(file.name, described.num_rows, described.num_columns)
    size = sum(
        described.row_group(group).total_byte_size for group in range(described.num_row_groups)
    )
    if size > MOST_BYTES:
        raise SourceError(f"{file.name} unpacks to {size:,} bytes; at most {MOST_BYTES:,} are read")


def _shapes(column: "pa.ChunkedArray") -> npt.NDArray[np.object_]:
    # A chunk has its values once, and for each row which of them it has.
    chunks = []
    for chunk in column.chunks:
        packed = chunk.dictionary.to_numpy(zero_copy_only=False)
        values = np.asarray(shapely.from_wkb(packed, on_invalid="ignore"), dtype=object)
        which = chunk.indices.fill_null(len(values)).to_numpy()
        chunks.append(np.concatenate((values, _MISSING))[which])
    return np.concatenate([*chunks, np.empty(0, dtype=object)])

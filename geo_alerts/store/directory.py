"""The postcode directory in the store."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Connection, select

from geo_alerts.contracts import require_columns
from geo_alerts.errors import NotReadyError
from geo_alerts.places.cells import Cells, may_have_cell
from geo_alerts.places.directory import POSITIONS, Directory, Status
from geo_alerts.sources.directory_frame import KINDS
from geo_alerts.sources.files import Advance
from geo_alerts.store.bulk import Columns, fetch_columns
from geo_alerts.store.cells import add_cells
from geo_alerts.store.database import Store
from geo_alerts.store.editions import (
    POSTCODES,
    EditionFacts,
    EditionImport,
    Stage,
    active_edition,
    import_edition,
)
from geo_alerts.store.staging import BATCH_ROWS
from geo_alerts.store.tables import postcode_unit

if TYPE_CHECKING:
    import pandas as pd

_POSITION_CODES = {position.value: code for code, position in enumerate(POSITIONS)}
_READ = tuple(name for name in KINDS if name != "introduced")
_TEXTS = {"postcode": "<U8", "terminated": "S15"} | dict.fromkeys(
    ("oa", "lsoa", "ward", "district"), "S9"
)


def import_directory(
    store: Store, facts: EditionFacts, units: "pd.DataFrame", progress: Advance
) -> EditionImport:
    """Make a frame of units the active directory, together with their cells.

    Args:
        store: Where to.
        facts: What is known of the edition; its layer is `postcodes`.
        units: n units with the columns of `KINDS`, `postcode` normalised and unique; easting and
            northing in metres, EPSG:27700, NaN without a position.
        progress: Told after each batch; the second half is that of the cells.

    Returns:
        The active edition, and what was done.

    Raises:
        FrameError: The frame is not as described.
        ConflictError: Another import of postcodes came first.
    """
    require_columns(units, KINDS, what="units", unique="postcode")
    ordered = units.sort_values("postcode")
    return import_edition(store, facts, lambda stage: _fill(stage, ordered, progress))


def load_directory(connection: Connection) -> Directory:
    """The directory of the active edition.

    Raises:
        NotReadyError: No postcodes were imported.
    """
    edition = active_edition(connection, POSTCODES)
    if edition is None:
        raise NotReadyError("there are no postcodes yet: geo-alerts import postcodes FILE")
    query = (
        select(*(postcode_unit.c[name] for name in _READ))
        .where(postcode_unit.c.edition_id == edition.id)
        .order_by(postcode_unit.c.postcode)
    )
    batches: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in _READ}
    for columns in fetch_columns(connection, query):
        for name, values in zip(_READ, columns, strict=True):
            batches[name].append(_array(name, values))
    if not batches["postcode"]:
        raise NotReadyError(f"the directory {edition.label} is empty; import another")
    joined = {name: np.concatenate(parts) for name, parts in batches.items()}
    joined["is_live"] = joined.pop("status")
    return Directory.from_columns(edition.label, joined)


def _fill(stage: Stage, units: "pd.DataFrame", progress: Advance) -> None:
    total = len(units)
    _fill_units(stage, units, lambda done, _: progress(done, 2 * total))
    add_cells(
        stage, _cells(units, lambda done, of: progress(total + done * total // of, 2 * total))
    )


def _cells(units: "pd.DataFrame", progress: Callable[[int, int], None]) -> Iterator[bytes]:
    is_live = (units["status"] == Status.LIVE.value).to_numpy(dtype=np.bool_)
    easting, northing = (units[name].to_numpy(dtype=np.float64) for name in ("easting", "northing"))
    may_have = may_have_cell(is_live, units["pqi"].to_numpy(dtype=np.uint8))
    return Cells.build(easting, northing, may_have, advance=progress).to_blocks()


def _fill_units(stage: Stage, units: "pd.DataFrame", progress: Advance) -> None:
    arrays = {name: units[name].to_numpy() for name in KINDS}
    total = len(units)
    for start in range(0, total, BATCH_ROWS):
        batch = {name: values[start : start + BATCH_ROWS] for name, values in arrays.items()}
        stage.add(postcode_unit, _with_points(batch))
        progress(min(start + BATCH_ROWS, total), total)


def _with_points(batch: dict[str, npt.NDArray[Any]]) -> Columns:
    easting, northing = batch["easting"].astype(float), batch["northing"].astype(float)
    located = np.isfinite(easting) & np.isfinite(northing)
    points = np.full(len(easting), None, dtype=object)
    points[located] = shapely.points(easting[located], northing[located])
    # NaN is a value to a database, and not what is meant.
    position = {"easting": easting.astype(object), "northing": northing.astype(object)}
    for values in position.values():
        values[~located] = None
    return {**batch, **position, "point": points}


def _array(name: str, values: tuple[Any, ...]) -> npt.NDArray[Any]:
    if name == "status":
        return np.array([value == Status.LIVE.value for value in values], dtype=np.bool_)
    if name == "position":
        return np.array([_POSITION_CODES[value] for value in values], dtype=np.uint8)
    if name in ("easting", "northing"):
        return np.array(values, dtype=np.float64)
    return np.array(values, dtype=_TEXTS.get(name))

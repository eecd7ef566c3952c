"""Layers of hotspots as files for a GIS or a spreadsheet: their cells, or their areas.

pandas and geopandas are imported inside the functions: the server starts without them.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import shapely

from boundaries.files.write import write_frame
from geo_alerts.acts.files import replacing
from geo_alerts.acts.live import Live
from geo_alerts.acts.restricted import seen_run
from geo_alerts.audiences.disclosure import Role
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.errors import InvalidInputError, UnknownFormatError
from geo_alerts.hotspots.hexagons import HexGrid
from geo_alerts.hotspots.layers import CellLayer, HotArea
from geo_alerts.store.hotspot_runs import Run, areas_of, cells_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

Part = Literal["cells", "areas"]
PARTS: Final[tuple[Part, ...]] = ("areas", "cells")
CSV: Final = ".csv"
FORMATS: Final = (".geojson", ".gpkg", ".parquet", CSV)
EPSG_27700: Final = "EPSG:27700"


def export(live: Live, run_id: str, path: Path, role: Role, part: Part = "areas") -> int:
    """Write the cells or the areas of a run, by the ending of the file's name.

    GeoJSON is in longitude and latitude; GeoPackage and GeoParquet are in EPSG:27700; CSV has the
    middle of each cell or area in both.

    Returns:
        How many cells or areas.

    Raises:
        UnknownRunError: There is no run of this id that the role may see.
        UnknownFormatError: The ending is of no format that is written.
        InvalidInputError: The run has no cells, or the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        wanted = ", ".join(FORMATS)
        raise UnknownFormatError(f"{path.name} has no ending that is written; wanted {wanted}")
    with live.store.reading() as connection:
        run = seen_run(connection, run_id, role)
        cells = cells_of(connection, run_id) if part == "cells" else None
        areas = areas_of(connection, run_id) if part == "areas" else []
    if part == "cells" and cells is None:
        raise InvalidInputError(f"{run.method} has no cells: export its areas")
    rows = _area_rows(areas) if cells is None else _cell_rows(cells)
    if ending == CSV:
        _write_csv(rows, path)
    else:
        write_frame(rows, path, facts=_about(run, part))
    return len(rows)


def _area_rows(areas: Sequence[HotArea]) -> "gpd.GeoDataFrame":
    import geopandas as gpd  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    records = [
        {"rank": area.rank, "key": area.key or "", **flattened(area.facts)} for area in areas
    ]
    named = pd.DataFrame(records, columns=None if records else ["rank", "key"])
    shapes = np.array([area.geometry for area in areas], dtype=object)
    return gpd.GeoDataFrame(named, geometry=shapes, crs=EPSG_27700)


def _cell_rows(cells: CellLayer) -> "gpd.GeoDataFrame":
    import geopandas as gpd  # noqa: PLC0415

    # Hexagons are known by their indexes in hexadecimal; a GeoPackage has no such large numbers.
    is_h3 = isinstance(cells.grid, HexGrid)
    numbers = [f"{int(cell):x}" for cell in cells.cell] if is_h3 else cells.cell
    columns = {"cell": numbers, **cells.columns}
    return gpd.GeoDataFrame(columns, geometry=cells.grid.polygons(cells.cell), crs=EPSG_27700)


def flattened(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as columns: those within a fact get both names, lists are JSON."""
    flat: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}_{inner}": one for inner, one in flattened(value).items()}
        else:
            flat[name] = json.dumps(value) if isinstance(value, list) else value
    return flat


def _write_csv(rows: "gpd.GeoDataFrame", path: Path) -> None:
    middle = shapely.centroid(np.asarray(rows.geometry.to_numpy(), dtype=object))
    easting, northing = shapely.get_x(middle), shapely.get_y(middle)
    longitude, latitude = points_to_epsg_4326(easting, northing)
    placed: pd.DataFrame = rows.drop(columns="geometry").assign(
        easting=np.round(easting, 1),
        northing=np.round(northing, 1),
        longitude=np.round(longitude, 6),
        latitude=np.round(latitude, 6),
    )
    with replacing(path) as unfinished:
        placed.to_csv(unfinished, index=False, lineterminator="\r\n")


def _about(run: Run, part: Part) -> dict[str, str]:
    told = {
        "name": run.name or f"{run.method}: {part}",
        "run": run.id,
        "sha256": run.sha256,
        "question": json.dumps(run.question, sort_keys=True),
        "inputs": json.dumps(run.inputs, sort_keys=True),
        "licence": run.facts.get("attribution", ""),
    }
    return {key: value for key, value in told.items() if value}

"""Postcode sectors as areas: the ground of their units' cells, put together.

No outline of sectors is published as open data; theirs are guesses as those of cells are
(`places/cells.py`): good for shading a map, not for saying whose a house is.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.cells import NO_CELL, Cells
from geo_alerts.places.directory import Directory
from geo_alerts.places.layer import Layer
from geo_alerts.places.postcode_keys import Keys, sector_keys_of, texts_of
from geo_alerts.places.voronoi import Polygons

SECTOR: Final = "sector"
# Cells give a common edge alike to a millimetre; within this two vertices become one.
SNAP_M: Final = 0.01


def sector_of_units(directory: Directory) -> Keys:
    """The key of the sector of each of n units."""
    return sector_keys_of(directory.postcode)


def sectors_of(directory: Directory, cells: Cells, units: npt.NDArray[np.int64]) -> Layer:
    """The sectors of some units, each as far as these units reach.

    Args:
        directory: Of the units.
        cells: Of the directory.
        units: Rows of the directory.

    Returns:
        The sectors by their codes, such as `SY1 1`, which are their names too; one none of whose
        units has a cell is left out.
    """
    rows = units[cells.cell[units] != NO_CELL]
    # Units at one point share a cell: of two sectors there, the first has it.
    cell, first = np.unique(cells.cell[rows], return_index=True)
    key = sector_of_units(directory)[rows[first]]
    order = np.argsort(key, kind="stable")
    keys, start = np.unique(key[order], return_index=True)
    parts = np.split(cells.shapes(cell[order]), start[1:]) if len(keys) else []
    grounds = np.array([_together(part) for part in parts], dtype=object)
    if len(keys):
        grounds = shapely.coverage_clean(  # type: ignore[attr-defined]  # newer than its stubs
            grounds, snapping_distance=SNAP_M
        )
    codes = texts_of(keys)
    return Layer.from_columns(directory.edition, codes, codes, grounds, kind=SECTOR)


def _together(cells: Polygons) -> shapely.Geometry:
    # Cells whose edges agree to the last bit need only have these left out, thirty times as fast.
    try:
        ground = shapely.coverage_union_all(cells)
    except shapely.errors.GEOSException:
        return shapely.union_all(cells)
    return ground if ground.is_valid else shapely.union_all(cells)

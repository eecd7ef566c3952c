"""Which larger area each area is part of, where its file does not say."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.layer import Layer

if TYPE_CHECKING:
    import geopandas as gpd

# A neighbour whose outline was drawn a little differently is no parent.
LEAST_SHARE = 0.5


def parents_by_ground(areas: "gpd.GeoDataFrame", parents: Layer) -> npt.NDArray[np.object_]:
    """The code of the larger area that holds most of each area's ground.

    Args:
        areas: m areas, EPSG:27700; invalid ones are taken as GEOS mends them.
        parents: The larger areas.

    Returns:
        m codes; empty where none holds at least half of the ground. Of equal ones the lowest.
    """
    shapes = shapely.make_valid(areas.geometry.to_numpy(), method="structure", keep_collapsed=False)
    area, parent = shapely.STRtree(parents.geometry).query(shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(shapes[area], parents.geometry[parent]))
    codes = np.full(len(areas), "", dtype=object)
    # The last one written stays: the largest, and of equal ones the lowest code.
    order = np.lexsort((-parent, common))
    enough = order[common[order] >= LEAST_SHARE * shapely.area(shapes)[area[order]]]
    codes[area[enough]] = parents.code[parent[enough]]
    return codes

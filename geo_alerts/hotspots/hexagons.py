"""Grids of hexagons: the cells of H3 that share ground with a study area.

H3 cells of one resolution are alike in size within some per cent across Great Britain, and have six
neighbours at about one distance. They are of the globe, so their corners are put on the National
Grid one by one and joined by straight lines, which differ from H3's by less than a millimetre a
kilometre. No pentagon of H3 lies in Great Britain.

h3 is imported inside functions: the server's way to its first answer does not need it.

Source: H3, https://h3geo.org/docs (Uber Technologies), version 4.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.crs import geometries_to_epsg_4326, points_to_epsg_4326, points_to_epsg_27700
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.grid import MOST_CELLS, checked_area, checked_weights, pair

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
HexCells = npt.NDArray[np.uint64]

# Edges of about 1.4 km, 530 m, 200 m and 76 m.
RESOLUTIONS: Final = (7, 8, 9, 10)
# What `cell_of` says of a position in none of the cells; no cell of H3 has this number.
NO_CELL: Final = 0
# Cells are looked for among the children of cells so many resolutions coarser, which takes a tenth
# of the time; children stick out of their parents, so the ground is widened by so many edges.
_COARSER: Final = 2
_MARGIN_EDGES: Final = 2.2
# A straight line between two positions in degrees bends on the grid: a vertex at least so often.
_DENSE_M: Final = 5_000.0


@dataclass(frozen=True, eq=False)
class HexGrid:
    """H3 cells of one resolution.

    Attributes:
        resolution: 7 to 10.
        cells: n H3 indexes, ascending, each once.
    """

    resolution: int
    cells: HexCells

    def __post_init__(self) -> None:
        """Refuse what is no grid.

        Raises:
            InvalidInputError: There is no such resolution, no cell, or they are not ascending.
        """
        _check_resolution(self.resolution)
        if not len(self.cells) or (self.cells[1:] <= self.cells[:-1]).any():
            raise InvalidInputError("a grid has at least one cell, and its cells are ascending")

    @classmethod
    def over(cls, area: BaseGeometry, resolution: int) -> "HexGrid":
        """The cells that share ground with a study area: more than an edge or a corner.

        Args:
            area: Polygon or multipolygon, EPSG:27700.
            resolution: 7 to 10.

        Raises:
            InvalidInputError: There is no such resolution, the area is none, or there would be more
                than `MOST_CELLS` cells.
            OutsideNationalGridError: The area reaches beyond the National Grid.
        """
        _check_resolution(resolution)
        ground = checked_area(area)
        check_size(ground.area, resolution)
        candidates = _candidates(ground, resolution)
        # A copy, because preparing changes the geometry that somebody else holds.
        prepared = shapely.from_wkb(shapely.to_wkb(ground))
        shapely.prepare(prepared)
        hexagons = _hexagons(candidates)
        shared = shapely.intersects(prepared, hexagons)
        at_edge = np.flatnonzero(shared)
        at_edge = at_edge[~shapely.contains_properly(prepared, hexagons[at_edge])]
        shared[at_edge] = ~shapely.touches(prepared, hexagons[at_edge])
        return cls(resolution, candidates[shared])

    @property
    def size(self) -> int:
        """How many cells."""
        return len(self.cells)

    @cached_property
    def cell_km2(self) -> float:
        """The mean ground of a cell, square kilometres."""
        return float(shapely.area(_hexagons(self.cells)).mean()) / 1e6

    def cell_of(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> HexCells:
        """The H3 index of the cell that each position lies in.

        Args:
            easting: n metres, EPSG:27700.
            northing: n metres.

        Returns:
            n H3 indexes; `NO_CELL` for positions in none of the grid's cells or not finite.
        """
        place = self._places(*pair(easting, northing))
        return np.where(place >= 0, self.cells[place], np.uint64(NO_CELL))

    def counts(
        self,
        easting: npt.ArrayLike,
        northing: npt.ArrayLike,
        weights: npt.ArrayLike | None = None,
    ) -> Floats:
        """How many positions, or how much weight, each cell holds; those outside are left out.

        Args:
            easting: m metres, EPSG:27700.
            northing: m metres.
            weights: m weights, not negative; None for 1 each.

        Returns:
            n, in the order of `cells`.

        Raises:
            InvalidInputError: The arrays are not of one length, or a weight is negative or not
                finite.
        """
        place = self._places(*pair(easting, northing))
        weight = checked_weights(weights, len(place))
        inside = place >= 0
        chosen = None if weight is None else weight[inside]
        counted = np.bincount(place[inside], weights=chosen, minlength=self.size)
        return counted.astype(np.float64, copy=False)

    def centres(self) -> tuple[Floats, Floats]:
        """Easting and northing of each cell's centre, in the order of `cells`."""
        from h3.api import numpy_int as h3  # noqa: PLC0415

        found = np.array([h3.cell_to_latlng(int(cell)) for cell in self.cells]).reshape(-1, 2)
        return points_to_epsg_27700(found[:, 1], found[:, 0])

    def neighbours(self) -> npt.NDArray[np.int64]:
        """Places in `cells` of the cells beside each, n by 6; -1 where one is not of the grid."""
        from h3.api import numpy_int as h3  # noqa: PLC0415

        around = np.array([h3.grid_ring(int(cell), 1) for cell in self.cells], dtype=np.uint64)
        return self._found(around.reshape(-1, 6))

    def polygons(self, cells: npt.ArrayLike) -> npt.NDArray[np.object_]:
        """The hexagons of some cells.

        Args:
            cells: m H3 indexes.

        Returns:
            m polygons, EPSG:27700.

        Raises:
            InvalidInputError: One is no cell of the grid.
        """
        wanted = np.asarray(cells, dtype=np.uint64)
        strange = self._found(wanted) < 0
        if strange.any():
            raise InvalidInputError(f"{int(wanted[strange][0]):x} is no cell of the grid")
        return _hexagons(wanted)

    def _places(self, easting: Floats, northing: Floats) -> npt.NDArray[np.int64]:
        from h3.api import numpy_int as h3  # noqa: PLC0415

        place = np.full(len(easting), -1, dtype=np.int64)
        near = self._near(easting, northing)
        # Many crimes share a published position, and H3 is asked of one position at a time.
        distinct, back = np.unique(
            np.column_stack([easting[near], northing[near]]), axis=0, return_inverse=True
        )
        longitude, latitude = points_to_epsg_4326(distinct[:, 0], distinct[:, 1])
        indexes = np.array(
            [
                h3.latlng_to_cell(lat, lon, self.resolution)
                for lat, lon in zip(latitude.tolist(), longitude.tolist(), strict=True)
            ],
            dtype=np.uint64,
        )
        place[near] = self._found(indexes)[back]
        return place

    def _near(self, easting: Floats, northing: Floats) -> Flags:
        # A position far off may lie where no transformation leads.
        west, south, east, north = self._extent
        return (easting >= west) & (easting <= east) & (northing >= south) & (northing <= north)

    @cached_property
    def _extent(self) -> tuple[float, float, float, float]:
        east, north = self.centres()
        margin = 2 * _edge_m(self.resolution)
        return (
            float(east.min()) - margin,
            float(north.min()) - margin,
            float(east.max()) + margin,
            float(north.max()) + margin,
        )

    def _found(self, wanted: HexCells) -> npt.NDArray[np.int64]:
        place = np.minimum(np.searchsorted(self.cells, wanted), self.size - 1)
        return np.where(self.cells[place] == wanted, place, -1)


def _check_resolution(resolution: int) -> None:
    if resolution not in RESOLUTIONS:
        raise InvalidInputError(
            f"hexagons are of the H3 resolutions {RESOLUTIONS[0]} to {RESOLUTIONS[-1]}, "
            f"not {resolution!r}; 8 gives an overview, 9 the cells of a team"
        )


def check_size(area_m2: float, resolution: int) -> None:
    """Refuse more hexagons than can be worked on, before any is made.

    Raises:
        InvalidInputError: So much ground has more than about `MOST_CELLS` of the resolution.
    """
    from h3.api import numpy_int as h3  # noqa: PLC0415

    expected = area_m2 / h3.average_hexagon_area(resolution, unit="m^2")
    if expected > MOST_CELLS:
        raise InvalidInputError(
            f"hexagons of resolution {resolution} over {area_m2 / 1e6:,.0f} km2 are about "
            f"{expected:,.0f}, more than {MOST_CELLS:,}; take resolution {resolution - 1} "
            "or a smaller study area"
        )


def _edge_m(resolution: int) -> float:
    from h3.api import numpy_int as h3  # noqa: PLC0415

    return float(h3.average_hexagon_edge_length(resolution, unit="m"))


def _candidates(ground: BaseGeometry, resolution: int) -> HexCells:
    # All cells that may share ground, and some more.
    from h3.api import numpy_int as h3  # noqa: PLC0415

    coarse = resolution - _COARSER
    edge = _edge_m(coarse)
    wide = shapely.simplify(ground, edge * 0.2).buffer(edge * _MARGIN_EDGES, quad_segs=4)
    dense = np.array([shapely.segmentize(wide, _DENSE_M)], dtype=object)
    parents = h3.geo_to_cells(geometries_to_epsg_4326(dense)[0], coarse)
    children = [h3.cell_to_children(int(parent), resolution) for parent in parents]
    return np.sort(np.concatenate(children).astype(np.uint64))


def _hexagons(cells: HexCells) -> npt.NDArray[np.object_]:
    from h3.api import numpy_int as h3  # noqa: PLC0415

    corners = [h3.cell_to_boundary(int(cell)) for cell in cells]
    # Where a cell crosses an edge of H3's icosahedron it has more corners than six.
    owner = np.repeat(np.arange(len(corners)), [len(one) for one in corners])
    position = np.array([corner for one in corners for corner in one]).reshape(-1, 2)
    east, north = points_to_epsg_27700(position[:, 1], position[:, 0])
    rings = shapely.linearrings(np.column_stack([east, north]), indices=owner)
    return np.asarray(shapely.polygons(rings), dtype=object)

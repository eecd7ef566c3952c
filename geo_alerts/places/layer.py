"""A layer of areas with codes: the polygons of one edition, in the order of their codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely import GeometryType

from geo_alerts.contracts import require_columns, require_epsg_27700
from geo_alerts.errors import Fault, FrameError, UnknownTeamError

if TYPE_CHECKING:
    import geopandas as gpd

POLYGONAL = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, eq=False)
class Layer:
    """The areas of one edition; the place of an area in the arrays is its index everywhere.

    Attributes:
        edition: What the edition is called, for answers that name their inputs.
        code: m codes, ascending, each once.
        name: m names.
        geometry: m Polygons or MultiPolygons, EPSG:27700.
        is_demonstration: Whether the areas are made up for the sample.
    """

    edition: str
    code: npt.NDArray[np.str_]
    name: npt.NDArray[np.str_]
    geometry: npt.NDArray[np.object_]
    is_demonstration: bool = False

    @classmethod
    def from_columns(
        cls,
        edition: str,
        code: Sequence[str] | npt.NDArray[np.str_],
        name: Sequence[str] | npt.NDArray[np.str_],
        geometry: Sequence[shapely.Geometry] | npt.NDArray[np.object_],
        *,
        is_demonstration: bool = False,
    ) -> "Layer":
        """A layer of areas in any order.

        Args:
            edition: What the edition is called.
            code: m codes.
            name: m names.
            geometry: m Polygons or MultiPolygons, EPSG:27700.
            is_demonstration: Whether the areas are made up for the sample.

        Returns:
            The layer, areas in the order of their codes.

        Raises:
            FrameError: Codes repeat, or a geometry is missing, empty or of another kind.
        """
        codes, names = np.asarray(code, dtype=np.str_), np.asarray(name, dtype=np.str_)
        geometries = np.asarray(geometry, dtype=object)
        faults = _faults(codes, geometries)
        if faults:
            raise FrameError(f"areas of {edition}", faults)
        order = np.argsort(codes, kind="stable")
        return cls(edition, codes[order], names[order], geometries[order], is_demonstration)

    @classmethod
    def from_frame(
        cls, areas: "gpd.GeoDataFrame", edition: str, *, is_demonstration: bool = False
    ) -> "Layer":
        """A layer of the areas of a frame.

        Args:
            areas: m rows with `code`, `name` and polygons, EPSG:27700, in any order.
            edition: What the edition is called.
            is_demonstration: Whether the areas are made up for the sample.

        Returns:
            The layer, areas in the order of their codes.

        Raises:
            CrsError: The frame is not in EPSG:27700.
            FrameError: A column is missing, codes repeat, or a geometry is not polygonal.
        """
        require_epsg_27700(areas, what="areas")
        require_columns(areas, {"code": "text", "name": "text"}, what="areas", unique="code")
        return cls.from_columns(
            edition,
            areas["code"].to_numpy(dtype=np.str_),
            areas["name"].to_numpy(dtype=np.str_),
            np.asarray(areas.geometry.to_numpy(), dtype=object),
            is_demonstration=is_demonstration,
        )

    def __len__(self) -> int:
        """Count the areas."""
        return len(self.code)

    def index_of(self, code: str) -> int:
        """Where the area with this code is.

        Raises:
            UnknownTeamError: No area has it.
        """
        at = int(np.searchsorted(self.code, code))
        if at == len(self.code) or self.code[at] != code:
            raise UnknownTeamError(f"no team of {self.edition} has the code {code[:40]!r}")
        return at


def _faults(codes: npt.NDArray[np.str_], geometries: npt.NDArray[np.object_]) -> list[Fault]:
    values, counts = np.unique(codes, return_counts=True)
    faults = [Fault(None, "code", f"{c!s} occurs more than once") for c in values[counts > 1]]
    bad = ~np.isin(shapely.get_type_id(geometries), POLYGONAL) | shapely.is_empty(geometries)
    faults += [
        Fault(int(row) + 1, "geometry", f"{codes[row]} is no polygon with an area")
        for row in np.flatnonzero(bad)
    ]
    return faults

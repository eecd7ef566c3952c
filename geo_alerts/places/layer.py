"""A layer of areas with codes: the polygons of one edition, in the order of their codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely import GeometryType

from geo_alerts.contracts import require_columns, require_epsg_27700
from geo_alerts.errors import Fault, FrameError, UnknownAreaError, UnknownTeamError

if TYPE_CHECKING:
    import geopandas as gpd

POLYGONAL = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)
TEAM: Final = "team"
# What a layer may be called: a word of programs, such as `local_policing_area`.
LAYER_NAME: Final = r"^[a-z][a-z0-9_]{0,39}$"
MOST_SHOWN_CODE: Final = 40


@dataclass(frozen=True, eq=False)
class Succession:
    """What became of an area whose code is in no edition any more, or not in the one asked.

    Attributes:
        code: Of the area that is gone.
        name: Its last name.
        kind: `recoded` when one area took its place under another code, and it is still the same
            area; else how its ground was dealt with.
        to: Codes of the areas that its ground is in now, the one with most of it first.
        shares: Of its ground in each of them.
        geometry: Its last ground, EPSG:27700.
        edition: What the last edition that had it is called.
        until: The day from which it is gone, ISO 8601.
    """

    code: str
    name: str
    kind: Literal["recoded", "split", "merged", "removed"]
    to: tuple[str, ...]
    shares: tuple[float, ...]
    geometry: shapely.Geometry
    edition: str
    until: str


@dataclass(frozen=True, eq=False)
class Layer:
    """The areas of one edition; the place of an area in the arrays is its index everywhere.

    Attributes:
        edition: What the edition is called, for answers that name their inputs.
        code: m codes, ascending, each once.
        name: m names.
        geometry: m Polygons or MultiPolygons, EPSG:27700.
        parent: m codes of the areas of another layer that each is part of; empty where none is
            known.
        identity: m texts that stay the same while an area is renamed, re-coded or re-drawn; empty
            where none was given yet.
        is_demonstration: Whether the areas are made up for the sample.
        kind: The layer's name: `team`, `ward` and so on.
        successions: By code, what became of the areas of earlier editions that are gone.
    """

    edition: str
    code: npt.NDArray[np.str_]
    name: npt.NDArray[np.str_]
    geometry: npt.NDArray[np.object_]
    parent: npt.NDArray[np.str_]
    identity: npt.NDArray[np.str_]
    is_demonstration: bool = False
    kind: str = TEAM
    successions: Mapping[str, Succession] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_columns(
        cls,
        edition: str,
        code: Sequence[str] | npt.NDArray[np.str_],
        name: Sequence[str] | npt.NDArray[np.str_],
        geometry: Sequence[shapely.Geometry] | npt.NDArray[np.object_],
        *,
        parent: Sequence[str] | npt.NDArray[np.str_] | None = None,
        identity: Sequence[str] | npt.NDArray[np.str_] | None = None,
        **about: Any,  # noqa: ANN401 - as the attributes of the class
    ) -> "Layer":
        """A layer of areas in any order.

        Args:
            edition: What the edition is called.
            code: m codes.
            name: m names.
            geometry: m Polygons or MultiPolygons, EPSG:27700.
            parent: m codes of areas of another layer; none is known when left out.
            identity: m lasting texts; none is given when left out.
            **about: `is_demonstration`, `kind` and `successions`, as the attributes of the class.

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
        parents, identities = (
            np.zeros(len(codes), dtype="<U1") if given is None else np.asarray(given, dtype=np.str_)
            for given in (parent, identity)
        )
        return cls(
            edition,
            codes[order],
            names[order],
            geometries[order],
            parents[order],
            identities[order],
            **about,
        )

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
            UnknownTeamError: No team has it.
            UnknownAreaError: No area of another layer has it.
        """
        at = self.find(code)
        if at is None:
            error = UnknownTeamError if self.kind == TEAM else UnknownAreaError
            raise error(self._unknown(code))
        return at

    def find(self, code: str) -> int | None:
        """Where the area with this code is; None when no area has it."""
        at = int(np.searchsorted(self.code, code))
        return at if at < len(self.code) and self.code[at] == code else None

    def _unknown(self, code: str) -> str:
        what = self.kind.replace("_", " ")
        gone = self.successions.get(code)
        if gone is None:
            return f"no {what} of {self.edition} has the code {code[:MOST_SHOWN_CODE]!r}"
        now = ", ".join(
            f"{to} ({share:.0%})" for to, share in zip(gone.to, gone.shares, strict=True)
        )
        return (
            f"{what} {code} ({gone.name}) is gone since {gone.until}; "
            f"its ground is now in {now or f'no {what}'}"
        )


def _faults(codes: npt.NDArray[np.str_], geometries: npt.NDArray[np.object_]) -> list[Fault]:
    values, counts = np.unique(codes, return_counts=True)
    faults = [Fault(None, "code", f"{c!s} occurs more than once") for c in values[counts > 1]]
    bad = ~np.isin(shapely.get_type_id(geometries), POLYGONAL) | shapely.is_empty(geometries)
    faults += [
        Fault(int(row) + 1, "geometry", f"{codes[row]} is no polygon with an area")
        for row in np.flatnonzero(bad)
    ]
    return faults

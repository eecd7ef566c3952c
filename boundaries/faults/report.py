"""What a check of a layer found: faults with their place, size and shape."""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.crs import EPSG_27700
from geo_alerts.errors import InvalidInputError

if TYPE_CHECKING:
    import geopandas as gpd

# Places are given to the millimetre, sizes to what can be read.
DECIMALS: Final = 3


class Severity(StrEnum):
    """How much a fault matters; the worst first."""

    ERROR = "error"  # the layer cannot be used as it is
    WARNING = "warning"  # somebody should look; it may be meant
    INFORMATION = "information"  # answers are the same with it and without


class FaultKind(StrEnum):
    """What is wrong."""

    INVALID_RING = "invalid_ring"
    SELF_INTERSECTION = "self_intersection"
    OVERLAP = "overlap"
    GAP = "gap"
    HOLE = "hole"
    SLIVER = "sliver"
    FAR_PART = "far_part"
    OUTSIDE_FORCE = "outside_force"
    RENAMED_CODE = "renamed_code"
    REPEATED_NAME = "repeated_name"
    UNMATCHED_EDGE = "unmatched_edge"
    DUPLICATE_VERTEX = "duplicate_vertex"
    REVERSED_RING = "reversed_ring"


ERRORS: Final = frozenset({FaultKind.INVALID_RING, FaultKind.SELF_INTERSECTION})
INFORMATION: Final = frozenset(
    {FaultKind.UNMATCHED_EDGE, FaultKind.DUPLICATE_VERTEX, FaultKind.REVERSED_RING}
)
ORDER: Final = {kind: place for place, kind in enumerate(FaultKind)}


@dataclass(frozen=True, slots=True)
class BoundaryFault:
    """One fault of a layer.

    Attributes:
        kind: What is wrong.
        codes: The areas concerned, ascending.
        easting: Metres, EPSG:27700; with `northing` a place on the fault.
        northing: Metres.
        size: How large it is, in `unit`.
        unit: `m2`, `m`, or nothing where the size is a number of things.
        detail: What is wrong here, in words.
        geometry: The ground, edge or points concerned, EPSG:27700.
    """

    kind: FaultKind
    codes: tuple[str, ...]
    easting: float
    northing: float
    size: float
    unit: str
    detail: str
    geometry: BaseGeometry

    @property
    def severity(self) -> Severity:
        """How much faults of this kind matter."""
        if self.kind in ERRORS:
            return Severity.ERROR
        return Severity.INFORMATION if self.kind in INFORMATION else Severity.WARNING

    def as_dict(self) -> dict[str, Any]:
        """Everything but the geometry, as JSON takes it."""
        return {
            "kind": self.kind.value,
            "severity": self.severity.value,
            "codes": list(self.codes),
            "easting": round(self.easting, DECIMALS),
            "northing": round(self.northing, DECIMALS),
            "size": round(self.size, DECIMALS),
            "unit": self.unit,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Size:
    """A size and its unit."""

    value: float
    unit: str = ""


def fault_at(
    kind: FaultKind, codes: Iterable[str], geometry: BaseGeometry, size: Size, detail: str
) -> BoundaryFault:
    """A fault whose place is a point of its geometry: of polygons one inside."""
    place = shapely.point_on_surface(geometry)
    return BoundaryFault(
        kind, tuple(sorted(codes)), place.x, place.y, float(size.value), size.unit, detail, geometry
    )


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Where a check draws its lines, in metres.

    Attributes:
        sliver_width_m: Parts and strips of an area that are thinner are slivers.
        far_m: Parts farther than this from the rest of their area are far.
        gap_max_width_m: Ground between two areas that is open to the outside is a gap up to this
            width. Ground that areas enclose is one at any width.
        force_edge_m: Strips along the outline of the force that are thinner do not count as outside
            the force or as a gap: outlines are published more and less simplified.
    """

    sliver_width_m: float = 1.0
    far_m: float = 2_000.0
    gap_max_width_m: float = 5.0
    force_edge_m: float = 50.0

    def __post_init__(self) -> None:
        """Refuse what is no distance."""
        for name in ("sliver_width_m", "far_m", "gap_max_width_m", "force_edge_m"):
            value = getattr(self, name)
            if not 0 < value <= 1e6:  # noqa: PLR2004 - longer than Great Britain
                raise InvalidInputError(f"{name} should be metres above 0, not {value!r}")


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes:
        areas: How many areas were checked.
        vertices: How many vertices they have.
        faults: Every fault: by kind, the largest first.
        options: Where the check drew its lines.
    """

    areas: int
    vertices: int
    faults: tuple[BoundaryFault, ...]
    options: CheckOptions

    @property
    def passed(self) -> bool:
        """Whether the layer can be used: it has no errors, whatever else it has."""
        return not any(fault.severity is Severity.ERROR for fault in self.faults)

    def as_dict(self, most: int = 100) -> dict[str, Any]:
        """The report as JSON takes it, without geometries.

        Args:
            most: How many faults of each kind to list, the largest first; all are counted.
        """
        by_kind: dict[FaultKind, list[BoundaryFault]] = defaultdict(list)
        for fault in self.faults:
            by_kind[fault.kind].append(fault)
        return {
            "passed": self.passed,
            "areas": self.areas,
            "vertices": self.vertices,
            "options": {name: getattr(self.options, name) for name in CheckOptions.__slots__},
            "kinds": [_counted(kind, faults) for kind, faults in by_kind.items()],
            "faults": [each.as_dict() for faults in by_kind.values() for each in faults[:most]],
            "not_listed": sum(max(0, len(faults) - most) for faults in by_kind.values()),
        }


def in_order(faults: Iterable[BoundaryFault]) -> tuple[BoundaryFault, ...]:
    """Faults by kind, the largest first; the order they were found in does not matter."""
    return tuple(
        sorted(
            faults,
            key=lambda f: (ORDER[f.kind], -round(f.size, DECIMALS), f.codes, f.easting, f.northing),
        )
    )


def write_faults(report: CheckReport, path: Path) -> None:
    """Write the faults as a GeoPackage, whole or not at all.

    Its layer `places` has a point for every fault with all that is known of it, by number; the
    layers `polygons`, `lines` and `points` hold the shapes of the faults by the same number.

    Args:
        report: What was found.
        path: Where to; what is there is replaced.
    """
    frames = {"places": _places(report.faults), **_shapes(report.faults)}
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        unfinished = Path(folder) / "faults.gpkg"
        for layer, frame in frames.items():
            frame.to_file(unfinished, layer=layer, driver="GPKG")
        unfinished.replace(path)


def _counted(kind: FaultKind, faults: Sequence[BoundaryFault]) -> Mapping[str, Any]:
    return {
        "kind": kind.value,
        "severity": faults[0].severity.value,
        "count": len(faults),
        "largest": round(max(fault.size for fault in faults), DECIMALS),
        "total": round(sum(fault.size for fault in faults), DECIMALS),
        "unit": faults[0].unit,
    }


def _places(faults: Sequence[BoundaryFault]) -> "gpd.GeoDataFrame":
    import geopandas as gpd  # noqa: PLC0415 - slow to import

    rows = [each.as_dict() | {"codes": ", ".join(each.codes)} for each in faults]
    columns = {name: [row[name] for row in rows] for name in _NAMES}
    points = [shapely.Point(fault.easting, fault.northing) for fault in faults]
    numbers = {"fault": range(1, len(faults) + 1)}
    return gpd.GeoDataFrame(numbers | columns, geometry=points, crs=EPSG_27700)


_NAMES: Final = ("kind", "severity", "codes", "easting", "northing", "size", "unit", "detail")
_LAYERS: Final = {0: "points", 1: "lines", 2: "polygons"}


def _shapes(faults: Sequence[BoundaryFault]) -> "dict[str, gpd.GeoDataFrame]":
    import geopandas as gpd  # noqa: PLC0415 - slow to import

    found: dict[str, list[tuple[int, str, BaseGeometry]]] = defaultdict(list)
    for number, fault in enumerate(faults, start=1):
        layer = _LAYERS[int(shapely.get_dimensions(fault.geometry))]
        found[layer].append((number, fault.kind.value, fault.geometry))
    return {
        layer: gpd.GeoDataFrame(
            {"fault": [row[0] for row in rows], "kind": [row[1] for row in rows]},
            geometry=[row[2] for row in rows],
            crs=EPSG_27700,
        )
        for layer, rows in found.items()
    }

"""Which CRS the files of a layer are in, whether that can be, and the way to the National Grid."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from geo_alerts.crs import EPSG_4326, EPSG_27700, geometries_to_epsg_27700, read_crs
from geo_alerts.errors import CrsError, OutsideNationalGridError

Shapes = npt.NDArray[np.object_]

# Longitudes and latitudes of Great Britain, generously.
BRITAIN: Final = (-9.5, 49.0, 2.5, 61.5)
# Half the Equator: no coordinate in metres is greater.
FARTHEST_M: Final = 20_100_000
# Parameters of the same projection differ between programs in their last digits.
_NEAR: Final = 1e-9
# What to do about a CRS that cannot be: `--crs` may not contradict the file.
_RIGHT_CRS: Final = (
    "name the right one with --crs, for example {}; where the file itself says so, correct that "
    "first (in GeoJSON its crs member), or remove it and name the CRS with --crs"
)
_TAKEN_AS_GRID: Final = "its CRS has no number, but the projection of EPSG:27700; taken as that"


def agreed_crs(
    stated: Mapping[str, CRS | None], asked: str | None, *, in_degrees: bool
) -> tuple[CRS, tuple[str, ...]]:
    """The one CRS of the files of a layer.

    A CRS without a number that projects as the British National Grid does is taken as that: by its
    own definition it would come out some metres off.

    Args:
        stated: File -> the CRS that it tells; None where it tells none.
        asked: What the user says.
        in_degrees: Whether such files are in longitude and latitude where nobody says otherwise.

    Returns:
        The CRS, and what is to be told of it.

    Raises:
        CrsError: Files differ, the user contradicts them, or nobody says.
    """
    given = None if asked is None else read_crs(asked)
    numbered = {name: _numbered(crs) for name, crs in stated.items()}
    first_name, first = next(iter(numbered.items()))
    for name, crs in numbered.items():
        if not _same(crs, first):
            raise CrsError(f"{first_name} is in {_told(first)}, but {name} in {_told(crs)}")
    if first is not None and given is not None and not _same(first, given):
        raise CrsError(
            f"{first_name} says that it is in {_told(first)}, not in {_told(given)}: correct what "
            "the file says (in GeoJSON its crs member), or remove it and name the CRS with --crs"
        )
    if first is None and given is None and not in_degrees:
        raise CrsError(
            f"{first_name} does not tell its CRS; name it with --crs, for example EPSG:27700"
        )
    is_renamed = any(
        crs is not None and not _same(crs, numbered[name]) for name, crs in stated.items()
    )
    return first or given or read_crs(EPSG_4326), (_TAKEN_AS_GRID,) if is_renamed else ()


def require_likely(shapes: Shapes, crs: CRS, name: str) -> None:
    """Refuse coordinates that as a whole cannot be in the CRS: metres as degrees, and swapped ones.

    Args:
        shapes: n geometries or None.
        crs: The CRS that they are said to be in.
        name: What they are called to the user.

    Raises:
        CrsError: They are not in it.
    """
    bounds = shapely.bounds(shapes)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return
    are_degrees = (np.abs(bounds) <= (180, 90, 180, 90)).all(axis=1)
    west, south, east, north = bounds[0]
    may_be_metres = (np.abs(bounds) <= FARTHEST_M).all()
    if crs.is_geographic and may_be_metres and not are_degrees.any():
        raise CrsError(
            f"{name}: {east:.9g}, {north:.9g} are no degrees, but the CRS is {_told(crs)}; "
            f"{_RIGHT_CRS.format(EPSG_27700)}"
        )
    if crs.is_geographic and _are_british(bounds[:, [1, 0, 3, 2]]):
        raise CrsError(
            f"{name}: latitude seems to stand before longitude ({west:.9g}, {south:.9g}); "
            "write longitude first"
        )
    if not crs.is_geographic and are_degrees.all():
        raise CrsError(
            f"{name}: {west:.9g}, {south:.9g} look like degrees, but the CRS is {_told(crs)}; "
            f"{_RIGHT_CRS.format(EPSG_4326)}"
        )


def to_grid(shapes: Shapes, crs: CRS) -> tuple[Shapes, Mapping[int, str]]:
    """Shapes on the National Grid, and why some cannot be brought there.

    Args:
        shapes: n geometries or None, in the CRS.
        crs: Their CRS.

    Returns:
        n geometries, EPSG:27700, None for those that cannot; row -> reason for these.
    """
    try:
        return geometries_to_epsg_27700(shapes, crs), {}
    except OutsideNationalGridError:
        outside: dict[int, str] = {}
    moved = np.full(len(shapes), None, dtype=object)
    for row in range(len(shapes)):
        try:
            moved[row] = geometries_to_epsg_27700(shapes[row : row + 1], crs)[0]
        except OutsideNationalGridError as error:
            is_swapped = crs.is_geographic and _are_british(
                shapely.bounds(shapes[row : row + 1])[:, [1, 0, 3, 2]]
            )
            swapped = (
                "; latitude seems to stand before longitude; write longitude first"
                if is_swapped
                else ""
            )
            outside[row] = f"{error}{swapped}"
    return moved, outside


def _numbered(crs: CRS | None) -> CRS | None:
    grid = read_crs(EPSG_27700)
    is_grid = crs is not None and not _same(crs, grid) and _projects_alike(crs, grid)
    return grid if is_grid else crs


def _projects_alike(crs: CRS, other: CRS) -> bool:
    one, two = _projection(crs), _projection(other)
    return one.keys() == two.keys() and np.allclose(
        list(one.values()), [two[key] for key in one], rtol=_NEAR
    )


def _projection(crs: CRS) -> dict[str, float]:
    # Without what says where on the globe that is: there old definitions are coarse.
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    step, ellipsoid = plain.coordinate_operation, plain.ellipsoid
    if not plain.is_projected or step is None or ellipsoid is None:
        return {}
    values = {param.name.lower(): float(param.value) for param in step.params}
    axis = {"axis": ellipsoid.semi_major_metre, "flattening": ellipsoid.inverse_flattening}
    return {f"{step.method_name} {key}": value for key, value in (values | axis).items()}


def _same(one: CRS | None, other: CRS | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(one.equals(other, ignore_axis_order=True))


def _told(crs: CRS | None) -> str:
    if crs is None:
        return "no CRS that it tells"
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else str(crs.name)


def _are_british(bounds: Sequence[Sequence[float]] | npt.NDArray[np.float64]) -> bool:
    # All within a generous box of longitudes and latitudes.
    west, south, east, north = BRITAIN
    within = np.asarray(bounds)
    inside = (within >= (west, south, west, south)) & (within <= (east, north, east, north))
    return bool(inside.all())

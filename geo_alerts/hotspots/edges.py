"""What part of a kernel lies within the study area, and densities put right beside its edge.

A kernel beside the edge spreads some of its event to ground where nothing was recorded, so that
density falls off towards the edge though crime need not. Two ways to put that right:

- `uniform`: the density at a place is divided by the mass that a kernel at that place has within
  the study area. Right on average where events are evenly spread.
- `diggle`: each event is weighted by one over the mass of its own kernel within the study area. The
  whole then holds as many events as there were.

The mass is exact. Seen from a place, the study area is a sum of triangles between the place and
each stretch of the boundary; over the angle of each, a radial kernel's mass has a closed form: a
polynomial for the quartic, Owen's T function for the Gaussian. Stretches further than 8 Gaussian
bandwidths are left out: with all of them goes less than 1.3e-14.

scipy is imported where it is used: the server's start needs none of it.

Source:
    Diggle (1985), "A kernel method for smoothing point process data", Applied Statistics 34;
    Jones (1993), "Simple boundary correction for kernel density estimation", Statistics and
    Computing 3; Owen (1956), "Tables for computing bivariate normal probabilities", Annals of
    Mathematical Statistics 27.
"""

from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.boundary import Boundary, Sight
from geo_alerts.hotspots.density import density
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.kernels import Kernel, check_bandwidth, check_kernel
from geo_alerts.hotspots.positions import Places, grounds

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Correction = Literal["none", "uniform", "diggle"]
CORRECTIONS: Final[tuple[Correction, ...]] = get_args(Correction)

# Bandwidths from which on nothing of a kernel is left.
_REACH: Final[dict[Kernel, float]] = {"quartic": 1.0, "gaussian": 8.0}
# Nearer to the boundary than this, which side a place is on cannot be told from rounding.
_ON_THE_BOUNDARY_M: Final = 1e-6
_PIECE: Final = 4096
# Where one cell is put to ask what kernels round it have in it: any place that is not in degrees.
_SOMEWHERE_M: Final = 500_000.0


def edge_mass(
    area: BaseGeometry,
    at_easting: npt.ArrayLike,
    at_northing: npt.ArrayLike,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
) -> Floats:
    """The part of a kernel at each place that lies within an area.

    It takes as long as there are stretches of boundary within the kernel's reach of the places: for
    the cells of a grid `edge_mass_of_cells` is much faster.

    Args:
        area: The study area, a valid polygon or several, metres, EPSG:27700.
        at_easting: Where kernels stand, metres; any shape that broadcasts with at_northing.
        at_northing: Metres.
        bandwidth_m: Of the quartic the radius, of the Gaussian the standard deviation.
        kernel: `quartic` or `gaussian`.

    Returns:
        0 to 1, of the broadcast shape.

    Raises:
        InvalidInputError: The area is empty, not valid or no polygon, or another argument cannot be
            used.
    """
    shape, bandwidth = check_kernel(kernel), check_bandwidth(bandwidth_m)
    east, north = np.broadcast_arrays(*grounds(at_easting, at_northing))
    boundary = Boundary.of(area)
    places = np.column_stack([east.ravel(), north.ravel()])
    mass = np.empty(len(places))
    for start in range(0, len(places), _PIECE):
        piece = slice(start, start + _PIECE)
        mass[piece] = _mass(boundary, places[piece], bandwidth, shape)
    return np.clip(mass, 0.0, 1.0).reshape(east.shape)


def _mass(boundary: Boundary, places: Floats, bandwidth: float, kernel: Kernel) -> Floats:
    place, stretch = boundary.near(places, _REACH[kernel] * bandwidth)
    seen = boundary.seen(places[place], stretch)
    lost = np.bincount(place, _beyond(seen, bandwidth, kernel), len(places))
    mass = boundary.covers(places).astype(np.float64) - lost
    on_it = np.unique(place[seen.distance() < _ON_THE_BOUNDARY_M])
    for one in on_it:
        # The angles of the whole boundary say how much of the ground round a place is within: a
        # half on a straight edge, less at a corner.
        every = boundary.seen(places[[one]], np.arange(len(boundary)))
        mass[one] = every.angle().sum() / (2 * np.pi) - _beyond(every, bandwidth, kernel).sum()
    return mass


def _beyond(seen: Sight, bandwidth: float, kernel: Kernel) -> Floats:
    """The mass of a kernel that lies beyond each stretch, within its angle; signed as the angle."""
    away, first, last = seen.away / bandwidth, seen.first / bandwidth, seen.last / bandwidth
    if kernel == "gaussian":
        from scipy.special import owens_t  # noqa: PLC0415

        with np.errstate(divide="ignore", invalid="ignore"):
            part = owens_t(away, last / away) - owens_t(away, first / away)
    else:
        half = np.sqrt(np.maximum(1 - away * away, 0.0))
        ends = (np.clip(end, -half, half) for end in (first, last))
        before, after = (_quartic_beyond(away, end) for end in ends)
        part = (after - before) / (2 * np.pi)
    return np.where(away > 0, seen.side * part, 0.0)


def _quartic_beyond(away: Floats, along: Floats) -> Floats:
    """The integral of (1 - r^2)^3 over the angle from the foot of the perpendicular.

    r = away / cos(angle); away and along are in bandwidths, and within the circle.
    """
    u, v = away * away, along * along
    return np.arctan2(along, away) - away * along * (
        3 - 3 * u - v + u * u + 2 / 3 * u * v + v * v / 5
    )


def edge_mass_of_cells(
    mask: Flags, cell_m: float, *, bandwidth_m: float, kernel: Kernel = "quartic"
) -> Floats:
    """The part of a kernel at each cell's centre that lies within the cells of the study area.

    Exact as `edge_mass` of the cells' union; a kernel's mass over a cell depends only on how far
    off that is, and so the whole is one convolution.

    Args:
        mask: rows by columns: the cells of the study area. Beyond the grid there are none.
        cell_m: The side of a cell, metres.
        bandwidth_m: As for `edge_mass`.
        kernel: As for `edge_mass`.

    Returns:
        rows by columns, 0 to 1.

    Raises:
        InvalidInputError: The mask is no grid, or the bandwidth or the kernel cannot be used.
    """
    shape, bandwidth = check_kernel(kernel), check_bandwidth(bandwidth_m)
    cells = np.asarray(mask)
    if cells.ndim != 2 or not cells.size or cells.dtype != np.bool_:  # noqa: PLR2004 - a grid
        raise InvalidInputError("mask must be rows by columns of true and false")
    if not cell_m > 0:
        raise InvalidInputError(f"cell_m is {cell_m}; a cell has a side above 0 metres")
    held = _convolved(cells.astype(np.float64), float(cell_m), bandwidth, shape)
    return np.clip(held, 0.0, 1.0)


def _convolved(cells: Floats, cell: float, bandwidth: float, kernel: Kernel) -> Floats:
    steps = np.arange(-max(cells.shape), max(cells.shape) + 1)
    steps = steps[np.abs(steps) <= np.ceil(_REACH[kernel] * bandwidth / cell + 0.5)]
    if kernel == "gaussian":
        from scipy.ndimage import correlate1d  # noqa: PLC0415
        from scipy.special import ndtr  # noqa: PLC0415

        line = ndtr((steps + 0.5) * cell / bandwidth) - ndtr((steps - 0.5) * cell / bandwidth)
        along = correlate1d(cells, line, axis=1, mode="constant")
        return np.asarray(correlate1d(along, line, axis=0, mode="constant"))
    from scipy.signal import fftconvolve  # noqa: PLC0415

    middle, half = _SOMEWHERE_M, cell / 2
    one = shapely.box(middle - half, middle - half, middle + half, middle + half)
    at = middle + steps * cell
    return np.asarray(
        fftconvolve(cells, edge_mass(one, at, at[:, None], bandwidth_m=bandwidth), mode="same")
    )


def density_of_cells(
    events: Places,
    grid: SquareGrid,
    mask: Flags,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    correction: Correction = "uniform",
) -> Floats:
    """The density at the centres of a grid's cells, put right beside the study area's edge.

    The study area is the union of the mask's cells. Events outside it are left out: the corrections
    stand for what is not recorded there.

    Args:
        events: From `positions.places`.
        grid: Whose cells.
        mask: rows by columns: the cells of the study area.
        bandwidth_m: As for `density`.
        kernel: As for `density`.
        correction: `none`, `uniform` or `diggle`.

    Returns:
        rows by columns, events per square metre; 0 outside the study area.

    Raises:
        InvalidInputError: The correction is unknown, the mask is not of the grid's shape, or the
            bandwidth or the kernel cannot be used.
    """
    if correction not in CORRECTIONS:
        raise InvalidInputError(
            f"{correction!r} is no edge correction; there are {', '.join(CORRECTIONS)}"
        )
    if np.shape(mask) != grid.shape:
        raise InvalidInputError(f"the mask is of shape {np.shape(mask)}, the grid of {grid.shape}")
    cell = grid.cell_of(events.easting, events.northing)
    within = events.where((cell >= 0) & mask.ravel()[cell])
    east, north, weight = within.easting, within.northing, within.weight
    if correction == "diggle":
        weight = weight / edge_mass(
            area_of_cells(grid, mask), east, north, bandwidth_m=bandwidth_m, kernel=kernel
        )
    columns, rows = grid.centres()
    value = density(
        east,
        north,
        columns,
        rows[:, None],
        bandwidth_m=bandwidth_m,
        kernel=kernel,
        weights=weight,
    )
    if correction == "uniform":
        # A cell of the study area holds its own centre, so the mass is never 0 there.
        mass = edge_mass_of_cells(mask, grid.cell_m, bandwidth_m=bandwidth_m, kernel=kernel)
        return np.divide(value, mass, out=np.zeros(grid.shape), where=mask)
    return np.where(mask, value, 0.0)


def area_of_cells(grid: SquareGrid, mask: Flags) -> BaseGeometry:
    """The ground of some cells as one polygon or several, EPSG:27700.

    Args:
        grid: Whose cells.
        mask: rows by columns: which.
    """
    beside = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, first = np.nonzero(beside == 1)
    last = np.nonzero(beside == -1)[1]
    west, east = grid.west + first * grid.cell_m, grid.west + last * grid.cell_m
    south = grid.south + row * grid.cell_m
    # Runs of a row are boxes: far fewer to join than cells.
    return shapely.union_all(shapely.box(west, south, east, south + grid.cell_m))

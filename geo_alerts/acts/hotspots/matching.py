"""Postcode units, households and subscribers matched to the areas of a layer, as to teams."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.acts.geography import Geography
from geo_alerts.acts.hotspots import keeping
from geo_alerts.acts.live import Inputs, Live
from geo_alerts.acts.match import Columns, write_columns
from geo_alerts.acts.protection import protected
from geo_alerts.audiences.coverage import apportion
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.targets.leaves import MAX_FROM_HOTSPOT_M
from geo_alerts.audiences.units.on_grid import around
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.store.hotspot_runs import Run

DECIMALS: Final = 1


@dataclass(frozen=True, slots=True)
class AreaMatch:
    """Who lives in an area of a layer, or near it.

    Attributes:
        rank: Of the area.
        key: Of a place that is followed from month to month; None of others.
        units: Live postcode units; one between two areas counts in both.
        households: Of them, shared out from published counts; None where none are imported.
        people: Who can be reached by any channel; for roles that see no exact counts an estimate.
        error: How far an estimate may be off, 19 times in 20; None of exact counts.
    """

    rank: int
    key: str | None
    units: int
    households: float | None
    people: int
    error: int | None


@dataclass(frozen=True, eq=False)
class Match:
    """A layer matched to units and subscribers.

    Attributes:
        run: The layer.
        metres: How far round each area.
        areas: Its areas, by rank.
        inputs: What the figures were made from.
    """

    run: Run
    metres: float
    areas: tuple[AreaMatch, ...]
    inputs: Inputs


@dataclass(frozen=True, eq=False)
class _Pairs:
    # Units near areas: k rows of the directory, k places in the list of areas, k distances.
    row: npt.NDArray[np.int64]
    area: npt.NDArray[np.int64]
    metres: npt.NDArray[np.float64]


def match(live: Live, run_id: str, metres: float, role: Role) -> Match:
    """Count units, households and people in each area of a layer, or near it.

    Args:
        live: What the answer is made from.
        run_id: The layer.
        metres: How far round each area, by exact distance.
        role: Who asks: roles that see no exact counts of people are told estimates.

    Raises:
        UnknownRunError: There is no layer of this id that the role may see.
        InvalidInputError: The distance is not one that is allowed.
        NotReadyError: No directory is imported.
    """
    _check(metres)
    run, areas = keeping.areas(live, run_id, role)
    # Whom the figures are of: a look at what was known of subscribers only for who may see it.
    people: list[tuple[int, int | None]]
    if live.policy.sees_exact(role):
        snapshot = live.snapshot()
        people = [(snapshot.index.people_in(around(one, metres)), None) for one in _each(areas)]
        geography, inputs = snapshot.geography, snapshot.inputs
    else:
        view = live.view()
        published = protected(live, view)
        people = [(*published.table.people_in(around(one, metres)),) for one in _each(areas)]
        geography, inputs = view.geography, published.told(view.inputs)
    pairs = _pairs(geography, areas, metres)
    units = np.bincount(pairs.area, minlength=len(areas))
    households = _households(geography, pairs, len(areas))
    matched = tuple(
        AreaMatch(
            area.rank,
            area.key,
            int(units[place]),
            None if households is None else round(float(households[place]), DECIMALS),
            *people[place],
        )
        for place, area in enumerate(areas)
    )
    return Match(run, metres, matched, inputs)


def write_units(live: Live, run_id: str, metres: float, path: Path, role: Role) -> int:
    """Write the live units in the areas of a layer, or near them; public data alone.

    Columns: `postcode`; `rank` and `key` of the area; `distance_m`, 0 inside; `is_nearest`, whether
    no other area is nearer (of two as near the first by rank). A unit near several areas has a row
    for each.

    Args:
        live: What the answer is made from.
        run_id: The layer.
        metres: How far round each area, by exact distance.
        path: Ends in `.csv` or `.parquet`; an existing file is replaced once all is written.
        role: Who asks.

    Returns:
        How many units.

    Raises:
        UnknownRunError: There is no layer of this id that the role may see.
        InvalidInputError: The distance is not one that is allowed.
        UnknownFormatError: The ending is another.
        NotReadyError: No directory is imported.
    """
    _check(metres)
    _, areas = keeping.areas(live, run_id, role)
    geography = live.view().geography
    pairs = _pairs(geography, areas, metres)
    ranks = np.array([area.rank for area in areas], dtype=np.int64)
    keys = np.array([area.key or "" for area in areas], dtype=np.str_)
    postcodes = geography.directory.postcode[pairs.row]
    is_nearest = np.diff(pairs.row, prepend=-1) != 0
    columns: Columns = {
        "postcode": postcodes,
        "rank": ranks[pairs.area],
        "key": keys[pairs.area],
        "distance_m": np.round(pairs.metres, DECIMALS),
        "is_nearest": is_nearest,
    }
    write_columns(columns, path)
    return int(is_nearest.sum())


def _check(metres: float) -> None:
    if not 0 <= metres <= MAX_FROM_HOTSPOT_M:
        raise InvalidInputError(
            f"a distance of {metres:g} m: choose 0 to {MAX_FROM_HOTSPOT_M:,.0f} m"
        )


def _each(areas: Sequence[HotArea]) -> list[npt.NDArray[np.object_]]:
    return [np.array([area.geometry], dtype=object) for area in areas]


def _pairs(geography: Geography, areas: Sequence[HotArea], metres: float) -> _Pairs:
    # By unit, then by distance, then by rank.
    directory = geography.directory
    rows = np.flatnonzero(directory.is_live & directory.is_located)
    points = np.asarray(shapely.points(directory.easting[rows], directory.northing[rows]))
    shapes = np.array([area.geometry for area in areas], dtype=object)
    area, at = shapely.STRtree(points).query(shapes, predicate="dwithin", distance=metres)
    distance = np.asarray(shapely.distance(shapes[area], points[at]), dtype=float)
    order = np.lexsort((area, distance, rows[at]))
    return _Pairs(rows[at][order], area[order], distance[order])


def _households(geography: Geography, pairs: _Pairs, count: int) -> npt.NDArray[np.float64] | None:
    if geography.households is None:
        return None
    lsoa, published = geography.households
    shared = apportion(lsoa, published.astype(np.float64), geography.directory).households
    of_area: npt.NDArray[Any] = np.bincount(pairs.area, shared[pairs.row], minlength=count)
    return of_area

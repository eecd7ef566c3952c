"""Repairing an edition of boundaries: a new draft, and whom each change moves."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.acts.changes import units_and_people
from geo_alerts.acts.editions import EditionAnswer, boundary_edition, edition
from geo_alerts.acts.live import Live
from geo_alerts.errors import NotReadyError
from geo_alerts.places.assignment import Assignment, assign
from geo_alerts.places.layer import Layer
from geo_alerts.store import layers as stored
from geo_alerts.store.editions import EditionFacts

if TYPE_CHECKING:
    import geopandas as gpd

    from boundaries.comparing.compare import PlacePeople, UnitPoints
    from boundaries.faults.report import BoundaryFault
    from boundaries.repair.account import Balance, Change
    from boundaries.repair.mend import Repaired

Rows = npt.NDArray[np.int64]

# Positions are to the millimetre: a unit on the line of a change is moved by it.
ON_THE_LINE_M: Final = 0.01


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """A change, and how many units and people have other teams by it."""

    change: "Change"
    units: int
    people: int


@dataclass(frozen=True, slots=True)
class RepairAnswer:
    """What a repair did; the original stays as it is.

    Attributes:
        edition: The repaired edition, a draft; the original where nothing was to be done.
        original: The edition that was repaired.
        tolerance_m: No boundary moved farther.
        changes: What was done.
        balance: What each area gained and lost.
        left: The faults that are still there.
        units_moved: Live units whose teams are not the same.
        people_moved: People with a place whose teams are not the same.
    """

    edition: EditionAnswer
    original: EditionAnswer
    tolerance_m: float
    changes: tuple[ChangeAnswer, ...]
    balance: tuple["Balance", ...]
    left: tuple["BoundaryFault", ...]
    units_moved: int
    people_moved: int


def repair(live: Live, number: int, tolerance_m: float, *, by: str) -> RepairAnswer:
    """Mend what can be mended without moving any boundary by more than a tolerance.

    Args:
        live: Where.
        number: Of the edition, which stays as it is.
        tolerance_m: Metres.
        by: Who does it.

    Returns:
        The account; the same repair again is the same edition.

    Raises:
        UnknownEditionError: No edition of boundaries has this number.
        InvalidInputError: The tolerance is no distance that a boundary may move.
        TooManyRequestsError: As much as is done at once is under way.
    """
    with live.slow.one():
        return _repaired(live, number, tolerance_m, by)


def _repaired(live: Live, number: int, tolerance_m: float, by: str) -> RepairAnswer:
    from boundaries.repair.mend import repair as mend  # noqa: PLC0415

    with live.store.reading() as connection:
        original = boundary_edition(connection, number)
        areas = stored.load_areas(connection, number)
    done = mend(areas, tolerance_m)
    kept = number
    if done.changes:
        facts = {name: getattr(original, name) for name in EditionFacts.__slots__}
        told = {
            "label": f"{original.label}, repaired within {tolerance_m:g} m",
            "read_as": f"repair of {number} within {tolerance_m:g} m",
            "repaired_from": number,
            "recorded_by": by,
        }
        kept = stored.import_draft(live.store, EditionFacts(**facts | told), done.areas).edition.id
    changes, units, people = _moved(live, areas, done)
    return RepairAnswer(
        edition=edition(live, kept),
        original=edition(live, number),
        tolerance_m=tolerance_m,
        changes=changes,
        balance=done.balance,
        left=done.left,
        units_moved=units,
        people_moved=people,
    )


def _moved(
    live: Live, given: "gpd.GeoDataFrame", done: "Repaired"
) -> tuple[tuple[ChangeAnswer, ...], int, int]:
    # Changes with the units and people that they move; how many move altogether.
    try:
        units, people = units_and_people(live.snapshot())
    except NotReadyError:  # boundaries may be repaired where there are no postcodes yet
        return tuple(ChangeAnswer(change, 0, 0) for change in done.changes), 0, 0
    rows = _other_teams(units, given, done.areas)
    points = shapely.points(units.easting[rows], units.northing[rows])
    grounds = np.array([change.geometry for change in done.changes], dtype=object)
    point, change = shapely.STRtree(grounds).query(
        points, predicate="dwithin", distance=ON_THE_LINE_M
    )
    counts = [_count(units, people, rows[point[change == at]]) for at in range(len(done.changes))]
    changes = [ChangeAnswer(one, *count) for one, count in zip(done.changes, counts, strict=True)]
    return tuple(changes), *_count(units, people, rows)


def _count(units: "UnitPoints", people: "PlacePeople", rows: Rows) -> tuple[int, int]:
    is_row = np.zeros(len(units.postcode), dtype=np.bool_)
    is_row[rows] = True
    counted = is_row if units.is_counted is None else is_row & units.is_counted
    return int(counted.sum()), len(np.unique(people.person[is_row[people.row]]))


def _other_teams(
    units: "UnitPoints", given: "gpd.GeoDataFrame", mended: "gpd.GeoDataFrame"
) -> Rows:
    # Rows of the units that are not in the very same teams; also of overlaps, where one is enough.
    from boundaries.faults.rings import ground  # noqa: PLC0415

    was, now = (
        assign(
            units.easting,
            units.northing,
            Layer.from_columns("", areas["code"].tolist(), areas["code"].tolist(), shapes),
        )
        for areas, shapes in (
            (given, ground(given.geometry.to_numpy())),
            (mended, mended.geometry.to_numpy()),
        )
    )
    pairs = np.setxor1d(_pairs(was, len(given)), _pairs(now, len(given)))
    return np.unique(pairs // max(len(given), 1))


def _pairs(assignment: Assignment, areas: int) -> Rows:
    unit = np.repeat(np.arange(len(assignment.first)), np.diff(assignment.offset))
    return unit * max(areas, 1) + assignment.area

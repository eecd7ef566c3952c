"""What a new edition changes, before it is in force: for teams, ground, units and people.

A unit's team is the one that answers name first: of those that cover its point the one with the
lowest code. It moves when that is not the same team afterwards (`links.py` says which is); a team
that is re-coded or re-drawn moves nobody who stays inside. Ground is accounted for as `ground.py`
has it: where areas of an edition overlap it counts in each, and the excess is told.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.comparing.ground import NO_AREA, CommonGround, Floats, Indexes, common_ground
from boundaries.comparing.links import CommonUnits, Link, links
from geo_alerts.audiences.rows import Rows, each_once
from geo_alerts.places.assignment import Assignment, assign
from geo_alerts.places.layer import Layer
from geo_alerts.places.point_index import PointIndex

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class UnitPoints:
    """Where units are, and people with them.

    Attributes:
        postcode: n normalised postcodes.
        easting: n metres, EPSG:27700; NaN for a unit without a location, which is in no figure.
        northing: n metres.
        is_counted: Which of them are counted and listed as units; the others, such as terminated
            ones, only carry people. All when left out.
        old: Their teams in the old edition, where they are known already.
        new: Their teams in the new one.
        was_edge: Whether another team held much of the unit's ground before.
        is_edge: Whether another team holds much of it afterwards.
    """

    postcode: npt.NDArray[np.str_]
    easting: Floats
    northing: Floats
    is_counted: Flags | None = None
    old: Assignment | None = None
    new: Assignment | None = None
    was_edge: Flags | None = None
    is_edge: Flags | None = None

    @cached_property
    def are_units(self) -> Flags:
        """Which are counted and have a location."""
        is_located = np.isfinite(self.easting) & np.isfinite(self.northing)
        return is_located if self.is_counted is None else is_located & self.is_counted


@dataclass(frozen=True, eq=False)
class PlacePeople:
    """Who has a place at which unit.

    Attributes:
        row: k rows of the units.
        person: k whole numbers from 0, one for each person; who has several places is counted once.
    """

    row: Rows
    person: Rows


@dataclass(frozen=True, eq=False)
class Crosswalk:
    """From old teams to new ones, by ground, units and people.

    Attributes:
        old: k indexes of old teams, ascending; -1 for what was in none.
        new: k indexes of new teams, ascending within an old one; -1 for what is in none.
        m2: k areas in common; 0 where there are only units, on a common edge.
        share_of_old: k shares of the old team's ground.
        share_of_new: k shares of the new team's ground.
        width_m: k mean widths of the broadest part of what is common.
        units: k counts; each unit is in one row.
        people: k counts of people with a place there, each once a row; None when nobody was asked
            about.
    """

    old: Indexes
    new: Indexes
    m2: Floats
    share_of_old: Floats
    share_of_new: Floats
    width_m: Floats
    units: Rows
    people: Rows | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """What changes from one edition to another.

    Attributes:
        old: The edition before.
        new: The edition after.
        ground: What they have in common.
        links: What became of each team.
        units: The units that were asked about.
        before: Their old teams.
        after: Their new teams.
        people: Who has a place where; None when nobody was asked about.
    """

    old: Layer
    new: Layer
    ground: CommonGround
    links: tuple[Link, ...]
    units: UnitPoints
    before: Assignment
    after: Assignment
    people: PlacePeople | None = None

    @cached_property
    def crosswalk(self) -> Crosswalk:
        """The rows that have ground or units; what is in no team before and after has none."""
        ground_keys = self._keys(self.ground.old, self.ground.new)
        unit_keys = self._unit_keys[self.units.are_units]
        place_keys = [] if self.people is None else [self._unit_keys[self.people.row]]
        keys = each_once(np.concatenate([ground_keys, unit_keys, *place_keys]))
        keys = keys[keys > 0]
        old, new = (part - 1 for part in np.divmod(keys, len(self.new) + 1))
        at = np.searchsorted(keys, ground_keys)
        columns = {name: np.zeros(len(keys)) for name in ("m2", "width_m", "of_old", "of_new")}
        columns["m2"][at], columns["width_m"][at] = self.ground.m2, self.ground.width_m
        columns["of_old"][at] = self.ground.share_of_old
        columns["of_new"][at] = self.ground.share_of_new
        row = np.searchsorted(keys, unit_keys[unit_keys > 0])
        return Crosswalk(
            old,
            new,
            columns["m2"],
            columns["of_old"],
            columns["of_new"],
            columns["width_m"],
            np.bincount(row, minlength=len(keys)),
            self._people_of(keys),
        )

    @cached_property
    def stays(self) -> Indexes:
        """For each old team the index of the new one that is the same; -1 for none."""
        now = np.full(len(self.old), NO_AREA)
        going = [(link.old_code, link.new_code) for link in self.links if link.goes_on]
        if going:
            before, after = (np.array(codes, dtype=np.str_) for codes in zip(*going, strict=True))
            at = np.searchsorted(self.old.code, before)
            now[at] = np.searchsorted(self.new.code, after)
        return now

    @cached_property
    def moved(self) -> Rows:
        """Rows of the units whose team is not the same afterwards, to and from no team included."""
        return np.flatnonzero(self._has_moved & self.units.are_units)

    @property
    def into_gap(self) -> Rows:
        """Rows of the units that were in a team and are in none."""
        return self._moved_where(self.after.first == NO_AREA)

    @property
    def out_of_gap(self) -> Rows:
        """Rows of the units that were in no team and are in one."""
        return self._moved_where(self.before.first == NO_AREA)

    @property
    def onto_edge(self) -> Rows | None:
        """Rows of the units that are on an edge and were not; None where edges are not known."""
        if self.units.was_edge is None or self.units.is_edge is None:
            return None
        return np.flatnonzero(self.units.is_edge & ~self.units.was_edge & self.units.are_units)

    @property
    def off_edge(self) -> Rows | None:
        """Rows of the units that were on an edge and are not; None where edges are not known."""
        if self.units.was_edge is None or self.units.is_edge is None:
            return None
        return np.flatnonzero(self.units.was_edge & ~self.units.is_edge & self.units.are_units)

    @property
    def units_asked(self) -> int:
        """How many units there are to be counted."""
        return int(np.count_nonzero(self.units.are_units))

    @property
    def units_in_several(self) -> tuple[int, int]:
        """How many units several teams cover, before and after."""
        several = (np.diff(each.offset) > 1 for each in (self.before, self.after))
        before, after = (int(np.count_nonzero(flags & self.units.are_units)) for flags in several)
        return before, after

    @property
    def people_asked(self) -> int | None:
        """People with a place at a unit; None when nobody was asked about."""
        return None if self.people is None else len(each_once(self.people.person))

    @cached_property
    def people_moved(self) -> int | None:
        """People with a place whose team is not the same afterwards."""
        return self._people_where(self._has_moved)

    @cached_property
    def people_into_gap(self) -> int | None:
        """People with a place that was in a team and is in none."""
        return self._people_where(self._has_moved & (self.after.first == NO_AREA))

    def old_units(self, at: int) -> Rows:
        """Rows of the units that an old team covers, those in overlaps too."""
        return self._units_in(self.before, at)

    def new_units(self, at: int) -> Rows:
        """Rows of the units that a new team covers, those in overlaps too."""
        return self._units_in(self.after, at)

    def units_on(self, geometry: shapely.Geometry) -> Rows:
        """Rows of the units that a Polygon or MultiPolygon, EPSG:27700, covers."""
        own = shapely.force_2d(geometry)
        shapely.prepare(own)
        covered = shapely.intersects_xy(own, self.units.easting, self.units.northing)
        return np.flatnonzero(covered & self.units.are_units)

    def _moved_where(self, flags: Flags) -> Rows:
        return np.flatnonzero(self._has_moved & self.units.are_units & flags)

    def _units_in(self, assignment: Assignment, at: int) -> Rows:
        # The row of a place in the list of all teams is the last whose run begins up to there.
        places = np.flatnonzero(assignment.area == at)
        rows = np.searchsorted(assignment.offset, places, side="right") - 1
        return rows[self.units.are_units[rows]]

    @cached_property
    def _has_moved(self) -> Flags:
        was, now = self.before.first, self.after.first
        # A team that is gone has -1 to stay with, as has the unit that is in none afterwards.
        is_other = (np.append(self.stays, NO_AREA)[was] != now) | (now == NO_AREA)
        return np.asarray(np.where(was == NO_AREA, now != NO_AREA, is_other))

    @cached_property
    def _unit_keys(self) -> Rows:
        return self._keys(self.before.first, self.after.first)

    def _keys(self, old: npt.NDArray[np.integer], new: npt.NDArray[np.integer]) -> Rows:
        # One number for each pair of an old team or none and a new team or none; 0 is none, none.
        return (old.astype(np.int64) + 1) * (len(self.new) + 1) + new + 1

    def _people_of(self, keys: Rows) -> Rows | None:
        if self.people is None:
            return None
        place_keys = self._unit_keys[self.people.row]
        row = np.searchsorted(keys, place_keys[place_keys > 0])
        most = int(self.people.person.max(initial=0)) + 1
        pairs = each_once(row * most + self.people.person[place_keys > 0])
        return np.bincount(pairs // most, minlength=len(keys))

    def _people_where(self, flags: Flags) -> int | None:
        if self.people is None:
            return None
        return len(each_once(self.people.person[flags[self.people.row]]))


def compare(
    old: Layer, new: Layer, units: UnitPoints, people: PlacePeople | None = None
) -> Comparison:
    """What changes when a new edition takes the place of an old one.

    Args:
        old: The edition before; it may have no areas.
        new: The edition after.
        units: The units to be asked about.
        people: Who has a place at which of them.

    Raises:
        FrameError: An area is invalid by the rules of OGC Simple Features.
    """
    ground = common_ground(old, new)
    points = PointIndex(units.easting, units.northing)
    before, after = (
        assign(units.easting, units.northing, layer, index=points) if known is None else known
        for known, layer in ((units.old, old), (units.new, new))
    )
    common = _common_units(
        before.first[units.are_units], after.first[units.are_units], len(old), len(new)
    )
    return Comparison(
        old=old,
        new=new,
        ground=ground,
        links=links(old, new, ground=ground, units=common),
        units=units,
        before=before,
        after=after,
        people=people,
    )


def _common_units(
    before: npt.NDArray[np.signedinteger],
    after: npt.NDArray[np.signedinteger],
    old_teams: int,
    new_teams: int,
) -> CommonUnits:
    in_both = (before != NO_AREA) & (after != NO_AREA)
    keys = before[in_both].astype(np.int64) * max(new_teams, 1) + after[in_both]
    pairs = each_once(keys)
    old, new = np.divmod(pairs, max(new_teams, 1))
    return CommonUnits(
        old,
        new,
        np.bincount(np.searchsorted(pairs, keys), minlength=len(pairs)),
        np.bincount(before[before != NO_AREA], minlength=old_teams),
        np.bincount(after[after != NO_AREA], minlength=new_teams),
    )

"""People in the order of their homes: the layout that answers are read from.

A person's home is the first place given. People are numbered home by home, and units along a curve
that keeps neighbours together, so who lives in an area is a few runs of rows, and needs no list of
places at all. Only further places are listed, unit by unit, each with its person's home: one whose
home is in the area as well is known already.
"""

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.people.hilbert import along_curve
from geo_alerts.audiences.people.members import Members
from geo_alerts.audiences.people.verdicts import Profiles
from geo_alerts.audiences.rows import NO_ROWS, Rows, each_once
from geo_alerts.audiences.units.ground import Units
from geo_alerts.errors import Fault, FrameError
from geo_alerts.places.directory import Directory, Located
from geo_alerts.places.postcode_keys import texts_of

# Rows that are moved at once while references are put in order.
ROWS_AT_ONCE: Final = 1 << 20


@dataclass(frozen=True, eq=False)
class People:
    """n people with their places in u units; arrays may be maps of files.

    Attributes:
        number: n random numbers.
        by_number: n rows, in the order of the numbers.
        reference: n references, ASCII.
        joined: n days of joining, as `members.day_number` has them.
        profile: n indexes into the profiles.
        home_offset: u + 2; the people at home in unit i are rows `home_offset[i]` up to
            `home_offset[i + 1]`; after the last unit come those without a place.
        further_offset: u + 1; the further places in unit i, as positions in the arrays below.
        further_person: k rows of people.
        further_home: k units: where that person is at home.
        further_profile: k profiles of that person.
        profiles: The profiles.
    """

    number: npt.NDArray[np.int64]
    by_number: npt.NDArray[np.int32]
    reference: npt.NDArray[np.bytes_]
    joined: npt.NDArray[np.uint16]
    profile: npt.NDArray[Any]
    home_offset: npt.NDArray[np.int64]
    further_offset: npt.NDArray[np.int64]
    further_person: npt.NDArray[np.int32]
    further_home: npt.NDArray[np.int32]
    further_profile: npt.NDArray[Any]
    profiles: Profiles

    def __len__(self) -> int:
        """Count the people."""
        return len(self.number)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything but the profiles, by name."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "profiles"}

    def rows_of(self, numbers: npt.NDArray[np.int64]) -> Rows:
        """The rows, ascending, of the people that have any of some numbers."""
        if not len(self):
            return NO_ROWS
        # By halves through the order: the numbers in their order would be another long array.
        low = np.zeros(len(numbers), dtype=np.int64)
        high = np.full(len(numbers), len(self) - 1)
        for _ in range(len(self).bit_length()):
            middle = (low + high) // 2
            is_below = self.number[self.by_number[middle]] < numbers
            low, high = (
                np.where(is_below, np.minimum(middle + 1, high), low),
                np.where(is_below, high, middle),
            )
        row = self.by_number[low].astype(np.int64)
        return each_once(row[self.number[row] == numbers])


def arranged(members: Members, directory: Directory) -> tuple[People, Units, Located]:
    """Members in the order of their homes, and the units where they have places.

    Args:
        members: The members.
        directory: Where their postcodes are.

    Returns:
        The people; their units, those without a location last; and how each was located.

    Raises:
        FrameError: Two members have one number.
    """
    units, located, unit_of_place = _units_of(members, directory)
    count = len(units.postcode)
    start = members.postcode_offset[:-1]
    has_place = np.diff(members.postcode_offset) > 0
    home = np.full(len(members), count, dtype=np.int32)
    home[has_place] = unit_of_place[start[has_place]]
    order = np.argsort(home, kind="stable").astype(np.int32)
    profile = members.profile[order]
    if len(members.profiles) <= 1 << 16:
        profile = profile.astype(np.uint16)
    person, unit = _further_places(members, home, order, unit_of_place)
    number = members.number[order]
    people = People(
        number=number,
        by_number=_by_number(number),
        reference=_moved(members.reference_bytes, order),
        joined=members.joined[order],
        profile=profile,
        home_offset=_offsets(home, count + 1),
        further_offset=_offsets(unit, count),
        further_person=person,
        further_home=home[order][person],
        further_profile=profile[person],
        profiles=Profiles(members.profiles),
    )
    return people, units, located


def _units_of(
    members: Members, directory: Directory
) -> tuple[Units, Located, npt.NDArray[np.int32]]:
    # The units along the curve, and the unit of each postcode of the members.
    order = np.argsort(members.postcode_key)
    ascending = members.postcode_key[order]
    is_first = np.ones(len(order), dtype=np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=is_first[1:])
    keys = ascending[is_first]
    del ascending
    unit_of_key = np.empty(len(order), dtype=np.int32)
    unit_of_key[order] = np.cumsum(is_first, dtype=np.int32) - 1
    del order, is_first
    located = directory.locate(texts_of(keys))
    along = np.lexsort((keys, along_curve(located.easting, located.northing)))
    place_along = np.empty(len(keys), dtype=np.int32)
    place_along[along] = np.arange(len(keys), dtype=np.int32)
    in_order = Located(
        located.easting[along],
        located.northing[along],
        located.position[along],
        located.status[along],
    )
    units = Units(texts_of(keys[along]), in_order.easting, in_order.northing)
    return units, in_order, place_along[unit_of_key]


def _further_places(
    members: Members,
    home: npt.NDArray[np.int32],
    order: npt.NDArray[np.int32],
    unit_of_place: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    # Person (by the new rows) and unit of each place that is not a home, by unit, each once.
    new_row = np.empty(len(order), dtype=np.int32)
    new_row[order] = np.arange(len(order), dtype=np.int32)
    is_further = np.ones(len(unit_of_place), dtype=np.bool_)
    counts = np.diff(members.postcode_offset)
    is_further[members.postcode_offset[:-1][counts > 0]] = False
    unit = unit_of_place[is_further]
    member = np.repeat(np.arange(len(members), dtype=np.int32), np.maximum(counts - 1, 0))
    elsewhere = unit != home[member]
    count = max(len(members), 1)
    pair = each_once(unit[elsewhere].astype(np.int64) * count + new_row[member[elsewhere]])
    return (pair % count).astype(np.int32), (pair // count).astype(np.int32)


def _offsets(which: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int64]:
    offset = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(which, minlength=count), out=offset[1:])
    return offset


def _by_number(number: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    order = np.argsort(number).astype(np.int32)
    ascending = number[order]
    if (ascending[1:] == ascending[:-1]).any():
        raise FrameError("members", [Fault(None, "number", "is there twice")])
    return order


def _moved(values: npt.NDArray[np.bytes_], order: npt.NDArray[np.int32]) -> npt.NDArray[np.bytes_]:
    moved = np.empty(len(order), dtype=values.dtype)
    for start in range(0, len(order), ROWS_AT_ONCE):
        rows = order[start : start + ROWS_AT_ONCE]
        np.take(values, rows, out=moved[start : start + len(rows)])
    return moved

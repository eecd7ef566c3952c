"""The audience index: from a selection to the people reached, by the postcode units in its area.

Places are sorted by unit, so that a question touches the places in its area and no others: its cost
grows with the units in the area, not with the number of subscribers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.counts import Counts, LeftOut, Placement
from geo_alerts.audiences.ground import Ground, Units
from geo_alerts.audiences.labels import LabelSets
from geo_alerts.audiences.members import Members
from geo_alerts.audiences.on_grid import AreaOnGrid
from geo_alerts.audiences.reach import units_in
from geo_alerts.audiences.rows import (
    NO_ROWS,
    Rows,
    distinct,
    each_once,
    expand,
    is_among,
)
from geo_alerts.audiences.selection import Channel, Selection
from geo_alerts.places.cells import Cells
from geo_alerts.places.directory import POSITIONS, STATUSES, Directory, Located, Status
from geo_alerts.places.layer import Layer
from geo_alerts.places.postcode_keys import keys_of
from geo_alerts.places.postcodes import no_location_reason

# Why a place has no location, where the postcode itself does not say it.
WHY_UNPLACED: Final = {
    Status.MALFORMED: "it is malformed",
    Status.UNKNOWN: "it is in no directory, and no live postcode is in its sector",
    Status.TERMINATED: "it is terminated, and no point of it is known",
}
NOBODY: Final[Mapping[LeftOut, Rows]] = {}
NO_POSTCODE: Final = "no postcode that can be used was given"
NOT_PUBLISHED: Final = "it is live, but no coordinates are published for it"


@dataclass(frozen=True, eq=False)
class Places:
    """Who has a place where.

    Attributes:
        unit: k rows of the ground's units.
        person: k numbers of members.
        ground: The units.
    """

    unit: Rows
    person: Rows
    ground: Ground


@dataclass(frozen=True, eq=False)
class Candidates:
    """Who passes every condition before the sample.

    Attributes:
        index: Whose members they are.
        place: Rows of their places in the area.
        people: Their rows, ascending.
        left_out: Why -> people who fail, each under the first condition.
    """

    index: "AudienceIndex"
    place: Rows
    people: Rows
    left_out: Mapping[LeftOut, int]


class AudienceIndex:
    """An immutable index of the members of one moment; several threads may ask at once.

    Attributes:
        ground: The units where members have places, and the teams.
        number: n random numbers of the members, in the order of their references.
        reference: n references, ascending by code point.
        channels: n sums of channel bits.
    """

    def __init__(
        self, members: Members, ground: Ground, located: Located, unit_of_postcode: Rows
    ) -> None:
        """Sort the places by unit; `build` does what comes before.

        Args:
            members: n members.
            ground: Their u units.
            located: How each unit was located.
            unit_of_postcode: For each postcode of the members its row in the units.
        """
        self.ground = ground
        self.number = members.number
        self.reference = members.reference
        self._located = located
        self.channels = members.channels
        self._groups = LabelSets(members.groups)
        self._topics = LabelSets(members.topics)
        count = max(len(members), 1)
        member = np.repeat(np.arange(len(members)), np.diff(members.postcode_offset))
        # Each pair once: a postcode that a member gave twice is one place.
        pair = each_once(unit_of_postcode * count + member)
        self._place_unit, self._place_member = np.divmod(pair, count)
        self._place_offset = np.searchsorted(
            self._place_unit, np.arange(len(ground.units.postcode) + 1)
        )

    @classmethod
    def build(
        cls,
        members: Members,
        directory: Directory,
        layer: Layer,
        *,
        cells: Cells | None = None,
    ) -> "AudienceIndex":
        """An index of members, whose postcodes are located and assigned to teams.

        Args:
            members: The members.
            directory: Where their postcodes are.
            layer: The teams.
            cells: The cells of the directory's rows; None where none are known.
        """
        postcode, unit_of_postcode = _distinct(members.postcode)
        located = directory.locate(postcode)
        units = Units(postcode, located.easting, located.northing)
        ground = Ground(units, directory, layer, cells=cells)
        return cls(members, ground, located, unit_of_postcode)

    def __len__(self) -> int:
        """Count the members."""
        return len(self.number)

    def candidates(
        self,
        area: AreaOnGrid,
        selection: Selection,
        *,
        superseded: Rows = NO_ROWS,
        without: Mapping[LeftOut, Rows] = NOBODY,
    ) -> "Candidates":
        """Who passes every condition of a selection before the sample is drawn.

        Args:
            area: The selection's area.
            selection: The filters.
            superseded: Rows of members who are not there, ascending.
            without: Why -> numbers of people to leave out, ascending.
        """
        units = units_in(area, self.ground, selection.reach)
        start = self._place_offset[units]
        length = self._place_offset[units + 1] - start
        place = expand(start, length)
        place = place[self._passes(self._place_member[place], selection, superseded)]
        left_out = dict.fromkeys(LeftOut, 0)
        for why in LeftOut:
            fails = self._fails(why, place, selection, without)
            left_out[why] = len(self._distinct_members(place[fails]))
            place = place[~fails]
        return Candidates(self, place, self._distinct_members(place), left_out)

    def _fails(
        self, why: LeftOut, place: Rows, selection: Selection, without: Mapping[LeftOut, Rows]
    ) -> npt.NDArray[np.bool_]:
        member = self._place_member[place]
        channels = self.channels[member]
        match why:
            case LeftOut.NO_CHANNEL:
                return np.asarray(channels == 0)
            case LeftOut.OTHER_CHANNELS:
                return np.asarray((channels & selection.channel_bits()) == 0)
            case _:
                return is_among(self.number[member], without.get(why, NO_ROWS))

    def counted(self, candidates: "Candidates", people: Rows, selection: Selection) -> Counts:
        """The counts of those of some candidates who are recipients.

        Args:
            candidates: The candidates.
            people: Rows of the recipients, ascending.
            selection: Whose they are.
        """
        place = candidates.place
        if len(people) < len(candidates.people):
            place = place[is_among(self._place_member[place], people)]
        consented = self.channels[people]
        return Counts(
            people=len(people),
            places=len(place),
            deliveries={
                channel.value: int(np.count_nonzero(consented & channel.bit))
                for channel in Channel
                if channel in selection.channels
            },
            by_team=self._by_team(place),
            left_out={},
            edge=None,
        )

    def rows_of(self, numbers: npt.NDArray[np.int64]) -> Rows:
        """The rows, ascending, of the members that have any of some numbers."""
        order, ascending = self._by_number
        if not len(order):
            return NO_ROWS
        at = np.minimum(np.searchsorted(ascending, numbers), len(order) - 1)
        return each_once(order[at[ascending[at] == numbers]])

    def people_by_team(self, *, without: Rows = NO_ROWS) -> Rows:
        """People with a place in each team who can be reached by any channel.

        The very people that a question about the team alone would count: with two definitions an
        asker could subtract one from the other and learn of the few in between. So a place in the
        overlap of several teams counts in each.

        Args:
            without: Rows of members to leave out, ascending.

        Returns:
            For each team of the layer how many people; who has places in two teams is counted in
            both.
        """
        member = self._place_member
        return self._people_of_places(
            np.flatnonzero(~is_among(member, without) & (self.channels[member] != 0))
        )

    def places(self, *, without: Rows = NO_ROWS) -> Places:
        """The places of the members, each once.

        Args:
            without: Rows of members to leave out, ascending.
        """
        place = np.flatnonzero(~is_among(self._place_member, without))
        return Places(self._place_unit[place], self.number[self._place_member[place]], self.ground)

    def placement(self, *, without: Rows = NO_ROWS) -> Placement:
        """How the places of the members were positioned, and who has none that could be.

        Args:
            without: Rows of members to leave out, ascending.
        """
        place = np.flatnonzero(~is_among(self._place_member, without))
        unit = self._place_unit[place]
        by_position = np.bincount(self._located.position[unit], minlength=len(POSITIONS))
        placed = self._distinct_members(place[np.isfinite(self._located.easting)[unit]])
        whys, why_of_unit = self._why_unplaced()
        unplaced = [
            self._distinct_members(place[why_of_unit[unit] == at]) for at in range(len(whys))
        ]
        return Placement(
            members=len(self) - len(without),
            places=len(place),
            by_position=dict(zip(POSITIONS, by_position.tolist(), strict=True)),
            unplaced={
                why: len(people) for why, people in zip(whys, unplaced, strict=True) if len(people)
            },
            nowhere=len(self) - len(without) - len(placed),
        )

    def unplaced(self, *, without: Rows = NO_ROWS) -> list[tuple[str, str]]:
        """Who has a postcode that could not be put on the map, or has none at all.

        Args:
            without: Rows of members to leave out, ascending.

        Returns:
            Reference and reason, by reference; a member once for each reason.
        """
        whys, why_of_unit = self._why_unplaced()
        why = why_of_unit[self._place_unit]
        pairs = set(zip(self._place_member[why >= 0].tolist(), why[why >= 0].tolist(), strict=True))
        found = [(row, whys[at]) for row, at in pairs]
        found += [
            (row, NO_POSTCODE)
            for row in np.setdiff1d(np.arange(len(self)), self._place_member).tolist()
        ]
        left_out = set(without.tolist())
        return sorted((str(self.reference[row]), at) for row, at in found if row not in left_out)

    def _why_unplaced(self) -> tuple[list[str], Rows]:
        # The reasons there are, and for each unit the number of its own; -1 for one with a point.
        units = np.flatnonzero(np.isnan(self._located.easting))
        reasons = [
            _why_unplaced(STATUSES[status], postcode)
            for status, postcode in zip(
                self._located.status[units],
                self.ground.units.postcode[units].tolist(),
                strict=True,
            )
        ]
        whys = sorted(set(reasons))
        why_of_unit = np.full(len(self._located.easting), -1)
        why_of_unit[units] = [whys.index(reason) for reason in reasons]
        return whys, why_of_unit

    @cached_property
    def _by_number(self) -> tuple[Rows, Rows]:
        order = np.argsort(self.number)
        return order, self.number[order]

    def _passes(self, member: Rows, selection: Selection, without: Rows) -> npt.NDArray[np.bool_]:
        passes = ~is_among(member, without)
        if not selection.groups.asks_nothing():
            passes &= self._groups.passes(selection.groups, member)
        if not selection.topics.asks_nothing():
            passes &= self._topics.passes(selection.topics, member)
        return passes

    def _distinct_members(self, place: Rows) -> Rows:
        return distinct(self._place_member[place], len(self))

    def _by_team(self, place: Rows) -> dict[str, int]:
        people = self._people_of_places(place)
        codes = self.ground.layer.code
        return {str(codes[at]): int(people[at]) for at in np.flatnonzero(people)}

    def _people_of_places(self, place: Rows) -> Rows:
        # For each team its people. A place in the overlap of two teams counts in both, as it is
        # found when either is asked.
        unit = self._place_unit[place]
        assignment = self.ground.assignment
        start, length = assignment.offset[unit], np.diff(assignment.offset)[unit]
        team = assignment.area[expand(start, length)].astype(np.int64)
        count = max(len(self), 1)
        pair = each_once(team * count + np.repeat(self._place_member[place], length))
        return np.bincount(pair // count, minlength=len(self.ground.layer))


def _why_unplaced(status: Status, postcode: str) -> str:
    return WHY_UNPLACED.get(status) or no_location_reason(postcode) or NOT_PUBLISHED


def _distinct(postcode: npt.NDArray[np.str_]) -> tuple[npt.NDArray[np.str_], Rows]:
    # Each postcode once, ascending, and where each of those given is among them.
    _, first, row = np.unique(keys_of(postcode), return_index=True, return_inverse=True)
    return postcode[first], row.astype(np.int64, copy=False)

"""The audience index: from a selection to the people reached, by the postcode units in its area.

A question touches the places in its area and no others: its cost grows with the units in the area,
not with the number of subscribers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.counts import Placement
from geo_alerts.audiences.people.candidates import Candidates, Question, candidates_in
from geo_alerts.audiences.people.homes import People, arranged
from geo_alerts.audiences.people.members import Members, Profile
from geo_alerts.audiences.people.runs import Gone
from geo_alerts.audiences.people.verdicts import Profiles
from geo_alerts.audiences.rows import Rows, each_once, expand
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.units.ground import Ground, Units
from geo_alerts.places.cells import Cells
from geo_alerts.places.directory import POSITIONS, STATUSES, Directory, Located, Status
from geo_alerts.places.layer import Layer
from geo_alerts.places.postcode_keys import keys_of, texts_of
from geo_alerts.places.postcodes import no_location_reason

# Why a place has no location, where the postcode itself does not say it.
WHY_UNPLACED: Final = {
    Status.MALFORMED: "it is malformed",
    Status.UNKNOWN: "it is in no directory, and no live postcode is in its sector",
    Status.TERMINATED: "it is terminated, and no point of it is known",
}
NO_POSTCODE: Final = "no postcode that can be used was given"
NOT_PUBLISHED: Final = "it is live, but no coordinates are published for it"

NOBODY_GONE: Final = Gone.nobody()
LOCATED: Final = ("easting", "northing", "position", "status")

# People whose profiles are counted at once.
COUNTED_AT_ONCE: Final = 1 << 20

# Everybody who can be reached; units are asked, not its area.
EVERYBODY: Final = Selection.model_validate(
    {"area": {"type": "postcodes", "postcodes": ["SW1A 1AA"]}}
)


class Geographic(Protocol):
    """What an index is built on."""

    @property
    def directory(self) -> Directory:
        """Where postcodes are."""

    @property
    def layer(self) -> Layer:
        """The teams."""

    @property
    def cells(self) -> Cells | None:
        """The cells of the directory's rows; None where none are known."""


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


class AudienceIndex:
    """An immutable index of the members of one moment; several threads may ask at once.

    Attributes:
        people: The members, in the order of their homes.
        ground: The units where members have places, and the teams.
    """

    def __init__(self, people: People, ground: Ground, located: Located) -> None:
        """Keep what `build` made, or what was stored of it.

        Args:
            people: n members with places in u units.
            ground: The units.
            located: How each unit was located.
        """
        self.people = people
        self.ground = ground
        self.located = located

    @classmethod
    def build(
        cls, members: Members, directory: Directory, layer: Layer, *, cells: Cells | None = None
    ) -> "AudienceIndex":
        """An index of members, whose postcodes are located and assigned to teams.

        Args:
            members: The members.
            directory: Where their postcodes are.
            layer: The teams.
            cells: The cells of the directory's rows; None where none are known.

        Raises:
            FrameError: Two members have one number.
        """
        people, units, located = arranged(members, directory)
        return cls(people, Ground(units, directory, layer, cells=cells), located)

    @classmethod
    def of_arrays(
        cls,
        arrays: Mapping[str, npt.NDArray[Any]],
        profiles: Sequence[Profile],
        ground: Geographic,
    ) -> "AudienceIndex":
        """The index that `arrays` were of, on the ground of any teams.

        Args:
            arrays: As `arrays` gave them.
            profiles: As `profiles` gave them.
            ground: The directory that it was built with, and the teams.
        """
        of_people = {one.name: arrays[one.name] for one in fields(People) if one.name in arrays}
        located = Located(*(arrays[f"unit_{one}"] for one in LOCATED))
        units = Units(texts_of(arrays["unit_key"]), located.easting, located.northing)
        return cls(
            People(**of_people, profiles=Profiles(profiles)),
            Ground(units, ground.directory, ground.layer, cells=ground.cells),
            located,
        )

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All that `of_arrays` wants to make the index again, but the profiles."""
        units = {f"unit_{one}": getattr(self.located, one) for one in LOCATED}
        keys = keys_of(self.ground.units.postcode)
        return {**self.people.arrays(), **units, "unit_key": keys}

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The profiles of the members."""
        return self.people.profiles.all

    def with_teams(self, layer: Layer) -> "AudienceIndex":
        """The same people on the ground of other teams."""
        return AudienceIndex(self.people, self.ground.with_teams(layer), self.located)

    def __len__(self) -> int:
        """Count the members."""
        return len(self.people)

    def candidates(self, units: Rows, question: Question) -> Candidates:
        """Who has a place in some units and passes every condition before the sample is drawn.

        Args:
            units: Rows of the ground's units, ascending.
            question: What is asked.
        """
        return candidates_in(units, self.people, self.ground, question)

    def people_by_team(self, *, gone: Gone = NOBODY_GONE) -> Rows:
        """People with a place in each team who can be reached by any channel.

        The very people that a question about the team alone would count: with two definitions an
        asker could subtract one from the other and learn of the few in between. So a place in the
        overlap of several teams counts in each.

        Args:
            gone: Members to leave out.

        Returns:
            For each team of the layer how many people; who has places in two teams is counted in
            both.
        """
        units = np.flatnonzero(self.ground.assignment.first >= 0)
        return self.candidates(units, Question(EVERYBODY, gone, {})).by_team()

    def places(self, *, gone: Gone = NOBODY_GONE) -> Places:
        """The places of the members, each once.

        Args:
            gone: Members to leave out.
        """
        unit, person = self._places(np.arange(len(self.located.easting)), gone)
        return Places(unit, self.people.number[person], self.ground)

    def labels(self, *, gone: Gone = NOBODY_GONE) -> dict[str, frozenset[str]]:
        """The groups and topics that somebody has.

        Args:
            gone: Members to leave out.

        Returns:
            `group` and `topic` -> names.
        """
        count = len(self.profiles)
        left = np.bincount(self.people.profile[gone.rows], minlength=count)
        there = [self.profiles[at] for at in np.flatnonzero(self._people_of_profile > left)]
        return {
            "group": frozenset(name for one in there for name in one.groups),
            "topic": frozenset(name for one in there for name in one.topics),
        }

    def placement(self, *, gone: Gone = NOBODY_GONE) -> Placement:
        """How the places of the members were positioned, and who has none that could be.

        Args:
            gone: Members to leave out.
        """
        unit, person = self._places(np.arange(len(self.located.easting)), gone)
        by_position = np.bincount(self.located.position[unit], minlength=len(POSITIONS))
        placed = np.zeros(len(self), dtype=np.bool_)
        placed[person[np.isfinite(self.located.easting)[unit]]] = True
        whys, why_of_unit, units = self._why_unplaced
        unit, person = self._places(units, gone)
        unplaced = [len(each_once(person[why_of_unit[unit] == at])) for at in range(len(whys))]
        members = len(self) - len(gone.rows)
        return Placement(
            members=members,
            places=int(by_position.sum()),
            by_position=dict(zip(POSITIONS, by_position.tolist(), strict=True)),
            unplaced={why: count for why, count in zip(whys, unplaced, strict=True) if count},
            nowhere=members - int(np.count_nonzero(placed)),
        )

    def unplaced(self, *, gone: Gone = NOBODY_GONE) -> list[tuple[str, str]]:
        """Who has a postcode that could not be put on the map, or has none at all.

        Args:
            gone: Members to leave out.

        Returns:
            Reference and reason, by reference; a member once for each reason.
        """
        whys, why_of_unit, units = self._why_unplaced
        unit, person = self._places(units, gone)
        found = set(zip(person.tolist(), why_of_unit[unit].tolist(), strict=True))
        without_any = np.arange(self.people.home_offset[-2], len(self))
        found |= {(row, len(whys)) for row in without_any[~gone.has(without_any)].tolist()}
        reasons = [*whys, NO_POSTCODE]
        return sorted((self.people.reference[row].decode(), reasons[at]) for row, at in found)

    def _places(self, units: Rows, gone: Gone) -> tuple[Rows, Rows]:
        # Unit and person of every place in some units.
        people = self.people
        found = []
        for offset in (people.home_offset, people.further_offset):
            start = offset[units]
            length = offset[units + 1] - start
            found.append((np.repeat(units, length), expand(start, length)))
        (home, person), (unit, further) = found
        unit = np.concatenate([home, unit])
        person = np.concatenate([person, people.further_person[further]])
        is_there = ~gone.has(person)
        return unit[is_there], person[is_there]

    @cached_property
    def _people_of_profile(self) -> Rows:
        # Counted by stretches, for NumPy makes whole numbers of 8 bytes of all that it counts.
        count = np.zeros(len(self.profiles), dtype=np.int64)
        for start in range(0, len(self), COUNTED_AT_ONCE):
            some = self.people.profile[start : start + COUNTED_AT_ONCE]
            count += np.bincount(some, minlength=len(count))
        return count

    @cached_property
    def _why_unplaced(self) -> tuple[list[str], Rows, Rows]:
        # The reasons there are, for each unit the number of its own (-1 for one with a point), and
        # the units that have one.
        units = np.flatnonzero(np.isnan(self.located.easting))
        reasons = [
            _why_unplaced(STATUSES[status], postcode)
            for status, postcode in zip(
                self.located.status[units],
                self.ground.units.postcode[units].tolist(),
                strict=True,
            )
        ]
        whys = sorted(set(reasons))
        why_of_unit = np.full(len(self.located.easting), -1)
        why_of_unit[units] = [whys.index(reason) for reason in reasons]
        return whys, why_of_unit, units


def _why_unplaced(status: Status, postcode: str) -> str:
    return WHY_UNPLACED.get(status) or no_location_reason(postcode) or NOT_PUBLISHED

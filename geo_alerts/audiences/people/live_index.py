"""An audience index kept true to changes: a base, and a small index of those who changed since."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.counts import Edge, LeftOut, Placement
from geo_alerts.audiences.people.candidates import NOBODY, Candidates, Question
from geo_alerts.audiences.people.chosen import Chosen, draw
from geo_alerts.audiences.people.index import EVERYBODY, NOBODY_GONE, AudienceIndex, Places
from geo_alerts.audiences.people.members import Members
from geo_alerts.audiences.people.runs import Gone
from geo_alerts.audiences.rows import Rows
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.targets.named import Layers
from geo_alerts.audiences.units.on_grid import NO_LAYERS, AreaOnGrid, CircleOnGrid, on_grid
from geo_alerts.audiences.units.reach import units_by_reach, units_in
from geo_alerts.places.layer import Layer

# Circles that hold so many people grow by this much, up to the largest radius that may be asked.
STEP_M: Final = 100
WIDEST_M: Final = 200_000


@dataclass(frozen=True, eq=False)
class LiveIndex:
    """A base index and what has changed since it was built, without building it again.

    A member is wholly in the base or wholly in the small index of those who changed, so counts add
    up and lists merge. Nothing is ever altered: each change gives another index.

    Attributes:
        base: The index of an earlier moment.
        gone: Who of the base has changed or gone since.
        recent: The members who have changed or come since, as they are now.
        recent_index: Their index.
    """

    base: AudienceIndex
    gone: Gone
    recent: Members
    recent_index: AudienceIndex

    @classmethod
    def of(cls, base: AudienceIndex) -> "LiveIndex":
        """The base as it is."""
        return cls(base, NOBODY_GONE, Members.none(), _index_like(base, Members.none()))

    def with_teams(self, layer: Layer) -> "LiveIndex":
        """The same people on the ground of other teams."""
        base = self.base.with_teams(layer)
        return replace(self, base=base, recent_index=self.recent_index.with_teams(layer))

    def changed(self, members: Members, removed: npt.NDArray[np.int64]) -> "LiveIndex":
        """The index after some people changed; doing the same again changes nothing.

        Args:
            members: Who changed or came, as they are now. Their numbers say who they are.
            removed: Numbers of those who left or may no longer be reached; unknown ones are fine.
                Who is among both is removed.

        Raises:
            FrameError: One of those who changed is there twice.
        """
        left = np.concatenate([members.number, removed])
        gone = self.gone.and_also(self.base.people.rows_of(left), len(self.base))
        coming = members.take(np.flatnonzero(~np.isin(members.number, removed)))
        kept = self.recent.take(np.flatnonzero(~np.isin(self.recent.number, left)))
        if not len(coming) and len(kept) == len(self.recent):
            return replace(self, gone=gone)
        recent = kept.with_others(coming)
        return LiveIndex(self.base, gone, recent, _index_like(self.base, recent))

    def choose(
        self,
        selection: Selection,
        layers: Layers = NO_LAYERS,
        *,
        without: Mapping[LeftOut, Rows] = NOBODY,
        edges: bool = False,
    ) -> Chosen:
        """The people whom a selection reaches now.

        Args:
            selection: Area and filters; of the conditions that need the store (`not_in_audiences`,
                `cap`) nothing is known here but `without`.
            layers: The layers and editions that the area names, but the teams of the index.
            without: Why -> numbers of people to leave out, in any order.
            edges: Count how many stand on the edge of the area as well, unless the selection
                draws a sample or a control group.

        Raises:
            InvalidAreaError: A circle's centre has no location.
            UnknownPostcodeError: A circle's centre is in no directory.
            UnknownAreaError: No area of a layer has a code, or the layer is not known.
            OutsideNationalGridError: A position lies outside the National Grid.
        """
        ground = self.base.ground
        area = on_grid(selection.area, ground.directory, ground.layer, layers)
        questions = self._questions(selection, without)
        if edges and ground.cells is not None and not selection.draws():
            return _with_edge(area, selection, questions)
        return draw(
            selection,
            [
                index.candidates(units_in(area, index.ground, selection.reach), question)
                for index, question in questions
            ],
        )

    def metres_holding(
        self, easting: float, northing: float, people: int, selection: Selection
    ) -> int | None:
        """The smallest radius, in steps of 100 m, within which so many people live or work.

        Args:
            easting: Of the centre, metres, EPSG:27700.
            northing: Metres.
            people: How many are wanted; at least one.
            selection: Who is counted, by groups, topics, channels and day of joining; neither its
                area nor its further conditions.

        Returns:
            Metres; None where fewer are within 200 km.
        """
        questions = self._questions(selection, NOBODY)
        metres = 4 * STEP_M
        nearest = _distances_m(questions, easting, northing, metres)
        while len(nearest) < people and metres < WIDEST_M:
            metres = min(2 * metres, WIDEST_M)
            nearest = _distances_m(questions, easting, northing, metres)
        if len(nearest) < people:
            return None
        wanted_m = float(np.partition(nearest, people - 1)[people - 1])
        return max(math.ceil(wanted_m / STEP_M), 1) * STEP_M

    def _questions(
        self, selection: Selection, without: Mapping[LeftOut, Rows]
    ) -> list[tuple[AudienceIndex, Question]]:
        ascending = {why: np.sort(numbers) for why, numbers in without.items()}
        asked = [(self.base, Question(selection, self.gone, ascending))]
        if len(self.recent):
            asked.append((self.recent_index, Question(selection, NOBODY_GONE, ascending)))
        return asked

    def __len__(self) -> int:
        """Count the members."""
        return len(self.base) - len(self.gone.rows) + len(self.recent)

    def changes(self) -> int:
        """How many members differ from the base: when they are many, build another base."""
        return len(self.gone.rows) + len(self.recent)

    def people_by_team(self) -> Rows:
        """People with a place in each team of the layer; see `AudienceIndex.people_by_team`."""
        return self.base.people_by_team(gone=self.gone) + self.recent_index.people_by_team()

    def people_in(self, area: AreaOnGrid) -> int:
        """People with a place in an area who can be reached by any channel.

        Args:
            area: On the grid of the index's own teams.
        """
        return sum(
            len(index.candidates(units_in(area, index.ground), question))
            for index, question in self._questions(EVERYBODY, NOBODY)
        )

    def places(self) -> tuple[Places, ...]:
        """The places of everybody, each once, by the ground that their units are of."""
        return self.base.places(gone=self.gone), self.recent_index.places()

    @cached_property
    def labels(self) -> dict[str, frozenset[str]]:
        """The groups and topics that somebody has now; see `AudienceIndex.labels`."""
        earlier, recent = self.base.labels(gone=self.gone), self.recent_index.labels()
        return {kind: names | recent[kind] for kind, names in earlier.items()}

    def placement(self) -> Placement:
        """How the places of the members were positioned."""
        return self.base.placement(gone=self.gone) + self.recent_index.placement()

    def unplaced(self) -> list[tuple[str, str]]:
        """Who could not be put on the map, and why; see `AudienceIndex.unplaced`."""
        return sorted(self.base.unplaced(gone=self.gone) + self.recent_index.unplaced())


def _with_edge(
    area: AreaOnGrid, selection: Selection, questions: list[tuple[AudienceIndex, Question]]
) -> Chosen:
    whole, asked, some = [], [], []
    for index, question in questions:
        units = units_by_reach(area, index.ground)
        whole.append(index.candidates(units.whole, question))
        asked.append(index.candidates(units.of(selection.reach), question))
        some.append(index.candidates(units.any, question))
    chosen = draw(selection, asked)
    edge = Edge(
        low=sum(map(len, whole)),
        high=sum(map(len, some)),
        people=sum(map(_not_in, chosen.parts, whole)),
    )
    return replace(chosen, edge=edge)


def _not_in(some: Candidates, others: Candidates) -> int:
    # How many of some candidates are not among others of the same index.
    is_among = np.zeros(len(some.people), dtype=np.bool_)
    is_among[others.rows] = True
    return len(some) - int(np.count_nonzero(is_among[some.rows]))


def _distances_m(
    questions: list[tuple[AudienceIndex, Question]], easting: float, northing: float, metres: float
) -> npt.NDArray[np.float64]:
    # How far the nearest place is of everybody who has one so near.
    found = []
    for index, question in questions:
        units = units_in(CircleOnGrid(easting, northing, metres), index.ground)
        at = index.ground.units
        unit_m = np.sqrt((at.easting[units] - easting) ** 2 + (at.northing[units] - northing) ** 2)
        found.append(index.candidates(units, question).distances_m(unit_m))
    return np.concatenate(found)


def _index_like(base: AudienceIndex, members: Members) -> AudienceIndex:
    ground = base.ground
    return AudienceIndex.build(members, ground.directory, ground.layer, cells=ground.cells)

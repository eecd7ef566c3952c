"""An audience index kept true to changes: a base, and a small index of those who changed since."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.chosen import Chosen, draw
from geo_alerts.audiences.counts import Edge, LeftOut, Placement
from geo_alerts.audiences.index import NOBODY, AudienceIndex, Candidates, Places
from geo_alerts.audiences.members import Members
from geo_alerts.audiences.named import Layers
from geo_alerts.audiences.on_grid import NO_LAYERS, AreaOnGrid, on_grid
from geo_alerts.audiences.rows import NO_ROWS, Rows, union_of
from geo_alerts.audiences.selection import Selection


@dataclass(frozen=True, eq=False)
class LiveIndex:
    """A base index and what has changed since it was built, without building it again.

    A member is wholly in the base or wholly in the small index of those who changed, so counts add
    up and lists merge. Nothing is ever altered: each change gives another index.

    Attributes:
        base: The index of an earlier moment.
        superseded: Rows of the base whose members have changed or gone since, ascending.
        recent: The members who have changed or come since, as they are now.
        recent_index: Their index.
    """

    base: AudienceIndex
    superseded: Rows
    recent: Members
    recent_index: AudienceIndex

    @classmethod
    def of(cls, base: AudienceIndex) -> "LiveIndex":
        """The base as it is."""
        return cls(base, NO_ROWS, Members.none(), _index_like(base, Members.none()))

    def changed(self, members: Members, removed: npt.NDArray[np.int64]) -> "LiveIndex":
        """The index after some people changed; doing the same again changes nothing.

        Args:
            members: Who changed or came, as they are now. Their numbers say who they are.
            removed: Numbers of those who left or may no longer be reached; unknown ones are fine.
                Who is among both is removed.

        Raises:
            FrameError: Two of those who changed have one reference.
        """
        gone = np.concatenate([members.number, removed])
        superseded = union_of([self.superseded, self.base.rows_of(gone)])
        coming = members.take(np.flatnonzero(~np.isin(members.number, removed)))
        kept = self.recent.take(np.flatnonzero(~np.isin(self.recent.number, gone)))
        if not len(coming) and len(kept) == len(self.recent):
            return replace(self, superseded=superseded)
        recent = kept.joined(coming)
        return LiveIndex(self.base, superseded, recent, _index_like(self.base, recent))

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
            edges: Count how many stand on the edge of the area as well.

        Raises:
            InvalidAreaError: A circle's centre has no location.
            UnknownPostcodeError: A circle's centre is in no directory.
            UnknownAreaError: No area of a layer has a code, or the layer is not known.
            OutsideNationalGridError: A position lies outside the National Grid.
        """
        ground = self.base.ground
        area = on_grid(selection.area, ground.directory, ground.layer, layers)
        ascending = {why: np.sort(numbers) for why, numbers in without.items()}
        asked = partial(self._candidates, area, without=ascending)
        chosen = draw(selection, asked(selection))
        if not edges or ground.cells is None:
            return chosen
        low, high = (asked(selection.model_copy(update={"reach": r})) for r in ("whole", "any"))
        on_edge = [
            np.setdiff1d(drawn.recipients, inside.people)
            for drawn, inside in zip(chosen.parts, low, strict=True)
        ]
        edge = Edge(
            low=sum(len(part.people) for part in low),
            high=sum(len(part.people) for part in high),
            people=sum(map(len, on_edge)),
        )
        return replace(chosen, counts=replace(chosen.counts, edge=edge))

    def _candidates(
        self, area: AreaOnGrid, selection: Selection, *, without: Mapping[LeftOut, Rows]
    ) -> list[Candidates]:
        superseded = self.superseded
        base = self.base.candidates(area, selection, superseded=superseded, without=without)
        if not len(self.recent):
            return [base]
        return [base, self.recent_index.candidates(area, selection, without=without)]

    def __len__(self) -> int:
        """Count the members."""
        return len(self.base) - len(self.superseded) + len(self.recent)

    def changes(self) -> int:
        """How many members differ from the base: when they are many, build another base."""
        return len(self.superseded) + len(self.recent)

    def people_by_team(self) -> Rows:
        """People with a place in each team of the layer; see `AudienceIndex.people_by_team`."""
        base = self.base.people_by_team(without=self.superseded)
        return base + self.recent_index.people_by_team()

    def places(self) -> tuple[Places, ...]:
        """The places of everybody, each once, by the ground that their units are of."""
        return self.base.places(without=self.superseded), self.recent_index.places()

    def placement(self) -> Placement:
        """How the places of the members were positioned."""
        return self.base.placement(without=self.superseded) + self.recent_index.placement()

    def unplaced(self) -> list[tuple[str, str]]:
        """Who could not be put on the map, and why; see `AudienceIndex.unplaced`."""
        return sorted(self.base.unplaced(without=self.superseded) + self.recent_index.unplaced())


def _index_like(base: AudienceIndex, members: Members) -> AudienceIndex:
    ground = base.ground
    return AudienceIndex.build(members, ground.directory, ground.layer, cells=ground.cells)

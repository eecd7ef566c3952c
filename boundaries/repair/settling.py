"""Who gets the ground that no area or several areas have, where that moves no boundary too far."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.faults.faces import Faces, Flags, Floats, Geometries, Indexes
from boundaries.faults.neighbours import Groups, groups_of
from boundaries.repair.moves import around, moved_m, stays_within

NOBODY: Final = -1
# A piece by itself may move a boundary by this share of the tolerance, so that what is proven of
# the areas afterwards does not hang on the last digit.
MOST_SHARE: Final = 0.99


@dataclass(frozen=True, slots=True)
class Piece:
    """Ground that was settled.

    Attributes:
        ground: Where.
        before: The areas that had it, by index; none, or several.
        after: The area that has it now.
        moved_m: How far a boundary moved, measured at vertices and middles of edges.
    """

    ground: BaseGeometry
    before: tuple[int, ...]
    after: int
    moved_m: float

    @property
    def changed(self) -> tuple[int, ...]:
        """The areas that lost or gained the ground."""
        return tuple(area for area in self.before if area != self.after) or (self.after,)


def settle(
    faces: Faces, tolerance_m: float, may_change: Flags, is_fixed: Flags
) -> tuple[Indexes, list[Piece]]:
    """Settle gaps and overlaps, each as a whole or not at all.

    A gap goes to a neighbour, an overlap to one of its areas: to the one with the longest edge
    along it, of equals the first; where that would move a boundary too far, to the next. What has
    neighbours of its kind only is looked at again once these are settled. A boundary moves too far
    when a point of it, before or after, or of the ground between, is farther than the tolerance
    (but for a hundredth of it) from the boundary on the other side.

    Args:
        faces: The faces of a layer.
        tolerance_m: How far a boundary may move.
        may_change: Which faces may change their owner.
        is_fixed: Which areas must not change, so that nothing next to them is settled.

    Returns:
        The owners of each face, and the pieces that were settled.
    """
    owners = faces.owners.copy()
    is_open = (owners >= faces.sets.none) & may_change & ~_beside_fixed(faces, is_fixed)
    is_new = np.ones(len(owners) + 1, dtype=bool)
    pieces: list[Piece] = []
    while True:
        groups = groups_of(faces, owners, is_open)
        this = _Round(faces, owners, groups, MOST_SHARE * tolerance_m)
        chosen, moved = this.choose(is_new)
        taker = np.append(chosen, NOBODY)[this.groups.label]
        is_settled = taker != NOBODY
        if not is_settled.any():
            return owners, pieces
        pieces += this.pieces(chosen, moved)
        is_new = np.append(is_settled, False)
        owners = np.where(is_settled, taker, owners)
        is_open &= ~is_settled


def _beside_fixed(faces: Faces, is_fixed: Flags) -> Flags:
    found = np.zeros(len(faces.owners) + 1, dtype=bool)
    for area in np.flatnonzero(is_fixed).tolist():
        holds = np.append(faces.sets.hold(faces.owners, np.full(len(faces.owners), area)), False)
        found |= holds
        found[faces.sides[holds[faces.sides].any(axis=1)].ravel()] = True
    return found[:-1]


@dataclass(frozen=True, eq=False)
class _Trials:
    # What if: area `area[t]` gained, or lost, the ground of group `group[t]`.
    group: Indexes
    area: Indexes

    def only(self, chosen: Flags | Indexes) -> "_Trials":
        return _Trials(self.group[chosen], self.area[chosen])


class _Round:
    """One look at all groups, each by itself."""

    def __init__(self, faces: Faces, owners: Indexes, groups: Groups, tolerance_m: float) -> None:
        self.faces, self.groups, self.tolerance_m = faces, groups, tolerance_m
        self.own = owners[groups.first]
        self.beside = np.append(owners, faces.sets.none)[groups.beside]
        self.ground = groups.shapes(faces)

    def choose(self, is_new: Flags) -> tuple[Indexes, Floats]:
        """For each group the area that gets it, or nobody; and how far that moves a boundary.

        Args:
            is_new: Which faces, the outside last, changed since the last look.
        """
        groups = self.groups
        is_live = np.zeros(len(groups.first), dtype=bool)
        is_live[groups.group[is_new[groups.beside]]] = True
        chosen = np.full(len(groups.first), NOBODY)
        moved = np.zeros(len(groups.first))
        claims = self._claims()
        first = np.searchsorted(claims.group, np.arange(len(groups.first)))
        rank = np.arange(len(claims.group)) - first[claims.group]
        for place in range(int(rank.max(initial=-1)) + 1):
            is_next = (rank == place) & is_live[claims.group] & (chosen[claims.group] == NOBODY)
            taken = claims.only(is_next)
            farthest = self._farthest(taken)
            fine = np.flatnonzero(farthest <= self.tolerance_m)
            chosen[taken.group[fine]] = taken.area[fine]
            moved[taken.group[fine]] = farthest[fine]
        return chosen, moved

    def pieces(self, chosen: Indexes, moved: Floats) -> list[Piece]:
        """The groups that somebody gets."""
        return [
            Piece(
                self.ground[group],
                self.faces.sets.of(int(self.own[group])),
                int(chosen[group]),
                float(moved[group]),
            )
            for group in np.flatnonzero(chosen != NOBODY).tolist()
        ]

    def _claims(self) -> _Trials:
        # Areas by the length of their edge along each group, among those that may have it.
        sets, group = self.faces.sets, self.groups.group
        own = self.own[group]
        may_claim = self.beside < sets.none
        may_claim &= (own == sets.none) | sets.hold(own, self.beside)
        pairs = np.column_stack([group, self.beside])[may_claim]
        length_m = self.faces.length_m[self.groups.edge[may_claim]]
        sharers = self._sharers()
        pairs = np.concatenate([pairs, sharers])
        length_m = np.append(length_m, np.zeros(len(sharers)))
        pairs, place = np.unique(pairs, axis=0, return_inverse=True)
        total_m = np.bincount(place.reshape(-1), length_m, minlength=len(pairs))
        order = np.lexsort([pairs[:, 1], -total_m, pairs[:, 0]])
        return _Trials(pairs[order, 0], pairs[order, 1])

    def _sharers(self) -> Indexes:
        # Groups and each of their own areas: one may have no other ground along it. Where what is
        # beside is still shared, that is settled first.
        none = self.faces.sets.none
        is_last = self.own > none
        is_last[self.groups.group[self.beside > none]] = False
        pairs = [
            (group, area)
            for group in np.flatnonzero(is_last).tolist()
            for area in self.faces.sets.of(int(self.own[group]))
        ]
        return np.array(pairs, dtype=np.int64).reshape(-1, 2)

    def _farthest(self, taken: _Trials) -> Floats:
        # How far boundaries move when groups go to areas; infinite where that is not within.
        # Who takes a gap grows; where somebody keeps an overlap, the others shrink.
        own = self.own[taken.group].tolist()
        changing = [
            [area for area in self.faces.sets.of(number) if area != taker] or [taker]
            for number, taker in zip(own, taken.area.tolist(), strict=True)
        ]
        of = np.repeat(np.arange(len(changing)), [len(areas) for areas in changing])
        area = np.array([area for areas in changing for area in areas], dtype=np.int64)
        farthest = np.zeros(len(changing))
        np.maximum.at(farthest, of, self._moves(_Trials(taken.group[of], area)))
        return farthest

    def _moves(self, trials: _Trials) -> Floats:
        row, trial = self._edges(trials)
        is_old = self._is_boundary(trials, row, trial)
        moves = np.full(len(trials.group), np.inf)
        likely = np.flatnonzero(self._may_be_near(trials, row, trial, is_old))
        place = np.full(len(trials.group), NOBODY)
        place[likely] = np.arange(len(likely))
        old, new = (
            _lines(self.faces.ends[self.groups.edge[row[which]]], place[trial[which]], len(likely))
            for which in (is_old, ~is_old)
        )
        near = moved_m(old, new)
        within = np.flatnonzero(near <= self.tolerance_m)
        ground = self.ground[trials.group[likely[within]]]
        is_proven = stays_within(old[within], new[within], self.tolerance_m)
        is_proven &= shapely.covers(around(old[within], self.tolerance_m), ground)
        moves[likely[within[is_proven]]] = near[within[is_proven]]
        return moves

    def _edges(self, trials: _Trials) -> tuple[Indexes, Indexes]:
        # The rows of the groups' edges for each trial, and the trial of each.
        group = self.groups.group
        start = np.searchsorted(group, trials.group)
        count = np.searchsorted(group, trials.group, side="right") - start
        trial = np.repeat(np.arange(len(count)), count)
        before = np.repeat(np.cumsum(count) - count, count)
        return np.arange(len(trial)) - before + start[trial], trial

    def _is_boundary(self, trials: _Trials, row: Indexes, trial: Indexes) -> Flags:
        # Edges that are the area's boundary now; the others would be.
        hold = self.faces.sets.hold
        has_group = hold(self.own[trials.group], trials.area)[trial]
        return np.asarray(hold(self.beside[row], trials.area[trial]) != has_group)

    def _may_be_near(self, trials: _Trials, row: Indexes, trial: Indexes, is_old: Flags) -> Flags:
        # Ground within the tolerance of lines cannot be larger than the ground around each of them.
        count = len(trials.group)
        length_m = self.faces.length_m[self.groups.edge[row]]
        around_m2 = 2 * self.tolerance_m * length_m + np.pi * self.tolerance_m**2
        most_m2 = np.bincount(trial[is_old], around_m2[is_old], minlength=count)
        has_new = np.bincount(trial[~is_old], minlength=count) > 0
        return np.asarray(has_new & (shapely.area(self.ground[trials.group]) <= most_m2))


def _lines(ends: Floats, place: Indexes, count: int) -> Geometries:
    # The edges of each place as one line, or several.
    is_wanted = place != NOBODY
    found = np.full(count, shapely.MultiLineString(), dtype=object)
    edges = shapely.linestrings(ends[is_wanted])
    shapely.multilinestrings(edges, indices=place[is_wanted], out=found)
    return np.asarray(shapely.line_merge(found))

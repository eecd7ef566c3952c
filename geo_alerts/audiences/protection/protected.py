"""Figures for everybody: sums over one published table, so that nobody can be singled out.

Of each block of neighbouring units (`blocks.py`) a count is published once, rounded at
random (`rounding.py`), for everybody and for each label by which all may filter. A unit
is taken to have a share of its block's people: that of its households, weighed by how many of
them sign up in its team by the same table, since teams differ and blocks lie across their edges
(a mass-preserving dasymetric map, Mennis 2003). Every figure of a limited role, of whatever area,
is a sum of such shares: it depends on the area, on public data and on the table, and on nothing
else that is known of subscribers. So whatever is asked, however often, tells no more than the
table.

The place of a figure's error is known: blocks that an area cuts (people do not live spread evenly
in a block), and rounding.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil, sqrt
from typing import Final

import numpy as np

from geo_alerts.audiences.counts import Edge
from geo_alerts.audiences.coverage import Z_95, Floats
from geo_alerts.audiences.disclosure import FigureErrors, Figures, TeamFigures
from geo_alerts.audiences.protection.blocks import Blocks
from geo_alerts.audiences.protection.regions import Regions
from geo_alerts.audiences.protection.rounding import FAMILY, TOTAL_VARIANCE, Counts, families
from geo_alerts.audiences.protection.tally import EVERYBODY
from geo_alerts.audiences.rows import Rows, expand
from geo_alerts.audiences.selection import ALL_CHANNELS, LabelFilter, Selection
from geo_alerts.audiences.targets.leaves import MAX_RADIUS_M
from geo_alerts.audiences.units.ground import Ground, Units
from geo_alerts.audiences.units.on_grid import AreaOnGrid
from geo_alerts.audiences.units.reach import ByReach, units_by_reach, units_in
from geo_alerts.errors import WithheldError
from geo_alerts.places.cells import Cells
from geo_alerts.places.directory import Directory
from geo_alerts.places.layer import Layer

RADIUS_STEP_M: Final = 100

# People are found in clumps: so many times the variance that chance alone gives to how many of a
# block's people live in a part of it. And who has two places near each other is counted twice: by
# no more than this share. Both measured on the sample, where intervals then keep their 95 %.
CLUMPING: Final = 2.0
COUNTED_TWICE: Final = 0.02
# What chance does not explain: along an edge all parts of cut blocks may be off the same way, by
# this share of what is mixed in them. Measured likewise, where the teams' own figures need it.
ONE_WAY: Final = 0.35

NOT_OPEN: Final = (
    "estimates may be filtered by channels and by one group or one topic (any_of with one name), "
    "and of those only by the ones that the list of labels names for your role"
)

# Conditions that the table knows nothing of.
NOT_IN_TABLE: Final = ("joined", "not_in_audiences", "cap", "sample", "control")


@dataclass(frozen=True, slots=True)
class Estimate:
    """People of some ground, and half the width of the 95 % interval."""

    people: float
    error: float


class ProtectedTable:
    """The published counts, laid over the units and teams of a day."""

    def __init__(
        self, ground: Ground, blocks: Blocks, rows: Rows, counts: Mapping[str, Counts]
    ) -> None:
        """Lay the counts over the ground.

        Args:
            ground: The live units, in any order.
            blocks: Of the directory.
            rows: For each unit of the ground its row in the directory.
            counts: For each label the published counts, as `Tally.counts` has them.
        """
        self.ground = ground
        self._regions = Regions(blocks.count)
        self._block = blocks.block[rows].astype(np.int64)
        self._counts = counts
        self._share = self._weighed(blocks.share[rows])

    @classmethod
    def over(
        cls,
        directory: Directory,
        layer: Layer,
        blocks: Blocks,
        counts: Mapping[str, Counts],
        *,
        cells: Cells | None = None,
    ) -> "ProtectedTable":
        """The counts over the live units of a directory.

        Args:
            directory: The units.
            layer: The teams.
            blocks: Of the directory.
            counts: For each label the published counts.
            cells: Of the directory; None where none are known.
        """
        rows = np.flatnonzero(blocks.share > 0)
        units = Units(directory.postcode[rows], directory.easting[rows], directory.northing[rows])
        ground = Ground(units, directory, layer, cells=cells)
        # The ground may keep the units in an order of its own.
        return cls(ground, blocks, directory.find(ground.units.postcode), counts)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that there are counts of, in order."""
        return tuple(sorted(self._counts.keys() - {EVERYBODY}))

    def figures(self, area: AreaOnGrid, selection: Selection) -> Figures:
        """The figures of a selection.

        Args:
            area: The selection's area, on the grid.
            selection: What is asked.

        Raises:
            WithheldError: It filters by what there are no counts of.
        """
        counts = self._counts_of(selection)
        people = counts[selection.channel_bits()]
        by_reach, units = self._units(area, selection)
        whole, places = self._estimate(units, people), self._places(units, people)
        told = _whole(whole.people)
        deliveries = {
            channel.value: self._estimate(units, counts[channel.bit])
            for channel in ALL_CHANNELS
            if channel in selection.channels
        }
        edge, edge_errors = self.edge(by_reach, selection) if by_reach else (None, None)
        return Figures(
            people=told,
            places=max(told, _whole(places.people)),
            deliveries={name: min(told, _whole(one.people)) for name, one in deliveries.items()},
            by_team=self._by_team(units, people),
            left_out={},
            edge=edge,
            error=ceil(whole.error),
            errors=FigureErrors(
                places=ceil(places.error),
                deliveries={name: ceil(one.error) for name, one in deliveries.items()},
                edge=edge_errors,
            ),
            not_counted=not_counted(selection),
        )

    def edge(self, by_reach: ByReach, selection: Selection) -> tuple[Edge, Edge]:
        """The edge of an area, and how far each of its figures may be off, 19 times in 20.

        Those wholly inside and those on the edge add up to all, as they do of exact counts.

        Args:
            by_reach: The units of the area.
            selection: What is asked; its area is not looked at.

        Raises:
            WithheldError: It filters by what there are no counts of.
        """
        people = self._counts_of(selection)[selection.channel_bits()]
        units = by_reach.of(selection.reach)
        on_edge = self._estimate(units[by_reach.is_on_edge(selection.reach)], people)
        low, high = (self._estimate(rows, people) for rows in (by_reach.whole, by_reach.any))
        told = _whole(self._people(units, people))
        inside = min(_whole(low.people), told)
        return (
            Edge(inside, max(_whole(high.people), told), told - inside),
            Edge(ceil(low.error), ceil(high.error), ceil(on_edge.error)),
        )

    def everybody(self, units: Rows) -> Estimate:
        """The people of some units who can be reached by any channel."""
        return self._estimate(units, self._counts[EVERYBODY][-1])

    def people_in(self, area: AreaOnGrid) -> tuple[int, int]:
        """The people of an area who can be reached by any channel, and how far that may be off.

        Args:
            area: On the grid of the table's own teams.
        """
        found = self.everybody(units_in(area, self.ground))
        return _whole(found.people), ceil(found.error)

    def people_of_units(self) -> Floats:
        """For each unit of the ground, its share of its block's people."""
        every = np.arange(len(self.ground.units.postcode))
        return self._of_units(every, self._counts[EVERYBODY][-1])

    def people_by_team(self) -> tuple[Estimate, ...]:
        """The people of each team of the layer who can be reached by any channel."""
        return self._people_by_team

    @cached_property
    def _people_by_team(self) -> tuple[Estimate, ...]:
        every = np.arange(len(self.ground.layer))
        return tuple(self.everybody(self.ground.in_teams(every[at : at + 1])) for at in every)

    def metres_holding(
        self, easting: float, northing: float, people: int, selection: Selection
    ) -> int | None:
        """The least radius, in steps of 100 m, within which so many people are estimated.

        Args:
            easting: Of the centre, metres, EPSG:27700.
            northing: Likewise.
            people: How many are wanted, at least 1.
            selection: Its filters; its area is not looked at.

        Returns:
            Metres; None when the largest circle does not hold so many.

        Raises:
            WithheldError: It filters by what there are no counts of.
        """
        counts = self._counts_of(selection)[selection.channel_bits()]
        units = self.ground.units
        metres = np.hypot(units.easting - easting, units.northing - northing)
        near = np.flatnonzero(metres <= MAX_RADIUS_M)
        near = near[np.argsort(metres[near])]
        ends = np.searchsorted(
            metres[near], np.arange(RADIUS_STEP_M, MAX_RADIUS_M + 1, RADIUS_STEP_M), side="right"
        )
        at = bisect_left(ends, people, key=lambda end: _whole(self._people(near[:end], counts)))
        return (at + 1) * RADIUS_STEP_M if at < len(ends) else None

    def _counts_of(self, selection: Selection) -> Counts:
        label = label_of(selection)
        counts = None if label is None else self._counts.get(label)
        if counts is None:
            raise WithheldError(NOT_OPEN)
        return counts

    def _units(self, area: AreaOnGrid, selection: Selection) -> tuple[ByReach | None, Rows]:
        if self.ground.cells is None:
            return None, units_in(area, self.ground, selection.reach)
        by_reach = units_by_reach(area, self.ground)
        return by_reach, by_reach.of(selection.reach)

    def _estimate(self, units: Rows, counts: Counts) -> Estimate:
        part = self._part(units)
        return _off(part, counts, self._regions.twice(part, counts))

    def _places(self, units: Rows, counts: Counts) -> Estimate:
        # Who has places in two blocks is counted in both, and here rightly so. Two in one block are
        # one to the table; they are as rare as those that are counted twice beside each other.
        return _off(self._part(units), counts, np.zeros(0))

    def _people(self, units: Rows, counts: Counts) -> float:
        return self._estimate(units, counts).people

    def _weighed(self, share: Floats) -> Floats:
        # Each unit's share of its block, by the rate of its team: where there is a team that has
        # twice as many people for each household, two thirds of a block that it halves are its.
        team = self.ground.assignment.first.astype(np.int64) + 1  # 0 where there is none
        people = np.maximum(share * self._counts[EVERYBODY][-1][self._block], 0)
        # Blocks have about the same number of households, so shares of them compare.
        rate = np.bincount(team, people) / np.maximum(np.bincount(team, share), 1e-9)
        weighed = np.asarray(share * rate[team], dtype=np.float64)
        whole = np.bincount(self._block, weighed)[self._block]
        return np.where(whole > 0, weighed / np.where(whole > 0, whole, 1), share)

    def _part(self, units: Rows) -> Floats:
        part = np.bincount(self._block[units], self._share[units], self._regions.blocks)
        return np.asarray(part, dtype=np.float64)

    def _of_units(self, units: Rows, people: Counts) -> Floats:
        return np.asarray(self._share[units] * people[self._block[units]], dtype=np.float64)

    def _by_team(self, units: Rows, counts: Counts) -> tuple[TeamFigures, ...]:
        # A unit in the overlap of two teams counts in both, as it is found when either is asked.
        assignment, layer = self.ground.assignment, self.ground.layer
        start = assignment.offset[units]
        length = assignment.offset[units + 1] - start
        team = assignment.area[expand(start, length)]
        order = np.argsort(team, kind="stable")
        unit, team = np.repeat(units, length)[order], team[order]
        found = (
            (at, self._estimate(unit[slice(*np.searchsorted(team, [at, at + 1]))], counts))
            for at in np.unique(team)
        )
        return tuple(
            TeamFigures(
                str(layer.code[at]), str(layer.name[at]), _whole(one.people), ceil(one.error)
            )
            for at, one in found
            if _whole(one.people)
        )


def label_of(selection: Selection) -> str | None:
    """By what label a selection filters, `EVERYBODY` for none; None when it is not one at most."""
    named = [
        f"{kind}:{_only(labels)}"
        for kind, labels in (("group", selection.groups), ("topic", selection.topics))
        if not labels.asks_nothing()
    ]
    if not named:
        return EVERYBODY
    return named[0] if len(named) == 1 and not named[0].endswith(":") else None


def not_counted(selection: Selection) -> tuple[str, ...]:
    """The conditions of a selection that estimates take no account of."""
    asked = selection.model_dump(include=set(NOT_IN_TABLE), exclude_defaults=True)
    return tuple(name for name in NOT_IN_TABLE if asked.get(name))


def _only(labels: LabelFilter) -> str:
    # Empty where anything else than one name of `any_of` is asked.
    names = labels.any_of
    return names[0] if len(names) == 1 and not (labels.all_of or labels.none_of) else ""


def _off(part: Floats, counts: Counts, twice: Floats) -> Estimate:
    # Of the people of blocks of which an area has a part each, less those who are counted twice.
    found = float(part @ counts[: len(part)] - twice.sum())
    one_way = ONE_WAY * _mixed(part, counts)
    chance = Z_95 * sqrt(_variance(part, counts) + twice.sum() + one_way**2)
    return Estimate(found, chance + COUNTED_TWICE * abs(found))


def _variance(part: Floats, counts: Counts) -> float:
    # Of the sum over blocks of which an area has a part each: by where in a cut block its people
    # live, and by rounding. Of a family the published counts are differences of rounded totals.
    padded = np.zeros((families(len(part)), FAMILY + 1))
    padded[:, :FAMILY].flat[: len(part)] = part
    steps = np.diff(padded, axis=1)
    return CLUMPING * _mixed(part, counts) + TOTAL_VARIANCE * float((steps**2).sum())


def _mixed(part: Floats, counts: Counts) -> float:
    # How much of the people of cut blocks may be on either side: most where they are halved.
    return max(float((counts[: len(part)] * part * (1 - part)).sum()), 0.0)


def _whole(people: float) -> int:
    return max(round(people), 0)

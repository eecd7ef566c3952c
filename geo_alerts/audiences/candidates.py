"""Who of an area passes every condition of a selection before the sample is drawn.

The people at home in the area are runs of rows. Of the further places in it those count as new
people whose home is elsewhere; only these have to be sorted, for one may have several.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.counts import Counts, LeftOut
from geo_alerts.audiences.ground import Ground
from geo_alerts.audiences.members import day_number
from geo_alerts.audiences.people import People
from geo_alerts.audiences.rows import NO_ROWS, Rows, each_once, expand, is_among
from geo_alerts.audiences.selection import Channel, Selection
from geo_alerts.audiences.verdicts import (
    LEFT_OUT,
    NOT_MEANT,
    RECIPIENT,
    VERDICTS,
    VERDICTS_WITH,
    Verdicts,
)

Flags = npt.NDArray[np.bool_]

NOBODY: Final[Mapping[LeftOut, Rows]] = {}

# A new person's row and verdict are sorted as one number.
VERDICT_BITS: Final = 4

# A piece of an array is taken in a fifth of a microsecond, a single row in some nanoseconds.
ROWS_WORTH_A_PIECE: Final = 64


@dataclass(frozen=True, eq=False)
class Gone:
    """Rows of people who are not there any more.

    Attributes:
        rows: Ascending.
        bits: A bit for each row of the index, eight to a byte; empty where nobody is gone.
    """

    rows: Rows
    bits: npt.NDArray[np.uint8]

    @classmethod
    def nobody(cls) -> "Gone":
        """Everybody is there."""
        return cls(NO_ROWS, np.zeros(0, dtype=np.uint8))

    def and_also(self, rows: Rows, count: int) -> "Gone":
        """These and others, of an index of so many people."""
        more = rows[~self.has(rows)]
        if not len(more):
            return self
        bits = self.bits.copy() if len(self.bits) else np.zeros(-(-count // 8), dtype=np.uint8)
        np.bitwise_or.at(bits, more >> 3, (1 << (more & 7)).astype(np.uint8))
        return Gone(np.sort(np.concatenate([self.rows, more])), bits)

    def has(self, rows: npt.NDArray[Any]) -> Flags:
        """Tell of some rows which are gone."""
        if not len(self.rows):
            return np.zeros(len(rows), dtype=np.bool_)
        return np.asarray((self.bits[rows >> 3] >> (rows & 7).astype(np.uint8)) & 1, dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Runs:
    """Stretches of consecutive rows.

    Attributes:
        start: First rows.
        stop: Rows after the last.
    """

    start: Rows
    stop: Rows

    @cached_property
    def length(self) -> Rows:
        """How many rows each has."""
        return self.stop - self.start

    @cached_property
    def count(self) -> int:
        """How many rows they have together."""
        return int(self.length.sum())

    def of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The values at all their rows, one run after the other."""
        if len(self.start) * ROWS_WORTH_A_PIECE > self.count:
            return np.asarray(values[self.rows()])
        pieces = zip(self.start.tolist(), self.stop.tolist(), strict=True)
        return np.concatenate([values[:0], *(values[start:stop] for start, stop in pieces)])

    def rows(self) -> Rows:
        """All their rows."""
        return expand(self.start, self.length)

    def places_of(self, rows: Rows) -> Rows:
        """Where those of some rows that are in a run are among all of `rows()`."""
        if not len(self.start) or not len(rows):
            return NO_ROWS
        run = np.searchsorted(self.start, rows, side="right") - 1
        inside = (run >= 0) & (rows < self.stop[run])
        before = np.cumsum(self.length) - self.length
        return before[run[inside]] + rows[inside] - self.start[run[inside]]


@dataclass(frozen=True, eq=False)
class Question:
    """A selection with what is known of it beside its area.

    Attributes:
        selection: The filters.
        gone: Who is not there.
        without: Why -> numbers of people to leave out, ascending.
    """

    selection: Selection
    gone: Gone
    without: Mapping[LeftOut, Rows]

    @property
    def asks_persons(self) -> bool:
        """Whether anything but the profile decides."""
        return bool(self.without) or not self.selection.joined.asks_nothing()


@dataclass(frozen=True, eq=False)
class Candidates:
    """The verdicts on everybody with a place in an area.

    Attributes:
        people: Whose rows these are.
        ground: Their units.
        units: The units of the area, ascending.
        homes: Rows of the people at home there.
        home_verdict: Their verdicts.
        further: Positions of further places there.
        further_verdict: The verdicts on those who have them.
        is_new: Of each whether the person's home is elsewhere.
        new: Rows of people with a further place there and their home elsewhere, ascending.
        new_verdict: Their verdicts.
    """

    people: People
    ground: Ground
    units: Rows
    homes: Runs
    home_verdict: Verdicts
    further: Runs
    further_verdict: Verdicts
    is_new: Flags
    new: Rows
    new_verdict: Verdicts

    def of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values of the candidates: first those at home in the area, then the others.

        Args:
            values: n values, of all people.
        """
        home, new = self.homes.of(values), self.new[self.new_verdict >= RECIPIENT]
        is_candidate = self.home_verdict >= RECIPIENT
        return np.concatenate([home if is_candidate.all() else home[is_candidate], values[new]])

    @cached_property
    def rows(self) -> Rows:
        """Rows of the candidates, in the order of `of`."""
        home, new = self.home_verdict >= RECIPIENT, self.new_verdict >= RECIPIENT
        return np.concatenate([self.homes.rows()[home], self.new[new]])

    @property
    def channels(self) -> npt.NDArray[np.uint8]:
        """The channels asked that each candidate consented to, as bits, in the order of `of`."""
        verdicts = np.concatenate([self.home_verdict, self.new_verdict])
        return verdicts[verdicts >= RECIPIENT] - np.uint8(RECIPIENT)

    @cached_property
    def tally(self) -> Rows:
        """How many people have each verdict."""
        new = np.bincount(self.new_verdict, minlength=VERDICTS)
        return np.bincount(self.home_verdict, minlength=VERDICTS) + new

    def __len__(self) -> int:
        """Count the candidates."""
        return int(self.tally[RECIPIENT:].sum())

    def narrowed(self, verdicts: Verdicts) -> "Candidates":
        """The same with other verdicts on the candidates.

        Args:
            verdicts: For each of `rows` why the person is left out, or 0.
        """
        verdict = [self.home_verdict.copy(), self.new_verdict.copy()]
        at_home = int(np.count_nonzero(self.home_verdict >= RECIPIENT))
        for one, these in zip(verdict, (verdicts[:at_home], verdicts[at_home:]), strict=True):
            some = np.flatnonzero(one >= RECIPIENT)
            one[some] = np.where(these > 0, these, one[some])
        further = self.further_verdict.copy()
        left_out = np.sort(self.rows[verdicts > 0])
        further[is_among(self.further.of(self.people.further_person), left_out)] = NOT_MEANT
        return replace(
            self, home_verdict=verdict[0], new_verdict=verdict[1], further_verdict=further
        )

    def counts(self, selection: Selection) -> Counts:
        """The counts of the candidates, as recipients."""
        tally = self.tally.tolist()
        deliveries = {
            channel.value: sum(tally[verdict] for verdict in VERDICTS_WITH[channel])
            for channel in Channel
            if channel in selection.channels
        }
        left_out = {
            why.value: tally[verdict] for why, verdict in LEFT_OUT.items() if tally[verdict]
        }
        codes, by_team = self.ground.layer.code, self.by_team()
        return Counts(
            people=len(self),
            places=sum(
                int(np.count_nonzero(verdict >= RECIPIENT))
                for verdict in (self.home_verdict, self.further_verdict)
            ),
            deliveries=deliveries,
            by_team={str(codes[at]): int(by_team[at]) for at in np.flatnonzero(by_team)},
            left_out=left_out,
            edge=None,
        )

    def by_team(self) -> Rows:
        """For each team of the layer the candidates with a place in the area that is the team's.

        A place in the overlap of several teams counts in each, as it is found when either is asked.
        """
        people = self._at_home_by_unit()
        assignment = self.ground.assignment
        length = _lengths(assignment.offset, self.units)
        team = assignment.area[expand(assignment.offset[self.units], length)]
        teams = len(self.ground.layer)
        at_home = np.bincount(team, np.repeat(people, length), minlength=teams)
        return at_home.astype(np.int64) + self._elsewhere_by_team()

    def distances_m(self, unit_m: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The distance of the nearest place of each candidate, in any order.

        Args:
            unit_m: For each of `units` its distance, metres.
        """
        people = self.people
        home = np.repeat(unit_m, _lengths(people.home_offset, self.units))
        home[self.home_verdict < RECIPIENT] = np.nan
        is_candidate = self.further_verdict >= RECIPIENT
        further = np.repeat(unit_m, _lengths(people.further_offset, self.units))[is_candidate]
        person = self.further.of(people.further_person)[is_candidate]
        is_new = self.is_new[is_candidate]
        at_home = self.homes.places_of(person[~is_new].astype(np.int64))
        np.minimum.at(home, at_home, further[~is_new])
        nearest = np.full(len(self.new), np.inf)
        np.minimum.at(nearest, np.searchsorted(self.new, person[is_new]), further[is_new])
        return np.concatenate([home[~np.isnan(home)], nearest[np.isfinite(nearest)]])

    def _at_home_by_unit(self) -> Rows:
        length = _lengths(self.people.home_offset, self.units)
        is_candidate = self.home_verdict >= RECIPIENT
        if is_candidate.all():
            return length
        before = np.zeros(len(is_candidate) + 1, dtype=np.int32)
        np.cumsum(is_candidate, out=before[1:])
        end = np.cumsum(length)
        return np.asarray(before[end] - before[end - length], dtype=np.int64)

    def _elsewhere_by_team(self) -> Rows:
        # People in a team by a further place, who are not in it by a home in the area.
        people, assignment = self.people, self.ground.assignment
        unit = np.repeat(self.units, _lengths(people.further_offset, self.units))
        home = np.where(self.is_new, -1, self.further.of(people.further_home))
        # Nearly all units are of one team, and many further places of the team of the home.
        is_simple = assignment.offset[unit + 1] - assignment.offset[unit] == 1
        is_told = is_simple & (home >= 0) & (assignment.first[unit] == assignment.first[home])
        some = np.flatnonzero((self.further_verdict >= RECIPIENT) & ~is_told)
        person = self.further.of(people.further_person)[some]
        pairs = each_once(self._teams_of(unit[some], person))
        at_home = home[some] >= 0
        by_home = each_once(self._teams_of(home[some][at_home], person[at_home]))
        pairs = pairs[~is_among(pairs, by_home)]
        return np.bincount(pairs // max(len(people), 1), minlength=len(self.ground.layer))

    def _teams_of(self, unit: Rows, person: npt.NDArray[np.int32]) -> Rows:
        # Each team of each unit with the person there, as one number.
        assignment = self.ground.assignment
        length = _lengths(assignment.offset, unit)
        team = assignment.area[expand(assignment.offset[unit], length)].astype(np.int64)
        return np.asarray(team * max(len(self.people), 1) + np.repeat(person, length))


def candidates_in(units: Rows, people: People, ground: Ground, question: Question) -> Candidates:
    """The verdicts on everybody with a place in some units.

    Args:
        units: Rows of the ground's units, ascending.
        people: The people.
        ground: Their units.
        question: What is asked of them.
    """
    homes, further = _runs(units, people.home_offset), _runs(units, people.further_offset)
    by_profile = people.profiles.verdicts(question.selection)
    home_verdict = by_profile.take(homes.of(people.profile))
    further_verdict = by_profile.take(further.of(people.further_profile))
    person = further.of(people.further_person)
    is_in_area = np.zeros(len(ground.units.postcode) + 1, dtype=np.bool_)
    is_in_area[units] = True
    is_new = ~is_in_area[further.of(people.further_home)]
    if question.asks_persons:
        _judge(home_verdict, people, homes.rows(), question)
        _judge(further_verdict, people, person, question)
    if len(question.gone.rows):
        home_verdict[homes.places_of(question.gone.rows)] = NOT_MEANT
        further_verdict[question.gone.has(person)] = NOT_MEANT
    new = each_once((person[is_new].astype(np.int64) << VERDICT_BITS) | further_verdict[is_new])
    return Candidates(
        people,
        ground,
        units,
        homes,
        home_verdict,
        further,
        further_verdict,
        is_new,
        new >> VERDICT_BITS,
        (new & (VERDICTS - 1)).astype(np.uint8),
    )


def _judge(verdict: Verdicts, people: People, rows: npt.NDArray[Any], question: Question) -> None:
    # What is asked of the person alone, put into the verdicts on some rows.
    joined = question.selection.joined
    if not joined.asks_nothing():
        day = people.joined[rows]
        first = day_number(joined.on_or_after) if joined.on_or_after else 1
        fails = day < first
        if joined.before:
            fails |= day >= day_number(joined.before)
        verdict[fails] = NOT_MEANT
    number = people.number[rows] if question.without else NO_ROWS
    for why, numbers in question.without.items():
        # Whoever is left out for this is not asked for a channel any more, or passed with one.
        least = NOT_MEANT + 1 if why == LeftOut.ALREADY_REACHED else RECIPIENT
        some = np.flatnonzero(verdict >= least)
        verdict[some[is_among(number[some], numbers)]] = LEFT_OUT[why]


def _lengths(offset: npt.NDArray[np.int64], rows: Rows) -> Rows:
    return np.asarray(offset[rows + 1] - offset[rows])


def _runs(units: Rows, offset: npt.NDArray[np.int64]) -> Runs:
    if not len(units):
        return Runs(NO_ROWS, NO_ROWS)
    breaks = np.flatnonzero(np.diff(units) != 1)
    start = offset[units[np.append(0, breaks + 1)]]
    stop = offset[units[np.append(breaks, len(units) - 1)] + 1]
    some = stop > start
    return Runs(start[some], stop[some])

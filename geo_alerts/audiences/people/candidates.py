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
from geo_alerts.audiences.people.homes import People
from geo_alerts.audiences.people.members import day_number
from geo_alerts.audiences.people.runs import Gone, Runs, lengths, runs_of
from geo_alerts.audiences.people.verdicts import (
    LEFT_OUT,
    NOT_MEANT,
    RECIPIENT,
    VERDICTS,
    VERDICTS_WITH,
    Verdicts,
)
from geo_alerts.audiences.rows import NO_ROWS, Rows, each_once, expand, is_among
from geo_alerts.audiences.selection import Channel, Selection
from geo_alerts.audiences.units.ground import Ground

Flags = npt.NDArray[np.bool_]

NOBODY: Final[Mapping[LeftOut, Rows]] = {}

# A new person's row and verdict are sorted as one number.
VERDICT_BITS: Final = 4

# An array of flags for a million units costs as much as some thousands of look-ups.
UNITS_WORTH_FLAGS: Final = 2_000


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

    def of_all(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values of everybody with a place in the area: first those at home there.

        Args:
            values: n values, of all people.
        """
        return np.concatenate([self.homes.of(values), values[self.new]])

    @cached_property
    def is_candidate(self) -> Flags:
        """Of everybody with a place in the area, in the order of `of_all`, who is a candidate."""
        return np.concatenate([self.home_verdict, self.new_verdict]) >= RECIPIENT

    def of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values of the candidates: first those at home in the area, then the others.

        Args:
            values: n values, of all people.
        """
        return self.of_all(values)[self.is_candidate]

    @cached_property
    def rows(self) -> Rows:
        """Rows of the candidates, in the order of `of`."""
        return np.concatenate([self.homes.rows(), self.new])[self.is_candidate]

    @property
    def channels(self) -> npt.NDArray[np.uint8]:
        """The channels asked that each candidate consented to, as bits, in the order of `of`."""
        verdicts = np.concatenate([self.home_verdict, self.new_verdict])
        return verdicts[self.is_candidate] - np.uint8(RECIPIENT)

    @cached_property
    def tally(self) -> Rows:
        """How many people have each verdict."""
        return self.home_tally + np.bincount(self.new_verdict, minlength=VERDICTS)

    @cached_property
    def home_tally(self) -> Rows:
        """How many of those at home in the area have each verdict."""
        return np.bincount(self.home_verdict, minlength=VERDICTS)

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
            places=int(self.home_tally[RECIPIENT:].sum())
            + int(np.count_nonzero(self.further_verdict >= RECIPIENT)),
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
        length = lengths(assignment.offset, self.units)
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
        home = np.repeat(unit_m, lengths(people.home_offset, self.units))
        home[self.home_verdict < RECIPIENT] = np.nan
        is_candidate = self.further_verdict >= RECIPIENT
        further = np.repeat(unit_m, lengths(people.further_offset, self.units))[is_candidate]
        person = self.further.of(people.further_person)[is_candidate]
        is_new = self.is_new[is_candidate]
        at_home = self.homes.places_of(person[~is_new].astype(np.int64))
        np.minimum.at(home, at_home, further[~is_new])
        nearest = np.full(len(self.new), np.inf)
        np.minimum.at(nearest, np.searchsorted(self.new, person[is_new]), further[is_new])
        return np.concatenate([home[~np.isnan(home)], nearest[np.isfinite(nearest)]])

    def _at_home_by_unit(self) -> Rows:
        length = lengths(self.people.home_offset, self.units)
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
        length = lengths(people.further_offset, self.units)
        team = np.repeat(assignment.first[self.units], length)
        some = np.flatnonzero((self.further_verdict >= RECIPIENT) & (team >= 0))
        person = self.further.of(people.further_person)[some]
        home = np.where(self.is_new, -1, self.further.of(people.further_home))[some]
        if not self.ground.has_overlaps:
            # One team for each unit: nothing to spread out, and who is at home in it is told.
            team = team[some]
            at_home = np.flatnonzero(home >= 0)
            is_told = np.zeros(len(some), dtype=np.bool_)
            is_told[at_home] = assignment.first[home[at_home]] == team[at_home]
            pairs = each_once(self._pairs(team[~is_told], person[~is_told]))
        else:
            unit = np.repeat(self.units, length)[some]
            at_home = np.flatnonzero(home >= 0)
            by_home = each_once(self._teams_of(home[at_home], person[at_home]))
            pairs = each_once(self._teams_of(unit, person))
            pairs = pairs[~is_among(pairs, by_home)]
        return np.bincount(pairs // max(len(people), 1), minlength=len(self.ground.layer))

    def _teams_of(self, unit: Rows, person: npt.NDArray[np.int32]) -> Rows:
        # Each team of each unit with the person there, as one number.
        assignment = self.ground.assignment
        length = lengths(assignment.offset, unit)
        team = assignment.area[expand(assignment.offset[unit], length)]
        return self._pairs(team, np.repeat(person, length))

    def _pairs(self, team: npt.NDArray[np.int32], person: npt.NDArray[np.int32]) -> Rows:
        # Each pair as one number.
        return np.asarray(team * np.int64(max(len(self.people), 1)) + person)


def candidates_in(units: Rows, people: People, ground: Ground, question: Question) -> Candidates:
    """The verdicts on everybody with a place in some units.

    Args:
        units: Rows of the ground's units, ascending.
        people: The people.
        ground: Their units.
        question: What is asked of them.
    """
    homes, further = runs_of(units, people.home_offset), runs_of(units, people.further_offset)
    by_profile = people.profiles.verdicts(question.selection)
    home_verdict = by_profile.take(homes.of(people.profile))
    further_verdict = by_profile.take(further.of(people.further_profile))
    person = further.of(people.further_person)
    is_new = ~_are_in(units, further.of(people.further_home), len(people.home_offset) - 1)
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


def _are_in(units: Rows, some: npt.NDArray[np.int32], count: int) -> Flags:
    # Which of some units are among those of the area, by the faster of two ways.
    if len(units) < UNITS_WORTH_FLAGS:
        return is_among(some, units)
    flags = np.zeros(count, dtype=np.bool_)
    flags[units] = True
    return flags[some]

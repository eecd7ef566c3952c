"""Find the locations where crime recurs, the most persistent first.

The order is that of the lower end of the interval of persistence (months with crime of months
observed), then of the lower end of the rate, then of crimes, then of the easting of the first
point: a place that was hit once in each of many months comes before one that was hit hard in few.

Those that are new have few months by nature, and by persistence an old trickle that rose would come
before a place that began in earnest. So among themselves they are in the order of the lower end of
their rate ratio, the surest rise first: each has a rank that one of them would have by persistence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.crimes import Crimes, Floats
from geo_alerts.hotspots.repeats import grouped
from geo_alerts.hotspots.repeats.clusters import location_of
from geo_alerts.hotspots.repeats.grouped import NONE, Group
from geo_alerts.hotspots.repeats.identity import Carried, first_key
from geo_alerts.hotspots.repeats.locations import (
    NOTHING,
    Attached,
    Interval,
    Recent,
    RepeatLocation,
)
from geo_alerts.hotspots.repeats.persistence import (
    Intervals,
    Runs,
    days_of,
    garwood,
    rate_ratio,
    runs,
    wilson,
)
from geo_alerts.hotspots.repeats.points import Points, Tally, tally
from geo_alerts.hotspots.repeats.rules import Rules
from geo_alerts.hotspots.repeats.status import STATUSES, chance_of_quiet, status_of
from geo_alerts.hotspots.repeats.streets import names_of

Integers = npt.NDArray[np.int64]
USUAL: Final = Rules()


def find_repeats(
    crimes: Crimes,
    points: Points,
    present: npt.ArrayLike,
    *,
    rules: Rules = USUAL,
    attached: Attached = NOTHING,
    most: int | None = None,
) -> list[RepeatLocation]:
    """The locations where crime recurs.

    Months that are not among `present` are masked, never taken for months without crime. Keys
    contain positions of `points` as a hash that can be searched for: for readers who may not see
    exact points, ask with the points that are shown to them.

    Args:
        crimes: n crimes, each of a month that is present and at a point that is given.
        points: p snap points, EPSG:27700.
        present: The months observed everywhere in the question (`months.month_number`).
        rules: What makes a location, and what recent is.
        attached: Teams of points, weights of categories, outcomes of crimes.
        most: At most so many locations of each status, the first by rank; None for all. New ones
            would not be among the first of all.

    Returns:
        Locations by rank among all that recur; none where nothing does.

    Raises:
        InvalidInputError: A month or a point is not as wanted; too few months are observed to
            compare recent ones with those before.
    """
    counted = tally(crimes, points, present)
    require_months(int(counted.observed.sum()), rules)
    if most is not None and most < 1:
        raise InvalidInputError(f"most is {most}; wanted 1 or more of each status, or None for all")
    at = counted.order
    location = location_of(points.easting[at], points.northing[at], counted.crimes, rules)
    kept = grouped.group(counted, location, rules.least_crimes)
    kept = kept.picked(np.flatnonzero((kept.counts > 0).sum(axis=1) >= rules.least_months))
    if not len(kept):
        return []
    kept = kept.picked(_by_rank(kept, rules))
    figures = _figures(counted, kept, rules)
    order = _new_by_rise(figures)
    ranks = _first_of_each(figures.status[order], most)
    known = _Known(crimes, points, counted, kept.picked(order[ranks]), rules, attached)
    return _locations(known, figures, ranks, order[ranks])


def with_keys(locations: Sequence[RepeatLocation], carried: Carried) -> list[RepeatLocation]:
    """The same locations with the keys that `identity.carry` gave them."""
    both = zip(locations, carried.keys, strict=True)
    return [
        location if location.key == key else replace(location, key=key) for location, key in both
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    crimes: Crimes
    points: Points
    counted: Tally
    kept: Group
    rules: Rules
    attached: Attached


@dataclass(frozen=True, slots=True)
class _Figures:
    """Of m locations, from their crimes month by month alone."""

    crimes: Integers
    present: Integers
    persistence: Intervals
    per_month: Intervals
    recent: Integers
    ratio: Intervals
    ratio_to_all: Intervals
    chance: Floats
    status: npt.NDArray[np.object_]
    in_a_row: Runs
    last: Integers


def require_months(observed: int, rules: Rules) -> None:
    """Refuse months that are too few to tell what recurs.

    Raises:
        InvalidInputError: They are fewer than the rules ask for.
    """
    least = max(rules.recent_months + 1, rules.least_months)
    if observed < least:
        raise InvalidInputError(
            f"repeat locations need at least {least} months of crime, {rules.recent_months} of "
            f"them recent; {observed} observed: ask for more months, or lower recent_months"
        )


def _by_rank(kept: Group, rules: Rules) -> Integers:
    crimes, observed = kept.counts.sum(axis=1), kept.counts.shape[1]
    lasting = wilson((kept.counts > 0).sum(axis=1), observed, rules.level)
    # Its low end rises with the crimes, for the months observed are the same everywhere.
    return np.lexsort((np.arange(len(kept)), -crimes, -lasting.low))


def _new_by_rise(figures: _Figures) -> Integers:
    """Places in the order of ranks: by persistence, the new ones in turn by their rise."""
    order = np.arange(len(figures.status))
    new = np.flatnonzero(figures.status == "new")
    order[new] = new[np.argsort(-figures.ratio.low[new], kind="stable")]
    return order


def _first_of_each(status: npt.NDArray[np.object_], most: int | None) -> Integers:
    """Places of the first locations of each status, in order."""
    firsts = [np.flatnonzero(status == one)[:most] for one in STATUSES]
    return np.sort(np.concatenate(firsts))


def _figures(counted: Tally, kept: Group, rules: Rules) -> _Figures:
    counts, recent = kept.counts, rules.recent_months
    crimes, present = counts.sum(axis=1), (counts > 0).sum(axis=1)
    days = days_of(counted.months[counted.observed])
    spans = float(days[-recent:].sum()), float(days[:-recent].sum())
    now, then = counts[:, -recent:].sum(axis=1), counts[:, :-recent].sum(axis=1)
    ratio = rate_ratio(now, then, spans, rules.level)
    chance = chance_of_quiet(then, *spans)
    share_before = (counts[:, :-recent] > 0).mean(axis=1)
    steps = np.flatnonzero(counted.observed)
    return _Figures(
        crimes,
        present,
        wilson(present, counts.shape[1], rules.level),
        garwood(crimes, counts.shape[1], rules.level),
        now,
        ratio,
        rate_ratio(now, then, _all_crimes(counted, steps[-recent]), rules.level),
        chance,
        status_of(now, share_before, ratio, chance, rules.level),
        runs(counts > 0),
        counted.months[steps[counts.shape[1] - 1 - (counts[:, ::-1] > 0).argmax(axis=1)]].astype(
            np.int64
        ),
    )


def _all_crimes(counted: Tally, first_recent: int) -> tuple[float, float]:
    recent = int((counted.step >= first_recent).sum())
    return float(recent), float(len(counted.step) - recent)


def _locations(
    known: _Known, figures: _Figures, ranks: Integers, places: Integers
) -> list[RepeatLocation]:
    # Of the locations known, in turn: their ranks, and their places in the figures.
    kept, counted, points = known.kept, known.counted, known.points
    counted_by = grouped.by_category(known.crimes, kept)
    categories = _ordered(counted_by)
    teams, shares = _teams(known)
    harm, without = _harm(known, counted_by)
    outcomes = _outcomes(known)
    polygons = grouped.areas(counted, kept, points, known.rules.buffer_m)
    east, north = grouped.centres(counted, kept, points)
    strips = np.full((len(kept), len(counted.months)), -1, dtype=np.int64)
    strips[:, counted.observed] = kept.counts
    return [
        RepeatLocation(
            rank=rank + 1,
            key=key,
            name=name,
            points=tuple(points.id[counted.order[members]].tolist()),
            crimes_at=tuple(counted.crimes[members].tolist()),
            easting=float(east[at]),
            northing=float(north[at]),
            area=polygons[at],
            crimes=int(figures.crimes[place]),
            first_month=int(counted.months[0]),
            strip=tuple(strips[at].tolist()),
            months_present=int(figures.present[place]),
            months_observed=kept.counts.shape[1],
            persistence=_interval(figures.persistence, place),
            per_month=_interval(figures.per_month, place),
            recent=_recent(figures, place, known),
            longest_run=int(figures.in_a_row.longest[place]),
            current_run=int(figures.in_a_row.current[place]),
            last_crime=int(figures.last[place]),
            status=figures.status[place],
            team=int(teams[at]) if teams[at] != NONE else None,
            share_of_team=float(shares[at]) if teams[at] != NONE else None,
            share_of_all=float(figures.crimes[place] / len(known.crimes)),
            harm=None if harm is None else float(harm[at]),
            without_weight=int(without[at]),
            categories=categories[at],
            outcomes=outcomes[at],
        )
        for at, (rank, place, key, name, members) in enumerate(
            zip(
                ranks.tolist(),
                places.tolist(),
                _keys(known),
                _names(known),
                grouped.members(counted, kept),
                strict=True,
            )
        )
    ]


def _teams(known: _Known) -> tuple[Integers, Floats]:
    if known.attached.team is None:
        return np.full(len(known.kept), NONE, dtype=np.int64), np.full(len(known.kept), np.nan)
    given = np.asarray(known.attached.team, dtype=np.int64)
    return grouped.team_of(known.counted, known.kept, given, len(known.points.id))


def _harm(known: _Known, categories: Integers) -> tuple[Floats | None, Integers]:
    if known.attached.harm is None:
        return None, np.zeros(len(known.kept), dtype=np.int64)
    return grouped.harm_of(categories, np.asarray(known.attached.harm, dtype=np.float64))


def _outcomes(known: _Known) -> list[tuple[tuple[int, int], ...]]:
    outcome, of_crime = known.attached.outcome, known.kept.of_crime
    if outcome is None:
        return [()] * len(known.kept)
    if outcome.shape != of_crime.shape:
        raise InvalidInputError(f"wanted one outcome for each of {len(of_crime)} crimes")
    inside = of_crime != NONE
    number = np.maximum(outcome[inside].astype(np.int64), NONE) + 1
    width = int(number.max(initial=0)) + 1
    cells = of_crime[inside] * width + number
    table = np.bincount(cells, minlength=len(known.kept) * width).reshape(-1, width)
    return [tuple((at - 1, crimes) for at, crimes in row) for row in _ordered(table)]


def _names(known: _Known) -> list[str]:
    points, counted = known.points, known.counted
    members = [counted.order[places] for places in grouped.members(counted, known.kept)]
    return names_of(points.easting, points.northing, points.street, members)


def _keys(known: _Known) -> list[str]:
    counted, points = known.counted, known.points
    first, place = grouped.first_points(counted, known.kept)
    at = counted.order[place]
    keys: list[str] = []
    used: set[str] = set()
    for month, easting, northing in zip(
        counted.months[first], points.easting[at], points.northing[at], strict=True
    ):
        attempt = 0
        key = first_key(float(easting), float(northing), int(month))
        # Two points may have one position: published ones, and a force's own.
        while key in used:
            attempt += 1
            key = first_key(float(easting), float(northing), int(month), attempt=attempt)
        used.add(key)
        keys.append(key)
    return keys


def _ordered(table: Integers) -> list[tuple[tuple[int, int], ...]]:
    """Of each row those that occur, the most common first, of equal ones by number."""
    order = np.argsort(-table, axis=1, kind="stable")
    counts = np.take_along_axis(table, order, axis=1)
    kinds = (table > 0).sum(axis=1).tolist()
    rows = zip(order.tolist(), counts.tolist(), kinds, strict=True)
    return [tuple(zip(at[:kind], crimes[:kind], strict=True)) for at, crimes, kind in rows]


def _interval(values: Intervals, at: int) -> Interval:
    return Interval(float(values.value[at]), float(values.low[at]), float(values.high[at]))


def _recent(figures: _Figures, at: int, known: _Known) -> Recent:
    months = known.rules.recent_months
    return Recent(
        crimes=int(figures.recent[at]),
        before=int(figures.crimes[at] - figures.recent[at]),
        months=months,
        months_before=known.kept.counts.shape[1] - months,
        ratio=_interval(figures.ratio, at),
        ratio_to_all=_interval(figures.ratio_to_all, at),
        chance_of_quiet=float(figures.chance[at]),
    )

"""A dashboard's figures of crime: all together, by team and by category."""

from dataclasses import dataclass

import numpy as np

from geo_alerts.acts.crimes.months import in_words
from geo_alerts.acts.dashboard.comparing import Line, Series, lines, pairs
from geo_alerts.acts.dashboard.counted import looked_at
from geo_alerts.acts.dashboard.settling import YEAR, Settled
from geo_alerts.acts.live import Live
from geo_alerts.hotspots.categories import CATEGORIES


@dataclass(frozen=True, eq=False)
class Review:
    """Figures of crime.

    Attributes:
        whole: All that is looked at together.
        teams: The teams looked at, those with most crime in the period first.
        categories: The categories looked at, likewise.
        compared: How many months of the period are there in both years.
        located: Crimes of the period's months with a position, of all categories looked at.
        recorded: Those with a position or without, of the whole force.
        nowhere: Crimes of the period with a position in no team.
        unweighed: Names of categories that the index has no weight of.
    """

    whole: Line
    teams: tuple[Line, ...]
    categories: tuple[Line, ...]
    compared: int
    located: int
    recorded: int
    nowhere: int
    unweighed: tuple[str, ...]


def review(live: Live, at: Settled) -> Review:
    """Figures of crime for a state.

    Raises:
        StoreError: The crimes cannot be read.
    """
    looked = looked_at(live, at)
    layer = at.teams.layer
    by_category, by_team = looked.by_category(), looked.by_team()[:, at.chosen]
    names = [CATEGORIES[number] for number in looked.categories]
    rows = looked.counted.rows(at.span)
    numbers = list(looked.categories)
    (whole,) = lines(looked, Series([""], [_whole(at)], by_category[:, None, :], [0]))
    teams = Series(
        layer.code[at.chosen].tolist(),
        layer.name[at.chosen].tolist(),
        by_team,
        [0] * int(at.chosen.sum()),
    )
    # Each category has its own seasons.
    categories = Series(
        [one.slug for one in names],
        [one.name for one in names],
        by_category[:, :, None] * np.eye(len(numbers)),
        list(range(len(numbers))),
    )
    counted = looked.counted
    return Review(
        whole=whole,
        teams=_most_first(lines(looked, teams)),
        categories=_most_first(lines(looked, categories)),
        compared=len(pairs(looked)),
        located=int((counted.located.sum(axis=1) + counted.nowhere)[rows][:, numbers].sum()),
        recorded=int(counted.recorded[rows][:, numbers].sum()),
        nowhere=int(counted.nowhere[rows][:, numbers].sum()),
        unweighed=looked.unweighed,
    )


def missing_words(at: Settled) -> str:
    """The months that are missing of the period and of the year before; empty for none."""
    return in_words(at.missing)


def year_before(at: Settled) -> tuple[int, ...]:
    """The same months of the year before."""
    return tuple(month - YEAR for month in at.span)


def _whole(at: Settled) -> str:
    if at.state.team is not None:
        return str(at.teams.layer.name[at.chosen][0])
    if at.state.lpa is not None:
        return next(one.name for one in at.lpas if one.code == at.state.lpa)
    return ""


def _most_first(found: tuple[Line, ...]) -> tuple[Line, ...]:
    def order(line: Line) -> tuple[float, float, str]:
        now = line.month if line.change is None else line.change.now
        return -now, -line.month, line.name

    return tuple(sorted(found, key=order))

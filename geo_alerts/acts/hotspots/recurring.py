"""Repeat locations as a layer: with teams, harm, and the keys that they had in the run before."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection

from geo_alerts.acts.hotspots.asked import Asked
from geo_alerts.acts.hotspots.naming import Surroundings
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.hotspots.layers import HotArea, Result
from geo_alerts.hotspots.months import month_number
from geo_alerts.hotspots.repeats.find import find_repeats, with_keys
from geo_alerts.hotspots.repeats.identity import Carried, Known, carry
from geo_alerts.hotspots.repeats.locations import (
    POINTS_ARE_NO_ADDRESSES,
    Attached,
    RepeatLocation,
)
from geo_alerts.hotspots.repeats.rules import Rules
from geo_alerts.store.hotspot_runs import Run, areas_of, runs

METHOD: Final = "repeats"
# What two runs have in common when the one follows the other.
FOLLOWED: Final = ("forces", "categories", "area", "weight", "cluster", "reach_m", "least_count")
# Of each status; locations beyond these are nobody's priority.
MOST: Final = 1_000


def run_before(connection: Connection, question: Question) -> Run | None:
    """The run whose keys the locations of a question carry on: the same but for its months.

    Of runs up to the same month or earlier the latest months are followed, of these the most
    months, of equal ones the run that was kept last: a place has one key in a layer of a year and
    on a dashboard of two. What was kept before is followed as it was, whatever was kept since: a
    question that is asked again has the same answer.
    """
    # A restricted run is followed by those alone whose area names the same restricted layer.
    wanted = question.model_dump(mode="json")
    kept = [
        run
        for run in runs(connection, with_restricted=True, method=METHOD)
        if all(run.question.get(name) == wanted[name] for name in FOLLOWED)
    ]
    own = [run for run in kept if run.question["months"] == wanted["months"]]
    if own:
        first = min(own, key=lambda run: run.row_id)
        followed = first.facts["follows"]
        # Where what it followed was removed, its own keys are those.
        return next((run for run in kept if run.id == followed), first) if followed else None
    up_to = [run for run in kept if run.question["months"]["last"] <= question.months.last]
    return max(up_to, key=_months_and_age, default=None)


def _months_and_age(run: Run) -> tuple[str, int, int]:
    months = run.question["months"]
    return months["last"], -month_number(months["first"]), run.row_id


def rules_of(question: Question) -> Rules:
    """What counts as a repeat location, by a question that is settled."""
    return Rules(
        cluster=question.cluster or "dbscan",
        reach_m=question.reach_m or 100.0,
        least_crimes=max(question.least_count or 0, 2),
        least_months=question.least_months or 2,
        recent_months=question.recent_months or 1,
    )


def repeat_locations(asked: Asked) -> Result:
    """Places where crime recurs, the most persistent first; new ones in turn by their rise."""
    rules, crimes = rules_of(asked.question), asked.now.crimes
    with asked.live.store.reading() as connection:
        around = Surroundings.of(connection, asked.live, crimes.point)
        before = [] if asked.follows is None else areas_of(connection, asked.follows.id)
    found = find_repeats(
        crimes,
        around.points,
        asked.now.present,
        rules=rules,
        attached=Attached(team=around.team, harm=None if asked.harm is None else asked.harm.days),
        most=MOST,
    )
    carried = carry([_known(area) for area in before], [one.known() for one in found])
    found = with_keys(found, carried)
    touched = around.teams_touched(np.array([one.area for one in found], dtype=object))
    areas = tuple(
        HotArea(one.rank, one.key, one.area, _of_one(one, around, teams))
        for one, teams in zip(found, touched, strict=True)
    )
    return Result(None, areas, {**asked.facts(), **_facts(found, carried, asked)})


def _of_one(one: RepeatLocation, around: Surroundings, teams: Sequence[str]) -> dict[str, Any]:
    return {**one.facts(), **around.team_facts(one.team), "teams": list(teams)}


def _known(area: HotArea) -> Known:
    crimes_at = zip(area.facts["points"], area.facts["crimes_at"], strict=True)
    return Known(area.key or "", {int(point): int(crimes) for point, crimes in crimes_at})


def _facts(found: Sequence[RepeatLocation], carried: Carried, asked: Asked) -> dict[str, Any]:
    in_them = sum(one.crimes for one in found)
    statuses = [one.status for one in found]
    return {
        "locations": len(found),
        "most_locations_of_each_status": MOST,
        "crimes_in_locations": in_them,
        "share_in_locations": round(in_them / len(asked.now.crimes), 6),
        "statuses": {status: statuses.count(status) for status in sorted(set(statuses))},
        "follows": None if asked.follows is None else asked.follows.id,
        "changes_of_identity": [
            {"before": link.before, "now": link.now, "kind": link.kind}
            for link in carried.links
            if link.kind != "same"
        ],
        "ended": list(carried.ended),
        "notes": [POINTS_ARE_NO_ADDRESSES],
    }

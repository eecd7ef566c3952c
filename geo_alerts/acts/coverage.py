"""How well each team's area is covered, as figures and as a map."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from geo_alerts.acts.drawn import about_people, known_at, leaflet
from geo_alerts.acts.live import NOW, Inputs, Live, View, When
from geo_alerts.acts.protection import protected
from geo_alerts.audiences.coverage import TeamCoverage, coverage_by_team
from geo_alerts.audiences.disclosure import Role

TITLE = "Coverage of neighbourhood alerts"


@dataclass(frozen=True, eq=False)
class CoverageAnswer:
    """The coverage of each team.

    Attributes:
        teams: By code.
        view: The teams.
        inputs: What the figures were made from.
    """

    teams: list[TeamCoverage]
    view: View
    inputs: Inputs


def coverage(live: Live, role: Role, when: When = NOW) -> CoverageAnswer:
    """The coverage of each team, by code: exact, or estimated for roles that see no exact counts.

    Raises:
        NotReadyError: Teams or households are missing.
        UnknownEditionError: No edition was in force on the day, or none that was checked has the
            number.
        InvalidInputError: The edition is not one of teams.
    """
    if live.policy.sees_exact(role):
        snapshot = live.snapshot(when)
        layer = snapshot.geography.require_teams()
        households = snapshot.geography.households_by_team
        rows = coverage_by_team(snapshot.index.people_by_team(), households, layer)
        return CoverageAnswer(rows, snapshot, snapshot.inputs)
    view = live.view(when)
    layer, households = view.geography.require_teams(), view.geography.households_by_team
    published = protected(live, view)
    estimates = published.table.people_by_team()
    people = np.array([max(round(one.people), 0) for one in estimates], dtype=np.int64)
    errors = [ceil(one.error) for one in estimates]
    rows = coverage_by_team(people, households, layer, errors)
    return CoverageAnswer(rows, view, published.told(view.inputs))


def coverage_map(live: Live, role: Role, when: When = NOW) -> str:
    """The coverage of each team as one HTML document that opens from disk; errors as `coverage`.

    Raises:
        NotReadyError: Teams, households or the built front end are missing.
    """
    from geo_alerts.maps.coverage import coverage_map as draw  # noqa: PLC0415 - folium is slow to import

    answer = coverage(live, role, when)
    about = about_people(TITLE, answer.view, answer.inputs, as_of=known_at(answer.inputs))
    return draw(
        answer.view.geography.layer, answer.teams, about=about, leaflet=leaflet(), tiles=live.tiles
    )

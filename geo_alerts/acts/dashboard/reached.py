"""Whom alerts reach, on a dashboard: coverage by team, its gaps, and the alerts that were sent."""

from dataclasses import dataclass

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.coverage import coverage
from geo_alerts.acts.dashboard.alerted import AlertTold, alerts_told
from geo_alerts.acts.dashboard.settling import Settled
from geo_alerts.acts.live import Inputs, Live, When
from geo_alerts.audiences.coverage import MiddleRate, TeamCoverage, middle_rate
from geo_alerts.errors import NotReadyError
from geo_alerts.maps.coverage import lowest_first


@dataclass(frozen=True, eq=False)
class Reached:
    """Whom alerts reach.

    Attributes:
        teams: Coverage of the teams looked at, the lowest first; without households last.
        middle: The rate of the middle team; None where no team has households.
        is_estimated: Whether people are estimates.
        inputs: What coverage was made from; None where it could not be told.
        refused: Why coverage cannot be told, in words.
        alerts: The latest that were sent, the newest first.
    """

    teams: tuple[TeamCoverage, ...]
    middle: MiddleRate | None
    is_estimated: bool
    inputs: Inputs | None
    refused: str
    alerts: tuple[AlertTold, ...]


def reached(live: Live, at: Settled, asker: Asker) -> Reached:
    """Whom alerts reach in the teams looked at: exact, or estimated for limited roles.

    Coverage is of today's teams unless a day is asked for, since people are those of now.

    Raises:
        UnknownEditionError: No teams were in force on the day asked for.
    """
    alerts = alerts_told(live, asker)
    try:
        answer = coverage(live, asker.role, When(as_of=at.state.as_of))
    except NotReadyError as error:
        return Reached((), None, is_estimated=False, inputs=None, refused=str(error), alerts=alerts)
    chosen = set(at.teams.layer.code[at.chosen].tolist())
    rows = [one for one in answer.teams if at.is_whole or one.code in chosen]
    return Reached(
        teams=tuple(lowest_first(rows)),
        middle=middle_rate(rows),
        is_estimated=not live.policy.sees_exact(asker.role),
        inputs=answer.inputs,
        refused="",
        alerts=alerts,
    )

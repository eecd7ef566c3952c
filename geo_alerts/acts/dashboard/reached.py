"""Whom alerts reach, on a dashboard: coverage by team, its gaps, and the alerts that were sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.audience_answers import may_see
from geo_alerts.acts.coverage import coverage
from geo_alerts.acts.dashboard.settling import Settled
from geo_alerts.acts.live import Inputs, Live, When
from geo_alerts.audiences.coverage import MiddleRate, TeamCoverage, middle_rate
from geo_alerts.errors import NotReadyError
from geo_alerts.maps.coverage import lowest_first
from geo_alerts.store.alerts import SentAlert, latest_alerts

# So many alerts are told, the latest.
MOST_ALERTS: Final = 20


@dataclass(frozen=True, slots=True)
class AlertTold:
    """An alert that was sent.

    Attributes:
        sent_at: When.
        recorded_by: Who said so.
        audience: The id of its audience; None of one that is not the reader's to see.
        purpose: What that was asked for; None likewise.
    """

    sent_at: datetime
    recorded_by: str
    audience: str | None
    purpose: str | None


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
    with live.store.reading() as connection:
        alerts = tuple(_told(one, asker) for one in latest_alerts(connection, MOST_ALERTS))
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


def _told(sent: SentAlert, asker: Asker) -> AlertTold:
    # That an alert went out is everybody's to know; what for, only theirs who may see the audience.
    is_seen = may_see(sent.asked_by, asker, needed_approval=sent.needed_approval)
    audience, purpose = (sent.audience, sent.purpose) if is_seen else (None, None)
    return AlertTold(sent.sent_at, sent.recorded_by, audience, purpose)

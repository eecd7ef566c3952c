"""Look-ups and teams in the shapes that go out over HTTP."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

import numpy as np

from api.schemas.teams import (
    ContactOut,
    CoveredOut,
    PointAnswerOut,
    PostcodeAnswer,
    PostcodeOut,
    PostcodesAnswer,
    TeamAnswerOut,
    TeamOut,
    TeamsAnswer,
)
from api.schemas.values import InputsOut
from geo_alerts.acts.live import View
from geo_alerts.acts.look_up import PointAnswer, TeamAnswer, TeamRef, UnitAnswer, contact_of
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.errors import MalformedPostcodeError, UnknownPostcodeError
from geo_alerts.places.found import Status

DECIMALS_OF_DEGREES = 6  # 0.1 m


def one_postcode(answer: UnitAnswer, view: View, now: datetime) -> PostcodeAnswer:
    """The answer to one look-up.

    Args:
        answer: What is known.
        view: What it was made from.
        now: An aware time; events that are over are left out.

    Raises:
        MalformedPostcodeError: The text is no postcode.
        UnknownPostcodeError: No directory holds it.
    """
    if answer.found.status is Status.MALFORMED:
        raise MalformedPostcodeError(answer.found.reason or "wanted for example SY1 1AA")
    if answer.found.status is Status.UNKNOWN:
        raise UnknownPostcodeError(answer.found.reason or "the postcode is in no directory")
    (postcode,) = _postcodes([answer])
    return PostcodeAnswer(
        **dict(postcode), contact=_contact(view, answer.at.team, now), inputs=_inputs(view)
    )


def many_postcodes(answers: Sequence[UnitAnswer], view: View, now: datetime) -> PostcodesAnswer:
    """The answers to many look-ups, in their order."""
    teams = {answer.at.team for answer in answers if answer.at.team}
    contacts = {
        team.code: contact
        for team in sorted(teams, key=lambda team: team.code)
        if (contact := _contact(view, team, now))
    }
    return PostcodesAnswer(
        postcodes=tuple(_postcodes(answers)), contacts=contacts, inputs=_inputs(view)
    )


def point(
    answer: PointAnswer, position: tuple[float, float], view: View, now: datetime
) -> PointAnswerOut:
    """The team of a position (metres, EPSG:27700)."""
    return PointAnswerOut.model_validate(
        {
            **asdict(answer),
            "easting": position[0],
            "northing": position[1],
            "contact": _contact(view, answer.team, now),
            "inputs": _inputs(view),
        }
    )


def one_team(answer: TeamAnswer, view: View, now: datetime) -> TeamAnswerOut:
    """One team without its polygon."""
    (team,) = teams_out([answer], now)
    return TeamAnswerOut(**dict(team), inputs=_inputs(view))


def many_teams(answers: Sequence[TeamAnswer], view: View, now: datetime) -> TeamsAnswer:
    """Teams without their polygons."""
    return TeamsAnswer(teams=tuple(teams_out(answers, now)), inputs=_inputs(view))


def teams_out(answers: Iterable[TeamAnswer], now: datetime) -> list[TeamOut]:
    """What is told of teams; of their events those that are not over yet."""
    return [
        TeamOut.model_validate(
            answer
            if answer.contact is None
            else replace(
                answer,
                contact=replace(answer.contact, events=answer.contact.events_to_come(now)),
            )
        )
        for answer in answers
    ]


def _contact(view: View, team: TeamRef | None, now: datetime) -> ContactOut | None:
    found = contact_of(view, team, now)
    return None if found is None else ContactOut.model_validate(found)


def _inputs(view: View) -> InputsOut:
    return InputsOut.model_validate(view.inputs)


def _postcodes(answers: Sequence[UnitAnswer]) -> list[PostcodeOut]:
    placed = [answer.found for answer in answers if answer.found.easting is not None]
    longitude, latitude = points_to_epsg_4326(
        np.array([found.easting for found in placed], dtype=float),
        np.array([found.northing for found in placed], dtype=float),
    )
    degrees = iter(np.round(np.column_stack((longitude, latitude)), DECIMALS_OF_DEGREES).tolist())
    return [
        _postcode(answer, next(degrees) if answer.found.easting is not None else (None, None))
        for answer in answers
    ]


def _postcode(answer: UnitAnswer, degrees: Sequence[float | None]) -> PostcodeOut:
    found = answer.found
    return PostcodeOut(
        **dict(CoveredOut.model_validate(answer.at)),
        postcode=found.postcode,
        status=found.status,
        reason=found.reason,
        easting=found.easting,
        northing=found.northing,
        longitude=degrees[0],
        latitude=degrees[1],
        pqi=found.pqi,
        position=found.position,
        terminated=found.terminated,
    )

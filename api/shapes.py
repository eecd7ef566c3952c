"""What the acts answer, in the shapes that go out over HTTP."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from api.schemas import (
    AudienceOut,
    FiguresOut,
    InputsOut,
    PointAnswerOut,
    PostcodeAnswer,
    PostcodeOut,
    PostcodesAnswer,
    PreviewAnswer,
    RecipientOut,
    RecipientsPageOut,
    TeamAnswerOut,
    TeamOut,
    TeamRefOut,
    TeamsAnswer,
)
from geo_alerts.acts.audiences import AudienceAnswer, RecipientsPage
from geo_alerts.acts.live import Inputs
from geo_alerts.acts.look_up import PointAnswer, TeamAnswer, TeamRef, UnitAnswer
from geo_alerts.audiences.disclosure import Figures
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.errors import MalformedPostcodeError, UnknownPostcodeError
from geo_alerts.places.found import Status

DECIMALS_OF_DEGREES = 6  # 0.1 m
WITHHELD = (
    "Some figures are withheld from your role, so that nobody can be singled out: those under 10, "
    "and those that differ from the number of people by less than 10."
)


def one_postcode(answer: UnitAnswer, inputs: Inputs) -> PostcodeAnswer:
    """The answer to one look-up.

    Raises:
        MalformedPostcodeError: The text is no postcode.
        UnknownPostcodeError: No directory holds it.
    """
    if answer.found.status is Status.MALFORMED:
        raise MalformedPostcodeError(answer.found.reason or "wanted for example SY1 1AA")
    if answer.found.status is Status.UNKNOWN:
        raise UnknownPostcodeError(answer.found.reason or "the postcode is in no directory")
    (postcode,) = _postcodes([answer])
    return PostcodeAnswer(**dict(postcode), inputs=InputsOut.model_validate(inputs))


def many_postcodes(answers: Sequence[UnitAnswer], inputs: Inputs) -> PostcodesAnswer:
    """The answers to many look-ups, in their order."""
    return PostcodesAnswer(
        postcodes=tuple(_postcodes(answers)), inputs=InputsOut.model_validate(inputs)
    )


def point(answer: PointAnswer, position: tuple[float, float], inputs: Inputs) -> PointAnswerOut:
    """The team of a position (metres, EPSG:27700)."""
    return PointAnswerOut.model_validate(
        {**asdict(answer), "easting": position[0], "northing": position[1], "inputs": inputs}
    )


def one_team(answer: TeamAnswer, inputs: Inputs) -> TeamAnswerOut:
    """One team without its polygon."""
    team = TeamOut.model_validate(answer)
    return TeamAnswerOut(**dict(team), inputs=InputsOut.model_validate(inputs))


def many_teams(answers: Sequence[TeamAnswer], inputs: Inputs) -> TeamsAnswer:
    """Teams without their polygons."""
    return TeamsAnswer(
        teams=tuple(map(TeamOut.model_validate, answers)), inputs=InputsOut.model_validate(inputs)
    )


def figures(answer: Figures, inputs: Inputs) -> PreviewAnswer:
    """The figures of a selection, with why some are withheld."""
    shown = FiguresOut.model_validate(answer)
    return PreviewAnswer(
        **dict(shown),
        explanation=WITHHELD if answer.withheld else None,
        inputs=InputsOut.model_validate(inputs),
    )


def audience(answer: AudienceAnswer) -> AudienceOut:
    """A frozen selection."""
    return AudienceOut.model_validate(answer)


def recipients(page: RecipientsPage) -> RecipientsPageOut:
    """A page of recipients."""
    return RecipientsPageOut(
        recipients=tuple(RecipientOut(reference=reference) for reference in page.references),
        next_page_token=page.next_page_token,
        withdrawn_since=page.withdrawn_since,
    )


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
    found, at = answer.found, answer.at
    return PostcodeOut(
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
        team=_team(at.team),
        margin_m=at.margin_m,
        also_in=tuple(TeamRefOut(code=team.code, name=team.name) for team in at.also_in),
        nearest_team=_team(at.nearest_team),
        nearest_team_m=at.nearest_team_m,
    )


def _team(team: TeamRef | None) -> TeamRefOut | None:
    return TeamRefOut(code=team.code, name=team.name) if team else None

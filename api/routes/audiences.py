"""Whom an alert reaches: frozen, shown, and approved by a second person."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import AskerSignedIn, LiveIndex, MayBeEstimated
from api.errors import ValidationFailedError
from api.examples import frozen as examples
from api.openapi import ROLE, SIGNED_IN, WITH_BODY, answers, created, request_examples
from api.pacing import paced
from api.routing import SignedInRoute
from api.schemas.frozen import (
    LARGEST_SHORT_PAGE,
    USUAL_SHORT_PAGE,
    AudienceAsked,
    AudienceOut,
    AudiencesOut,
    DecisionAsked,
)
from api.security import DESCRIBED
from api.shapes import frozen as shapes
from geo_alerts.acts import approval
from geo_alerts.acts import audiences as acts
from geo_alerts.acts.audiences import Wanted
from geo_alerts.errors import (
    ConflictError,
    InvalidAreaError,
    InvalidInputError,
    InvalidPageTokenError,
    PersonalDataError,
    UnknownAreaError,
    UnknownAudienceError,
    UnknownEditionError,
    UnknownPostcodeError,
    UnknownSavedAreaError,
    UnknownTeamError,
    WithheldError,
)
from geo_alerts.store.audiences import Approval

router = APIRouter(
    prefix="/v1", tags=["audiences"], route_class=SignedInRoute, dependencies=DESCRIBED
)

UNRESOLVED = (
    InvalidAreaError,
    UnknownAreaError,
    UnknownTeamError,
    UnknownEditionError,
    UnknownPostcodeError,
    UnknownSavedAreaError,
    UnknownAudienceError,
)
DECIDED = (
    *SIGNED_IN,
    *ROLE,
    *WITH_BODY,
    UnknownAudienceError,
    ConflictError,
)
AudienceId = Annotated[
    str,
    Path(
        max_length=64,
        description="The `id` that freezing the audience answered",
        examples=[examples.AUDIENCE["id"]],
    ),
]
ShortPageSize = Annotated[int, Query(ge=1, le=LARGEST_SHORT_PAGE, description="At most so many")]
PageToken = Annotated[
    str | None,
    Query(
        max_length=200,
        description="The `next_page_token` of the page before; left out for the first page",
        examples=["YXVkaWVuY2VzOjQx"],
    ),
]
Decision = Annotated[
    DecisionAsked, Body(openapi_examples=request_examples(examples.DECISION_ASKED))
]


@router.post(
    "/audiences",
    status_code=201,
    summary="Freeze an audience",
    dependencies=[MayBeEstimated],
    responses=created(
        *SIGNED_IN,
        *WITH_BODY,
        *UNRESOLVED,
        PersonalDataError,
        WithheldError,
        example=examples.AUDIENCE,
        description="The audience is frozen.",
        of="the audience",
    ),
)
async def freeze_audience(
    asked: Annotated[
        AudienceAsked, Body(openapi_examples=request_examples(examples.AUDIENCE_ASKED))
    ],
    live: LiveIndex,
    asker: AskerSignedIn,
    response: Response,
) -> AudienceOut:
    """Freeze who is reached now by a selection, with its purpose and what it was made from.

    Every role may ask for an audience. Recipients are for the alert system and administrators;
    above a number of people that the force sets, after a second person has approved.
    """
    wanted = Wanted(asked.selection, asked.purpose, asked.lawful_basis)
    is_exact = live.policy.sees_exact(asker.role)
    freeze = partial(acts.freeze, live, wanted, asker)
    frozen = await (run_in_threadpool(freeze) if is_exact else paced(freeze))
    response.headers["Location"] = f"/v1/audiences/{frozen.id}"
    return shapes.audience(frozen)


@router.get(
    "/audiences",
    summary="List audiences",
    responses=answers(
        *SIGNED_IN, ValidationFailedError, InvalidPageTokenError, example=examples.AUDIENCES
    ),
)
def list_audiences(
    live: LiveIndex,
    asker: AskerSignedIn,
    page_size: ShortPageSize = USUAL_SHORT_PAGE,
    page_token: PageToken = None,
    *,
    awaited: Annotated[
        bool, Query(description="Only audiences that wait for a second person's word")
    ] = False,
) -> AudiencesOut:
    """List audiences, the newest first.

    The alert system and administrators see all of them, commanders their own and those that need a
    second person, analysts their own.
    """
    wanted = Approval.AWAITED if awaited else None
    return shapes.audiences(
        acts.audiences(
            live, asker, page_size=page_size, page_token=page_token or None, approval=wanted
        )
    )


@router.get(
    "/audiences/{audience_id}",
    summary="Show an audience",
    responses=answers(
        *SIGNED_IN, ValidationFailedError, UnknownAudienceError, example=examples.AUDIENCE
    ),
)
def show_audience(audience_id: AudienceId, live: LiveIndex, asker: AskerSignedIn) -> AudienceOut:
    """Show an audience as it was frozen, and how many may not be reached any more."""
    return shapes.audience(acts.audience(live, audience_id, asker))


@router.post(
    "/audiences/{audience_id}:approve",
    summary="Approve an audience",
    responses=answers(*DECIDED, InvalidInputError, PersonalDataError, example=examples.APPROVED),
)
def approve_audience(
    audience_id: AudienceId, asked: Decision, live: LiveIndex, asker: AskerSignedIn
) -> AudienceOut:
    """Approve a large audience, as a second person: a commander or an administrator.

    Whoever asked for the audience may not, by whatever key or session. The first word stands;
    saying the same again changes nothing.
    """
    approval.decide(live, audience_id, asker, is_approved=True, note=asked.note)
    return shapes.audience(acts.audience(live, audience_id, asker))


@router.post(
    "/audiences/{audience_id}:refuse",
    summary="Refuse an audience",
    responses=answers(*DECIDED, InvalidInputError, PersonalDataError, example=examples.REFUSED),
)
def refuse_audience(
    audience_id: AudienceId, asked: Decision, live: LiveIndex, asker: AskerSignedIn
) -> AudienceOut:
    """Refuse a large audience, as a second person; nobody reads its recipients then."""
    approval.decide(live, audience_id, asker, is_approved=False, note=asked.note)
    return shapes.audience(acts.audience(live, audience_id, asker))

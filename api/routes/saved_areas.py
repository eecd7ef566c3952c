"""Target areas that people keep, and what should be looked at after teams changed."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.dependencies import AskerSignedIn, LiveIndex
from api.errors import BodyTooLargeError, UnsupportedMediaTypeError, ValidationFailedError
from api.examples import saved_areas as examples
from api.forms import media_type_of
from api.openapi import ROLE, SIGNED_IN, WITH_BODY, answers, created, request_examples
from api.patterns import SAVED_AREA
from api.routing import SignedInRoute
from api.schemas.saved_areas import (
    ListedAreaOut,
    ReviewAsked,
    ReviewClosedOut,
    ReviewsOut,
    SavedAreaAnswerOut,
    SavedAreaAsked,
    SavedAreasOut,
    SavedVersionAsked,
)
from api.schemas.values import EditionNumber
from api.security import DESCRIBED, MayReview, SignedIn
from api.shapes import saved_areas as shapes
from geo_alerts.acts import saved_areas as acts
from geo_alerts.acts.postcode_lists import area_of_list
from geo_alerts.acts.sentences import saved_in_words
from geo_alerts.errors import (
    ConflictError,
    InvalidAreaError,
    InvalidInputError,
    PersonalDataError,
    SourceError,
    SourceFaultsError,
    UnknownAreaError,
    UnknownEditionError,
    UnknownPostcodeError,
    UnknownSavedAreaError,
    UnknownTeamError,
)

OK: Final = 200
TEXTS = ("text/csv", "text/plain")
LIST_AS_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            text: {
                "schema": {"type": "string"},
                "examples": request_examples([("A list", examples.LIST)]),
            }
            for text in TEXTS
        },
    }
}

UNCHANGED: dict[int | str, dict[str, Any]] = {
    OK: {
        "description": "The area is as the latest version has it: no new one was made.",
        "model": SavedAreaAnswerOut,
        "content": {"application/json": {"example": examples.JUST_SAVED}},
    }
}

router = APIRouter(
    prefix="/v1", tags=["saved areas"], route_class=SignedInRoute, dependencies=DESCRIBED
)

UNRESOLVED = (
    InvalidInputError,
    PersonalDataError,
    InvalidAreaError,
    UnknownAreaError,
    UnknownTeamError,
    UnknownEditionError,
    UnknownPostcodeError,
)
SavedAreaId = Annotated[
    str,
    Path(
        max_length=64,
        pattern=SAVED_AREA,
        description="The `id` that saving the area answered",
        examples=[examples.SAVED["id"]],
    ),
]


async def list_of_request(request: Request, _caller: SignedIn) -> bytes:
    """The body, which is said to be a text.

    Raises:
        UnsupportedMediaTypeError: It is said to be something else.
        BodyTooLargeError: It is larger than is allowed.
    """
    if media_type_of(request) not in TEXTS:
        raise UnsupportedMediaTypeError(f"send the list as Content-Type: {' or '.join(TEXTS)}")
    return await request.body()


@router.post(
    "/areas:from-postcodes",
    summary="Make an area of a list of postcodes",
    openapi_extra=LIST_AS_BODY,
    responses=answers(
        *SIGNED_IN,
        UnsupportedMediaTypeError,
        BodyTooLargeError,
        InvalidInputError,
        SourceError,
        SourceFaultsError,
        example=examples.LISTED,
    ),
)
def area_from_postcodes(
    content: Annotated[bytes, Depends(list_of_request)], _caller: SignedIn
) -> ListedAreaOut:
    """Make an area of a list: one postcode a line, or a CSV with a column `postcode`.

    Units, sectors and districts are taken. Rows that hold none are told by their number and left
    out, those without any are counted; where no row can be used the list is refused. Nothing is
    kept.
    """
    return shapes.listed(area_of_list(content, "the list"))


@router.get(
    "/saved-areas",
    summary="List the saved areas",
    responses=answers(*SIGNED_IN, example=examples.SAVED_AREAS),
)
def list_saved_areas(live: LiveIndex, caller: SignedIn) -> SavedAreasOut:
    """List the latest version of every saved area, by name."""
    return shapes.many(acts.saved_areas(live), saved_in_words(live, caller.role))


@router.post(
    "/saved-areas",
    status_code=201,
    summary="Save an area",
    responses=created(
        *SIGNED_IN,
        *WITH_BODY,
        *UNRESOLVED,
        UnknownSavedAreaError,
        ConflictError,
        example=examples.JUST_SAVED,
        description="The area is saved.",
        of="the saved area",
    ),
)
def save_area(
    asked: Annotated[SavedAreaAsked, Body(openapi_examples=request_examples(examples.SAVE_ASKED))],
    live: LiveIndex,
    asker: AskerSignedIn,
    response: Response,
) -> SavedAreaAnswerOut:
    """Keep a target area under a name.

    Where boundaries that are to come change what it names, it is listed for review at once.
    """
    answer = acts.save(live, asked.name, asked.area, asker)
    response.headers["Location"] = f"/v1/saved-areas/{answer.saved.id}"
    return shapes.one(answer, saved_in_words(live, asker.role))


@router.get(
    "/saved-areas:reviews",
    summary="List the saved areas to look at",
    responses=answers(*SIGNED_IN, example=examples.REVIEWS),
)
def list_reviews(live: LiveIndex, _caller: SignedIn) -> ReviewsOut:
    """List saved areas that nobody has looked at since teams that they name changed."""
    return shapes.reviews(acts.reviews(live))


@router.get(
    "/saved-areas/{saved_area_id:token}/versions",
    summary="List the versions of a saved area",
    responses=answers(
        *SIGNED_IN, ValidationFailedError, UnknownSavedAreaError, example=examples.SAVED_AREAS
    ),
)
def list_versions(saved_area_id: SavedAreaId, live: LiveIndex, caller: SignedIn) -> SavedAreasOut:
    """List every version of a saved area, the first one first."""
    found = acts.show(live, saved_area_id, caller.role)
    return shapes.many(found.versions, saved_in_words(live, caller.role))


@router.post(
    "/saved-areas/{saved_area_id:token}/versions",
    status_code=201,
    summary="Save a new version",
    responses=created(
        *SIGNED_IN,
        *ROLE,
        *WITH_BODY,
        *UNRESOLVED,
        UnknownSavedAreaError,
        ConflictError,
        example=examples.JUST_SAVED,
        description="The version is saved; the earlier ones stay.",
        of="the saved area in this version",
    )
    | UNCHANGED,
)
def save_version(
    saved_area_id: SavedAreaId,
    asked: Annotated[
        SavedVersionAsked, Body(openapi_examples=request_examples(examples.VERSION_ASKED))
    ],
    live: LiveIndex,
    asker: AskerSignedIn,
    response: Response,
) -> SavedAreaAnswerOut:
    """Keep what a saved area is from now on, and why; analysts and commanders change their own.

    Give `from_version`, and what somebody else saved meanwhile is not passed over. An area that is
    as the latest version has it makes no new one: the answer is that version, with status 200.
    Where boundaries that are to come change what it names, it is listed for review at once.
    """
    answer = acts.save_version(
        live, saved_area_id, asked.area, asker, note=asked.note, from_version=asked.from_version
    )
    saved = answer.saved
    if answer.is_unchanged:
        response.status_code = OK
    else:
        response.headers["Location"] = f"/v1/saved-areas/{saved.id}?version={saved.version}"
    return shapes.one(answer, saved_in_words(live, asker.role))


@router.post(
    "/saved-areas/{saved_area_id:token}:close-review",
    summary="Close a review",
    responses=answers(
        *SIGNED_IN,
        *ROLE,
        *WITH_BODY,
        UnknownSavedAreaError,
        example=examples.REVIEW_CLOSED,
    ),
)
def close_review(
    saved_area_id: SavedAreaId,
    asked: Annotated[ReviewAsked, Body(openapi_examples=request_examples(examples.REVIEW_ASKED))],
    live: LiveIndex,
    caller: MayReview,
) -> ReviewClosedOut:
    """Note that somebody looked at a saved area after an activation."""
    closed = acts.close_review(live, saved_area_id, asked.seq, by=caller.recorded_as)
    return ReviewClosedOut(closed=closed)


@router.get(
    "/saved-areas/{saved_area_id:token}",
    summary="Show a saved area",
    responses=answers(
        *SIGNED_IN, ValidationFailedError, UnknownSavedAreaError, example=examples.ONE_SAVED_AREA
    ),
)
def show_saved_area(
    saved_area_id: SavedAreaId,
    live: LiveIndex,
    caller: SignedIn,
    version: Annotated[
        EditionNumber | None, Query(description="Left out, the latest", examples=[1])
    ] = None,
) -> SavedAreaAnswerOut:
    """Show a saved area, its versions, and what the codes that it names stand for today."""
    found = acts.show(live, saved_area_id, caller.role, version)
    return shapes.one(found, saved_in_words(live, caller.role))

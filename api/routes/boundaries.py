"""Editions of boundaries: uploaded, checked, repaired, put in force from a day on."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.dependencies import LiveIndex
from api.editions import EditionId, edition_for, editions_for
from api.errors import BodyTooLargeError, UnsupportedMediaTypeError, ValidationFailedError
from api.examples import boundaries as examples
from api.openapi import ROLE, SIGNED_IN, WITH_BODY, answers, created, request_examples
from api.routing import SignedInRoute
from api.schemas.boundaries import (
    ActivateAsked,
    ActivationOut,
    CheckAsked,
    EditionOut,
    EditionsOut,
    ImportedOut,
    LayerAsked,
    RepairAsked,
    RepairOut,
)
from api.security import DESCRIBED, Admin, SignedIn
from api.shapes import boundaries as shapes
from api.uploads import OCTETS, SentFile, keep_draft
from geo_alerts.acts import activation, editions, repairs
from geo_alerts.acts import boundaries as acts
from geo_alerts.errors import (
    ConfirmationNeededError,
    ConflictError,
    CrsError,
    FaultsError,
    InvalidInputError,
    SourceError,
    SourceFaultsError,
    UnknownEditionError,
    UnknownFormatError,
)

router = APIRouter(
    prefix="/v1", tags=["boundaries"], route_class=SignedInRoute, dependencies=DESCRIBED
)

CHANGES = (*SIGNED_IN, *ROLE)
OF_EDITION = (ValidationFailedError, UnknownEditionError)
FILE_AS_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            OCTETS: {
                "schema": {"type": "string", "format": "binary"},
                "examples": request_examples([("A GeoJSON", examples.UPLOADED_FILE)]),
            }
        },
    }
}


@router.get(
    "/boundaries",
    summary="List the editions of boundaries",
    responses=answers(*SIGNED_IN, ValidationFailedError, example=examples.EDITIONS),
)
def list_editions(
    live: LiveIndex, caller: SignedIn, layer: Annotated[LayerAsked | None, Query()] = None
) -> EditionsOut:
    """List editions with their states and days, by layer, the latest import first.

    Drafts are listed to administrators.
    """
    return shapes.many(editions_for(live, caller, layer))


@router.post(
    "/boundaries",
    status_code=201,
    summary="Upload a file of boundaries",
    openapi_extra=FILE_AS_BODY,
    responses=created(
        *CHANGES,
        ValidationFailedError,
        BodyTooLargeError,
        UnsupportedMediaTypeError,
        InvalidInputError,
        SourceError,
        SourceFaultsError,
        UnknownFormatError,
        CrsError,
        ConflictError,
        example=examples.IMPORTED,
        description="The file is kept as a draft, which is in force on no day yet.",
        of="the edition",
    ),
)
def upload_boundaries(
    live: LiveIndex, caller: Admin, sent: SentFile, response: Response
) -> ImportedOut:
    """Keep a file of boundaries as a draft: GeoJSON, GeoPackage, Shapefile, KML and others.

    Shapes that are invalid are kept as they are, to be checked and repaired; what cannot be a layer
    at all is refused. The same file again is the same edition.
    """
    report = keep_draft(live, sent.path, sent.asked, caller)
    edition = editions.edition(live, report.edition_id or 0)
    response.headers["Location"] = _address(edition.id)
    return shapes.imported(report, edition)


@router.get(
    "/boundaries/{edition_id:int}",
    summary="Show an edition",
    responses=answers(*SIGNED_IN, *OF_EDITION, example=examples.CHECKED),
)
def show_edition(edition_id: EditionId, live: LiveIndex, caller: SignedIn) -> EditionOut:
    """Show an edition with what its check found."""
    return shapes.one(edition_for(live, caller, edition_id))


@router.post(
    "/boundaries/{edition_id:int}:check",
    summary="Check an edition",
    responses=answers(
        *CHANGES, *WITH_BODY, UnknownEditionError, InvalidInputError, example=examples.CHECKED
    ),
)
def check_edition(
    edition_id: EditionId,
    live: LiveIndex,
    _caller: Admin,
    asked: Annotated[
        CheckAsked | None, Body(openapi_examples=request_examples(examples.CHECK_ASKED))
    ] = None,
) -> EditionOut:
    """Look for faults; a draft without errors is checked and may be put in force."""
    options = (asked or CheckAsked()).options()
    return shapes.checked(acts.check(live, edition_id, options))


@router.post(
    "/boundaries/{edition_id:int}:repair",
    summary="Repair an edition",
    responses=answers(
        *CHANGES, *WITH_BODY, UnknownEditionError, InvalidInputError, example=examples.REPAIRED
    ),
)
def repair_edition(
    edition_id: EditionId,
    live: LiveIndex,
    caller: Admin,
    asked: Annotated[RepairAsked, Body(openapi_examples=request_examples(examples.REPAIR_ASKED))],
) -> RepairOut:
    """Mend what can be mended without moving any boundary by more than the tolerance.

    The original stays; the result is a new draft. The same repair again is the same edition.
    """
    return shapes.repaired(
        repairs.repair(live, edition_id, asked.tolerance_m, by=caller.recorded_as)
    )


@router.post(
    "/boundaries/{edition_id:int}:activate",
    summary="Put an edition in force",
    responses=answers(
        *CHANGES,
        *WITH_BODY,
        UnknownEditionError,
        InvalidInputError,
        FaultsError,
        ConflictError,
        ConfirmationNeededError,
        example=examples.ACTIVATED,
    ),
)
def activate_edition(
    edition_id: EditionId,
    live: LiveIndex,
    caller: Admin,
    asked: Annotated[
        ActivateAsked, Body(openapi_examples=request_examples(examples.ACTIVATE_ASKED))
    ],
) -> ActivationOut:
    """Let a checked edition hold from a day on, and list saved areas that it touches for review.

    Where saved areas are touched, or more than a fiftieth of the people would have another team,
    it is a 409 until it is sent with `confirmed`.
    """
    reasons = activation.preview(live, edition_id, asked.valid_from).why_ask
    if reasons and not asked.confirmed:
        raise ConfirmationNeededError(f"{'; '.join(reasons)}: send confirmed to go on")
    return shapes.activated(
        activation.activate(
            live,
            edition_id,
            asked.valid_from,
            by=caller.recorded_as,
            seen_seq=asked.seen_seq,
        )
    )


@router.post(
    "/boundaries/{edition_id:int}:discard",
    summary="Discard a draft",
    responses=answers(*CHANGES, *OF_EDITION, ConflictError, example=examples.CHECKED),
)
def discard_edition(edition_id: EditionId, live: LiveIndex, _caller: Admin) -> EditionOut:
    """Remove an edition that was never put in force; tells what it was."""
    return shapes.one(editions.discard(live, edition_id))


def _address(edition_id: int) -> str:
    return f"/v1/boundaries/{edition_id}"

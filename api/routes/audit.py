"""Who did what: the audit trail, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import LiveIndex
from api.errors import ValidationFailedError
from api.examples import audit as examples
from api.openapi import ROLE, SIGNED_IN, answers
from api.routing import SignedInRoute
from api.schemas.audit import LARGEST_PAGE, USUAL_PAGE, Act, AuditEntryOut, AuditPageOut, Since
from api.security import DESCRIBED, Admin
from geo_alerts.acts import audit as acts
from geo_alerts.acts.page_tokens import place_of, token_of
from geo_alerts.errors import InvalidInputError, InvalidPageTokenError, StoreError

router = APIRouter(prefix="/v1", tags=["audit"], route_class=SignedInRoute, dependencies=DESCRIBED)

LIST = "audit"


@router.get(
    "/audit",
    summary="List what was done",
    responses=answers(
        *SIGNED_IN,
        *ROLE,
        ValidationFailedError,
        InvalidInputError,
        InvalidPageTokenError,
        StoreError,
        example=examples.PAGE,
    ),
)
def list_audit(
    live: LiveIndex,
    _caller: Admin,
    act: Annotated[Act, Query()] = None,
    since: Annotated[Since, Query()] = None,
    page_size: Annotated[
        int, Query(ge=1, le=LARGEST_PAGE, description="How many entries a page has at most")
    ] = USUAL_PAGE,
    page_token: Annotated[
        str | None,
        Query(
            max_length=200,
            description="The `next_page_token` of the page before; left out for the first page",
            examples=[examples.PAGE["next_page_token"]],
        ),
    ] = None,
) -> AuditPageOut:
    """List who did what, when, and why, the newest first.

    `geo-alerts audit verify` checks on the server's machine that nothing was changed since.
    """
    before = place_of(LIST, page_token) if page_token else None
    page = acts.entries(live.store, act=act, since=since, before=before, limit=page_size)
    return AuditPageOut(
        entries=tuple(AuditEntryOut.model_validate(entry) for entry in page.entries),
        next_page_token=None if page.before is None else token_of(LIST, page.before),
    )

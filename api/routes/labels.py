"""Groups and topics: by which of them may be filtered."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path

from api.dependencies import LiveIndex, MayBeEstimated
from api.errors import UnknownRouteError, ValidationFailedError
from api.examples import labels as examples
from api.openapi import ROLE, SIGNED_IN, answers
from api.routing import SignedInRoute
from api.schemas.labels import LabelMarkedOut, LabelOut, LabelsOut, UnknownLabelOut
from api.security import DESCRIBED, Admin, SignedIn
from geo_alerts.acts import labels as acts

# A name may hold a slash, which a path holds no differently when it is sent as %2F. One with a line
# break, which no label has, leads nowhere.
MARK = "/labels/{kind}/{name:path}/sensitive"
FAULTS = (*SIGNED_IN, *ROLE, ValidationFailedError, UnknownRouteError)

router = APIRouter(prefix="/v1", tags=["labels"], route_class=SignedInRoute, dependencies=DESCRIBED)

Kind = Annotated[Literal["group", "topic"], Path(examples=[examples.SENSITIVE["kind"]])]
Name = Annotated[
    str,
    Path(
        min_length=1,
        max_length=acts.LONGEST_LABEL,
        description="The group or topic",
        examples=[examples.SENSITIVE["name"]],
    ),
]


@router.get(
    "/labels",
    summary="List groups and topics",
    responses=answers(*SIGNED_IN, example=examples.LABELS),
    dependencies=[MayBeEstimated],
)
def list_labels(live: LiveIndex, caller: SignedIn) -> LabelsOut:
    """List groups and topics by kind and name.

    Analysts and commanders, who get estimates, are told those by which they may filter: one at a
    time, of those that enough people have and that are not sensitive.
    """
    found = acts.labels(live, caller.role)
    return LabelsOut(labels=tuple(map(LabelOut.model_validate, found)))


@router.put(
    MARK,
    summary="Mark a group or topic as sensitive",
    responses=answers(*FAULTS, example=examples.MARKED),
)
def mark_label(live: LiveIndex, caller: Admin, kind: Kind, name: Name) -> LabelMarkedOut:
    """Keep roles that get estimates from filtering by it, from now on, whoever has it.

    `unknown` tells where nobody has it, with the nearest name that somebody has.
    """
    marked = acts.set_sensitive(live, kind, name, sensitive=True, by=caller.recorded_as)
    unknown = marked.unknown and UnknownLabelOut.model_validate(marked.unknown)
    return LabelMarkedOut(kind=kind, name=name, sensitive=True, unknown=unknown)


@router.delete(
    MARK,
    summary="Take the mark off a group or topic",
    responses=answers(*FAULTS, example=examples.LABEL),
)
def unmark_label(live: LiveIndex, caller: Admin, kind: Kind, name: Name) -> LabelOut:
    """Let all roles filter by it, from the next release of protected counts on.

    Until then, or until `geo-alerts protection refresh`, there are no counts of it to make
    estimates from; nor are there later where too few people have it.
    """
    acts.set_sensitive(live, kind, name, sensitive=False, by=caller.recorded_as)
    return LabelOut(kind=kind, name=name, sensitive=False)

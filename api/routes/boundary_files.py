"""What is made from editions of boundaries: areas, files, maps, comparisons."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.responses import FileResponse, HTMLResponse, Response

from api import geojson
from api.dependencies import LiveIndex
from api.editions import EditionId, comparison_for, edition_for
from api.errors import ValidationFailedError
from api.examples import boundaries as examples
from api.negotiation import GEOJSON, HTML
from api.openapi import SIGNED_IN, Responses, answers
from api.outlines import SimplifyM, WantsOutlines
from api.pages import stand_alone
from api.routing import SignedInRoute
from api.schemas.boundaries import AreasOut
from api.schemas.comparisons import LONGEST_LIST, USUAL_LIST, ComparisonOut
from api.schemas.values import EditionNumber
from api.security import DESCRIBED, SignedIn
from api.shapes import boundaries as shapes
from api.shapes.comparisons import comparison
from api.uploads import Scratch
from geo_alerts.acts import areas as area_acts
from geo_alerts.acts import boundaries as acts
from geo_alerts.acts import changes
from geo_alerts.acts.outlines import areas_for_map
from geo_alerts.errors import FaultsError, InvalidInputError, UnknownEditionError

router = APIRouter(
    prefix="/v1", tags=["boundaries"], route_class=SignedInRoute, dependencies=DESCRIBED
)

OF_EDITION = (ValidationFailedError, UnknownEditionError)
COMPARED = (*SIGNED_IN, *OF_EDITION, InvalidInputError, FaultsError)
GPKG: Final = "application/geopackage+sqlite3"

# Format -> ending and media type.
FORMATS: Final = {
    "geojson": (".geojson", GEOJSON),
    "gpkg": (".gpkg", GPKG),
    "parquet": (".parquet", "application/vnd.apache.parquet"),
    "fgb": (".fgb", "application/octet-stream"),
    "shapefile": (".zip", "application/zip"),
}
Format = Literal["geojson", "gpkg", "parquet", "fgb", "shapefile"]
With = Annotated[
    EditionNumber | None,
    Query(
        alias="with",
        description="The edition before; left out, the one whose place the new one would take",
        examples=[7],
    ),
]


def _files(*media_types: str) -> Responses:
    responses = answers(*SIGNED_IN, *OF_EDITION, InvalidInputError)
    schema = {"type": "string", "format": "binary"}
    responses[200] = {
        "description": "The file.",
        "content": {
            media_type: {"schema": schema, "example": examples.FILE} for media_type in media_types
        },
    }
    return responses


def _areas() -> Responses:
    responses = answers(*SIGNED_IN, *OF_EDITION, example=examples.AREAS)
    features = {"schema": {"type": "object"}, "example": examples.AREA_FEATURES}
    responses[200]["content"][GEOJSON] = features
    return responses


@router.get(
    "/boundaries/{edition_id:int}/areas",
    summary="List the areas of an edition",
    response_model=AreasOut,
    responses=_areas(),
)
def list_areas(
    edition_id: EditionId,
    live: LiveIndex,
    caller: SignedIn,
    outlines: WantsOutlines,
    simplify_m: SimplifyM = 0,
) -> AreasOut | Response:
    """List the areas of an edition, by code, with their parents and lasting identities."""
    edition = edition_for(live, caller, edition_id)
    if outlines:
        return geojson.area_collection(edition, areas_for_map(live, edition_id, simplify_m))
    return shapes.areas(edition, area_acts.areas(live, edition_id))


@router.get(
    "/boundaries/{edition_id:int}/export",
    summary="Export an edition as a file",
    response_class=FileResponse,
    responses=_files(*(media_type for _, media_type in FORMATS.values())),
)
def export_edition(
    edition_id: EditionId,
    live: LiveIndex,
    caller: SignedIn,
    folder: Scratch,
    format: Annotated[  # noqa: A002
        Format, Query(description="`shapefile` comes in a zip", examples=["gpkg"])
    ] = "geojson",
) -> FileResponse:
    """Send the areas of an edition as a file, which is read back equal."""
    edition_for(live, caller, edition_id)
    ending, media_type = FORMATS[format]
    path = folder / f"boundaries-{edition_id}{ending}"
    acts.export(live, edition_id, path)
    return FileResponse(path, media_type=media_type, filename=path.name)


@router.get(
    "/boundaries/{edition_id:int}/faults.html",
    summary="Map the faults of an edition",
    response_class=HTMLResponse,
    responses=answers(*SIGNED_IN, *OF_EDITION, example=examples.DOCUMENT, media_type=HTML),
)
def map_faults(edition_id: EditionId, live: LiveIndex, caller: SignedIn) -> HTMLResponse:
    """Map what a check finds, as one HTML document that opens anywhere."""
    edition_for(live, caller, edition_id)
    return stand_alone(acts.faults_map(live, edition_id))


@router.get(
    "/boundaries/{edition_id:int}/faults.gpkg",
    summary="Send the faults of an edition as a GeoPackage",
    response_class=FileResponse,
    responses=_files(GPKG),
)
def send_faults(
    edition_id: EditionId, live: LiveIndex, caller: SignedIn, folder: Scratch
) -> FileResponse:
    """Send what a check finds as a GeoPackage: a place for each fault, and the shapes."""
    edition_for(live, caller, edition_id)
    path = folder / f"faults-{edition_id}.gpkg"
    acts.write_faults(live, edition_id, path)
    return FileResponse(path, media_type=GPKG, filename=path.name)


@router.get(
    "/boundaries/{edition_id:int}/compare",
    summary="Tell what an edition changes",
    responses=answers(*COMPARED, example=examples.COMPARISON),
)
def compare_editions(
    edition_id: EditionId,
    live: LiveIndex,
    caller: SignedIn,
    old: With = None,
    most: Annotated[
        int, Query(ge=0, le=LONGEST_LIST, description="Entries of each list at most")
    ] = USUAL_LIST,
) -> ComparisonOut:
    """Tell what changes when an edition takes the place of another, before it does.

    Teams added, removed, renamed, re-shaped; ground, postcodes and people by where they go; whose
    postcode is now on an edge; what falls in a gap; saved areas and audiences that name a team
    which changes. Analysts and commanders see no counts of people.
    """
    return comparison(comparison_for(live, caller, old, edition_id), most=most)


@router.get(
    "/boundaries/{edition_id:int}/compare.html",
    summary="Map what an edition changes",
    response_class=HTMLResponse,
    responses=answers(*COMPARED, example=examples.DOCUMENT, media_type=HTML),
)
def map_changes(
    edition_id: EditionId, live: LiveIndex, caller: SignedIn, old: With = None
) -> HTMLResponse:
    """Map the same as one HTML document that opens anywhere."""
    return stand_alone(changes.map_of(live, comparison_for(live, caller, old, edition_id)))

"""Layers of hotspots: asked for, listed, looked at, exported, drawn, removed."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body, Path, Query
from starlette.responses import FileResponse, HTMLResponse, Response

from api import geojson
from api.dependencies import AskerSignedIn, LiveIndex, MayBeEstimated
from api.errors import ValidationFailedError
from api.examples import hotspots as examples
from api.examples import jobs as job_examples
from api.jobs import JobWorker
from api.negotiation import GEOJSON, HTML
from api.openapi import (
    ROLE,
    SIGNED_IN,
    WITH_BODY,
    Responses,
    accepted,
    answers,
    request_examples,
)
from api.pages import stand_alone
from api.patterns import AN_ID
from api.routes.audiences import PageToken, ShortPageSize
from api.routing import SignedInRoute
from api.schemas.frozen import USUAL_SHORT_PAGE
from api.schemas.hotspots import (
    LARGEST_CELLS_PAGE,
    USUAL_CELLS_PAGE,
    LayerOut,
    LayersOut,
    MatchOut,
    RunAsked,
)
from api.schemas.jobs import JobOut
from api.security import DESCRIBED, SignedIn
from api.shapes import hotspots as shapes
from api.shapes import jobs as job_shapes
from api.uploads import Scratch
from geo_alerts.acts import jobs as job_acts
from geo_alerts.acts.hotspots import exporting, keeping, mapping, matching, works
from geo_alerts.acts.hotspots.exporting import Part
from geo_alerts.acts.hotspots.questions import Method
from geo_alerts.acts.hotspots.watching import note_look
from geo_alerts.acts.page_tokens import place_of, token_of
from geo_alerts.audiences.targets.leaves import MAX_FROM_HOTSPOT_M
from geo_alerts.errors import (
    ConflictError,
    GeoAlertsError,
    InvalidAreaError,
    InvalidInputError,
    InvalidPageTokenError,
    PersonalDataError,
    StoreError,
    UnknownAreaError,
    UnknownEditionError,
    UnknownPostcodeError,
    UnknownRunError,
    UnknownSavedAreaError,
    UnknownTeamError,
)
from geo_alerts.store.hotspot_runs import Run, Who

router = APIRouter(
    prefix="/v1", tags=["hotspots"], route_class=SignedInRoute, dependencies=DESCRIBED
)

CELLS: Final = "hotspot cells"
# Format -> ending and media type.
FORMATS: Final = {
    "geojson": (".geojson", GEOJSON),
    "gpkg": (".gpkg", "application/geopackage+sqlite3"),
    "parquet": (".parquet", "application/vnd.apache.parquet"),
    "csv": (".csv", "text/csv"),
}
Format = Literal["geojson", "gpkg", "parquet", "csv"]
LayerId = Annotated[
    str,
    Path(
        max_length=64,
        pattern=AN_ID,
        description="The `id` of the layer",
        examples=[examples.LAYER["id"]],
    ),
]
OF_LAYER = (*SIGNED_IN, ValidationFailedError, UnknownRunError, StoreError)
UNANSWERABLE = (
    InvalidInputError,
    InvalidAreaError,
    UnknownAreaError,
    UnknownTeamError,
    UnknownEditionError,
    UnknownPostcodeError,
    UnknownSavedAreaError,
    UnknownRunError,
)


def _asked() -> Responses:
    # 202 and the job, or 200 and what is there already.
    kinds = (*SIGNED_IN, *WITH_BODY, *ROLE, *UNANSWERABLE, PersonalDataError)
    responses = accepted(*kinds, example=job_examples.WAITING)
    responses[200] = {
        "model": LayerOut,
        "description": "It was worked out before, from the same crimes and boundaries.",
        "content": {"application/json": {"example": examples.LAYER}},
    }
    return responses


def _files(*media_types: str) -> Responses:
    responses = answers(*OF_LAYER, InvalidInputError)
    schema = {"type": "string", "format": "binary"}
    content = {one: {"schema": schema, "example": examples.FILE} for one in media_types}
    responses[200] = {"description": "The file.", "content": content}
    return responses


def _features(example: object, *kinds: type[GeoAlertsError]) -> Responses:
    responses = answers(*OF_LAYER, *kinds)
    content: dict[str, Any] = {GEOJSON: {"schema": {"type": "object"}, "example": example}}
    responses[200] = {"description": "The answer.", "content": content}
    return responses


@router.post(
    "/hotspots",
    status_code=202,
    summary="Ask for a layer of hotspots",
    response_model=JobOut,
    responses=_asked(),
)
def run_hotspots(
    asked: Annotated[RunAsked, Body(openapi_examples=request_examples(examples.RUN_ASKED))],
    live: LiveIndex,
    worker: JobWorker,
    asker: AskerSignedIn,
    response: Response,
) -> JobOut | Response:
    """Have a question answered, and keep the answer as a layer that never changes.

    It is a job: ask `Location` until its status is `done`, then its `result` is the layer. Where
    the same was asked of the same crimes and boundaries before, that layer is the answer at once.
    """
    task = works.run_task(live, asked.question, Who(asker.who, asker.role), asked.name)
    if isinstance(task, Run):
        note_look(live, task.id, asker)
        body = shapes.layer(task).model_dump_json()
        address = {"Content-Location": f"/v1/hotspots/{task.id}"}
        return Response(body, 200, address, media_type="application/json")
    job = job_acts.ask(live, task, by=asker.who)
    worker.wake()
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_shapes.job(job)


@router.get(
    "/hotspots",
    summary="List layers of hotspots",
    responses=answers(
        *SIGNED_IN, ValidationFailedError, InvalidPageTokenError, example=examples.LAYERS
    ),
)
def list_hotspots(
    live: LiveIndex,
    caller: SignedIn,
    method: Annotated[
        Method | None, Query(description="Only layers of this method", examples=["gi_star"])
    ] = None,
    page_size: ShortPageSize = USUAL_SHORT_PAGE,
    page_token: PageToken = None,
) -> LayersOut:
    """List layers, the newest first.

    Those of exact positions of forces' own data are for analysts and administrators alone.
    """
    found = keeping.layers(
        live, caller.role, size=page_size, token=page_token or None, method=method
    )
    return shapes.layers(*found)


@router.get(
    "/hotspots/{layer_id:token}/cells",
    summary="List the cells of a layer",
    response_class=Response,
    responses=_features(examples.CELLS, InvalidInputError, InvalidPageTokenError),
)
def list_hotspot_cells(
    layer_id: LayerId,
    live: LiveIndex,
    asker: AskerSignedIn,
    page_size: Annotated[
        int, Query(ge=1, le=LARGEST_CELLS_PAGE, description="At most so many cells")
    ] = USUAL_CELLS_PAGE,
    page_token: PageToken = None,
) -> Response:
    """List the cells of a layer with their figures, as GeoJSON, page by page.

    An export has all of them in one file. Repeat locations have no cells.
    """
    first = place_of(CELLS, page_token) if page_token else 0
    run, cells = keeping.cells(live, layer_id, asker.role)
    note_look(live, layer_id, asker)
    if cells is None:
        raise InvalidInputError(f"{run.method} has no cells: ask for its areas")
    after = first + page_size
    token = token_of(CELLS, after) if after < len(cells) else None
    return geojson.layer_cells(run, cells, slice(first, after), token)


@router.get(
    "/hotspots/{layer_id:token}/areas",
    summary="List the areas of a layer",
    response_class=Response,
    responses=_features(examples.AREAS),
)
def list_hotspot_areas(layer_id: LayerId, live: LiveIndex, asker: AskerSignedIn) -> Response:
    """List the areas of a layer by rank, with their facts, as GeoJSON."""
    found = keeping.areas(live, layer_id, asker.role)
    note_look(live, layer_id, asker)
    return geojson.layer_areas(*found)


@router.get(
    "/hotspots/{layer_id:token}/export",
    summary="Export a layer as a file",
    response_class=FileResponse,
    responses=_files(*(media_type for _, media_type in FORMATS.values())),
)
def export_hotspots(
    layer_id: LayerId,
    live: LiveIndex,
    asker: AskerSignedIn,
    folder: Scratch,
    format: Annotated[Format, Query(examples=["gpkg"])] = "geojson",  # noqa: A002
    part: Annotated[Part, Query(examples=["areas"])] = "areas",
) -> FileResponse:
    """Send the areas or the cells of a layer as a file; all but GeoJSON are in EPSG:27700."""
    ending, media_type = FORMATS[format]
    path = folder / f"hotspots-{layer_id}-{part}{ending}"
    exporting.export(live, layer_id, path, asker.role, part)
    note_look(live, layer_id, asker, "export")
    return FileResponse(path, media_type=media_type, filename=path.name)


@router.get(
    "/hotspots/{layer_id:token}/map.html",
    summary="Map a layer",
    response_class=HTMLResponse,
    responses=answers(*OF_LAYER, InvalidInputError, example=examples.DOCUMENT, media_type=HTML),
)
def map_hotspots(layer_id: LayerId, live: LiveIndex, asker: AskerSignedIn) -> HTMLResponse:
    """Map a layer with a table of the same facts, as one HTML document that opens anywhere."""
    drawn = mapping.map_of(live, layer_id, asker.role)
    note_look(live, layer_id, asker, "map")
    return stand_alone(drawn)


@router.get(
    "/hotspots/{layer_id:token}/match",
    summary="Match a layer to postcodes and people",
    dependencies=[MayBeEstimated],
    responses=answers(*OF_LAYER, example=examples.MATCH),
)
def match_hotspots(
    layer_id: LayerId,
    live: LiveIndex,
    asker: AskerSignedIn,
    metres: Annotated[
        float,
        Query(ge=0, le=MAX_FROM_HOTSPOT_M, description="How far round each area", examples=[100]),
    ] = 0.0,
) -> MatchOut:
    """Count postcode units, households and people in each area of a layer, or near it.

    Analysts and commanders see estimates of people, with how far they may be off. For all areas
    together ask for the audience of a target area of the type `hotspots`.
    """
    found = matching.match(live, layer_id, metres, asker.role)
    note_look(live, layer_id, asker)
    return shapes.match(found)


@router.get(
    "/hotspots/{layer_id:token}",
    summary="Show a layer of hotspots",
    responses=answers(*OF_LAYER, example=examples.LAYER),
)
def show_hotspots(layer_id: LayerId, live: LiveIndex, asker: AskerSignedIn) -> LayerOut:
    """Show what a layer was made from and what is told of it as a whole."""
    found = keeping.layer(live, layer_id, asker.role)
    note_look(live, layer_id, asker)
    return shapes.layer(found)


@router.delete(
    "/hotspots/{layer_id:token}",
    summary="Remove a layer of hotspots",
    responses=answers(*OF_LAYER, *ROLE, ConflictError, example=examples.LAYER),
)
def remove_hotspots(layer_id: LayerId, live: LiveIndex, asker: AskerSignedIn) -> LayerOut:
    """Remove a layer, and tell what it was: whoever asked for it may, and administrators.

    One that a saved area or an audience names stays: `conflict` tells which.
    """
    return shapes.layer(keeping.remove(live, layer_id, asker))

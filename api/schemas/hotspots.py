"""Layers of hotspots over HTTP: what is asked, what was found, what it was made from."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from api.schemas.frozen import NextPageToken
from api.schemas.values import Given, InputsOut, Told
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.saved_areas import LONGEST_NAME

LARGEST_CELLS_PAGE = 10_000
USUAL_CELLS_PAGE = 1_000

# --- what callers give ----------------------------------------------------------------------------


class RunAsked(Given):
    """A question to be answered and kept as a layer."""

    question: Question
    name: Annotated[
        str, Field(max_length=LONGEST_NAME, description="What to call the layer; may be empty")
    ] = ""


# --- what is answered -----------------------------------------------------------------------------


class LayerOut(Told):
    """A layer of hotspots, which never changes; its cells and areas have addresses of their own."""

    id: str
    name: str
    method: str
    asked: Annotated[dict[str, Any], Field(description="The question as it was asked")]
    question: Annotated[
        dict[str, Any], Field(description="The same with every setting that was used")
    ]
    inputs: Annotated[
        dict[str, Any],
        Field(description="What it was made from: crimes by their hash, editions, software"),
    ]
    facts: Annotated[
        dict[str, Any],
        Field(description="What is told of it as a whole: ground, crimes used and left out, notes"),
    ]
    is_restricted: Annotated[
        bool,
        Field(
            description="Whether it tells of exact positions of forces' own data; only analysts "
            "and administrators see it then"
        ),
    ]
    sha256: Annotated[str, Field(description="Of its cells and areas, byte for byte")]
    cell_count: int
    area_count: int
    created_at: datetime
    created_by: str


class LayersOut(Told):
    """A page of layers, the newest first."""

    layers: tuple[LayerOut, ...]
    next_page_token: NextPageToken


class BacktestOut(Told):
    """How well methods of foretelling did on months that they had not seen."""

    id: str
    question: dict[str, Any]
    inputs: dict[str, Any]
    result: Annotated[
        dict[str, Any],
        Field(
            description="Months tested and skipped; of each method the scores, with intervals, as "
            "is to be expected with cells ranked alike in random order. `pai_worst_ties` and "
            "`pai_best_ties` are PAI with the fewest or the most crimes of these first. "
            "`calibration` has groups of cells, those of the most crimes foretold a cell first, "
            "with crimes foretold by the method `calibrated` and seen in all months tested; `low` "
            "to `high` are the numbers that what was seen allows (95 %); empty of harm"
        ),
    ]
    created_at: datetime
    created_by: str


class AreaMatchOut(Told):
    """Who lives in an area of a layer, or near it."""

    rank: int
    key: str | None
    units: Annotated[
        int, Field(description="Live postcode units; one between two areas counts in both")
    ]
    households: Annotated[float | None, Field(description="Null where none are imported")]
    people: Annotated[int, Field(description="Who can be reached by any channel")]
    error: Annotated[
        int | None,
        Field(description="How far an estimate of the people may be off; null of exact counts"),
    ]


class MatchOut(Told):
    """A layer matched to postcode units and subscribers."""

    layer: str
    metres: float
    areas: tuple[AreaMatchOut, ...]
    inputs: InputsOut

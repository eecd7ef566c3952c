"""Editions of boundaries over HTTP: what is uploaded, checked, compared and put in force."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from api.patterns import CRS_NAME, FILE_NAME
from api.schemas.values import Day, Degrees, Given, Metres, Told
from boundaries.faults.report import CheckOptions
from boundaries.files.options import ReadOptions
from geo_alerts.acts.boundaries import DraftOptions
from geo_alerts.places.layer import LAYER_NAME, TEAM
from geo_alerts.store.activations import State

LONGEST_FILE_NAME_BYTES = 200
LONGEST_LABEL = 200
LONGEST_LICENCE = 1_000
LONGEST_FIELD = 100
MOST_TOLERANCE_M = 1_000
FARTHEST_M = 1_000_000
MOST_SEQ = 2**63 - 1

# --- what callers give ----------------------------------------------------------------------------


def _file_name(value: str) -> str:
    if len(value.encode()) > LONGEST_FILE_NAME_BYTES:
        raise ValueError(f"must have at most {LONGEST_FILE_NAME_BYTES} bytes")
    if value.startswith("."):
        raise ValueError("must not begin with a full stop")
    return value


FileName = Annotated[
    str,
    Field(
        min_length=1,
        pattern=FILE_NAME,
        description="The file's name; its ending says what it is",
        examples=["teams-2025.geojson"],
    ),
    AfterValidator(_file_name),
]
LayerAsked = Annotated[
    str,
    Field(pattern=LAYER_NAME, description="What it is a layer of", examples=["ward"]),
]
FieldName = Annotated[str, Field(min_length=1, max_length=LONGEST_FIELD)]


class UploadAsked(Given):
    """What the caller says of a file of boundaries."""

    filename: FileName
    layer: LayerAsked = TEAM
    label: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=LONGEST_LABEL,
            description="What to call the edition; by default as the file says, or its name",
            examples=["Teams from April 2025"],
        ),
    ] = None
    licence: Annotated[
        str | None,
        Field(
            max_length=LONGEST_LICENCE,
            description="With attribution, where the file does not tell it",
            examples=["Open Government Licence v3.0"],
        ),
    ] = None
    parent_layer: Annotated[
        str | None,
        Field(
            pattern=LAYER_NAME,
            description="The layer that its areas are parts of",
            examples=["local_policing_area"],
        ),
    ] = None
    # A code of an authority only: other texts that PROJ understands may name files of the server.
    crs: Annotated[
        str | None,
        Field(
            pattern=CRS_NAME,
            description="The CRS, where the file does not tell it",
            examples=["EPSG:27700"],
        ),
    ] = None
    code_field: Annotated[
        FieldName | None, Field(description="Field of the codes", examples=["snt_code"])
    ] = None
    name_field: Annotated[
        FieldName | None, Field(description="Field of the names", examples=["snt_name"])
    ] = None
    parent_field: Annotated[
        str | None,
        Field(
            max_length=LONGEST_FIELD,
            description="Field of the parents' codes; empty for none",
            examples=["lpa_code"],
        ),
    ] = None
    source_layer: Annotated[
        FieldName | None,
        Field(description="Which of several layers of the file", examples=["neighbourhoods"]),
    ] = None
    force: Annotated[
        FieldName | None,
        Field(
            description="Which of several forces, where the file has one folder a force",
            examples=["west-mercia"],
        ),
    ] = None

    def options(self) -> DraftOptions:
        """The same for the acts."""
        return DraftOptions(
            layer=self.layer,
            label=self.label,
            licence=self.licence,
            parent_layer=self.parent_layer,
            read=ReadOptions(
                crs=self.crs,
                code_field=self.code_field,
                name_field=self.name_field,
                parent_field=self.parent_field,
                layer=self.source_layer,
                force=self.force,
            ),
        )


USUAL = CheckOptions()
Distance = Annotated[float, Field(gt=0, le=FARTHEST_M)]


class CheckAsked(Given):
    """Where a check draws its lines, in metres."""

    sliver_width_m: Annotated[
        Distance, Field(description="Parts and strips that are thinner are slivers")
    ] = USUAL.sliver_width_m
    far_m: Annotated[
        Distance, Field(description="Parts farther than this from the rest of their area are far")
    ] = USUAL.far_m
    gap_max_width_m: Annotated[
        Distance, Field(description="Open ground between two areas is a gap up to this width")
    ] = USUAL.gap_max_width_m
    force_edge_m: Annotated[
        Distance, Field(description="Strips along the force's outline that do not count")
    ] = USUAL.force_edge_m

    def options(self) -> CheckOptions:
        """The same for the acts."""
        return CheckOptions(**self.model_dump())


class RepairAsked(Given):
    """How far a repair may go."""

    tolerance_m: Annotated[
        float,
        Field(
            ge=0.001,
            le=MOST_TOLERANCE_M,
            description="No boundary moves farther than this, in metres",
            examples=[1.0],
        ),
    ]


class ActivateAsked(Given):
    """From when an edition is to hold."""

    valid_from: Annotated[
        Day, Field(description="The first day, British time", examples=["2025-07-01"])
    ]
    seen_seq: Annotated[
        int | None,
        Field(
            ge=0,
            le=MOST_SEQ,
            description="`seq` of the comparison that was looked at: refuse if it is out of date",
        ),
    ] = None
    confirmed: Annotated[
        bool,
        Field(description="Whether a person has agreed to what the answer 409 asks about"),
    ] = False


# --- what is answered -----------------------------------------------------------------------------


class DaysOut(Told):
    """Days on which an edition is in force."""

    valid_from: date
    until: Annotated[
        date | None, Field(description="The first day on which it no longer is; null when unknown")
    ]


class EditionRow(Told):
    """An edition of boundaries, without what its check found."""

    id: Annotated[int, Field(description="By which it is asked for")]
    layer: str
    label: str
    state: Annotated[State, Field(description="Where it stands today")]
    days: Annotated[tuple[DaysOut, ...], Field(description="When it is in force, in order")]
    valid_from: Annotated[date | None, Field(description="The day that its file names")]
    recorded_at: datetime
    recorded_by: str
    source_name: str
    sha256: Annotated[str, Field(description="Of the file's content")]
    licence: str
    is_demonstration: bool
    areas: Annotated[int, Field(description="How many")]
    parent_layer: str | None
    repaired_from: Annotated[
        int | None, Field(description="The edition that this one is a repair of")
    ]
    checked_at: datetime | None
    notes: Annotated[dict[str, Any], Field(description="How its file was read")]


class EditionsOut(Told):
    """Editions by layer, the latest import first."""

    editions: tuple[EditionRow, ...]


class ImportedOut(Told):
    """What an upload did."""

    outcome: Annotated[
        Literal["imported", "unchanged", "relabelled", "reactivated"],
        Field(description="`unchanged` where the same file was there already"),
    ]
    edition: EditionRow
    counts: dict[str, int]
    notes: Annotated[tuple[str, ...], Field(description="How the file was read, in words")]


class KindOut(Told):
    """The faults of one kind."""

    kind: str
    severity: Literal["error", "warning", "information"]
    count: int
    largest: Annotated[float, Field(description="In `unit`")]
    total: float
    unit: Annotated[str, Field(description="`m2`, `m`, or nothing for a number of things")]


class AreaFaultOut(Told):
    """One fault of a layer."""

    kind: str
    severity: Literal["error", "warning", "information"]
    codes: Annotated[tuple[str, ...], Field(description="The areas concerned")]
    easting: float
    northing: float
    size: Annotated[float, Field(description="In `unit`")]
    unit: str
    detail: Annotated[str, Field(description="In plain English")]


class ReportOut(Told):
    """What a check found: every kind counted, of each the largest listed."""

    passed: Annotated[bool, Field(description="Whether it has no errors, whatever else it has")]
    areas: int
    vertices: int
    options: CheckAsked
    kinds: tuple[KindOut, ...]
    faults: tuple[AreaFaultOut, ...]
    not_listed: Annotated[int, Field(description="Faults that are counted only")]


class EditionOut(EditionRow):
    """An edition with what its check found."""

    check: Annotated[ReportOut | None, Field(description="Null until it is checked")]


class TouchedOut(Told):
    """What becomes of a code that something names."""

    code: str
    name: Annotated[str, Field(description="Of the area before")]
    rule: Annotated[
        Literal["new_shape", "new_code", "last_ground", "other_team"],
        Field(description="What the code means from then on"),
    ]
    kind: Annotated[str, Field(description="What became of the area")]
    to: Annotated[tuple[str, ...], Field(description="Codes of the areas that its ground is in")]
    shares: Annotated[tuple[float, ...], Field(description="Of its ground in each of them")]
    units: Annotated[int, Field(description="Postcodes that it covered")]
    units_lost: int
    units_gained: int


class TouchedAreaOut(TouchedOut):
    """A saved area that names a code which changes."""

    id: str
    saved_as: Annotated[str, Field(description="Name of the saved area")]


class ActivationOut(Told):
    """What an activation did."""

    edition: EditionRow
    valid_from: date
    changed: Annotated[bool, Field(description="False where it was in force on that day already")]
    to_review: Annotated[
        tuple[TouchedAreaOut, ...], Field(description="Saved areas that were listed for review")
    ]


class ChangeOut(Told):
    """One thing that a repair did."""

    kind: str
    codes: Annotated[tuple[str, ...], Field(description="The areas that it is about")]
    easting: float
    northing: float
    area_m2: Annotated[float, Field(description="The ground that changed")]
    moved_m: Annotated[float, Field(description="How far a boundary moved")]
    gained_m2: Annotated[dict[str, float], Field(description="By code")]
    lost_m2: dict[str, float]
    detail: str
    units: Annotated[int, Field(description="Postcodes that have other teams by it")]
    people: Annotated[int, Field(description="People with a place that has other teams by it")]


class BalanceOut(Told):
    """What became of an area's ground: before, and gained, less lost, is after."""

    code: str
    before_m2: Metres
    gained_m2: Metres
    lost_m2: Metres
    after_m2: Metres
    moved_m: Annotated[float, Field(description="How far its boundary moved")]


class RepairOut(Told):
    """What a repair did; the original stays as it is."""

    edition: Annotated[
        EditionRow,
        Field(description="The repaired one, a draft; the original where nothing was to be done"),
    ]
    original: EditionRow
    tolerance_m: float
    changes: tuple[ChangeOut, ...]
    not_listed: Annotated[int, Field(description="Changes that are in the balance only")]
    balance: tuple[BalanceOut, ...]
    left: Annotated[tuple[AreaFaultOut, ...], Field(description="The faults that are still there")]
    units_moved: int
    people_moved: int


class AreaOut(Told):
    """An area of an edition."""

    code: str
    name: str
    parent_code: Annotated[str, Field(description="Of the larger area; empty where there is none")]
    identity: Annotated[
        str, Field(description="Lasts while it is renamed, re-coded or re-drawn; empty for drafts")
    ]
    area_m2: Annotated[int, BeforeValidator(round)]
    bounds: Annotated[
        tuple[Degrees, Degrees, Degrees, Degrees],
        Field(description="West, south, east, north, degrees (EPSG:4326)"),
    ]


class AreasOut(Told):
    """The areas of an edition, by code."""

    edition: EditionRow
    areas: tuple[AreaOut, ...]

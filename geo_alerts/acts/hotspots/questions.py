"""What a run of a method is asked, as one small JSON value.

A setting that the method does not use is refused, not overlooked: who sets a bandwidth for Gi*
believes that it does something. What is left out takes the method's usual value, and the run keeps
the question with all of it filled in.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from geo_alerts.acts.hotspots.weighing import COUNT, OF_WEIGHT, Weight
from geo_alerts.audiences.targets.areas import TargetArea
from geo_alerts.audiences.targets.shapes import AtLeast, Value, fault, fault_at
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.categories import CATEGORIES, category
from geo_alerts.hotspots.foretelling import method_named
from geo_alerts.hotspots.months import month_number

Method = Literal[
    "auto",
    "change",
    "counts",
    "density",
    "emerging",
    "gi_star",
    "local_moran",
    "repeats",
    "risk",
]

MONTH_TEXT: Final = r"^(19|20)\d\d-(0[1-9]|1[0-2])$"
FORCE_NAME: Final = r"^[a-z][a-z0-9-]{1,39}$"
MAX_FORCES: Final = 50
MAX_MONTHS: Final = 240
CELL_LIMITS_M: Final = (10, 10_000)
H3_LIMITS: Final = (7, 10)
BANDWIDTH_LIMITS_M: Final = (10.0, 50_000.0)
MAX_PERMUTATIONS: Final = 99_999
MAX_SEED: Final = 2**53 - 1
# Below ten steps no trend of a cell can be told from chance (Esri, Emerging Hot Spot Analysis).
LEAST_STEPS: Final = 10

WORDS_OF_FORMS: Final = {
    MONTH_TEXT: "must be a month such as 2025-03",
    FORCE_NAME: "must be the name of a force as data.police.uk writes it, such as west-mercia",
}

Month = Annotated[str, Field(strict=True, pattern=MONTH_TEXT)]
Force = Annotated[str, Field(strict=True, pattern=FORCE_NAME)]


class MonthSpan(Value):
    """Months, the first and the last included."""

    first: Annotated[Month, Field(description="Such as 2024-04.")]
    last: Annotated[Month, Field(description="Such as 2025-03; it is included.")]

    @model_validator(mode="after")
    def _in_order(self) -> "MonthSpan":
        if self.last < self.first:
            raise fault("no_month_between", "the last month comes before the first: exchange them")
        if len(self.numbers()) > MAX_MONTHS:
            raise fault("too_many_months", f"at most {MAX_MONTHS} months are allowed")
        return self

    def numbers(self) -> range:
        """The numbers of the months, by `months.month_number`."""
        return range(month_number(self.first), month_number(self.last) + 1)


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        raise fault("repeated", "a value is there twice")
    return values


def _known_categories(slugs: tuple[str, ...]) -> tuple[str, ...]:
    for slug in slugs:
        try:
            category(slug)
        except InvalidInputError as error:
            raise fault("unknown_category", str(error)) from error
    return _each_once(slugs)


def _known_method(name: str) -> str:
    try:
        return method_named(name).name
    except InvalidInputError as error:
        raise fault("unknown_method", str(error)) from error


Kernel = Literal["quartic", "gaussian"]
Edge = Literal["none", "uniform", "diggle"]
Population = Literal["households", "subscribers"]
Cluster = Literal["points", "dbscan", "hdbscan"]
Positions = Literal["shown", "exact"]
EXACT: Final = "exact"


Forces = Annotated[
    tuple[Force, ...],
    Field(max_length=MAX_FORCES, description="Whose crimes, such as west-mercia."),
    AtLeast(1),
    AfterValidator(_each_once),
]
Categories = Annotated[
    tuple[str, ...],
    Field(max_length=len(CATEGORIES), description="Slugs such as burglary; none for all."),
    AfterValidator(_known_categories),
]
Area = Annotated[
    TargetArea | None,
    Field(description="The study area; else the force's boundary, else all teams."),
]
CellM = Annotated[int, Field(strict=True, ge=CELL_LIMITS_M[0], le=CELL_LIMITS_M[1])]
SharePercent = Annotated[float, Field(strict=True, gt=0, le=20)]
Foretelling = Annotated[str, Field(strict=True, max_length=40), AfterValidator(_known_method)]


class Question(Value):
    """A method, the crimes that it is asked of, and how."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "method": "gi_star",
                    "forces": ["west-mercia-sample"],
                    "categories": ["burglary"],
                    "months": {"first": "2024-04", "last": "2025-03"},
                    "cell_m": 250,
                }
            ]
        }
    )

    method: Annotated[Method, Field(description="What is done with the crimes.")]
    forces: Forces
    categories: Categories = ()
    months: Annotated[MonthSpan, Field(description="The months whose crimes are used.")]
    compare_with: Annotated[
        MonthSpan | None,
        Field(description="The earlier months; `change` alone takes them, and needs them."),
    ] = None
    missing: Annotated[
        Literal["refuse", "mask"],
        Field(
            description="What is done when months are not imported: a missing month is no zero. "
            "`change` is refused then, however this is set: all months of both periods are needed."
        ),
    ] = "refuse"
    area: Area = None
    positions: Annotated[
        Positions,
        Field(
            description="Where crimes of forces' own data are taken to be: at the published points "
            "that stand for them, or where they were, for analysts and administrators alone."
        ),
    ] = "shown"
    cell_m: Annotated[
        CellM | None,
        Field(description="The side of square cells, metres; 250 unless H3 is asked for."),
    ] = None
    h3_resolution: Annotated[
        int | None,
        Field(
            strict=True, ge=H3_LIMITS[0], le=H3_LIMITS[1], description="Hexagons in place of cells."
        ),
    ] = None
    weight: Annotated[Weight | None, Field(description=OF_WEIGHT)] = None
    bandwidth_m: Annotated[
        float | None,
        Field(
            strict=True,
            ge=BANDWIDTH_LIMITS_M[0],
            le=BANDWIDTH_LIMITS_M[1],
            description="Of the quartic kernel its radius, of the Gaussian its standard deviation.",
        ),
    ] = None
    bandwidth_by: Annotated[
        Literal["likelihood", "pai"] | None,
        Field(
            description="In place of bandwidth_m, how it is searched: by leave-one-out likelihood, "
            "or by PAI on the last of the months."
        ),
    ] = None
    kernel: Annotated[
        Kernel | None, Field(description="How the weight of a crime falls off with distance.")
    ] = None
    edge: Annotated[
        Edge | None, Field(description="How density is corrected at the study area's edge.")
    ] = None
    adaptive: Annotated[
        bool | None, Field(strict=True, description="Narrower where crimes are many (Abramson).")
    ] = None
    population: Annotated[
        Population | None, Field(description="Whose density risk is divided by.")
    ] = None
    level: Annotated[
        float | None,
        Field(
            strict=True,
            gt=0,
            le=0.2,
            description="Significance level; for cells the false discovery rate.",
        ),
    ] = None
    least_count: Annotated[
        int | None,
        Field(
            strict=True,
            ge=0,
            le=10_000,
            description="Cells are hot only with so many crimes in them and the cells around; "
            "repeat locations have at least so many crimes.",
        ),
    ] = None
    permutations: Annotated[
        int | None,
        Field(
            strict=True,
            ge=0,
            le=MAX_PERMUTATIONS,
            description="For conditional permutation; 0 for the closed form.",
        ),
    ] = None
    seed: Annotated[
        int | None,
        Field(strict=True, ge=0, le=MAX_SEED, description="Of permutations: the same, the same p."),
    ] = None
    share_percent: Annotated[
        SharePercent | None, Field(description="The areas are the top so many percent of cells.")
    ] = None
    outline: Annotated[
        Literal["cells", "contour"] | None,
        Field(description="Whether areas of density follow the cells or a contour between them."),
    ] = None
    floor_per_km2: Annotated[
        float | None,
        Field(
            strict=True,
            ge=0,
            le=1e6,
            description="Of the population; where there is less no risk is told.",
        ),
    ] = None
    foretelling: Annotated[
        Foretelling | None,
        Field(
            description="How `auto` foretells the month after the last, such as density_300; what "
            "the latest back-test chose unless it is given."
        ),
    ] = None
    cluster: Annotated[
        Cluster | None,
        Field(description="How published points are put together into repeat locations."),
    ] = None
    reach_m: Annotated[
        float | None,
        Field(strict=True, ge=1, le=5_000, description="How far apart points of one place are."),
    ] = None
    least_months: Annotated[
        int | None,
        Field(strict=True, ge=2, le=MAX_MONTHS, description="Repeat locations have crime in them."),
    ] = None
    recent_months: Annotated[
        int | None,
        Field(strict=True, ge=1, le=MAX_MONTHS, description="How many of the last are recent."),
    ] = None

    @model_validator(mode="after")
    def _goes_together(self) -> "Question":
        used = USUAL[self.method]
        for name in SETTINGS:
            if getattr(self, name) is not None and name not in used:
                reason = f"{self.method} does not use {name}: leave it out"
                raise fault_at(f"/{name}", "unused_setting", reason)
        if self.cell_m is not None and self.h3_resolution is not None:
            raise fault_at("/cell_m", "two_grids", "give either cell_m or h3_resolution, not both")
        if self.method == "repeats" and self.positions == EXACT:
            reason = "repeat locations are of published points: leave positions"
            raise fault_at("/positions", "shown_only", reason)
        _require_months(self)
        _require_bandwidth(self)
        return self

    def settled(self) -> "Question":
        """The same question with the method's usual values for what was left out."""
        usual = dict(USUAL[self.method])
        if self.h3_resolution is not None:
            usual.pop("cell_m", None)
        if self.bandwidth_by is not None:
            usual.pop("bandwidth_m", None)
        if "floor_per_km2" in usual:
            usual["floor_per_km2"] = USUAL_FLOOR[self.population or usual["population"]]
        missing = {name: value for name, value in usual.items() if getattr(self, name) is None}
        return self.model_copy(update=missing)

    def category_numbers(self) -> tuple[int, ...] | None:
        """The numbers of the categories; None for all."""
        return tuple(category(slug).number for slug in self.categories) or None


_GRID: Final = {"cell_m": 250, "h3_resolution": None}
_TOP: Final = {"weight": COUNT, "share_percent": 1.0}
_TESTED: Final = {"weight": COUNT, "level": 0.05, "least_count": 5}
_DRAWN: Final = {"permutations": 0, "seed": 1}
_SMOOTH: Final = {"bandwidth_m": 300.0, "bandwidth_by": None, "kernel": "quartic", "edge": "none"}

_REPEATS: Final = {"cluster": "dbscan", "reach_m": 100.0, "least_months": 3, "recent_months": 3}

# People for each square kilometre: one household a hectare, and about so many subscribers.
USUAL_FLOOR: Final = MappingProxyType({"households": 100.0, "subscribers": 5.0})

# By method, the settings that it uses and their usual values.
USUAL: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "auto": {**_GRID, **_TOP, "foretelling": None},
        "change": {**_GRID, "compare_with": None, "level": 0.05},
        "counts": {**_GRID, **_TOP},
        "density": {**_GRID, **_TOP, **_SMOOTH, "adaptive": False, "outline": "contour"},
        "emerging": {**_GRID, **_TESTED},
        "gi_star": {**_GRID, **_TESTED, **_DRAWN},
        "local_moran": {**_GRID, **_TESTED, **_DRAWN, "permutations": 99_999},
        "repeats": {**_REPEATS, "weight": COUNT, "least_count": 5},
        "risk": {**_GRID, **_TOP, **_SMOOTH, "population": "households", "floor_per_km2": None},
    }
)
SETTINGS: Final = tuple(sorted({name for usual in USUAL.values() for name in usual}))
# Those that hexagons do not go with: surfaces and cubes are worked out in rows and columns.
SQUARES_ONLY: Final = frozenset({"auto", "density", "emerging", "risk"})


def _require_months(question: Question) -> None:
    if question.method == "change" and question.compare_with is None:
        reason = "change needs compare_with: the months of before"
        raise fault_at("/compare_with", "nothing_to_compare", reason)
    if question.method == "emerging" and len(question.months.numbers()) < LEAST_STEPS:
        raise fault_at(
            "/months",
            "too_few_months",
            f"emerging hotspots need at least {LEAST_STEPS} months; begin months.first earlier",
        )
    other = question.compare_with
    if other is not None and set(other.numbers()) & set(question.months.numbers()):
        raise fault_at(
            "/compare_with",
            "same_months",
            "months and compare_with share a month: choose months that do not overlap",
        )


def _require_bandwidth(question: Question) -> None:
    if question.h3_resolution is not None and question.method in SQUARES_ONLY:
        raise fault("squares_only", f"{question.method} needs square cells: give cell_m")
    if question.bandwidth_m is not None and question.bandwidth_by is not None:
        raise fault("two_bandwidths", "give either bandwidth_m or bandwidth_by, not both")
    settled = question.settled()
    width, cell = settled.bandwidth_m, settled.cell_m
    if width is not None and cell is not None and width < cell:
        raise fault_at(
            "/bandwidth_m",
            "bandwidth_below_cell",
            f"a bandwidth of {width:g} m falls between the centres of cells of {cell} m: "
            "give a larger bandwidth_m or a smaller cell_m",
        )
    if settled.adaptive and settled.edge != "none":
        raise fault("adaptive_edge", "an adaptive density has no edge correction: leave one out")
    if settled.bandwidth_by == "pai" and len(question.months.numbers()) == 1:
        raise fault(
            "too_few_months",
            "a bandwidth by PAI is tried on the last month, and needs a month before it as well",
        )

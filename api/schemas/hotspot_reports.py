"""Reports of crime over HTTP: concentration, trends, evaluation, near repeats."""

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.crimes import Month
from api.schemas.values import Told

Notes = Annotated[tuple[str, ...], Field(description="What a reader should know")]


class SpanOut(Told):
    """Months, the first and the last included."""

    first: Month
    last: Month


class BoundaryOut(Told):
    """An edition of boundaries that a report was made from."""

    layer: str
    label: str
    sha256: str


class OwnInPlaceOut(Told):
    """Crimes of forces' own data that count in place of published ones."""

    own: Annotated[int, Field(description="Rows of own data, which count")]
    published: Annotated[int, Field(description="Rows that are published, which do not")]
    months: tuple[Month, ...]


class MadeFromOut(Told):
    """What a report was made from: the same inputs, the same figures."""

    forces: tuple[str, ...]
    categories: Annotated[tuple[str, ...], Field(description="By slug; empty for all")]
    months: tuple[SpanOut, ...]
    months_missing: Annotated[
        tuple[Month, ...], Field(description="Of these, those that are not there of every force")
    ]
    crimes_sha256: Annotated[
        tuple[str, ...], Field(description="Of the files of each span of months")
    ]
    boundaries: tuple[BoundaryOut, ...]
    software_version: str
    attribution: Annotated[str, Field(description="What the licences ask to be named")]
    own_in_place_of_published: Annotated[
        OwnInPlaceOut | None,
        Field(description="Only where a force's own data stands in for published crimes"),
    ] = None


class PeriodOut(Told):
    """The crimes that a report was made from, and those that were left out."""

    first: Month
    last: Month
    months: Annotated[int, Field(description="How many of them are there")]
    months_missing: tuple[Month, ...]
    crimes: Annotated[int, Field(description="Recorded, with a position or without")]
    crimes_located: int
    crimes_outside_study_area: int
    crimes_used: int
    own_in_place_of_published: Annotated[
        OwnInPlaceOut | None,
        Field(description="Only where a force's own data stands in for published crimes"),
    ] = None


class MarkOut(Told):
    """How few units hold a share of the crimes."""

    crimes_percent: int
    units: int
    units_percent: float


class CurvePointOut(Told):
    """A point of the Lorenz curve, the most burdened units first."""

    units: Annotated[float, Field(ge=0, le=1, description="Share of the units")]
    crimes: Annotated[float, Field(ge=0, le=1, description="Share of the crimes on them")]


class ConcentrationOut(Told):
    """How concentrated crimes are."""

    unit: Literal["points", "cells", "lsoas", "teams"]
    units_in_words: Annotated[str, Field(description="Which units there are")]
    units: int
    crimes: int
    crimes_in_no_unit: int
    marks: Annotated[
        tuple[MarkOut, ...],
        Field(description="The fewest units with a quarter, half and four fifths of the crimes"),
    ]
    gini: Annotated[float, Field(description="High by itself where crimes are fewer than units")]
    generalised_gini: Annotated[
        float,
        Field(description="From 0 for as even as so many crimes can be (Bernasco, Steenbeek)"),
    ]
    share_in_repeats: Annotated[
        float, Field(description="Share of the crimes on units with two or more")
    ]
    most: Annotated[int, Field(description="Crimes on the most burdened unit")]
    lorenz: tuple[CurvePointOut, ...]
    study_area: str
    study_area_km2: float
    period: PeriodOut
    notes: Notes
    made_from: MadeFromOut


class TrendOut(Told):
    """What was expected and what was seen of a category in a team, in a month."""

    team: Annotated[str | None, Field(description="The team's code; null for the whole force")]
    team_name: str
    category: Annotated[str, Field(description="By slug; `all` for all together")]
    month: Month
    observed: int
    expected: Annotated[float, Field(description="The mean if nothing changed")]
    low: Annotated[int, Field(description="The least count within the expected range")]
    high: Annotated[int, Field(description="The most")]
    flag: Annotated[
        Literal["up", "down", "none"], Field(description="Whether it is outside the range")
    ]
    is_small: Annotated[
        bool, Field(description="Whether so few were expected that per cents mean nothing")
    ]
    p: float
    q: Annotated[
        float,
        Field(description="The least false discovery rate among the counts of that month"),
    ]
    dispersion: Annotated[float, Field(description="Times the variance of chance; 1 is chance")]
    is_seasonal: Annotated[bool, Field(description="Whether seasons were accounted for")]
    last_year: Annotated[
        int | None, Field(description="The same month a year before; null where it is not there")
    ]
    words: Annotated[str, Field(description="A change in per cent only where there is a flag")]


class TrendsOut(Told):
    """What is out of the ordinary in the latest months, and what is not."""

    months: tuple[Month, ...]
    history_months: int
    level: float
    trends: tuple[TrendOut, ...]
    crimes_in_no_team: int
    notes: Notes
    made_from: MadeFromOut


class PlaceOut(Told):
    """Crimes in a place, before and after."""

    place: str
    before: int
    after: int
    km2: float


class PlacesOut(Told):
    """The four places; null for the ground around where it was not asked about."""

    target: PlaceOut
    control: PlaceOut
    around: PlaceOut | None = None
    control_around: PlaceOut | None = None


class WddOut(Told):
    """The weighted displacement difference (Wheeler and Ratcliffe 2018); negative means fewer."""

    estimate: float
    se: float
    z: float | None
    p: float | None
    low: float
    high: float
    local: Annotated[float, Field(description="In the target alone")]
    local_se: float
    displaced: Annotated[float, Field(description="Around it alone")]
    displaced_se: float
    level: Annotated[float, Field(description="1 less the interval's coverage")]


class HarmOut(Told):
    """The same difference in days of harm."""

    version: str
    source: str
    limits: str
    wdd: WddOut


class WdqOut(Told):
    """The weighted displacement quotient (Bowers and Johnson 2003); null where there is none."""

    quotient: float | None
    success: float | None
    reading: str


class EvaluationOut(Told):
    """Whether a target changed otherwise than its control did."""

    places: PlacesOut
    wdd: WddOut
    harm: HarmOut | None
    wdq: WdqOut
    in_words: str
    notes: Notes
    made_from: MadeFromOut


class BandOut(Told):
    """Pairs of crimes in a band of distance and of time; an upper edge of null is without end."""

    from_m: float
    below_m: float | None
    from_days: float
    below_days: float | None
    pairs: int
    expected_mean: float
    expected_median: float
    ratio: Annotated[float | None, Field(description="Pairs over the mean; null where that is 0")]
    p: float
    stands_out: bool


class NearRepeatsOut(Told):
    """Whether crimes close in space are also close in time."""

    crimes: int
    permutations: int
    seed: int
    bands: tuple[BandOut, ...]
    study_area: str
    period: PeriodOut
    notes: Notes
    made_from: MadeFromOut
